package jetstream

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"midgate/adapter"
)

const (
	voidTime   = 48 * time.Hour // how long a void stays: longer than any claim
	claimTries = 20             // of a creator that is overtaken again and again
)

// errOvertaken means that somebody else moved between two steps: look again.
var errOvertaken = errors.New("overtaken by another creator")

// Create implements adapter.Journal.
//
// A claim is a key of its own that names a run, and a process can die between writing the two. The run's key decides
// who wins then: whoever finds a claim without its run first writes a void under the run's key, at the revision that
// it saw, and takes the claim after. A creator that was only slow finds the void where it wants to write its run.
func (j *Journal) Create(ctx context.Context, run adapter.Job) (adapter.Job, error) {
	for try := range claimTries {
		held, err := j.create(ctx, run)
		if !errors.Is(err, errOvertaken) {
			return held, err
		}
		pause(ctx, time.Duration(try)*time.Millisecond) // the other's write may still be on its way to the copies
	}
	return adapter.Job{}, failure(ctx, "record a run", errOvertaken)
}

// create is one try. The revision of the run's own key is read before the claim is taken: a void that is written
// after that makes the last step fail.
func (j *Journal) create(ctx context.Context, run adapter.Job) (adapter.Job, error) {
	var at uint64
	if run.Claim != "" {
		known, revision, err := j.read(ctx, run.ID)
		if err != nil {
			return adapter.Job{}, err
		}
		if known.Revision != 0 {
			return known, adapter.ErrExists
		}
		at = revision
		if held, err := j.claim(ctx, run); err != nil {
			return held, err
		}
	}
	created, err := j.write(ctx, run, at)
	if !errors.Is(err, adapter.ErrConflict) {
		return created, err
	}
	known, err := j.Get(ctx, run.ID)
	switch {
	case err == nil:
		return known, adapter.ErrExists
	case errors.Is(err, adapter.ErrNotFound):
		return adapter.Job{}, errOvertaken
	default:
		return adapter.Job{}, err
	}
}

// claim makes run's claim name it. ErrExists comes with the run that holds it.
func (j *Journal) claim(ctx context.Context, run adapter.Job) (adapter.Job, error) {
	_, err := j.engine.claims.create(ctx, run.Claim, []byte(run.ID))
	if err == nil {
		return adapter.Job{}, nil
	}
	if !conflicting(err) {
		return adapter.Job{}, failure(ctx, "claim a key", err)
	}
	entry, err := j.engine.claims.get(ctx, run.Claim)
	if missing(err) {
		return adapter.Job{}, errOvertaken // it lapsed meanwhile
	}
	if err != nil {
		return adapter.Job{}, failure(ctx, "read a claim", err)
	}
	if holder := string(entry.Value()); holder != run.ID {
		if held, err := j.void(ctx, holder); err != nil {
			return held, err
		}
	}
	_, err = j.engine.claims.update(ctx, run.Claim, []byte(run.ID), entry.Revision())
	if conflicting(err) {
		return adapter.Job{}, errOvertaken
	}
	return adapter.Job{}, failure(ctx, "take a claim over", err)
}

// void makes sure that a run that is not recorded never will be. ErrExists comes with the run if it is.
func (j *Journal) void(ctx context.Context, id string) (adapter.Job, error) {
	held, at, err := j.read(ctx, id)
	if err != nil {
		return adapter.Job{}, err
	}
	if held.Revision != 0 {
		return held, adapter.ErrExists
	}
	data, err := encode(record{Void: true})
	if err != nil {
		return adapter.Job{}, err
	}
	if at == 0 {
		_, err = j.engine.runs.create(ctx, id, data, jetstream.KeyTTL(voidTime))
	} else {
		_, err = j.engine.runs.updateFor(ctx, id, data, at, voidTime)
	}
	if conflicting(err) {
		return adapter.Job{}, errOvertaken
	}
	return adapter.Job{}, failure(ctx, "void a run", err)
}
