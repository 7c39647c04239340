package adaptertest

import (
	"context"
	"sync"

	"midgate/adapter"
)

// Faults makes state engines fail on command: wrap them, then Break and Mend. The zero value breaks nothing.
type Faults struct {
	mu sync.Mutex
	fault
}

type fault struct {
	err    error
	reads  bool // fail too
	landed bool // writes happen all the same
	after  int  // writes that still work
}

// Break makes every write that follows the next after ones fail with err: nothing is written.
func (f *Faults) Break(err error, after int) { f.set(fault{err: err, after: after}) }

// BreakAll makes reads fail too, as an engine that cannot be reached does.
func (f *Faults) BreakAll(err error) { f.set(fault{err: err, reads: true}) }

// LoseAnswers makes every write happen and fail with err all the same, as a time-out does.
func (f *Faults) LoseAnswers(err error) { f.set(fault{err: err, landed: true}) }

// Mend ends the fault.
func (f *Faults) Mend() { f.set(fault{}) }

func (f *Faults) set(to fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault = to
}

// write runs a write as the fault has it.
func (f *Faults) write(do func() error) error {
	f.mu.Lock()
	err, landed := f.err, f.landed
	if err != nil && f.after > 0 {
		f.after--
		err = nil
	}
	f.mu.Unlock()
	if err == nil {
		return do()
	}
	if landed {
		_ = do() // whether it worked is what nobody learns
	}
	return err
}

// read tells whether a read fails.
func (f *Faults) read() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.reads {
		return nil
	}
	return f.err
}

// Store wraps a store.
func (f *Faults) Store(s adapter.Store) adapter.Store { return faultyStore{s, f} }

// Journal wraps a journal. Its Watch and Hear go on during a fault.
func (f *Faults) Journal(j adapter.Journal) adapter.Journal { return faultyJournal{j, f} }

// Leases wraps leases.
func (f *Faults) Leases(l adapter.Leases) adapter.Leases { return faultyLeases{l, f} }

type faultyStore struct {
	adapter.Store
	faults *Faults
}

func (s faultyStore) Put(ctx context.Context, img adapter.Image) error {
	return s.faults.write(func() error { return s.Store.Put(ctx, img) })
}

func (s faultyStore) Update(ctx context.Context, id string, change func(*adapter.Image)) error {
	if err := s.faults.read(); err != nil {
		return err
	}
	return s.faults.write(func() error { return s.Store.Update(ctx, id, change) })
}

func (s faultyStore) Delete(ctx context.Context, id string) error {
	return s.faults.write(func() error { return s.Store.Delete(ctx, id) })
}

func (s faultyStore) Digest(ctx context.Context, owner, sha256, id string) error {
	return s.faults.write(func() error { return s.Store.Digest(ctx, owner, sha256, id) })
}

func (s faultyStore) Get(ctx context.Context, id string) (adapter.Image, error) {
	if err := s.faults.read(); err != nil {
		return adapter.Image{}, err
	}
	return s.Store.Get(ctx, id)
}

func (s faultyStore) List(ctx context.Context, owner string, limit int, after string) ([]adapter.Image, error) {
	if err := s.faults.read(); err != nil {
		return nil, err
	}
	return s.Store.List(ctx, owner, limit, after)
}

func (s faultyStore) FindDigest(ctx context.Context, owner, sha256 string) (string, error) {
	if err := s.faults.read(); err != nil {
		return "", err
	}
	return s.Store.FindDigest(ctx, owner, sha256)
}

type faultyJournal struct {
	adapter.Journal
	faults *Faults
}

func (j faultyJournal) Create(ctx context.Context, run adapter.Job) (created adapter.Job, err error) {
	err = j.faults.write(func() (err error) {
		created, err = j.Journal.Create(ctx, run)
		return err
	})
	return created, err
}

func (j faultyJournal) Save(ctx context.Context, run adapter.Job) (saved adapter.Job, err error) {
	err = j.faults.write(func() (err error) {
		saved, err = j.Journal.Save(ctx, run)
		return err
	})
	if err != nil {
		return adapter.Job{}, err
	}
	return saved, nil
}

func (j faultyJournal) Get(ctx context.Context, id string) (adapter.Job, error) {
	if err := j.faults.read(); err != nil {
		return adapter.Job{}, err
	}
	return j.Journal.Get(ctx, id)
}

func (j faultyJournal) List(ctx context.Context, owner string, limit int, after string) ([]adapter.Job, error) {
	if err := j.faults.read(); err != nil {
		return nil, err
	}
	return j.Journal.List(ctx, owner, limit, after)
}

type faultyLeases struct {
	adapter.Leases
	faults *Faults
}

func (l faultyLeases) Hold(ctx context.Context, name, replica string) (lost <-chan struct{}, held bool, err error) {
	err = l.faults.write(func() (err error) {
		lost, held, err = l.Leases.Hold(ctx, name, replica)
		return err
	})
	return lost, held, err
}

func (l faultyLeases) Holder(ctx context.Context, name string) (string, error) {
	if err := l.faults.read(); err != nil {
		return "", err
	}
	return l.Leases.Holder(ctx, name)
}
