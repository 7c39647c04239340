package workflow

import (
	"midgate/adapter"
	"midgate/adapter/prompt"
	"midgate/adapter/spend"
)

// course counts upstream jobs by what they are sold as.
type course map[string]int

// drawn is the dearest course that makes n pictures, four of a job of some kind.
func (s *Recipes) drawn(kind string, g adapter.Generation, draw prompt.Drawing) course {
	n := g.Count()
	c := course{kind: s.gridsOf(&g)}
	if draw.Upscale || s.gridMode(&g) == adapter.GridUpscale {
		c[spend.Upscale] += n
	}
	if draw.Upscale {
		c[spend.Upscale] += n
	}
	return c
}

// pressed is the dearest course of a button: a quarter may have to be a picture of its own first. One that is only cut
// costs nothing.
func (s *Recipes) pressed(img adapter.Image, act adapter.Act, draw prompt.Drawing) course {
	if act.CustomID != "" {
		act.Action = "" // whatever it is, it is pressed once
	}
	kind, quarter := spend.Edit, img.Grid != "" && img.Single == nil
	switch act.Action {
	case adapter.ActUpscale:
		return course{}
	case "":
		kind, quarter = spend.Generation, false
	case adapter.ActUpscaleSubtle, adapter.ActUpscaleCreative:
		kind = spend.Upscale
	case adapter.ActVary, adapter.ActReroll:
		kind, quarter = spend.Vary, false
	case adapter.ActVarySubtle, adapter.ActVaryStrong:
		kind = spend.Vary
	}
	c := s.drawn(kind, act.Generation, draw)
	if single(act.Action) {
		c = course{kind: act.Count()}
	}
	if quarter {
		c[spend.Upscale]++
	}
	return c
}

// filmed is the dearest course of a video: its still where there is none, and every clip of each of its parts.
func filmed(f adapter.VideoRequest) course {
	c := course{spend.Video: max(f.Seconds/4, 1) * max(f.Midjourney.BatchSize, 1)}
	if f.Input == nil && f.Extends == "" {
		c[spend.Generation] = 1
	}
	return c
}
