package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// State that was damaged on the disk is told at the start, and neither served nor built upon: a run that cannot be read
// could be paid a second time.
func TestDamagedStateIsToldAtTheStart(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	b := newBed(t, simulator.Config{Pace: 500 * time.Millisecond}, "MIDGATE_DATA_DIR="+data)
	s := b.generation("before the damage", 2, "Idempotency-Key", "once")
	before := s.must(t, 0)
	b.gate.stop()
	blocks, err := filepath.Glob(filepath.Join(data, "state", "jetstream", "*", "streams", "KV_midgate_runs", "msgs", "*.blk"))
	if err != nil || len(blocks) == 0 {
		t.Fatalf("the runs are kept in %v, %v", blocks, err)
	}
	whole, err := os.ReadFile(blocks[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, at := range map[string]int{"the first record": 60, "one in the middle": len(whole) / 2, "the last record": len(whole) - 20} {
		spoilt := append([]byte{}, whole...)
		spoilt[at] ^= 1
		if err := os.WriteFile(blocks[0], spoilt, 0o600); err != nil {
			t.Fatal(err)
		}
		p := start(t, b.environ, "serve")
		status, said := p.wait(), strings.TrimSpace(p.err.String())
		if status != 1 || !strings.Contains(said, "the stored state is damaged") || strings.Contains(said, "\n") {
			t.Errorf("%s: serve ends with %d, saying %q; want 1 and one sentence", name, status, said)
		}
	}
	if err := os.WriteFile(blocks[0], whole, 0o600); err != nil {
		t.Fatal(err)
	}
	b.serve()
	if again := s.must(t, 0); len(again.Data) != 2 || again.Data[0].ID != before.Data[0].ID {
		t.Errorf("the same request gets %+v once the state is whole again, want %+v", again, before)
	}
	b.settle(1)
}
