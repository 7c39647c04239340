package adaptertest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"midgate/adapter"
)

// JournalFactory makes an empty journal and returns it as two replicas see it.
type JournalFactory func(t *testing.T) (here, there adapter.Journal)

// Journal runs the conformance suite of adapter.Journal. The factory is called once per case; the cases
// run in parallel.
func Journal(t *testing.T, factory JournalFactory) {
	for name, check := range map[string]func(*testing.T, adapter.Journal, adapter.Journal){
		"what was created is got, to the last field":          journalKeeps,
		"an unknown run is not found":                         journalMisses,
		"an ID is created once":                               journalUnique,
		"a save follows the revision it was made from":        journalSaves,
		"of two savers of one revision one wins":              journalRaces,
		"a claim is given to one of many":                     journalClaims,
		"a claim comes back with the newest state of its run": journalClaimed,
		"lists are newest first, by owner, in pages":          journalLists,
		"a watch sees what is stored, then every change":      journalWatches,
		"a run's changes are seen in their order":             journalWatchOrder,
		"news reaches the other replica, not the teller":      journalTells,
		"an ended context is an error":                        journalContext,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			here, there := factory(t)
			check(t, here, there)
		})
	}
}

func journalKeeps(t *testing.T, here, there adapter.Journal) {
	want := run("owner", 1)
	created, err := here.Create(bounded(t), want)
	ok(t, "Create", err)
	if created.Revision == 0 {
		t.Error("Create gave the run no revision")
	}
	same(t, "Create", created, want)
	for _, j := range []adapter.Journal{here, there} {
		got, err := j.Get(bounded(t), want.ID)
		ok(t, "Get", err)
		same(t, "Get", got, want)
		if got.Revision != created.Revision {
			t.Errorf("revision = %d, want %d", got.Revision, created.Revision)
		}
	}
}

func journalMisses(t *testing.T, j, _ adapter.Journal) {
	if got, err := j.Get(bounded(t), run("", 1).ID); !errors.Is(err, adapter.ErrNotFound) {
		t.Errorf("Get = %v, %v, want ErrNotFound", got, err)
	}
	unknown := run("owner", 1)
	unknown.Revision = 7
	if got, err := j.Save(bounded(t), unknown); !errors.Is(err, adapter.ErrConflict) {
		t.Errorf("Save = %v, %v, want ErrConflict", got, err)
	}
	old := run("owner", 2)
	old.Expires = time.Now().Add(-time.Second)
	_, err := j.Create(bounded(t), old)
	ok(t, "Create", err)
	if got, err := j.Get(bounded(t), old.ID); !errors.Is(err, adapter.ErrNotFound) {
		t.Errorf("Get of an expired run = %v, %v, want ErrNotFound", got, err)
	}
	list, err := j.List(bounded(t), "owner", 0, "")
	ok(t, "List", err)
	sameRuns(t, "List", list, nil)
}

func journalUnique(t *testing.T, here, there adapter.Journal) {
	first, err := here.Create(bounded(t), run("owner", 1))
	ok(t, "Create", err)
	second := run("another", 1)
	got, err := there.Create(bounded(t), second)
	if !errors.Is(err, adapter.ErrExists) {
		t.Fatalf("the second Create = %v, want ErrExists", err)
	}
	same(t, "the run that holds the ID", got, first)
}

func journalSaves(t *testing.T, here, there adapter.Journal) {
	created, err := here.Create(bounded(t), run("owner", 1))
	ok(t, "Create", err)
	changed := created
	changed.Status = adapter.JobInProgress
	changed.Steps = append(changed.Steps, adapter.Step{Name: "action:U1", State: "s2"})
	saved, err := there.Save(bounded(t), changed)
	ok(t, "Save", err)
	if saved.Revision <= created.Revision {
		t.Errorf("revision after Save = %d, want more than %d", saved.Revision, created.Revision)
	}
	if _, err := here.Save(bounded(t), created); !errors.Is(err, adapter.ErrConflict) {
		t.Errorf("Save of the old revision = %v, want ErrConflict", err)
	}
	got, err := here.Get(bounded(t), created.ID)
	ok(t, "Get", err)
	same(t, "Get", got, changed)
	_, err = here.Save(bounded(t), got)
	ok(t, "Save of what was got", err)
}

