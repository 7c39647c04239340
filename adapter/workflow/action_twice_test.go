package workflow_test

import (
	"testing"
	"testing/synctest"

	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

// Several pictures out of one quarter need its own picture once: U is paid once, whatever the presses after it do.
func TestSeveralPressesOnOneQuarterShareItsU(t *testing.T) {
	tests := map[string]struct {
		action string
		n      int
		jobs   string
	}{
		"two grids of variations":     {adapter.ActVarySubtle, 8, "imagine upscale vary_subtle vary_subtle"},
		"three grids of the same pan": {adapter.ActPanLeft, 10, "imagine upscale pan pan pan"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := harness.New(t, simulator.Config{}, nil)
				act := adapter.Act{Image: s.Draw(t, "a red fox --v 7", 1)[0].ID, Action: test.action}
				act.N = test.n
				made, refused := s.Press(t, act)
				if refused != nil || len(made) != test.n {
					t.Errorf("%d pictures, %v; want %d", len(made), refused, test.n)
				}
				if got := s.Charged(); got != test.jobs {
					t.Errorf("jobs = %q, want %q", got, test.jobs)
				}
			})
		})
	}
}
