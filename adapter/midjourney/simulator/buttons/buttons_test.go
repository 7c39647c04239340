package buttons

import (
	"slices"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator/prompts"
)

// holds reports whether one of the buttons has a customId with that part.
func holds(set []Button, part string) bool {
	return slices.ContainsFunc(set, func(b Button) bool { return strings.Contains(b.CustomID, part) })
}

// TestSquareOnlyWhenNotSquare: Make Square is for pictures that are not square yet.
func TestSquareOnlyWhenNotSquare(t *testing.T) {
	single := Owner{Kind: "upscale", Job: "j", Model: prompts.Model{Major: 6}, W: 64, H: 64}
	if holds(Of(single), "Outpaint::100") {
		t.Error("a square picture can be made square")
	}
	single.H = 32
	if !holds(Of(single), "Outpaint::100") {
		t.Error("a wide picture cannot be made square")
	}
}

// TestEditsHaveNoVariations: the pictures of an edit are only enlarged and animated.
func TestEditsHaveNoVariations(t *testing.T) {
	set := Of(Owner{Kind: "upscale", Job: "j", Model: prompts.Model{Major: 7}, Edited: true})
	if holds(set, "variation") || holds(set, "Inpaint") || !holds(set, "upsample") || !holds(set, "animate") {
		t.Errorf("buttons of an edit's picture = %v", set)
	}
}

// TestPressed: a pressed button is shown in another colour, the others keep theirs.
func TestPressed(t *testing.T) {
	set := Of(Owner{Kind: "imagine", Job: "j", Pressed: map[string]bool{"MJ::JOB::upsample::2::j": true}})
	for _, b := range set {
		if want := map[bool]int{true: 1, false: 2}[b.CustomID == "MJ::JOB::upsample::2::j"]; b.Style != want {
			t.Errorf("style of %s = %d, want %d", b.CustomID, b.Style, want)
		}
	}
}

// TestPressMeans: what a press makes of a picture and of a video, and whether it asks first.
func TestPressMeans(t *testing.T) {
	for _, c := range []struct {
		verb, parent, kind string
		asks, remixAsks    bool
	}{
		{"upscale", "imagine", "upscale", false, false},
		{"hd", "upscale", "upscale_hd", false, false},
		{"region", "upscale", "inpaint", true, true},
		{"custom-zoom", "upscale", "zoom", true, true},
		{"reroll", "imagine", "reroll", false, true},
		{"reroll", "extend", "video", false, true},
		{"pic", "describe", "imagine", true, true},
		{"pic-retry", "describe", "describe", false, false},
	} {
		p := Press{Verb: c.verb}
		if p.Kind(c.parent) != c.kind || p.Asks(false) != c.asks || p.Asks(true) != c.remixAsks {
			t.Errorf("%s on %s: kind %s, asks %v, with remix %v", c.verb, c.parent, p.Kind(c.parent), p.Asks(false), p.Asks(true))
		}
	}
}
