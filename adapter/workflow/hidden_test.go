package workflow_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"midgate/adapter"
	"midgate/adapter/adaptertest/harness"
	"midgate/adapter/midjourney/simulator"
)

// U on the way to another button shows the picture that is there already, not the one that comes.
func TestAct_TheUBeforeItHasNoPreview(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		img := s.Draw(t, "a red fox", 1)[0]
		ticket, err := s.Act(t.Context(), s.Attempt("/v1/images/actions", "zoom"), adapter.Act{Image: img.ID, Action: adapter.ActZoomOut2x})
		if err != nil {
			t.Fatal(err)
		}
		hidden, shown := 0, 0
		_, err = ticket.Wait(t.Context(), func(p adapter.Progress) {
			switch {
			case strings.HasPrefix(p.Step, "single/"):
				hidden++
				if p.Preview != "" {
					t.Errorf("%s shows %q", p.Step, p.Preview)
				}
			case p.Preview != "":
				shown++
			}
		})
		if err != nil || hidden == 0 || shown == 0 {
			t.Errorf("%d looks at U and %d previews of the zoom, %v; want both", hidden, shown, err)
		}
	})
}
