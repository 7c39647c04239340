package simulator

import (
	"fmt"
	"image"

	"midgate/adapter/midjourney/simulator/paint"
	"midgate/adapter/midjourney/simulator/prompts"
)

// picture is one single picture that a task owns: nothing is drawn until somebody asks for its bytes. It never
// changes once made.
type picture struct {
	key   string // names it in the caches
	w, h  int
	scene paint.Scene
	frame paint.Frame
	over  layer // what is laid over the drawn scene; nil for nothing
	// setting is the scene around the picture where that is not the drawn one: a region is drawn from its own words,
	// what zoom adds belongs to the rest.
	setting *paint.Scene
}

// around is the scene that goes on beyond the picture.
func (p *picture) around() paint.Scene {
	if p.setting != nil {
		return *p.setting
	}
	return p.scene
}

// layer turns a drawn scene into the picture, at any size: previews are drawn small.
type layer interface {
	lay(s *studio, img *image.RGBA, p *picture, divisor int)
}

// single is the picture of a task that has exactly one; s.mu is held.
func (t *task) single() *picture {
	if len(t.cells) != 1 {
		return nil
	}
	return t.cells[0]
}

// cell is the n-th quarter (1–4), or the only picture.
func (t *task) cell(n int) *picture {
	switch {
	case len(t.cells) == 0:
		return nil
	case n < 1 || n > len(t.cells):
		return t.cells[0]
	}
	return t.cells[n-1]
}

// prepare decides what the task's pictures will show; nothing is drawn. s.mu is held.
func (s *Simulator) prepare(t *task) {
	switch t.kind {
	case "shorten":
		return
	case "describe":
		t.cells = []*picture{t.uploaded}
		return
	case "video", "extend", "clip":
		s.prepareClips(t)
		return
	}
	t.cells = s.cellsOf(t, t.kind, t.parent)
}

// cellsOf are the pictures that a kind of job makes of a parent.
func (s *Simulator) cellsOf(t *task, kind string, parent *task) []*picture {
	if kind == "upscale" && parent != nil && parent.cell(t.index) != nil {
		return []*picture{parent.cell(t.index)}
	}
	if kind == "reroll" {
		return s.rerolled(t, parent)
	}
	var source *picture
	if parent != nil {
		source = parent.cell(t.index)
	}
	if source == nil {
		source = s.source(t)
	}
	source = source.natural()
	if kind == "upscale_hd" && source != nil {
		return []*picture{s.enlarged(t, source)}
	}
	cells := make([]*picture, 4)
	for i := range cells {
		cells[i] = s.cellOf(t, kind, source, i)
		cells[i].key = fmt.Sprintf("%s/%d", t.job, i)
	}
	return cells
}

// natural is the picture before it was enlarged: what follows an enlargement is as large as ever, and a second
// enlargement repeats the first.
func (p *picture) natural() *picture {
	if p == nil {
		return nil
	}
	if l, ok := p.over.(larger); ok {
		return l.from
	}
	return p
}

// rerolled repeats the parent's own job with other seeds.
func (s *Simulator) rerolled(t, parent *task) []*picture {
	for parent != nil && parent.kind == "reroll" && parent.parent != nil {
		parent = parent.parent
	}
	switch {
	case parent == nil || parent.kind == "upscale" || parent.kind == "upscale_hd":
		return s.cellsOf(t, "imagine", nil)
	case parent.parent == nil:
		t.uploadKeys, t.blendShape = parent.uploadKeys, parent.blendShape
		t.mask, t.maskBox = parent.mask, parent.maskBox
		return s.cellsOf(t, parent.kind, nil)
	}
	t.index, t.press, t.zoom = parent.index, parent.press, parent.zoom
	t.mask, t.maskBox = parent.mask, parent.maskBox
	return s.cellsOf(t, parent.kind, parent.parent)
}

// cellOf is one quarter of a new grid.
func (s *Simulator) cellOf(t *task, kind string, source *picture, i int) *picture {
	if source == nil || kind == "imagine" {
		return s.fresh(t, i)
	}
	switch kind {
	case "zoom":
		return zoomed(t, source, t.zoom, s.cfg.Pixels, i)
	case "square", "pan":
		return widened(t, source, s.cfg.Pixels, i)
	case "inpaint":
		return repainted(t, source, i)
	case "edits", "retexture", "blend":
		return s.fromUploads(t, kind, i)
	case "vary_subtle":
		return variation(t, source, .08, i)
	}
	return variation(t, source, .34, i)
}

