package jetstream

import (
	"context"
	"testing"

	"go.uber.org/goleak"

	"midgate/adapter"
)

func TestCloseLeavesNothingRunning(t *testing.T) {
	before := goleak.IgnoreCurrent()
	e, err := New(t.Context(), Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 300 { // more than a watch holds in its buffer
		if err := e.Store().Put(t.Context(), adapter.Image{ID: "img_1", Index: i}); err != nil {
			t.Fatal(err)
		}
	}
	if _, held, err := e.Leases().Hold(t.Context(), "name", "one"); err != nil || !held {
		t.Fatalf("Hold = %v, %v", held, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_ = e.Store().Watch(ctx, func(adapter.Image) {}, func(string) {}, cancel)
	e.Close()
	e.Close() // closing again is harmless
	goleak.VerifyNone(t, before)
}
