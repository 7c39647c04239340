package proxy

import (
	"encoding/json"
	"testing"
)

// converse is a chat of four turns, each streamed and kept by the client: every turn acts on the picture before it.
func converse(t *testing.T, d desk) {
	var turns []map[string]any
	say := func(text string) string {
		turns = append(turns, userTurn(text))
		var s spoken
		o := d.do(t, "chatStream", map[string]any{"model": "midjourney", "messages": turns})
		if err := json.Unmarshal(o.Value, &s); err != nil || s.End != "stop" {
			t.Fatalf("%q is answered with %+v, want words", text, o)
		}
		turns = append(turns, map[string]any{"role": "assistant", "content": s.Text})
		return shownIn(t, s.Text)
	}
	before := len(d.h.charged())
	grid := say("a red fox " + d.name)
	second := say("U2")
	if r := d.h.image(t, second); r.Grid == nil || *r.Grid != grid {
		t.Errorf("U2 shows %q of grid %v, want a quarter of %q", second, r.Grid, grid)
	}
	zoomed := say("zoom out 2x")
	if r := d.h.image(t, zoomed); r.Parent == nil || *r.Parent != second {
		t.Errorf("zoom out 2x shows a picture of %v, want of %q", r.Parent, second)
	}
	snow := d.h.image(t, say("add snow"))
	if snow.Parent == nil || d.h.image(t, *snow.Parent).Grid == nil || *d.h.image(t, *snow.Parent).Grid != zoomed {
		t.Errorf("add snow shows a picture of %v, want of a quarter of %q", snow.Parent, zoomed)
	}
	if paid := d.h.charged()[before:]; paid != " imagine upscale zoom edits" {
		t.Errorf("the upstream was paid for%s, want one job for each turn and the U that a zoom needs", paid)
	}
}
