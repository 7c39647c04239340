package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// A database that is none is told at the start, and neither served nor built upon: a job that cannot be read could be
// paid a second time.
func TestDamagedStateIsToldAtTheStart(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	b := newBed(t, simulator.Config{Pace: 500 * time.Millisecond}, "MIDGATE_DATA_DIR="+data)
	s := b.generation("before the damage", 2, "Idempotency-Key", "once")
	before := s.must(t, 0)
	b.gate.stop()
	file := filepath.Join(data, "midgate.db")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoilt := range map[string][]byte{"another file": []byte(strings.Repeat("hello ", 2000)), "its head overwritten": append([]byte(strings.Repeat("x", 100)), whole[100:]...)} {
		if err := os.WriteFile(file, spoilt, 0o600); err != nil {
			t.Fatal(err)
		}
		p := start(t, b.environ, "serve")
		status, said := p.wait(), strings.TrimSpace(p.err.String())
		if status != 1 || !strings.Contains(said, "is not a database") || strings.Contains(said, "\n") {
			t.Errorf("%s: serve ends with %d, saying %q; want 1 and one sentence", name, status, said)
		}
	}
	if err := os.WriteFile(file, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	b.serve()
	if again := s.must(t, 0); len(again.Data) != 2 || again.Data[0].ID != before.Data[0].ID {
		t.Errorf("the same request gets %+v once the state is whole again, want %+v", again, before)
	}
	b.settle(1)
}
