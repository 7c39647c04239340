package adaptertest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"midgate/adapter"
)

// watching runs a watch and returns what it sees; an empty run stands for caughtUp.
func watching(t *testing.T, j adapter.Journal) <-chan adapter.Job {
	ctx, cancel := context.WithCancel(t.Context())
	seen, done := make(chan adapter.Job, 1000), make(chan error, 1)
	go func() {
		done <- j.Watch(ctx, func(r adapter.Job) { seen <- r }, func() { seen <- adapter.Job{} })
	}()
	t.Cleanup(func() {
		cancel()
		if err := arrives(t, "the watch's end", done); !errors.Is(err, context.Canceled) {
			t.Errorf("Watch = %v, want context.Canceled", err)
		}
	})
	return seen
}

func journalWatches(t *testing.T, here, there adapter.Journal) {
	for n := 1; n <= 3; n++ {
		_, err := here.Create(bounded(t), run("owner", n))
		ok(t, "Create", err)
	}
	seen := watching(t, there)
	first := map[string]adapter.Job{}
	for range 3 {
		r := arrives(t, "a stored run", seen)
		first[r.ID] = r
	}
	for n := 1; n <= 3; n++ {
		same(t, "the stored run", first[run("", n).ID], run("owner", n))
	}
	if r := arrives(t, "caughtUp", seen); r.ID != "" {
		t.Fatalf("after the stored runs came %s, want caughtUp", r.ID)
	}
	created, err := here.Create(bounded(t), run("owner", 4))
	ok(t, "Create", err)
	r := arrives(t, "the new run", seen)
	same(t, "the new run", r, created)
	if r.Revision != created.Revision {
		t.Errorf("revision = %d, want %d", r.Revision, created.Revision)
	}
}

func journalWatchOrder(t *testing.T, here, there adapter.Journal) {
	seen := watching(t, here)
	arrives(t, "caughtUp", seen)
	at, err := here.Create(bounded(t), run("owner", 1))
	ok(t, "Create", err)
	for i := range 20 {
		at.N = i
		at, err = []adapter.Journal{here, there}[i%2].Save(bounded(t), at)
		ok(t, "Save", err)
	}
	var last adapter.Job
	for last.Revision != at.Revision {
		r := arrives(t, "a change", seen)
		if r.Revision <= last.Revision {
			t.Fatalf("revision %d was seen after %d", r.Revision, last.Revision)
		}
		last = r
	}
	same(t, "the last change", last, at)
}

func journalTells(t *testing.T, here, there adapter.Journal) {
	ctx, cancel := context.WithCancel(bounded(t))
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	own, theirs, elsewhere := make(chan string, 10000), make(chan string, 10000), make(chan string, 10000)
	listen := func(j adapter.Journal, topic string, to chan string) {
		all.Go(func() { _ = j.Hear(ctx, topic, func(news []byte) { to <- string(news) }) })
	}
	listen(here, "progress", own)
	listen(there, "progress", theirs)
	listen(there, "grid", elsewhere)
	eventually(t, "the news at the other replica", func() bool {
		ok(t, "Tell", here.Tell(ctx, "progress", []byte("42")))
		return len(theirs) > 0
	})
	if got := <-theirs; got != "42" {
		t.Errorf("heard %q, want 42", got)
	}
	eventually(t, "the answer", func() bool {
		ok(t, "Tell", there.Tell(ctx, "progress", []byte("43")))
		return len(own) > 0
	})
	if got := <-own; got != "43" {
		t.Errorf("the first that was heard is %q, want 43: the teller must not hear itself", got)
	}
	if len(elsewhere) != 0 {
		t.Errorf("news of another topic was heard: %q", <-elsewhere)
	}
}