func journalRaces(t *testing.T, here, there adapter.Journal) {
	at, err := here.Create(bounded(t), run("owner", 1))
	ok(t, "Create", err)
	for range 10 {
		results := make(chan error, 8)
		for i := range 8 {
			go func() {
				_, err := []adapter.Journal{here, there}[i%2].Save(bounded(t), at)
				results <- err
			}()
		}
		won := 0
		for range 8 {
			err := <-results
			if err == nil {
				won++
			} else if !errors.Is(err, adapter.ErrConflict) {
				t.Errorf("Save = %v, want nil or ErrConflict", err)
			}
		}
		if won != 1 {
			t.Fatalf("%d of 8 savers won, want 1", won)
		}
		at, err = there.Get(bounded(t), at.ID)
		ok(t, "Get", err)
	}
}

func journalClaims(t *testing.T, here, there adapter.Journal) {
	claim := strings.Repeat("c", 64)
	type outcome struct {
		run adapter.Job
		err error
	}
	outcomes := make(chan outcome, 16)
	for i := range 16 {
		go func() {
			r := run("owner", i)
			r.Claim = claim
			got, err := []adapter.Journal{here, there}[i%2].Create(bounded(t), r)
			outcomes <- outcome{got, err}
		}()
	}
	winner, met := "", map[string]bool{}
	for range 16 {
		o := <-outcomes
		switch {
		case o.err == nil && winner == "":
			winner = o.run.ID
		case o.err == nil:
			t.Errorf("both %s and %s got the claim, want one", winner, o.run.ID)
		case !errors.Is(o.err, adapter.ErrExists):
			t.Errorf("Create = %v, want ErrExists", o.err)
		default:
			met[o.run.ID] = true
		}
	}
	if len(met) != 1 || !met[winner] {
		t.Errorf("the others met %v, want only %s", met, winner)
	}
	list, err := here.List(bounded(t), "owner", 0, "")
	ok(t, "List", err)
	if len(list) != 1 || list[0].ID != winner {
		t.Errorf("List has %d runs, want the winner's only", len(list))
	}
}

func journalClaimed(t *testing.T, here, there adapter.Journal) {
	first := run("owner", 1)
	first.Claim = strings.Repeat("c", 64)
	created, err := here.Create(bounded(t), first)
	ok(t, "Create", err)
	created.Status = adapter.JobCompleted
	saved, err := here.Save(bounded(t), created)
	ok(t, "Save", err)
	second := run("owner", 2)
	second.Claim = first.Claim
	got, err := there.Create(bounded(t), second)
	if !errors.Is(err, adapter.ErrExists) {
		t.Fatalf("Create = %v, want ErrExists", err)
	}
	same(t, "the run that holds the claim", got, saved)
	if got.Revision != saved.Revision {
		t.Errorf("revision = %d, want %d", got.Revision, saved.Revision)
	}
	if _, err := there.Get(bounded(t), second.ID); !errors.Is(err, adapter.ErrNotFound) {
		t.Errorf("Get of the refused run = %v, want ErrNotFound", err)
	}
}

func journalLists(t *testing.T, here, there adapter.Journal) {
	for _, n := range []int{2, 3, 1} {
		_, err := here.Create(bounded(t), run("owner", n))
		ok(t, "Create", err)
	}
	_, err := here.Create(bounded(t), run("other", 4))
	ok(t, "Create", err)
	list, err := here.List(bounded(t), "owner", 2, "")
	ok(t, "List", err)
	sameRuns(t, "the first page", list, []int{3, 2})
	list, err = here.List(bounded(t), "owner", 2, list[1].ID)
	ok(t, "List", err)
	sameRuns(t, "the second page", list, []int{1})
	if _, err := here.List(bounded(t), "owner", 2, run("", 4).ID); !errors.Is(err, adapter.ErrNotFound) {
		t.Errorf("List after another owner's run = %v, want ErrNotFound", err)
	}
	eventually(t, "the runs in the other replica's list", func() bool {
		list, err := there.List(bounded(t), "owner", 0, "")
		ok(t, "List", err)
		return len(list) == 3
	})
}

func journalContext(t *testing.T, j, _ adapter.Journal) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := j.Create(ended, run("owner", 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("Create = %v, want context.Canceled", err)
	}
	if _, err := j.Get(bounded(t), run("", 1).ID); !errors.Is(err, adapter.ErrNotFound) {
		t.Errorf("Get = %v, want ErrNotFound", err)
	}
}

func sameRuns(t *testing.T, what string, got []adapter.Job, want []int) {
	t.Helper()
	var ids, wanted []string
	for _, r := range got {
		ids = append(ids, r.ID)
	}
	for _, n := range want {
		wanted = append(wanted, run("", n).ID)
	}
	same(t, what, ids, wanted)
}
