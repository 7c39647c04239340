package studio

import (
	"fmt"

	"midgate/adapter/midjourney/simulator/paint"
	"midgate/adapter/midjourney/simulator/prompts"
)

// Job is what decides the pictures that a task makes.
type Job struct {
	ID           string // the job's uuid, which names its pictures
	Model        prompts.Model
	Seed         uint32
	Asked, Final string  // the prompt that came, and the one that is run
	Zoom         float64 // how much more a zoom shows
	Way          string  // where a pan goes, or the variant of an enlargement
	Retold       bool    // a dialog asked for other words than the parent's
	Uploads      []string
	BlendShape   [2]int
	Mask         Mask
	Masks        bool // edits heed the mask
}

// Cells are the pictures that a kind of job makes of a source, or of its uploads where that is nil.
func (s *Studio) Cells(t Job, kind string, source *Picture) []*Picture {
	if source == nil && len(t.Uploads) > 0 {
		source = s.Uploaded(t.Uploads[0], t.Final)
	}
	source = source.natural()
	if kind == "upscale_hd" && source != nil {
		return []*Picture{enlarged(t, source)}
	}
	cells := make([]*Picture, 4)
	for i := range cells {
		cells[i] = s.cellOf(t, kind, source, i)
		cells[i].key = fmt.Sprintf("%s/%d", t.ID, i)
	}
	return cells
}

// Plain is a picture of a job's words alone.
func (s *Studio) Plain(t Job) *Picture {
	p := s.fresh(t, 0)
	p.key = t.ID + "/0"
	return p
}

// cellOf is one quarter of a new grid.
func (s *Studio) cellOf(t Job, kind string, source *Picture, i int) *Picture {
	if source == nil || kind == "imagine" {
		return s.fresh(t, i)
	}
	switch kind {
	case "zoom":
		return zoomed(t, source, t.Zoom, s.edge, i)
	case "square", "pan":
		return widened(t, source, s.edge, i)
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
func (s *Studio) fresh(t Job, i int) *Picture {
	p := prompts.Parse(t.Final)
	w, h := s.cellSizeFor(p, t.Model)
	sc := paint.NewScene(p.Text, t.Model.Style(), t.Seed, i, float64(w)/float64(h))
	if tint, ok := s.tintOf(p.Images); ok {
		sc = sc.Tinted(tint, .5)
	}
	if p.Has("tile") || p.Has("raw") || p.Value("style") == "raw" {
		sc = sc.Tinted(paint.Colour(.5, .5, .5), .15)
	}
	return &Picture{W: w, H: h, scene: sc, frame: sc.OwnFrame()}
}

// cellSizeFor minds --ar and --hd.
func (s *Studio) cellSizeFor(p prompts.Prompt, m prompts.Model) (w, h int) {
	edge := s.edge
	if p.Has("hd") && m.Major >= 8 {
		edge *= 2
	}
	arW, arH := p.Aspect()
	return prompts.CellSize(arW, arH, edge)
}
