package unit_test

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
	"midgate/adapter/jobs/unit"
	"midgate/adapter/spend"
)

func writer(state adapter.State) *unit.Writer {
	return unit.New(state, func() *spend.Terms { return nil })
}

// What rides is written before the unit, in order, and again with the next one if the unit fails.
func TestRide_IsWrittenWithTheNextUnit(t *testing.T) {
	w := writer(adaptertest.NewState(false))
	did := ""
	for i := range 3 {
		w.Ride(func(context.Context, adapter.Tx) error { did += strconv.Itoa(i); return nil })
	}
	broken := errors.New("broken")
	if err := w.Write(t.Context(), func(adapter.Tx) error { did += "x"; return broken }); !errors.Is(err, broken) {
		t.Errorf("Write() = %v, want the unit's own error", err)
	}
	if err := w.Write(t.Context(), func(adapter.Tx) error { did += "y"; return nil }); err != nil {
		t.Error(err)
	}
	if err := w.Write(t.Context(), func(adapter.Tx) error { did += "z"; return nil }); err != nil {
		t.Error(err)
	}
	if want := "012x" + "012y" + "z"; did != want {
		t.Errorf("%q was done, want %q", did, want)
	}
}

func TestFlush_WritesAllThatWaits(t *testing.T) {
	w := writer(adaptertest.NewState(false))
	done := 0
	for range 150 { // more than ride on one unit
		w.Ride(func(context.Context, adapter.Tx) error { done++; return nil })
	}
	if err := w.Flush(t.Context()); err != nil || done != 150 {
		t.Errorf("Flush() = %v after %d of 150", err, done)
	}
}

func TestRun_WritesWhatFindsNoUnit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := writer(adaptertest.NewState(false))
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go w.Run(ctx, slog.New(slog.DiscardHandler))
		began, written := time.Now(), make(chan time.Time, 1)
		w.Ride(func(context.Context, adapter.Tx) error { written <- time.Now(); return nil })
		if after := (<-written).Sub(began); after > 10*time.Second {
			t.Errorf("it waited for %s", after)
		}
	})
}

// A unit that changes a job books what that comes to; a bounded one is refused where the budget does not allow it.
func TestWrite_KeepsTheBooks(t *testing.T) {
	state, one := adaptertest.NewState(false), 1
	terms := &spend.Terms{Policies: map[string]spend.Policy{"alice": {Budget: spend.Budget{Total: spend.Limit{Jobs: &one}}}}}
	w := unit.New(state, func() *spend.Terms { return terms })
	job := adapter.Job{ID: "job_1", Owner: "o", Caller: "alice", Replica: "r", Status: adapter.JobInProgress, Created: time.Now(),
		Spend: &adapter.Spend{Account: "o", Spans: []string{"total"}}}
	if err := w.Write(t.Context(), func(tx adapter.Tx) error { return tx.InsertJob(t.Context(), job) }); err != nil {
		t.Fatal(err)
	}
	step := func(name string) func(adapter.Tx) error {
		return func(tx adapter.Tx) error {
			return tx.PutStep(t.Context(), "job_1", adapter.Step{Name: name, Submission: &adapter.Submission{TaskID: name}})
		}
	}
	if err := w.WriteBounded(t.Context(), step("one")); err != nil {
		t.Fatal(err)
	}
	if err := w.WriteBounded(t.Context(), step("two")); adapter.KindOf(err) != adapter.Credit {
		t.Errorf("WriteBounded() = %v, want a refusal by the budget", err)
	}
	if err := w.Write(t.Context(), step("two")); err != nil {
		t.Errorf("Write() = %v of what is paid already", err)
	}
	rows, err := state.Ledger(t.Context(), "o")
	for _, row := range rows {
		if row.Span == "total" && row.Spent.Jobs == 2 {
			return
		}
	}
	t.Errorf("the ledger has %+v, %v, want 2 jobs spent", rows, err)
}
