package simulator

import (
	"fmt"
	"strconv"
	"strings"
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
	w, h := parsePrompt(parent.final).aspect()
	if from := parent.single(); from != nil {
		w, h = shapeOf(from.w, from.h)
	}
	if p.way == "left" || p.way == "right" {
		w, h = reduce(3*w, 2*h)
	} else {
		w, h = reduce(2*w, 3*h)
	}
	return [2]int{w, h}
}

// reshape gives a task's pictures another aspect ratio, whatever the prompt says or will say.
func (t *task) reshape(shape [2]int) {
	t.shape = shape
	t.asked = replaceParam(t.asked, "ar", fmt.Sprintf("%d:%d", shape[0], shape[1]))
	t.final = finalPrompt(parsePrompt(t.asked), t.model)
}

// refine writes the final prompt after a dialog: a text without --ar keeps the shape that the picture has.
func (t *task) refine(asked string) {
	p := parsePrompt(asked)
	w, h := parsePrompt(t.final).aspect()
	switch {
	case t.shape != [2]int{}:
		asked = replaceParam(asked, "ar", fmt.Sprintf("%d:%d", t.shape[0], t.shape[1]))
	case !p.has("ar") && w != h:
		asked = replaceParam(asked, "ar", fmt.Sprintf("%d:%d", w, h))
	}
	t.final = finalPrompt(parsePrompt(asked), t.model)
}

func reduce(w, h int) (int, int) {
	a, b := w, h
	for b != 0 {
		a, b = b, a%b
	}
	return w / a, h / a
}

// replaceParam sets a parameter of a prompt, wherever it stood.
func replaceParam(prompt, name, value string) string {
	return dropParam(prompt, name) + " --" + name + " " + value
}

// dropParam is the prompt without a parameter.
func dropParam(prompt, name string) string {
	if !strings.Contains(prompt, "--") {
		return prompt
	}
	p := parsePrompt(prompt)
	parts := append([]string{}, p.images...)
	if p.text != "" {
		parts = append(parts, p.text)
	}
	for _, have := range p.names {
		if have != name {
			parts = append(parts, strings.TrimSpace("--"+have+" "+p.value(have)))
		}
	}
	return strings.Join(parts, " ")
}

func motionOf(text string) string {
	if strings.EqualFold(text, "high") {
		return "high"
	}
	return "low"
}

// clipsOf rounds a batch size to one that exists.
func clipsOf(n float64) int {
	switch {
	case n >= 1 && n < 2:
		return 1
	case n >= 2 && n < 4:
		return 2
	}
	return 4
}
