package simulator

import (
	"midgate/adapter/midjourney/simulator/prompts"
	"midgate/adapter/midjourney/simulator/studio"
)

// single is the picture of a task that has exactly one; the simulator's mu is held.
func (t *task) single() *studio.Picture {
	if len(t.cells) != 1 {
		return nil
	}
	return t.cells[0]
}

// cell is the n-th quarter (1–4), or the only picture.
func (t *task) cell(n int) *studio.Picture {
	switch {
	case len(t.cells) == 0:
		return nil
	case n < 1 || n > len(t.cells):
		return t.cells[0]
	}
	return t.cells[n-1]
}

// composer decides what the pictures of tasks will show; the studio draws them when somebody looks.
type composer struct {
	studio *studio.Studio
	masks  bool // see studio.Job
}

// prepare decides what the task's pictures will show; nothing is drawn. the simulator's mu is held.
func (m composer) prepare(t *task) {
	switch t.kind {
	case "shorten":
		return
	case "describe":
		t.cells = []*studio.Picture{t.uploaded}
		return
	case "video", "extend", "clip":
		m.prepareClips(t)
		return
	}
	t.cells = m.cellsOf(t, t.kind, t.parent)
}

// cellsOf are the pictures that a kind of job makes of a parent.
func (m composer) cellsOf(t *task, kind string, parent *task) []*studio.Picture {
	if kind == "upscale" && parent != nil && parent.cell(t.index) != nil {
		return []*studio.Picture{parent.cell(t.index)}
	}
	if kind == "reroll" {
		return m.rerolled(t, parent)
	}
	var source *studio.Picture
	if parent != nil {
		source = parent.cell(t.index)
	}
	return m.studio.Cells(m.drawing(t), kind, source)
}

// rerolled repeats the parent's own job with other seeds.
func (m composer) rerolled(t, parent *task) []*studio.Picture {
	for parent != nil && parent.kind == "reroll" && parent.parent != nil {
		parent = parent.parent
	}
	switch {
	case parent == nil || parent.kind == "upscale" || parent.kind == "upscale_hd":
		return m.cellsOf(t, "imagine", nil)
	case parent.parent == nil:
		t.uploadKeys, t.blendShape = parent.uploadKeys, parent.blendShape
		t.mask = parent.mask
		return m.cellsOf(t, parent.kind, nil)
	}
	t.index, t.press, t.zoom = parent.index, parent.press, parent.zoom
	t.mask = parent.mask
	return m.cellsOf(t, parent.kind, parent.parent)
}

// drawing is what the studio has to know of a task.
func (m composer) drawing(t *task) studio.Job {
	text := prompts.Parse(t.asked).Text
	return studio.Job{
		ID: t.job, Model: t.model, Seed: t.seed, Asked: t.asked, Final: t.final, Zoom: t.zoom, Way: t.press.Way,
		Retold:  t.dialog != nil && text != "" && text != prompts.Parse(t.parent.asked).Text,
		Uploads: t.uploadKeys, BlendShape: t.blendShape, Mask: t.mask, Masks: m.masks,
	}
}
