package simulator

import (
	"bytes"
	"image"
	"strings"

	"midgate/adapter/midjourney/simulator/paint"
	"midgate/adapter/midjourney/simulator/prompts"
)

// source is the picture a job without a parent works on: nil for a plain imagine.
func (s *Simulator) source(t *task) *picture {
	if len(t.uploadKeys) == 0 {
		return nil
	}
	return s.uploadPicture(t.uploadKeys[0], t.final)
}

// uploadPicture is an uploaded file as a picture of its own.
func (s *Simulator) uploadPicture(key, text string) *picture {
	size, ok := s.studio.uploadSize(key)
	if !ok {
		size = image.Pt(s.cfg.Pixels, s.cfg.Pixels)
	}
	w, h := size.X, size.Y
	sc := paint.NewScene(prompts.Parse(text).Text, s.defaultModel().Style(), paint.Hash(key), 0, float64(w)/float64(h))
	return &picture{key: "upload/" + key, w: w, h: h, scene: sc, frame: sc.OwnFrame(), over: fitted{keys: []string{key}}}
}

// fromUploads is one quarter of an edit, a retexture or a blend.
func (s *Simulator) fromUploads(t *task, kind string, i int) *picture {
	p := prompts.Parse(t.final)
	arW, arH := p.Aspect()
	if size, ok := s.studio.uploadSize(t.uploadKeys[0]); ok && !p.Has("ar") {
		arW, arH = prompts.ShapeOf(size.X, size.Y)
	}
	w, h := prompts.CellSize(arW, arH, s.cfg.Pixels)
	if kind == "blend" {
		w, h = prompts.CellSize(t.blendShape[0], t.blendShape[1], s.cfg.Pixels)
	}
	sc := paint.NewScene(p.Text, t.model.Style(), t.seed, i, float64(w)/float64(h))
	if tint, ok := s.studio.tint(t.uploadKeys[0]); ok {
		sc = sc.Tinted(tint, .35)
	}
	if kind != "edits" {
		sc = sc.NamedOnly()
	}
	out := &picture{w: w, h: h, scene: sc, frame: sc.OwnFrame()}
	switch kind {
	case "blend":
		out.over = fitted{keys: t.uploadKeys, through: .3}
	case "retexture":
		out.over = fitted{keys: t.uploadKeys[:1], through: .6}
	default:
		if focus := s.editFocus(t, out); focus != nil {
			out.scene = out.scene.FocusedOn(focus)
		} else {
			out.scene = out.scene.NamedOnly()
		}
		out.over = s.editLayer(t)
	}
	return out
}

// editFocus is where an edit's subject goes: into the hole, or the mask.
func (s *Simulator) editFocus(t *task, out *picture) *paint.Frame {
	box := s.studio.hole(t.uploadKeys[0])
	if box == (paint.Frame{}) && s.habits.relay {
		box = t.maskBox
	}
	size, ok := s.studio.uploadSize(t.uploadKeys[0])
	if !ok {
		return nil
	}
	inner := paint.ContainedIn(image.Rectangle{Max: size}, image.Rect(0, 0, out.w, out.h))
	fit := out.frame.Part(paint.Share(inner, out.w, out.h))
	return fit.Part(box)
}

// editLayer keeps what is opaque and not masked. A picture without any hole is changed as a whole.
func (s *Simulator) editLayer(t *task) layer {
	through := 0.
	if s.studio.opaque(t.uploadKeys[0]) && (len(t.mask) == 0 || !s.habits.relay) {
		through = .45
	}
	out := fitted{keys: t.uploadKeys[:1], through: through}
	if s.habits.relay {
		out.mask = t.mask
	}
	return out
}

// shrink divides a size, never below one pixel.
func shrink(n, divisor int) int { return max(1, n/divisor) }

// decodeUpload reads a picture of a sane size; nil when it is none.
func decodeUpload(data []byte) (img image.Image, format string) {
	size, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || size.Width < 1 || size.Height < 1 || size.Width*size.Height > 1<<26 {
		return nil, ""
	}
	img, format, err = image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, ""
	}
	return img, format
}

// uploadKeyOf is the key of one of our own addresses, or "".
func uploadKeyOf(link string) string {
	_, rest, ok := strings.Cut(link, "/cdn/uploads/")
	if !ok {
		return ""
	}
	key, _, _ := strings.Cut(rest, ".")
	return key
}
