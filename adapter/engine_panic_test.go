package adapter_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
)

// A mistake in one of the jobs that a request makes at the same time ends that request, not the process (row K3).
func TestAPanicInOneOfSeveralJobsHarmsNoOtherRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &scripted{takes: time.Second}
		up.submit = func(context.Context, adapter.Options) error { panic("a mistake") }
		e := newEngine(t, up, nil)
		g := generation("a fox")
		g.N = 8
		ticket, err := e.Generate(t.Context(), attempt("g"), g)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ticket.Wait(t.Context(), nil); err == nil || adapter.KindOf(err) != adapter.Internal {
			t.Errorf("Wait() = %v, want Internal", err)
		}
		up.submit = nil
		text(t, e.ask(t, attempt("b")))
	})
}
