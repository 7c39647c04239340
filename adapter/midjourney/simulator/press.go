package simulator

import (
	"fmt"
	"strconv"

	"midgate/adapter/midjourney/simulator/prompts"
)

// kind is the kind of job that a press of this button on parent makes.
func (p press) kind(parent *task) string {
	switch p.verb {
	case "upscale", "variation", "zoom", "square", "pan", "extend", "clip":
		return p.verb
	case "hd":
		return "upscale_hd"
	case "vary":
		return "vary_" + p.way
	case "region":
		return "inpaint"
	case "custom-zoom":
		return "zoom"
	case "animate":
		return "video"
	case "pic", "analyze":
		return "imagine"
	case "pic-retry":
		return "describe"
	}
	if parent.kind == "video" || parent.kind == "extend" {
		return "video"
	}
	return "reroll"
}

// asks reports whether the press opens a dialog: some always do, others only with remix on.
func (p press) asks(remix bool) bool {
	switch p.verb {
	case "region", "custom-zoom", "pic", "analyze":
		return true
	case "variation", "vary", "reroll", "pan", "animate":
		return remix
	}
	return false
}

// prefill is the text a dialog is opened with: nothing for a region.
func (p press) prefill(t *task) string {
	if p.verb == "region" {
		return ""
	}
	return t.final
}

// describe is the child's description, the command that the press stands for.
func (p press) describe(parentID string) string {
	switch p.verb {
	case "upscale":
		return "/up " + parentID + " U" + strconv.Itoa(p.n)
	case "variation":
		return "/up " + parentID + " V" + strconv.Itoa(p.n)
	case "reroll":
		return "/up " + parentID + " R"
	case "custom-zoom":
		return confirmText
	}
	return "/up " + parentID + " " + p.verb
}

// confirmText is how every upstream says that a dialog waits; clients look for the word confirm.
const confirmText = "Waiting for window confirm"

// panned is the aspect ratio after a pan: the canvas grows by half in the pan's direction.
func panned(parent *task, p press) [2]int {
	w, h := prompts.Parse(parent.final).Aspect()
	if from := parent.single(); from != nil {
		w, h = prompts.ShapeOf(from.w, from.h)
	}
	if p.way == "left" || p.way == "right" {
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
