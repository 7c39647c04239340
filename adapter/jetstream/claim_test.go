package jetstream

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"midgate/adapter"
)

var aClaim = strings.Repeat("c", 64)

func claiming(id string) adapter.Job { return adapter.Job{ID: id, Owner: "me", Claim: aClaim} }

// claimOnly does what a creator does before it dies between the claim and the run.
func claimOnly(t *testing.T, j *Journal, id string) {
	t.Helper()
	if _, err := j.claim(t.Context(), claiming(id)); err != nil {
		t.Fatal(err)
	}
}

func TestAClaimWithoutItsRunIsTakenOver(t *testing.T) {
	j := start(t, Config{Dir: t.TempDir()}).Journal()
	claimOnly(t, j, "job_slow")
	taken, err := j.Create(t.Context(), claiming("job_2"))
	if err != nil || taken.ID != "job_2" {
		t.Fatalf("Create = %s, %v, want job_2", taken.ID, err)
	}
	if _, err := j.write(t.Context(), claiming("job_slow"), 0); !errors.Is(err, adapter.ErrConflict) {
		t.Errorf("the slow creator's last step = %v, want ErrConflict: its claim was taken", err)
	}
	held, err := j.Create(t.Context(), claiming("job_slow"))
	if !errors.Is(err, adapter.ErrExists) || held.ID != "job_2" {
		t.Errorf("the slow creator's second try = %s, %v, want job_2 and ErrExists", held.ID, err)
	}
	if _, err := j.Get(t.Context(), "job_slow"); !errors.Is(err, adapter.ErrNotFound) {
		t.Errorf("Get of the void = %v, want ErrNotFound", err)
	}
	list, err := j.List(t.Context(), "me", 0, "")
	if err != nil || len(list) != 1 {
		t.Errorf("List = %d runs, %v, want 1", len(list), err)
	}
}

func TestACreatorWhoseTakerDiedGoesOn(t *testing.T) {
	j := start(t, Config{Dir: t.TempDir()}).Journal()
	claimOnly(t, j, "job_1")
	if _, err := j.void(t.Context(), "job_1"); err != nil {
		t.Fatal(err)
	}
	created, err := j.Create(t.Context(), claiming("job_1"))
	if err != nil || created.ID != "job_1" {
		t.Errorf("Create = %s, %v, want job_1", created.ID, err)
	}
}

func TestAClaimOutlivesNoRemovedRun(t *testing.T) {
	e := start(t, Config{Dir: t.TempDir()})
	if _, err := e.Journal().Create(t.Context(), claiming("job_1")); err != nil {
		t.Fatal(err)
	}
	if err := e.runs.purge(t.Context(), "job_1"); err != nil {
		t.Fatal(err)
	}
	if created, err := e.Journal().Create(t.Context(), claiming("job_2")); err != nil || created.ID != "job_2" {
		t.Errorf("Create after the run was swept = %s, %v, want job_2", created.ID, err)
	}
}

func TestAClaimLapses(t *testing.T) {
	j := start(t, Config{Dir: t.TempDir(), ClaimTTL: 200 * time.Millisecond}).Journal()
	if _, err := j.Create(t.Context(), claiming("job_1")); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); ; {
		created, err := j.Create(t.Context(), claiming("job_2"))
		if err == nil && created.ID == "job_2" {
			return
		}
		if !errors.Is(err, adapter.ErrExists) || time.Now().After(end) {
			t.Fatalf("Create = %s, %v, want job_2 once the claim has lapsed", created.ID, err)
		}
	}
}

// TestOneClaimOneRun lets creators die, and wake up again, between any two of their steps.
func TestOneClaimOneRun(t *testing.T) {
	j := start(t, Config{Dir: t.TempDir()}).Journal()
	for round := range 30 {
		claim := fmt.Sprintf("%064d", round)
		named := func(i int) adapter.Job {
			return adapter.Job{ID: fmt.Sprintf("job_%d_%d", round, i), Owner: claim, Claim: claim}
		}
		var won sync.Map
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				run := named(i)
				if i%2 == 0 { // dies after the claim, and wakes up where it was
					if _, err := j.claim(t.Context(), run); err != nil {
						return
					}
					if _, err := j.write(t.Context(), run, 0); err == nil {
						won.Store(run.ID, true)
					}
					return
				}
				if i%4 == 1 { // dies after the void
					_, _ = j.void(t.Context(), named(i-1).ID)
				}
				if _, err := j.Create(t.Context(), run); err == nil {
					won.Store(run.ID, true)
				}
			})
		}
		all.Wait()
		winners := 0
		won.Range(func(any, any) bool { winners++; return true })
		if winners > 1 {
			t.Fatalf("round %d: %d runs were created for one claim, want at most one", round, winners)
		}
		final, err := j.Create(t.Context(), named(9))
		if winners == 1 && !errors.Is(err, adapter.ErrExists) {
			t.Fatalf("round %d: a later Create = %s, %v, want ErrExists", round, final.ID, err)
		}
	}
}
