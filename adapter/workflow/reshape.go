package workflow

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"strings"

	"midgate/adapter"
	"midgate/adapter/chat"
	"midgate/adapter/prompt"
)

// shapes are the ratios that "wider" and "taller" go through, from the tallest.
var shapes = []struct{ w, h int }{{9, 21}, {9, 16}, {2, 3}, {1, 1}, {3, 2}, {16, 9}, {21, 9}}

// leastZoom is the smallest zoom that Midjourney takes: the picture stays as large as it can, and what is new is beside it.
const leastZoom = 1.01

// ownRatio is the ratio that a picture's prompt has.
var ownRatio = regexp.MustCompile(`\s*--(?:ar|aspect)\s+\S+`)

// reshape makes a picture wider, taller or square: by Custom Zoom with another ratio, which draws what is missing, else by
// an edit.
func (s *Service) reshape(ctx context.Context, a adapter.Attempt, t chat.Turn, g adapter.Generation, img adapter.Image) (adapter.TurnAnswer, error) {
	if t.Size == "square" && img.MayHave(adapter.ActMakeSquare) {
		return talk(s.Act(ctx, a, adapter.Act{Generation: g, Image: img.ID, Action: adapter.ActMakeSquare, Standing: true}))
	}
	ratio, err := reshaped(t.Size, img.Width, img.Height)
	if err != nil {
		return adapter.TurnAnswer{}, err
	}
	g.Size = ratio
	g.Prompt = strings.TrimSpace(ownRatio.ReplaceAllString(cmp.Or(img.RevisedPrompt, img.Prompt, t.Prompt), ""))
	if img.MayHave(adapter.ActZoomCustom) {
		return talk(s.Act(ctx, a, adapter.Act{Generation: g, Image: img.ID, Action: adapter.ActZoomCustom, Zoom: leastZoom, Standing: true}))
	}
	return talk(s.Edit(ctx, a, adapter.Edit{Generation: g, Images: []adapter.Reference{{Image: img.ID}}}))
}

// reshaped is the ratio that a picture of w×h is to have.
func reshaped(size string, w, h int) (string, error) {
	w, h = max(w, 1), max(h, 1)
	switch size {
	case "square":
		if w == h {
			return "", adapter.BadParam("messages", "invalid_value", "The picture is square already.")
		}
		return "1:1", nil
	case "wider", "taller":
	default:
		return prompt.Ratio(size)
	}
	tall := size == "taller"
	for i := range shapes {
		shape := shapes[i]
		if tall {
			shape = shapes[len(shapes)-1-i]
		}
		// At least landscape or portrait, and clearly more than now.
		more := 100*shape.w*h - 103*w*shape.h
		if tall {
			more = 100*w*shape.h - 103*shape.w*h
		}
		if more > 0 && (!tall && shape.w > shape.h || tall && shape.h > shape.w) {
			return fmt.Sprintf("%d:%d", shape.w, shape.h), nil
		}
	}
	return "", adapter.BadParam("messages", "invalid_value", "The picture is as %s as it gets here: name a ratio, such as 21:9.", map[bool]string{true: "tall", false: "wide"}[tall])
}
