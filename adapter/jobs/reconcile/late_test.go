package reconcile_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

func TestAPartOfAnAnswerThatTurnsUpLateIsThereForTheRepeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{Dialect: simulator.TrueAI}, nil)
		s.Sim.Fail(simulator.Fault{Route: "imagine", Kind: "drop-after"})
		s.Sim.Fail(simulator.Fault{Route: "tasks", Kind: "500", Times: 25})
		g := harness.Generation("a blue fox")
		g.N = 8
		a := s.Attempt("/v1/images/generations", "part")
		ticket, err := s.Generate(t.Context(), a, g)
		if err != nil {
			t.Fatal(err)
		}
		part, err := ticket.Wait(t.Context(), nil)
		if err != nil || len(part.Images) != 4 || part.Missing != 4 {
			t.Fatalf("Wait() = %+v, %v, want 4 pictures and 4 missing", part, err)
		}
		ticket.Answered()
		<-time.After(5 * time.Minute)
		a.Retry = 1
		ticket, err = s.Generate(t.Context(), a, g)
		if images := s.Await(t, ticket, err); len(images) != 8 {
			t.Errorf("the repeat gets %d pictures, want all 8", len(images))
		}
		run := ticket.Job()
		if run.Status != adapter.JobCompleted || len(run.Result.Images) != 8 || run.Result.Missing != 0 {
			t.Errorf("the job is %s with %+v, want 8 pictures", run.Status, run.Result)
		}
		for _, id := range part.Images {
			s.ReadPicture(t, id)
		}
		if got := s.Charged(); got != "imagine imagine" {
			t.Errorf("jobs = %q, want two imagines", got)
		}
	})
}

// Four requests that shared a job which came to nothing are four again when they are repeated.
func TestSharersOfWhatCameToNothingShareAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		s.Sim.Fail(simulator.Fault{Route: "imagine", Kind: "no-account", Delay: 500 * time.Millisecond})
		seen := map[string]bool{}
		var mu sync.Mutex
		for retry := range 2 {
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					a := s.Attempt("/v1/images/generations", "shared")
					a.Retry = retry
					ticket, err := s.Generate(t.Context(), a, harness.Generation("a red fox"))
					if err != nil {
						t.Errorf("Generate() = %v", err)
						return
					}
					result, err := ticket.Wait(t.Context(), nil)
					ticket.Answered()
					if retry == 0 && adapter.KindOf(err) != adapter.Unavailable {
						t.Errorf("Wait() = %v, want Unavailable", err)
					}
					mu.Lock()
					defer mu.Unlock()
					for _, id := range result.Images {
						seen[id] = true
					}
				})
			}
			all.Wait()
			synctest.Wait()
		}
		if len(seen) != 4 || s.Charged() != "imagine" {
			t.Errorf("%d different pictures by %q, want 4 by one imagine", len(seen), s.Charged())
		}
	})
}

// What was answered stays answered, whatever becomes of the part that turned up.
func TestALatePartThatFailsTakesNothingBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{Dialect: simulator.TrueAI}, nil)
		s.Sim.Fail(simulator.Fault{Route: "imagine", Kind: "drop-after"})
		s.Sim.Fail(simulator.Fault{Route: "tasks", Kind: "500", Times: 25})
		g := harness.Generation("a blue fox")
		g.N = 8
		ticket, err := s.Generate(t.Context(), s.Attempt("/v1/images/generations", "part"), g)
		part := s.Await(t, ticket, err)
		for _, task := range s.Sim.Tasks() { // the upstream starts anew and has only the lost one
			if task.ID == part[0].TaskID {
				s.Sim.Forget(task.ID)
			}
		}
		<-time.After(30 * time.Minute)
		run, err := s.Job(t.Context(), s.Me, ticket.Job().ID)
		if err != nil || run.Status != adapter.JobCompleted || len(run.Result.Images) < 4 {
			t.Errorf("Job() = %s, %+v, %v; want completed with 4 pictures at least", run.Status, run.Result, err)
		}
	})
}

// The dialog of a press was answered, nobody knows whether that arrived, and its task keeps the id of the press.
func TestADialogThatWasAnsweredIsFoundLate(t *testing.T) {
	for _, name := range []string{"trueai", "trueai, partner", "newapi"} { // where it gets a new id, only a list can tell
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := harness.New(t, harness.Dialects[name], nil)
				third := s.Draw(t, "a red fox", 4)[2]
				e := adapter.Edit{Generation: harness.Generation("a red rowing boat"), Images: []adapter.Reference{{Image: third.ID}}, Mask: s.Upload(t, harness.RightHalf(t, 64, 64))}
				s.Sim.Fail(simulator.Fault{Route: "modal", Kind: "drop-after"})
				a := s.Attempt("/v1/images/edits", "late")
				ticket, err := s.Edit(t.Context(), a, e)
				if err != nil {
					t.Fatal(err)
				}
				for len(s.Sim.Ledger()) < 3 { // imagine, upscale, inpaint
					<-time.After(100 * time.Millisecond)
				}
				s.HideTasks()
				if _, err := ticket.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Ambiguous {
					t.Fatalf("Wait() = %v, want Ambiguous", err)
				}
				<-time.After(30 * time.Minute)
				a.Retry = 1
				ticket, err = s.Edit(t.Context(), a, e)
				if images := s.Await(t, ticket, err); len(images) != 1 || images[0].Parent != third.ID {
					t.Errorf("the repeat gets %d pictures, want the edit", len(images))
				}
				if got := s.Charged(); got != "imagine upscale inpaint" || s.Sim.Requests().Routes["modal"] != 1 {
					t.Errorf("jobs = %q with %d modals, want one of each", got, s.Sim.Requests().Routes["modal"])
				}
			})
		})
	}
}

// A dialog's answer keeps the task, and with it the state of the press, which must not hide it after the deadline.
func TestADialogThatOutlivesItsDeadlineIsStillFetched(t *testing.T) {
	for _, name := range []string{"trueai", "newapi", "comet"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sim := harness.Dialects[name]
				sim.Pace = 10 * time.Minute
				s := harness.New(t, sim, func(c *harness.Config) { c.JobTimeout = time.Hour })
				third := s.Draw(t, "a red fox", 4)[2]
				s.Cfg.JobDeadline = 5 * time.Minute
				s.Gate = s.Restarted(t)
				e := adapter.Edit{Generation: harness.Generation("a red rowing boat"), Images: []adapter.Reference{{Image: third.ID}}, Mask: s.Upload(t, harness.RightHalf(t, 64, 64))}
				ticket, err := s.Edit(t.Context(), s.Attempt("/v1/images/edits", "late"), e)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := ticket.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Overdue {
					t.Fatalf("Wait() = %v, want Overdue", err)
				}
				<-time.After(4 * time.Minute)
				if run, err := s.Job(t.Context(), s.Me, ticket.Job().ID); err != nil || run.Status != adapter.JobCompleted {
					t.Errorf("Job() = %s, %v, %v; want completed", run.Status, run.Error, err)
				}
				if got := s.Charged(); got != "imagine upscale inpaint" {
					t.Errorf("jobs = %q, want one of each", got)
				}
			})
		})
	}
}
