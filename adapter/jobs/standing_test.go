package jobs_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest/harness"
)

// standing is an attempt whose equals mean the same job: nobody waits for its answer as the SDKs do.
func standing(body string) adapter.Attempt {
	a := harness.Attempt(body)
	a.Route, a.Async, a.Standing = "/tools/draw", true, adapter.Standing{Untold: 24 * time.Hour, Told: 30 * time.Minute}
	return a
}

// A call is cut, and comes again: while its job runs, after it, at another replica, after a restart. It is paid once.
func TestACutCallAndItsRepeatArePaidOnce(t *testing.T) {
	for _, after := range []time.Duration{0, 100 * time.Second, 10 * time.Minute, 23 * time.Hour} {
		for _, where := range []string{"here", "at another replica", "after a restart"} {
			t.Run(fmt.Sprint(after, " ", where), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					e := harness.NewEngine(t, &harness.FakeUpstream{Takes: time.Minute}, nil)
					cut := e.Ask(t, standing("a"))
					if err := cut.Accepted(t.Context()); err != nil {
						t.Fatal(err)
					}
					if where != "after a restart" { // killed, it has no time to say so
						cut.Abandoned()
					}
					at := e
					switch where {
					case "at another replica":
						at = e.Peer(t, "p")
					case "after a restart":
						e.Restart(t)
					}
					<-time.After(after)
					again := at.Ask(t, standing("a"))
					if got := harness.Text(t, again); got == "" || again.Job().ID != cut.Job().ID {
						t.Errorf("%q from job %s, want the result of %s", got, again.Job().ID, cut.Job().ID)
					}
					again.Answered()
					if n := e.Up.Charges(); n != 1 {
						t.Errorf("%d jobs were paid, want 1", n)
					}
				})
			})
		}
	}
}

// What somebody got stands for half an hour, also where it was fetched by the job's ID; then an equal call is a new wish.
func TestWhatWasCollectedStandsForHalfAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := harness.NewEngine(t, &harness.FakeUpstream{Takes: time.Minute}, nil)
		first := e.Ask(t, standing("a")).Job()
		collected, err := e.Collect(t.Context(), adapter.Caller{Owner: "o"}, first.ID)
		if err != nil {
			t.Fatal(err)
		}
		harness.Text(t, collected)
		collected.Answered()
		<-time.After(29 * time.Minute)
		if again := e.Ask(t, standing("a")).Job(); again.ID != first.ID {
			t.Error("29 minutes after it was collected an equal call is a new job")
		}
		<-time.After(2 * time.Minute)
		if again := e.Ask(t, standing("a")).Job(); again.ID == first.ID {
			t.Error("31 minutes after it was collected an equal call still gets the old pictures")
		}
		if _, err := e.Collect(t.Context(), adapter.Caller{Owner: "x"}, first.ID); adapter.KindOf(err) != adapter.NotFound {
			t.Errorf("another owner's Collect() = %v, want that there is no such job", err)
		}
	})
}

// Equal calls at the same moment, at two replicas, are one job.
func TestEqualCallsAtOnceArePaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := harness.NewEngine(t, &harness.FakeUpstream{Takes: time.Minute}, nil)
		p := e.Peer(t, "p")
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				at := []*harness.Engine{e, p}[i%2]
				if got := harness.Text(t, at.Ask(t, standing("a"))); got == "" {
					t.Error("a call got nothing")
				}
			})
		}
		all.Wait()
		if n := e.Up.Charges(); n != 1 {
			t.Errorf("%d jobs were paid, want 1", n)
		}
	})
}

// An owner's hour is counted over all replicas; joins are free, and an hour later there is room.
func TestAnHourIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := harness.NewEngine(t, &harness.FakeUpstream{Takes: time.Second}, nil)
		p := e.Peer(t, "p")
		bounded := func(body string, needs int) adapter.Attempt {
			a := standing(body)
			a.Hourly = adapter.Hourly{Routes: "/tools/", Most: 3, Needs: needs}
			return a
		}
		begin := func(at *harness.Engine, a adapter.Attempt) *adapter.Error {
			ticket, err := at.Shorten(t.Context(), a, harness.Generation("a cat"))
			if err == nil {
				harness.Text(t, ticket)
				ticket.Answered()
				return nil
			}
			e, _ := errors.AsType[*adapter.Error](err)
			return e
		}
		for i, at := range []*harness.Engine{e, p} {
			if err := begin(at, bounded(fmt.Sprint(i), 1)); err != nil {
				t.Fatal(err)
			}
			<-time.After(10 * time.Minute)
		}
		if err := begin(p, bounded("many", 2)); err == nil || err.Code != adapter.CodeHourly {
			t.Errorf("two more of three = %v, want the limit", err)
		}
		if err := begin(p, bounded("too many", 4)); err == nil || err.Code != adapter.CodeHourly || err.RetryAfter != 0 {
			t.Errorf("four of three = %+v, want the limit, and no time at which there is room", err)
		}
		if err := begin(p, bounded("2", 1)); err != nil {
			t.Fatal(err)
		}
		err := begin(e, bounded("3", 1))
		if err == nil || err.Code != adapter.CodeHourly || err.RetryAfter.Round(time.Minute) != 40*time.Minute {
			t.Fatalf("the fourth = %+v, want the limit for 40 minutes", err)
		}
		if err := begin(e, bounded("2", 1)); err != nil {
			t.Errorf("a call that joins = %v, want it free", err)
		}
		other := bounded("3", 1)
		other.Hourly.Routes, other.Route = "/other/", "/other/draw"
		if err := begin(e, other); err != nil {
			t.Errorf("a route that is not counted with it = %v", err)
		}
		<-time.After(41 * time.Minute)
		if err := begin(p, bounded("3", 1)); err != nil {
			t.Errorf("when the first is older than an hour = %v", err)
		}
	})
}
