package jobs_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest/harness"
	"midgate/adapter/midjourney/simulator"
)

// A repeat that finds nothing opens a job. The tries that were sent before it may arrive later, after a stalled process or a
// slow proxy: they join, as many as there can be, and further equal requests are wishes of their own.
func TestOriginalsThatArriveAfterTheirRepeatJoinIt(t *testing.T) {
	for name, test := range map[string]struct {
		opener int
		later  time.Duration
		counts []int // of the requests that come after it
		want   []int // jobs after each
	}{
		"an original while its repeat waits": {1, 300 * time.Millisecond, []int{0}, []int{1}},
		"an original after the answer":       {1, 90 * time.Second, []int{0}, []int{1}},
		"an original that is far too late":   {1, 121 * time.Second, []int{0}, []int{2}},
		"a further request":                  {1, time.Second, []int{0, 0, 0}, []int{1, 2, 3}},
		"both tries before a second repeat":  {2, time.Second, []int{0, 0, 0}, []int{1, 1, 2}},
		"the same, one with its counter":     {2, time.Second, []int{1, 0, 0}, []int{1, 1, 2}},
		"nothing is late without a repeat":   {0, time.Second, []int{0}, []int{2}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				up := &harness.FakeUpstream{Takes: time.Minute}
				e := harness.NewEngine(t, up, nil)
				waits := func(a adapter.Attempt) {
					ticket := e.Ask(t, a)
					go func() {
						if _, err := ticket.Wait(t.Context(), nil); err == nil {
							ticket.Answered()
						}
					}()
					synctest.Wait()
				}
				waits(harness.Streamed(harness.Retry("b", test.opener)))
				<-time.After(test.later)
				for i, count := range test.counts {
					waits(harness.Streamed(harness.Retry("b", count)))
					if up.Charges() != test.want[i] {
						t.Fatalf("%d jobs after request %d, want %d", up.Charges(), i, test.want[i])
					}
				}
				<-time.After(2 * time.Minute)
			})
		})
	}
}

// Whoever still waits gets a picture of its own, also when one of them looked like the other's original.
func TestALateOriginalThatWaitsGetsAnotherQuarter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, func(c *harness.Config) { c.ShareWindow = 0 })
		a := s.Attempt("/v1/images/generations", "b")
		repeat := a
		repeat.Retry = 1
		one, err := s.Generate(t.Context(), repeat, harness.Generation("a red fox"))
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(300 * time.Millisecond)
		two, err := s.Generate(t.Context(), a, harness.Generation("a red fox"))
		if err != nil {
			t.Fatal(err)
		}
		if x, y := s.Await(t, one, nil), s.Await(t, two, nil); x[0].ID == y[0].ID || s.Charged() != "imagine" {
			t.Errorf("%s and %s by %q, want two pictures of one imagine", x[0].ID, y[0].ID, s.Charged())
		}
	})
}

// A repeat of a request that was refused has nothing that comes after it.
func TestARefusedOriginalIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: 10 * time.Second}
		e := harness.NewEngine(t, up, func(c *harness.Config) { c.MaxInFlight, c.MaxQueue = 1, 0 })
		text := func(a adapter.Attempt) { harness.Text(t, e.Ask(t, a)) }
		first := e.Ask(t, harness.Attempt("another"))
		if _, err := e.Shorten(t.Context(), harness.Attempt("b"), harness.Generation("a cat")); adapter.KindOf(err) != adapter.Busy {
			t.Fatalf("Shorten() = %v, want Busy", err)
		}
		if _, err := first.Wait(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		text(harness.Retry("b", 1))
		synctest.Wait()
		text(harness.Attempt("b"))
		if up.Charges() != 3 {
			t.Errorf("%d jobs, want 3: a new request after the repeat is a new wish", up.Charges())
		}
	})
}

// A client that gives up and repeats at once is here before its end was noticed.
func TestARepeatThatOvertakesTheEndOfItsOriginal(t *testing.T) {
	for name, test := range map[string]struct {
		noticed time.Duration
		jobs    int
	}{
		"at once":        {0, 1},
		"in a moment":    {250 * time.Millisecond, 1},
		"not within it":  {400 * time.Millisecond, 2},
		"not in a while": {20 * time.Second, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				up := &harness.FakeUpstream{Takes: time.Minute}
				e := harness.NewEngine(t, up, nil)
				first := e.Ask(t, harness.Streamed(harness.Attempt("b")))
				<-time.After(2 * time.Second)
				time.AfterFunc(test.noticed, first.Abandoned)
				harness.Text(t, e.Ask(t, harness.Streamed(harness.Attempt("b"))))
				if up.Charges() != test.jobs {
					t.Errorf("%d jobs, want %d", up.Charges(), test.jobs)
				}
			})
		})
	}
}

