package jobs_test

import (
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

// A run that goes on when its missing part turned up stores its pictures again; what was noted of them meanwhile stays,
// so that the U that was pressed is not paid again.
func TestAPictureKeepsItsUWhenItsRunGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{Dialect: simulator.TrueAI}, nil)
		s.Sim.Fail(simulator.Fault{Route: "imagine", Kind: "drop-after"})
		s.Sim.Fail(simulator.Fault{Route: "tasks", Kind: "500", Times: 25})
		g := harness.Generation("a blue fox --v 7")
		g.N = 8
		ticket, err := s.Generate(t.Context(), s.Attempt("/v1/images/generations", "part"), g)
		part := s.Await(t, ticket, err)
		if _, refused := s.Press(t, adapter.Act{Image: part[0].ID, Action: adapter.ActUpscale, Force: true}); refused != nil {
			t.Fatal(refused)
		}
		s.ReadPicture(t, part[0].ID)
		<-time.After(10 * time.Minute)
		if run, err := s.Job(t.Context(), s.Me, ticket.Job().ID); err != nil || run.Result == nil || len(run.Result.Images) != 8 {
			t.Fatalf("the job has %+v, %v; want all 8 pictures", run.Result, err)
		}
		if img, err := s.Image(t.Context(), s.Me, part[0].ID); err != nil || img.Single == nil {
			t.Errorf("the record = %+v, %v; want its single picture kept", img, err)
		}
		if _, refused := s.Press(t, adapter.Act{Image: part[0].ID, Action: adapter.ActPanLeft}); refused != nil {
			t.Fatal(refused)
		}
		if got := s.Charged(); got != "imagine imagine upscale pan" {
			t.Errorf("jobs = %q, want one upscale", got)
		}
	})
}

// A picture whose record is gone by the time its U is done loses a note, not the job that was asked for.
func TestAnActionOnAPictureThatExpiresMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		img := s.Draw(t, "a red fox --v 7", 1)[0]
		ticket, err := s.Act(t.Context(), s.Attempt("/v1/images/actions", "pan"), adapter.Act{Image: img.ID, Action: adapter.ActPanLeft})
		if err != nil {
			t.Fatal(err)
		}
		if err := ticket.Accepted(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.Store.Delete(t.Context(), img.ID); err != nil {
			t.Fatal(err)
		}
		if result, err := ticket.Wait(t.Context(), nil); err != nil || len(result.Images) != 1 {
			t.Errorf("Wait() = %v, %v; want a picture", result.Images, err)
		}
	})
}
