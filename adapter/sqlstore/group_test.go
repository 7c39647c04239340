package sqlstore

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"midgate/adapter"
)

func openFile(t *testing.T) (*Store, *sqliteEngine) {
	t.Helper()
	s, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "midgate.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, s.engine.(*sqliteEngine)
}

func putImage(s *Store, id string) error {
	return s.Write(context.Background(), func(tx adapter.Tx) error {
		return tx.PutImages(context.Background(), adapter.Image{ID: id, Created: time.Now(), Prompt: strings.Repeat("x", 2000)})
	})
}

// Units that come while one is written share the next commit.
func TestWriter_CommitsTogetherWhatWaitsTogether(t *testing.T) {
	s, e := openFile(t)
	first, release := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		_ = s.Write(t.Context(), func(adapter.Tx) error { close(first); <-release; return nil })
	})
	<-first
	inside := make(chan bool, 20)
	for range 20 {
		all.Go(func() {
			if err := s.Write(t.Context(), func(tx adapter.Tx) error {
				_, err := tx.(tables).exec(t.Context(), "RELEASE unit") // fails unless it is in a savepoint
				inside <- err == nil
				_, again := tx.(tables).exec(t.Context(), "SAVEPOINT unit")
				return again
			}); err != nil {
				t.Error(err)
			}
		})
	}
	for waiting := 0; waiting < 20; {
		e.mu.Lock()
		waiting = len(e.queue)
		e.mu.Unlock()
	}
	close(release)
	all.Wait()
	for range 20 {
		if !<-inside {
			t.Fatal("a unit was written by itself, want all in one transaction")
		}
	}
}

// A full disk fails the units that meet it, and nothing else; with room again all works.
func TestWriter_SurvivesAFullDisk(t *testing.T) {
	s, e := openFile(t)
	if err := putImage(s, "img_before"); err != nil {
		t.Fatal(err)
	}
	if err := e.do("PRAGMA max_page_count = 1"); err != nil { // as many as there are already
		t.Fatal(err)
	}
	var all sync.WaitGroup
	failed := make(chan error, 100)
	for i := range 100 {
		all.Go(func() { failed <- putImage(s, "img_"+strings.Repeat("y", i)) })
	}
	all.Wait()
	close(failed)
	told := 0
	for err := range failed {
		if err != nil && strings.Contains(err.Error(), "the disk is full") {
			told++
		} else if err != nil {
			t.Errorf("a unit failed with %v, want that the disk is full", err)
		}
	}
	if told == 0 {
		t.Fatal("nothing failed on a full disk")
	}
	if _, err := s.Image(t.Context(), "img_before"); err != nil {
		t.Fatal(err)
	}
	if err := e.do("PRAGMA max_page_count = 1000000"); err != nil {
		t.Fatal(err)
	}
	if err := putImage(s, "img_after"); err != nil {
		t.Fatalf("with room again: %v", err)
	}
}

// Whoever leaves while waiting writes nothing.
func TestWriter_LeavesOutWhoeverLeft(t *testing.T) {
	s, _ := openFile(t)
	first, release := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		_ = s.Write(t.Context(), func(adapter.Tx) error { close(first); <-release; return nil })
	})
	<-first
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := s.Write(ctx, func(adapter.Tx) error { t.Error("it was written"); return nil })
	if err == nil {
		t.Error("Write() = nil")
	}
	close(release)
	all.Wait()
}
