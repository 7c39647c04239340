package studio

import (
	"midgate/adapter/midjourney/simulator/paint"
	"midgate/adapter/midjourney/simulator/prompts"
)

// variation moves the scene of a picture by a share. A picture with something laid over its scene keeps that, bent,
// unless a dialog asked for other words.
func variation(t Job, source *Picture, share float64, i int) *Picture {
	out := &Picture{W: source.W, H: source.H, frame: source.frame, setting: source.setting}
	out.scene = source.around().Varied(share, t.Seed, i)
	switch {
	case t.Retold:
		out.scene, out.setting = out.scene.Retold(prompts.Parse(t.Asked).Text), nil
	case source.over != nil:
		out.scene = out.scene.Empty()
		out.over = bent{from: source, share: share, seed: t.Seed + uint32(i)}
	}
	return out
}

// zoomed is the picture made small inside a larger view of its scene.
func zoomed(t Job, source *Picture, factor float64, edge, i int) *Picture {
	f := source.frame
	cx, cy := (f.X0+f.X1)/2, (f.Y0+f.Y1)/2
	w, h := (f.X1-f.X0)*factor, (f.Y1-f.Y0)*factor
	out := &Picture{W: source.W, H: source.H}
	if p := prompts.Parse(t.Final); p.Has("ar") {
		arW, arH := p.Aspect()
		out.W, out.H = prompts.CellSize(arW, arH, edge)
		ratio := float64(out.W) / float64(out.H)
		w, h = max(w, h*ratio), max(h, w/ratio)
	}
	out.frame = paint.FrameAround(cx, cy, w, h)
	return surround(t, source, out, i)
}

// widened is the picture with more canvas on one side (pan) or around its short sides (square).
func widened(t Job, source *Picture, edge, i int) *Picture {
	out := &Picture{}
	arW, arH := prompts.Parse(t.Final).Aspect()
	out.W, out.H = prompts.CellSize(arW, arH, edge)
	f, ratio := source.frame, float64(out.W)/float64(out.H)
	w, h := max(f.X1-f.X0, (f.Y1-f.Y0)*ratio), max(f.Y1-f.Y0, (f.X1-f.X0)/ratio)
	dx, dy := w-(f.X1-f.X0), h-(f.Y1-f.Y0)
	switch t.Way {
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
func surround(t Job, source, out *Picture, i int) *Picture {
	out.scene = source.around().Varied(.03, t.Seed, i).Redecorated(t.Seed + uint32(i)*77)
	out.over = inset{from: source}
	return out
}

// repainted draws the masked area anew: the same surroundings, with what the words name in the middle of the mask.
func repainted(t Job, source *Picture, i int) *Picture {
	around := source.around()
	out := &Picture{W: source.W, H: source.H, frame: source.frame, setting: &around}
	out.scene = around.Varied(.18, t.Seed, i).Holding(prompts.Parse(t.Asked).Text, source.frame.Part(t.Mask.Box))
	out.over = region{from: source, mask: t.Mask.Data}
	return out
}

// enlarged is the picture at twice its size.
func enlarged(t Job, source *Picture) *Picture {
	return &Picture{
		key: t.ID + "/0", W: 2 * source.W, H: 2 * source.H, scene: source.scene, frame: source.frame,
		setting: source.setting,
		over:    larger{from: source, creative: t.Way == "creative"},
	}
}
