package jobs_test

import (
	"context"
	"errors"
	"slices"
	"time"

	"midgate/adapter"
)

// errLookedOnly undoes the unit in which a hasty process only looks.
var errLookedOnly = errors.New("looked only")

// hasty is a state whose process decides by what it saw in an earlier unit, as engines do that look first and write then.
type hasty struct{ adapter.State }

// Write implements adapter.State.
func (s hasty) Write(ctx context.Context, work func(adapter.Tx) error) error {
	seen := map[string][]adapter.Job{}
	looks := func(tx adapter.Tx) error {
		if err := work(hastyTx{tx, seen, false}); err != nil {
			return err
		}
		return errLookedOnly
	}
	if err := s.State.Write(ctx, looks); !errors.Is(err, errLookedOnly) {
		return err
	}
	return s.State.Write(ctx, func(tx adapter.Tx) error { return work(hastyTx{tx, seen, true}) })
}

type hastyTx struct {
	adapter.Tx
	seen  map[string][]adapter.Job
	again bool
}

// JobsByBody implements adapter.JobWriter: the second time as it was the first time.
func (t hastyTx) JobsByBody(ctx context.Context, body string, since, recent time.Time, limit int) ([]adapter.Job, error) {
	if t.again {
		return slices.Clone(t.seen[body]), nil
	}
	jobs, err := t.Tx.JobsByBody(ctx, body, since, recent, limit)
	t.seen[body] = slices.Clone(jobs)
	return jobs, err
}