// fresh is a picture of nothing but words and seed.
func (s *Simulator) fresh(t *task, i int) *picture {
	p := prompts.Parse(t.final)
	w, h := s.cellSizeFor(p, t.model)
	sc := paint.NewScene(p.Text, t.model.Style(), t.seed, i, float64(w)/float64(h))
	if tint, ok := s.studio.tintOf(p.Images); ok {
		sc = sc.Tinted(tint, .5)
	}
	if p.Has("tile") || p.Has("raw") || p.Value("style") == "raw" {
		sc = sc.Tinted(paint.Colour(.5, .5, .5), .15)
	}
	return &picture{w: w, h: h, scene: sc, frame: sc.OwnFrame()}
}

// cellSizeFor minds --ar and --hd.
func (s *Simulator) cellSizeFor(p prompts.Prompt, m prompts.Model) (w, h int) {
	edge := s.cfg.Pixels
	if p.Has("hd") && m.Major >= 8 {
		edge *= 2
	}
	arW, arH := p.Aspect()
	return prompts.CellSize(arW, arH, edge)
}

// variation moves the scene of a picture by a share. A picture with something laid over its scene keeps that, bent,
// unless a dialog asked for other words.
func variation(t *task, source *picture, share float64, i int) *picture {
	out := &picture{w: source.w, h: source.h, frame: source.frame, setting: source.setting}
	out.scene = source.around().Varied(share, t.seed, i)
	text := prompts.Parse(t.asked).Text
	switch {
	case t.dialog != nil && text != "" && text != prompts.Parse(t.parent.asked).Text:
		out.scene, out.setting = out.scene.Retold(text), nil
	case source.over != nil:
		out.scene = out.scene.Empty()
		out.over = bent{from: source, share: share, seed: t.seed + uint32(i)}
	}
	return out
}

// zoomed is the picture made small inside a larger view of its scene.
func zoomed(t *task, source *picture, factor float64, edge, i int) *picture {
	f := source.frame
	cx, cy := (f.X0+f.X1)/2, (f.Y0+f.Y1)/2
	w, h := (f.X1-f.X0)*factor, (f.Y1-f.Y0)*factor
	out := &picture{w: source.w, h: source.h}
	if p := prompts.Parse(t.final); p.Has("ar") {
		arW, arH := p.Aspect()
		out.w, out.h = prompts.CellSize(arW, arH, edge)
		ratio := float64(out.w) / float64(out.h)
		w, h = max(w, h*ratio), max(h, w/ratio)
	}
	out.frame = paint.FrameAround(cx, cy, w, h)
	return surround(t, source, out, i)
}

// widened is the picture with more canvas on one side (pan) or around its short sides (square).
func widened(t *task, source *picture, edge, i int) *picture {
	out := &picture{}
	arW, arH := prompts.Parse(t.final).Aspect()
	out.w, out.h = prompts.CellSize(arW, arH, edge)
	f, ratio := source.frame, float64(out.w)/float64(out.h)
	w, h := max(f.X1-f.X0, (f.Y1-f.Y0)*ratio), max(f.Y1-f.Y0, (f.X1-f.X0)/ratio)
	dx, dy := w-(f.X1-f.X0), h-(f.Y1-f.Y0)
	switch t.press.Way {
	case "left":
		out.frame = f.Grown(dx, dy/2, 0, dy/2)
	case "right":
		out.frame = f.Grown(0, dy/2, dx, dy/2)
	case "up":
		out.frame = f.Grown(dx/2, dy, dx/2, 0)
	case "down":
		out.frame = f.Grown(dx/2, 0, dx/2, dy)
	default:
		out.frame = f.Grown(dx/2, dy/2, dx/2, dy/2)
	}
	return surround(t, source, out, i)
}

// surround draws what lies around a picture and puts the picture itself where it belongs.
func surround(t *task, source, out *picture, i int) *picture {
	out.scene = source.around().Varied(.03, t.seed, i).Redecorated(t.seed + uint32(i)*77)
	out.over = inset{from: source}
	return out
}

// repainted draws the masked area anew: the same surroundings, with what the words name in the middle of the mask.
func repainted(t *task, source *picture, i int) *picture {
	around := source.around()
	out := &picture{w: source.w, h: source.h, frame: source.frame, setting: &around}
	out.scene = around.Varied(.18, t.seed, i).Holding(prompts.Parse(t.asked).Text, source.frame.Part(t.maskBox))
	out.over = region{from: source, mask: t.mask}
	return out
}

// enlarged is the picture at twice its size.
func (s *Simulator) enlarged(t *task, source *picture) *picture {
	return &picture{
		key: t.job + "/0", w: 2 * source.w, h: 2 * source.h, scene: source.scene, frame: source.frame,
		setting: source.setting,
		over:    larger{from: source, creative: t.press.Way == "creative"},
	}
}
