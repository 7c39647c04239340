package jobs_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
)

// A mistake in one of the jobs that a request makes at the same time ends that request, not the process.
func TestAPanicInOneOfSeveralJobsHarmsNoOtherRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: time.Second}
		up.OnSubmit = func(context.Context, adapter.Options) error { panic("a mistake") }
		e := harness.NewEngine(t, up, nil)
		g := harness.Generation("a fox")
		g.N = 8
		ticket, err := e.Generate(t.Context(), harness.Attempt("g"), g)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ticket.Wait(t.Context(), nil); err == nil || adapter.KindOf(err) != adapter.Internal {
			t.Errorf("Wait() = %v, want Internal", err)
		}
		up.OnSubmit = nil
		harness.Text(t, e.Ask(t, harness.Attempt("b")))
	})
}
