package adaptertest

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"midgate/adapter"
)

// claimTime is how long an Idempotency-Key stays taken.
const claimTime = 24 * time.Hour

// MemoryJournal is an adapter.Journal in memory, as one replica sees it.
type MemoryJournal struct {
	shared *journal
	name   int // of this replica: nobody hears his own news
}

// journal is what all replicas share.
type journal struct {
	mu       sync.Mutex
	revision uint64
	replicas int
	runs     map[string]record
	claims   map[string]claim
	watches  map[*inbox]func(adapter.Job)
	ears     map[*inbox]ear
}

type record struct {
	revision uint64
	data     []byte
}

type claim struct {
	run string
	at  time.Time
}

type ear struct {
	replica int
	topic   string
	hear    func([]byte)
}

// NewJournal makes an empty journal and returns the first replica's view of it.
func NewJournal() *MemoryJournal {
	return &MemoryJournal{name: 1, shared: &journal{
		replicas: 1,
		runs:     map[string]record{},
		claims:   map[string]claim{},
		watches:  map[*inbox]func(adapter.Job){},
		ears:     map[*inbox]ear{},
	}}
}

// Join returns another replica's view of the same journal.
func (j *MemoryJournal) Join() *MemoryJournal {
	j.shared.mu.Lock()
	defer j.shared.mu.Unlock()
	j.shared.replicas++
	return &MemoryJournal{name: j.shared.replicas, shared: j.shared}
}

// Create implements adapter.Journal.
func (j *MemoryJournal) Create(ctx context.Context, run adapter.Job) (adapter.Job, error) {
	if err := ctx.Err(); err != nil {
		return adapter.Job{}, err
	}
	s := j.shared
	s.mu.Lock()
	defer s.mu.Unlock()
	if held, ok := s.get(run.ID); ok {
		return held, adapter.ErrExists
	}
	if c, ok := s.claims[run.Claim]; run.Claim != "" && ok && time.Since(c.at) < claimTime {
		if held, ok := s.get(c.run); ok {
			return held, adapter.ErrExists
		}
	}
	if run.Claim != "" {
		s.claims[run.Claim] = claim{run: run.ID, at: time.Now()}
	}
	return s.keep(run)
}

// Save implements adapter.Journal.
func (j *MemoryJournal) Save(ctx context.Context, run adapter.Job) (adapter.Job, error) {
	if err := ctx.Err(); err != nil {
		return adapter.Job{}, err
	}
	s := j.shared
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, ok := s.runs[run.ID]; !ok || r.revision != run.Revision {
		return adapter.Job{}, adapter.ErrConflict
	}
	return s.keep(run)
}

// Get implements adapter.Journal.
func (j *MemoryJournal) Get(ctx context.Context, id string) (adapter.Job, error) {
	if err := ctx.Err(); err != nil {
		return adapter.Job{}, err
	}
	j.shared.mu.Lock()
	defer j.shared.mu.Unlock()
	run, ok := j.shared.get(id)
	if !ok {
		return adapter.Job{}, adapter.ErrNotFound
	}
	return run, nil
}

// List implements adapter.Journal.
func (j *MemoryJournal) List(ctx context.Context, owner string, limit int, after string) ([]adapter.Job, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	j.shared.mu.Lock()
	own := slices.DeleteFunc(j.shared.all(), func(r adapter.Job) bool { return r.Owner != owner })
	j.shared.mu.Unlock()
	return newest(own, limit, after, func(r adapter.Job) (time.Time, string) { return r.Created, r.ID })
}

// Watch implements adapter.Journal.
func (j *MemoryJournal) Watch(ctx context.Context, see func(adapter.Job), caughtUp func()) error {
	box := newInbox()
	s := j.shared
	s.mu.Lock()
	for _, run := range s.all() {
		box.put(func() { see(run) })
	}
	if caughtUp != nil {
		box.put(caughtUp)
	}
	s.watches[box] = see
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watches, box)
	}()
	return box.deliver(ctx)
}

// Tell implements adapter.Journal.
func (j *MemoryJournal) Tell(ctx context.Context, topic string, news []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j.shared.mu.Lock()
	defer j.shared.mu.Unlock()
	for box, e := range j.shared.ears {
		if e.topic == topic && e.replica != j.name {
			own := slices.Clone(news)
			box.put(func() { e.hear(own) })
		}
	}
	return nil
}

// Hear implements adapter.Journal.
func (j *MemoryJournal) Hear(ctx context.Context, topic string, hear func([]byte)) error {
	box := newInbox()
	s := j.shared
	s.mu.Lock()
	s.ears[box] = ear{replica: j.name, topic: topic, hear: hear}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.ears, box)
	}()
	return box.deliver(ctx)
}

// get reads a run; the caller holds mu.
func (s *journal) get(id string) (adapter.Job, bool) {
	r, ok := s.runs[id]
	if !ok {
		return adapter.Job{}, false
	}
	run := r.run()
	return run, !gone(run.Expires)
}

// all returns the runs in the order of their revisions; the caller holds mu.
func (s *journal) all() []adapter.Job {
	var all []adapter.Job
	for id := range s.runs {
		if run, ok := s.get(id); ok {
			all = append(all, run)
		}
	}
	slices.SortFunc(all, func(a, b adapter.Job) int { return cmp.Compare(a.Revision, b.Revision) })
	return all
}

// keep stores a run under the next revision and tells who watches; the caller holds mu.
func (s *journal) keep(run adapter.Job) (adapter.Job, error) {
	data, err := json.Marshal(run)
	if err != nil {
		return adapter.Job{}, err
	}
	s.revision++
	r := record{revision: s.revision, data: data}
	s.runs[run.ID] = r
	for box, see := range s.watches {
		seen := r.run()
		box.put(func() { see(seen) })
	}
	run.Revision = s.revision
	return run, nil
}

func (r record) run() adapter.Job {
	var run adapter.Job
	if err := json.Unmarshal(r.data, &run); err != nil {
		panic(err) // it was marshalled by keep
	}
	run.Revision = r.revision
	return run
}