// A client that is gone before anything was submitted has nothing submitted, unless its repeat waits by then.
func TestNothingIsSubmittedForNobody(t *testing.T) {
	again := map[string]*adapter.Attempt{
		"nobody": nil, "a counted repeat": new(harness.Retry("b", 1)), "an uncounted one": new(harness.Attempt("b")), "a stream": new(harness.Streamed(harness.Retry("b", 1))),
	}
	for name, second := range again {
		for when, early := range map[string]time.Duration{"before it is recorded": 100 * time.Millisecond, "afterwards": time.Second} {
			t.Run(name+" "+when, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					up := &harness.FakeUpstream{Takes: time.Second}
					e := harness.NewEngine(t, up, nil)
					e.Close()
					e.BootOn(t, up, slow{e.State, 300 * time.Millisecond})
					ctx, leave := context.WithCancel(t.Context())
					gone := make(chan struct{})
					go func() {
						defer close(gone)
						ticket, err := e.Shorten(ctx, harness.Attempt("b"), harness.Generation("a cat"))
						if err != nil {
							return
						}
						if _, err := ticket.Wait(ctx, nil); err != nil {
							ticket.Abandoned()
						}
					}()
					<-time.After(50 * time.Millisecond)
					leave()
					<-time.After(early)
					want := 0
					if second != nil {
						want = 1
						harness.Text(t, e.Ask(t, *second))
					}
					<-gone
					<-time.After(time.Minute)
					if up.Charges() != want {
						t.Errorf("%d jobs, want %d", up.Charges(), want)
					}
				})
			})
		}
	}
}

// Whoever only wants to hear that its job was taken on need not stay for it.
func TestAJobThatGoesOnByItselfIsSubmittedForAClientThatLeft(t *testing.T) {
	for name, ask := range map[string]func(ctx context.Context, s *harness.Gate) error{
		"async": func(ctx context.Context, s *harness.Gate) error {
			_, err := s.Generate(ctx, adapter.Attempt{Caller: adapter.Caller{Owner: "me"}, Route: "/v1/images/generations", Body: "b", Async: true}, harness.Generation("a red fox"))
			return err
		},
		"native": func(ctx context.Context, s *harness.Gate) error {
			_, err := s.Native(ctx, adapter.Attempt{Caller: adapter.Caller{Owner: "me"}, Route: "/mj/submit/imagine", Body: "b"}, adapter.NativeRequest{Route: "imagine", Body: []byte(`{"prompt":"a red fox"}`)})
			return err
		},
		"a video": func(ctx context.Context, s *harness.Gate) error {
			_, err := s.Film(ctx, adapter.Attempt{Caller: adapter.Caller{Owner: "me"}, Route: "/v1/videos", Body: "b"}, adapter.VideoRequest{Generation: harness.Generation("a red fox")})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := harness.New(t, simulator.Config{Dialect: simulator.TrueAI}, nil)
				s.Parts.State = slow{s.Parts.State, 300 * time.Millisecond}
				next := s.Restarted(t)
				ctx, leave := context.WithTimeout(t.Context(), 100*time.Millisecond)
				defer leave()
				if err := ask(ctx, next); err != nil {
					t.Fatal(err)
				}
				<-time.After(5 * time.Minute)
				if s.Charged() == "" {
					t.Error("nothing was submitted")
				}
			})
		})
	}
}

// Each try of an SDK has a number of its own: where one with the same number waits, the wish is another one.
func TestRepeatsOfTwoClientsHaveAJobEach(t *testing.T) {
	for name, test := range map[string]struct {
		leaves bool // the first repeat, soon after the second comes
		jobs   int
	}{"both wait": {false, 2}, "the first is gone": {true, 1}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				up := &harness.FakeUpstream{Takes: time.Minute}
				e := harness.NewEngine(t, up, nil)
				e.Ask(t, harness.Streamed(harness.Attempt("b"))).Abandoned()
				<-time.After(time.Second)
				one := e.Ask(t, harness.Streamed(harness.Retry("b", 1)))
				<-time.After(time.Second)
				if test.leaves {
					time.AfterFunc(200*time.Millisecond, one.Abandoned)
				}
				two := e.Ask(t, harness.Streamed(harness.Retry("b", 1)))
				x, y := harness.Text(t, one), harness.Text(t, two)
				if up.Charges() != test.jobs || (x == y) != test.leaves {
					t.Errorf("%q and %q by %d jobs, want %d", x, y, up.Charges(), test.jobs)
				}
			})
		})
	}
}

