package simulator

import (
	"fmt"

	"midgate/adapter/midjourney/simulator/buttons"
	"midgate/adapter/midjourney/simulator/prompts"
)

// panel is the buttons under what tasks show.
type panel struct {
	rerollsSingles bool // single pictures have a reroll button too
	none           bool
}

// owner is what a task's buttons depend on; the simulator's mu is held.
func (p panel) owner(t *task) buttons.Owner {
	out := buttons.Owner{
		Kind: t.kind, Job: t.job, Model: t.model, Clips: t.clips, Remix: t.remix, Rerolls: p.rerollsSingles,
		Pressed: t.pressed,
	}
	out.Edited = t.parent != nil && (t.parent.kind == "edits" || t.parent.kind == "retexture")
	if from := t.single(); from != nil {
		out.W, out.H = from.W, from.H
	}
	return out
}

// of are a task's buttons once it has succeeded; the simulator's mu is held.
func (p panel) of(t *task) []buttons.Button {
	if t.orders["sim-no-buttons"] || p.none {
		return nil
	}
	return buttons.Of(p.owner(t))
}

// find is the button that a customId names, verbatim.
func (p panel) find(t *task, customID string) (buttons.Button, bool) {
	for _, b := range p.of(t) {
		if b.CustomID == customID && b.Style != buttons.Link {
			return b, true
		}
	}
	return buttons.Button{}, false
}

// panned is the aspect ratio after a pan: the canvas grows by half in the pan's direction.
func panned(parent *task, p buttons.Press) [2]int {
	w, h := prompts.Parse(parent.final).Aspect()
	if from := parent.single(); from != nil {
		w, h = prompts.ShapeOf(from.W, from.H)
	}
	if p.Way == "left" || p.Way == "right" {
		w, h = prompts.Reduce(3*w, 2*h)
	} else {
		w, h = prompts.Reduce(2*w, 3*h)
	}
	return [2]int{w, h}
}

// reshape gives a task's pictures another aspect ratio, whatever the prompt says or will say.
func (t *task) reshape(shape [2]int) {
	t.shape = shape
	t.asked = prompts.Replace(t.asked, "ar", fmt.Sprintf("%d:%d", shape[0], shape[1]))
	t.final = prompts.Final(prompts.Parse(t.asked), t.model)
}

// refine writes the final prompt after a dialog: a text without --ar keeps the shape that the picture has.
func (t *task) refine(asked string) {
	p := prompts.Parse(asked)
	w, h := prompts.Parse(t.final).Aspect()
	switch {
	case t.shape != [2]int{}:
		asked = prompts.Replace(asked, "ar", fmt.Sprintf("%d:%d", t.shape[0], t.shape[1]))
	case !p.Has("ar") && w != h:
		asked = prompts.Replace(asked, "ar", fmt.Sprintf("%d:%d", w, h))
	}
	t.final = prompts.Final(prompts.Parse(asked), t.model)
}
