package mcp

import (
	"regexp"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"midgate/adapter"
	"midgate/proxy/body"
)

func (w *work) draw() (*sdk.CallToolResult, error) {
	g := w.all()
	g.Midjourney.StyleRef, g.Midjourney.OmniRef = w.args.texts("style_references"), w.args.text("omni_reference")
	if err := w.ResolveReferences(w.gin, &body.Body{}, &g); err != nil {
		return nil, err
	}
	refs, err := w.pictures("image_prompts")
	if err != nil {
		return nil, err
	}
	g.References = refs
	if err := w.AttachWords(w.gin, &g); err != nil {
		return nil, err
	}
	return w.begin(g, 1, func(a adapter.Attempt) (adapter.Ticket, error) { return w.core.Draw.Generate(w.ctx, a, g) })
}

func (w *work) edit() (*sdk.CallToolResult, error) {
	e := adapter.Edit{Generation: w.all(), Once: true}
	ref, err := w.picture("picture", w.args.text("picture"))
	if err != nil {
		return nil, err
	}
	e.Images = []adapter.Reference{ref}
	holes, mask := w.args.holes(), w.args.text("mask")
	switch {
	case len(holes) > 0 && mask != "":
		return nil, bad("mask", "cannot be used together with 'region'")
	case len(holes) > 0:
		made, err := w.core.Pictures.Stencil(w.ctx, w.caller(), ref, holes)
		if err != nil {
			return nil, err
		}
		e.Mask = &made
	case mask != "":
		given, err := w.picture("mask", mask)
		if err != nil {
			return nil, err
		}
		e.Mask = &given
	}
	if e.Mask != nil {
		err = w.ReachableWords(w.gin, &e.Prompt)
	} else {
		err = w.AttachWords(w.gin, &e.Generation)
	}
	if err != nil {
		return nil, err
	}
	return w.begin(e.Generation, 1, func(a adapter.Attempt) (adapter.Ticket, error) { return w.core.Edit.Edit(w.ctx, a, e) })
}

func (w *work) press() (*sdk.CallToolResult, error) {
	img, err := w.own(w.args.text("picture"))
	if err != nil {
		return nil, err
	}
	act := adapter.Act{Generation: w.all(), Image: img.ID, Action: w.args.text("button"), Index: w.args.whole("index"), Zoom: w.args.number("zoom")}
	if err := w.ReachableWords(w.gin, &act.Prompt); err != nil {
		return nil, err
	}
	if strings.HasPrefix(act.Action, adapter.ActUpscale) {
		act.N = 1 // one picture becomes one
	}
	needs := 1
	if act.Action == adapter.ActUpscale && adapter.Separates(img.Version) {
		needs = 0 // it is cut
	}
	return w.begin(act.Generation, needs, func(a adapter.Attempt) (adapter.Ticket, error) {
		if act.Action == adapter.ActAnimateLow || act.Action == adapter.ActAnimateHigh {
			return w.core.Films.Animate(w.ctx, a, act)
		}
		return w.core.Draw.Act(w.ctx, a, act)
	})
}

// videoID finds the ID of a video in its address.
var videoID = regexp.MustCompile(`video_[A-Z2-7]{26}`)

func (w *work) film() (*sdk.CallToolResult, error) {
	f := adapter.VideoRequest{Generation: w.all(), Seconds: max(w.args.whole("seconds"), 4), Motion: w.args.text("motion"), Loop: w.args.truth("loop")}
	f.N = 1
	picture, end, video := w.args.text("picture"), w.args.text("end_picture"), w.args.text("video")
	needs := f.Seconds / 4
	switch {
	case video != "" && picture != "":
		return nil, bad("picture", "cannot be used together with 'video', which is carried on from its last frame")
	case video != "":
		if f.Extends = videoID.FindString(video); f.Extends == "" {
			return nil, noVideo(video)
		}
	case picture != "":
		ref, err := w.picture("picture", picture)
		if err != nil {
			return nil, err
		}
		f.Input = &ref
	case f.Prompt == "":
		return nil, adapter.BadParam("prompt", "missing_required_parameter", "'prompt', 'picture' or 'video' is needed: a video is made of words, of a picture, or of a video.")
	default:
		if err := w.FrameInWords(w.gin, &f); err != nil {
			return nil, err
		}
		if f.Input == nil {
			needs++
		}
	}
	if end != "" {
		ref, err := w.picture("end_picture", end)
		if err != nil {
			return nil, err
		}
		f.End = &ref
	}
	return w.begin(f.Generation, needs, func(a adapter.Attempt) (adapter.Ticket, error) { return w.core.Films.Film(w.ctx, a, f) })
}

func (w *work) blend() (*sdk.CallToolResult, error) {
	refs, err := w.pictures("pictures")
	if err != nil {
		return nil, err
	}
	e := adapter.Edit{Generation: w.all(), Images: refs}
	return w.begin(e.Generation, 1, func(a adapter.Attempt) (adapter.Ticket, error) { return w.core.Edit.Blend(w.ctx, a, e) })
}

func (w *work) describe() (*sdk.CallToolResult, error) {
	ref, err := w.picture("picture", w.args.text("picture"))
	if err != nil {
		return nil, err
	}
	e := adapter.Edit{Generation: w.all(), Images: []adapter.Reference{ref}}
	e.N = 1
	return w.begin(e.Generation, 1, func(a adapter.Attempt) (adapter.Ticket, error) { return w.core.Edit.Describe(w.ctx, a, e) })
}

func noVideo(string) *adapter.Error {
	return &adapter.Error{Kind: adapter.NotFound, Code: "video_not_found"}
}