// Counted repeats of requests that share a grid take another quarter each, whatever became of the first answers.
func TestRepeatsOfSharersGetDifferentQuarters(t *testing.T) {
	for _, answered := range []bool{false, true} {
		t.Run(fmt.Sprintf("answered %v", answered), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := harness.New(t, simulator.Config{}, nil)
				a := s.Attempt("/v1/images/generations", "b")
				var tickets []adapter.Ticket
				ask := func() {
					ticket, err := s.Generate(t.Context(), a, harness.Generation("a red fox"))
					if err != nil {
						t.Fatal(err)
					}
					tickets = append(tickets, ticket)
				}
				different := func() {
					t.Helper()
					seen := map[string]bool{}
					for _, ticket := range tickets {
						for _, img := range s.Await(t, ticket, nil) {
							seen[img.ID] = true
						}
					}
					if len(seen) != 4 {
						t.Errorf("try %d: %d different pictures, want 4", a.Retry, len(seen))
					}
				}
				for range 4 {
					ask()
				}
				for a.Retry = range 4 {
					if a.Retry == 0 {
						continue
					}
					if answered {
						different()
					}
					tickets = nil
					for range 4 {
						ask()
					}
				}
				different()
				if s.Charged() != "imagine" {
					t.Errorf("jobs = %q, want one imagine", s.Charged())
				}
			})
		})
	}
}

// A process that ends while a full upstream is asked again has noted that nothing was created.
func TestAFullUpstreamLeavesNoUnknownOutcome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := true
		up := &harness.FakeUpstream{Takes: time.Second}
		up.OnSubmit = func(context.Context, adapter.Options) error {
			if full {
				return adapter.Errorf(adapter.Busy, "The queue is full.")
			}
			return nil
		}
		e := harness.NewEngine(t, up, nil)
		first := e.Ask(t, harness.Attempt("b"))
		<-time.After(1500 * time.Millisecond)
		before, err := e.State.Job(t.Context(), first.Job().ID)
		if err != nil || len(before.Steps) != 1 || before.Steps[0].Refusal == nil {
			t.Errorf("the record says %+v, %v; want a step that was refused", before.Steps, err)
		}
		e.Restart(t)
		<-time.After(10 * time.Second)
		full = false
		if got := harness.Text(t, e.Ask(t, harness.Attempt("b"))); got == "" || up.Charges() != 1 {
			t.Errorf("the repeat gets %q by %d jobs, want the picture of one", got, up.Charges())
		}
	})
}

// Who presses again a while after Midjourney reported a failure wants another try; libraries come sooner. What nobody
// knows the outcome of is not tried again.
func TestAPressAfterAFailureThatWasReportedIsANewTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		ask := func() adapter.Ticket {
			ticket, err := s.Generate(t.Context(), s.Attempt("/v1/images/generations", "b"), harness.Generation("a fox sim-fail"))
			if err != nil {
				t.Fatal(err)
			}
			return ticket
		}
		fails := func(ticket adapter.Ticket, jobs string) {
			t.Helper()
			if _, err := ticket.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Failed {
				t.Fatalf("Wait() = %v, want Failed", err)
			}
			ticket.Answered()
			if s.Charged() != jobs {
				t.Fatalf("jobs = %q, want %q", s.Charged(), jobs)
			}
		}
		fails(ask(), "imagine")
		<-time.After(8 * time.Second)
		fails(ask(), "imagine")
		<-time.After(8 * time.Second) // 16 s after it was told first
		second := ask()
		<-time.After(time.Second)
		second.Abandoned() // before it failed, so nobody was told
		<-time.After(100 * time.Second)
		fails(ask(), "imagine imagine")
		<-time.After(14 * time.Second)
		fails(ask(), "imagine imagine")
		<-time.After(2 * time.Second)
		fails(ask(), "imagine imagine imagine")
	})
}

func TestAPressAfterAnUnknownOutcomeIsTheSameFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: time.Second}
		up.LoseAnswers() // panics at a second submission
		e := harness.NewEngine(t, up, nil)
		for range 4 {
			ticket := e.Ask(t, harness.Attempt("b"))
			if _, err := ticket.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Ambiguous {
				t.Errorf("Wait() = %v, want the stored Ambiguous", err)
			}
			ticket.Answered()
			<-time.After(30 * time.Second)
		}
	})
}

// An answer that was on its way when the process ended is its repeat's.
func TestAnAnswerThatARestartCutIsGivenToTheNextRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: time.Second}
		e := harness.NewEngine(t, up, nil)
		first := harness.Text(t, e.Ask(t, harness.Attempt("b")))
		e.Restart(t)
		if second := harness.Text(t, e.Ask(t, harness.Attempt("b"))); second != first || up.Charges() != 1 {
			t.Errorf("%q after %q by %d jobs, want the same by one", second, first, up.Charges())
		}
	})
}
