package buttons

import "strconv"

// Kind is the kind of job that a press of this button makes of a parent of that kind.
func (p Press) Kind(parent string) string {
	switch p.Verb {
	case "upscale", "variation", "zoom", "square", "pan", "extend", "clip":
		return p.Verb
	case "hd":
		return "upscale_hd"
	case "vary":
		return "vary_" + p.Way
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
	if parent == "video" || parent == "extend" {
		return "video"
	}
	return "reroll"
}

// Asks reports whether the press opens a dialog: some always do, others only with remix on.
func (p Press) Asks(remix bool) bool {
	switch p.Verb {
	case "region", "custom-zoom", "pic", "analyze":
		return true
	case "variation", "vary", "reroll", "pan", "animate":
		return remix
	}
	return false
}

// Prefill is the text a dialog is opened with: nothing for a region.
func (p Press) Prefill(final string) string {
	if p.Verb == "region" {
		return ""
	}
	return final
}

// Describe is the child's description, the command that the press stands for.
func (p Press) Describe(parentID string) string {
	switch p.Verb {
	case "upscale":
		return "/up " + parentID + " U" + strconv.Itoa(p.N)
	case "variation":
		return "/up " + parentID + " V" + strconv.Itoa(p.N)
	case "reroll":
		return "/up " + parentID + " R"
	case "custom-zoom":
		return Waiting
	}
	return "/up " + parentID + " " + p.Verb
}

// Waiting is how every upstream says that a dialog waits; clients look for the word confirm.
const Waiting = "Waiting for window confirm"
