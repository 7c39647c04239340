package studio

import (
	"bytes"
	"image"
	"strings"

	"midgate/adapter/midjourney/simulator/paint"
	"midgate/adapter/midjourney/simulator/prompts"
)

// Uploaded is an uploaded file as a picture of its own.
func (s *Studio) Uploaded(key, text string) *Picture {
	size, ok := s.uploadSize(key)
	if !ok {
		size = image.Pt(s.edge, s.edge)
	}
	w, h := size.X, size.Y
	sc := paint.NewScene(prompts.Parse(text).Text, s.style, paint.Hash(key), 0, float64(w)/float64(h))
	return &Picture{key: "upload/" + key, W: w, H: h, scene: sc, frame: sc.OwnFrame(), over: fitted{keys: []string{key}}}
}

// fromUploads is one quarter of an edit, a retexture or a blend.
func (s *Studio) fromUploads(t Job, kind string, i int) *Picture {
	p := prompts.Parse(t.Final)
	arW, arH := p.Aspect()
	if size, ok := s.uploadSize(t.Uploads[0]); ok && !p.Has("ar") {
		arW, arH = prompts.ShapeOf(size.X, size.Y)
	}
	w, h := prompts.CellSize(arW, arH, s.edge)
	if kind == "blend" {
		w, h = prompts.CellSize(t.BlendShape[0], t.BlendShape[1], s.edge)
	}
	sc := paint.NewScene(p.Text, t.Model.Style(), t.Seed, i, float64(w)/float64(h))
	if tint, ok := s.tint(t.Uploads[0]); ok {
		sc = sc.Tinted(tint, .35)
	}
	if kind != "edits" {
		sc = sc.NamedOnly()
	}
	out := &Picture{W: w, H: h, scene: sc, frame: sc.OwnFrame()}
	switch kind {
	case "blend":
		out.over = fitted{keys: t.Uploads, through: .3}
	case "retexture":
		out.over = fitted{keys: t.Uploads[:1], through: .6}
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
func (s *Studio) editFocus(t Job, out *Picture) *paint.Frame {
	box := s.hole(t.Uploads[0])
	if box == (paint.Frame{}) && t.Masks {
		box = t.Mask.Box
	}
	size, ok := s.uploadSize(t.Uploads[0])
	if !ok {
		return nil
	}
	inner := paint.ContainedIn(image.Rectangle{Max: size}, image.Rect(0, 0, out.W, out.H))
	fit := out.frame.Part(paint.Share(inner, out.W, out.H))
	return fit.Part(box)
}

// editLayer keeps what is opaque and not masked. A picture without any hole is changed as a whole.
func (s *Studio) editLayer(t Job) layer {
	through := 0.
	if s.opaque(t.Uploads[0]) && (len(t.Mask.Data) == 0 || !t.Masks) {
		through = .45
	}
	out := fitted{keys: t.Uploads[:1], through: through}
	if t.Masks {
		out.mask = t.Mask.Data
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

// KeyOf is the key of one of our own addresses, or "".
func KeyOf(link string) string {
	_, rest, ok := strings.Cut(link, "/cdn/uploads/")
	if !ok {
		return ""
	}
	key, _, _ := strings.Cut(rest, ".")
	return key
}
