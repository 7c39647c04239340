package jobs

import (
	"testing"

	"midgate/adapter"
)

func TestStepRequest_HiddenHasNoPreview(t *testing.T) {
	for hidden, want := range map[bool]string{true: "", false: "x"} {
		if got := (&StepRequest{Hidden: hidden}).preview(adapter.Task{ImageURL: "x"}); got != want {
			t.Errorf("preview, hidden %v = %q, want %q", hidden, got, want)
		}
	}
}
