package body

import (
	"testing"

	"midgate/adapter"
)

// A name that was given stands.
func TestAnErrorThatKnowsItsParameterKeepsIt(t *testing.T) {
	for param, want := range map[string]string{"": "image", "id": "image", "mask": "mask"} {
		if got := Typed(Blame(adapter.BadParam(param, "x", "y"), "image")).Param; got != want {
			t.Errorf("blame of an error about %q names %q, want %q", param, got, want)
		}
	}
}
