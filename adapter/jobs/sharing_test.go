package jobs_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

// Requests that share a grid have a quarter each, also when midgate dies after they joined and they all come again.
func TestSharersFindTheirQuartersAfterACrash(t *testing.T) {
	for name, counter := range map[string]int{"with a retry counter": 1, "without any": 0} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := harness.New(t, simulator.Config{}, nil)
				a := s.Attempt("/v1/images/generations", "shared")
				first, err := s.Generate(t.Context(), a, harness.Generation("a red fox"))
				if err != nil {
					t.Fatal(err)
				}
				if err := first.Accepted(t.Context()); err != nil {
					t.Fatal(err)
				}
				<-time.After(100 * time.Millisecond)
				for range 3 {
					if _, err := s.Generate(t.Context(), a, harness.Generation("a red fox")); err != nil {
						t.Fatal(err)
					}
				}
				next := s.Restarted(t)
				a.Retry = counter
				seen := map[string]bool{}
				for range 4 {
					ticket, err := next.Generate(t.Context(), a, harness.Generation("a red fox"))
					if err != nil {
						t.Fatal(err)
					}
					result, err := ticket.Wait(t.Context(), nil)
					if err != nil || len(result.Images) != 1 {
						t.Fatalf("Wait() = %v, %v, want one picture", result.Images, err)
					}
					ticket.Answered()
					synctest.Wait()
					seen[result.Images[0]] = true
				}
				if len(seen) != 4 || s.Charged() != "imagine" {
					t.Errorf("%d different pictures by %q, want 4 by one imagine", len(seen), s.Charged())
				}
			})
		})
	}
}

// slow makes records take a while, as a state engine under load does.
type slow struct {
	adapter.State
	create time.Duration
}

func (j slow) Write(ctx context.Context, work func(adapter.Tx) error) error {
	<-time.After(j.create)
	return j.State.Write(ctx, work)
}

// A client that leaves while the run that it joined is being recorded leaves its quarter to its repeat.
func TestWhoLeavesBeforeTheRecordLeavesItsQuarter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		s.Parts.State = slow{s.Parts.State, 300 * time.Millisecond}
		next := s.Restarted(t)
		a := s.Attempt("/v1/images/generations", "shared")
		begun := make(chan adapter.Ticket)
		go func() {
			ticket, err := next.Generate(t.Context(), a, harness.Generation("a red fox"))
			if err != nil {
				t.Errorf("Generate() = %v", err)
			}
			begun <- ticket
		}()
		<-time.After(10 * time.Millisecond)
		ctx, leave := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer leave()
		left, err := next.Generate(ctx, a, harness.Generation("a red fox"))
		if err != nil {
			t.Fatalf("Generate() of a client that left meanwhile = %v", err)
		}
		left.Abandoned()
		<-time.After(500 * time.Millisecond)
		first := <-begun
		repeat, err := next.Generate(t.Context(), a, harness.Generation("a red fox"))
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, ticket := range []adapter.Ticket{first, repeat} {
			result, err := ticket.Wait(t.Context(), nil)
			if err != nil {
				t.Fatalf("Wait() = %v", err)
			}
			seen[fmt.Sprint(result.Images)] = true
		}
		if n := len(repeat.Job().Deliveries); n != 2 || len(seen) != 2 || s.Charged() != "imagine" {
			t.Errorf("%d deliveries, %d different answers by %q; want 2, 2 by one imagine: %+v", n, len(seen), s.Charged(), repeat.Job().Deliveries)
		}
	})
}

// An answer at once that was cut leaves the job to its repeat, with or without a counter; one that arrived does not.
func TestARepeatOfAJobWhoseAcceptanceWasCut(t *testing.T) {
	tests := map[string]struct {
		told func(adapter.Ticket)
		jobs int
	}{
		"cut":     {(adapter.Ticket).Abandoned, 1},
		"arrived": {(adapter.Ticket).Answered, 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				up := &harness.FakeUpstream{Takes: time.Minute}
				e := harness.NewEngine(t, up, nil)
				a := harness.Attempt("b")
				a.Async = true
				test.told(e.Ask(t, a))
				synctest.Wait()
				harness.Text(t, e.Ask(t, harness.Streamed(harness.Attempt("b"))))
				if up.Charges() != test.jobs {
					t.Errorf("%d jobs, want %d", up.Charges(), test.jobs)
				}
			})
		})
	}
}
