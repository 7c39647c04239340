package adapter

import (
	"context"
)

// Journal keeps runs: it is what lets a paid sequence outlive its client and its process.
// What it acknowledged is on disk. It is safe for concurrent use and by many replicas.
type Journal interface {
	// Create stores a new run; if run.Claim is not empty it is taken in the same breath, and
	// ErrExists comes with the run that holds it already. run.Revision is set in the answer.
	Create(ctx context.Context, run Job) (Job, error)
	// Save replaces a run that nobody else changed since Revision; ErrConflict otherwise.
	Save(ctx context.Context, run Job) (Job, error)
	// Get reads one run; ErrNotFound.
	Get(ctx context.Context, id string) (Job, error)
	// List returns an owner's runs, newest first, those after the one with ID after if not empty.
	List(ctx context.Context, owner string, limit int, after string) ([]Job, error)
	// Watch calls see with every run that is stored, then once with caughtUp, then with every change
	// by anybody, in the order of its revisions, until ctx ends. see must not block for long.
	Watch(ctx context.Context, see func(Job), caughtUp func()) error
	// Tell sends news of running work to the other replicas, best effort, and Hear receives theirs.
	Tell(ctx context.Context, topic string, news []byte) error
	Hear(ctx context.Context, topic string, hear func(news []byte)) error
}

// Leases say which replica is alive and which does what only one may do.
type Leases interface {
	// Hold takes name for this replica if it is free or its own, and keeps it until ctx ends or the
	// process dies; false if another replica holds it. Lost is closed when it could not be kept.
	Hold(ctx context.Context, name, replica string) (lost <-chan struct{}, held bool, err error)
	// Holder returns the replica that holds name, empty if nobody does.
	Holder(ctx context.Context, name string) (string, error)
}
