package jobs

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"midgate/adapter"
)

// live is a run in memory: the newest that is known of its record, who waits for it, and what is shown to them.
type live struct {
	ready chan struct{} // closed when the record exists, or failed to
	bad   error         // why it could not be recorded; read after ready

	writing sync.Mutex // held over a Save: records of one run are written one after the other

	mu      sync.Mutex
	run     adapter.Job
	changed chan struct{} // closed at the next change
	own     bool          // its sequence is executed here, or is about to be
	self    string        // who executes it here, once the record says so; empty before
	sharing bool          // further requests may still get a quarter of its grid
	guests  []*guest      // who waits for its deliveries here
	repeats []int         // how many counted repeats have taken each delivery here
	opener  int           // the retry counter of the attempt that opened it here
	awaited bool          // those who wait want the answer itself: for nobody nothing is begun
	share   map[string]float64
	preview string
	step    string
	kept    []string                // names of stored previews, to be deleted when the run has ended
	stop    context.CancelCauseFunc // ends the sequence; nil where it is executed elsewhere
	key     string                  // of the client, where keys are passed through
}

func newLive(run adapter.Job) *live {
	run = cloneRun(run)
	rebaseTimes(&run, time.Now())
	return &live{run: run, ready: make(chan struct{}), changed: make(chan struct{}), share: map[string]float64{}}
}

// snapshot returns a copy of the run that nobody else writes to.
func (l *live) snapshot() adapter.Job {
	l.mu.Lock()
	defer l.mu.Unlock()
	return cloneRun(l.run)
}

func cloneRun(r adapter.Job) adapter.Job {
	r.Steps = slices.Clone(r.Steps)
	r.Deliveries = slices.Clone(r.Deliveries)
	return r
}

// look returns the run and a channel that is closed at its next change.
func (l *live) look() (adapter.Job, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return cloneRun(l.run), l.changed
}

// update changes what is known in memory and wakes who waits. The next save carries it.
func (l *live) update(change func(*adapter.Job)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(&l.run)
	l.wake()
}

func (l *live) wake() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// save makes a change durable. change may be applied several times (a conflict, and once more to what is in
// memory), so it must come to the same each time; an error from it ends the save.
func (l *live) save(ctx context.Context, j adapter.Journal, change func(*adapter.Job) error) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	for try := 0; ; try++ {
		next := l.snapshot()
		if err := change(&next); err != nil {
			return err
		}
		stored, err := j.Save(ctx, next)
		if err == nil {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.run.Revision = max(l.run.Revision, stored.Revision)
			_ = change(&l.run) // it did not fail on a copy of the same
			l.wake()
			return nil
		}
		if !errors.Is(err, adapter.ErrConflict) || try == 5 {
			return err
		}
		newest, err := j.Get(ctx, next.ID)
		if err != nil {
			return err
		}
		l.absorb(newest)
	}
}

// absorb takes over what somebody else stored. The steps of a run that is executed here are this process's own.
func (l *live) absorb(run adapter.Job) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if run.Revision <= l.run.Revision {
		return
	}
	run = cloneRun(run)
	rebaseTimes(&run, time.Now())
	if l.self != "" && run.Replica == l.self { // never l.run.Replica: the run may have been taken from this process
		l.run.Revision, l.run.Cancel, l.run.Deleted = run.Revision, run.Cancel, run.Deleted
		l.run.Deliveries = latest(l.run.Deliveries, run.Deliveries)
		learnSubmissions(&l.run, run.Steps)
		l.heed()
	} else {
		known := l.run.Deliveries
		l.run = run
		l.run.Deliveries = latest(known, l.run.Deliveries) // repeats may have taken some here
	}
	l.wake()
}

// learnSubmissions takes over submissions that another replica made before it lost the run, and recorded after.
func learnSubmissions(r *adapter.Job, stored []adapter.Step) {
	for _, st := range stored {
		if own := stepNamed(r, st.Name); own != nil && own.Submission == nil && st.Submission != nil {
			own.Submission, own.Refusal = st.Submission, nil
		}
	}
}

// latest is what is known of each delivery: clients of one run may be served by several replicas.
func latest(own, stored []adapter.Delivery) []adapter.Delivery {
	for i, d := range stored {
		if i == len(own) {
			own = append(own, d)
		} else if d.State == adapter.DeliveryAnswered || d.At.After(own[i].At) {
			own[i] = d
		}
	}
	return own
}

// progress notes how far one step's task is.
func (l *live) progress(step string, percent int, preview string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if float64(percent) <= l.share[step] && (preview == "" || preview == l.preview) {
		return
	}
	l.share[step] = max(l.share[step], float64(percent))
	l.step = step
	if preview != "" {
		l.preview = preview
	}
	l.wake()
}

// keptPreview notes a stored preview.
func (l *live) keptPreview(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept = append(l.kept, name)
}

func (l *live) shown() adapter.Progress {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := adapter.Progress{Status: l.run.Status, Preview: l.preview, Step: l.step}
	if l.run.Status == adapter.JobCompleted {
		p.Percent = 100
		return p
	}
	if len(l.share) > 0 {
		var sum float64
		for v := range maps.Values(l.share) {
			sum += v
		}
		p.Percent = min(99, int(sum)/len(l.share))
	}
	return p
}

// runs are the runs that this process knows: those under way anywhere, and those ended within the time in which a
// repeat may still ask for them.
type runs struct {
	keep time.Duration

	mu     sync.Mutex
	byID   map[string]*live
	byBody map[string][]*live     // oldest first
	turned map[string][]time.Time // when requests were turned away, by body
	swept  time.Time
}

func newRuns(keep time.Duration) *runs {
	return &runs{keep: max(keep, repeatWindow), byID: map[string]*live{}, byBody: map[string][]*live{}, turned: map[string][]time.Time{}}
}

// add registers a run; the caller holds mu.
func (r *runs) add(l *live) {
	r.byID[l.run.ID] = l
	r.byBody[l.run.Body] = append(r.byBody[l.run.Body], l)
}

// drop forgets a run; the caller holds mu.
func (r *runs) drop(l *live) {
	delete(r.byID, l.run.ID)
	rest := slices.DeleteFunc(r.byBody[l.run.Body], func(o *live) bool { return o == l })
	if len(rest) == 0 {
		delete(r.byBody, l.run.Body)
		return
	}
	r.byBody[l.run.Body] = rest
}

// discard forgets a run whose record could not be written. One that was seen in the journal all the same stays, as
// somebody else's: it has to be ended there.
func (r *runs) discard(l *live) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.drop(l)
	if seen := l.snapshot(); seen.Revision > 0 {
		landed := newLive(seen)
		close(landed.ready)
		r.add(landed)
	}
}

// get returns the live run with that ID, nil if it is not known here.
func (r *runs) get(id string) *live {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.byID[id]
}

// see takes over a record from the journal's watch.
func (r *runs) see(run adapter.Job) {
	r.mu.Lock()
	l := r.byID[run.ID]
	fresh := !run.Status.Ended() || time.Since(run.Finished) < r.keep || len(run.SealedKey) > 0 // to be forgotten
	if l == nil && fresh {
		l = newLive(run)
		close(l.ready)
		r.add(l)
	}
	r.sweep()
	r.mu.Unlock()
	if l != nil {
		l.absorb(run)
	}
}

// sweep forgets ended runs that no repeat can ask for any more, once a minute; the caller holds mu.
func (r *runs) sweep() {
	if time.Since(r.swept) < time.Minute {
		return
	}
	r.swept = time.Now()
	r.forgetTurned(r.swept)
	for _, l := range r.byID {
		run := l.snapshot()
		if run.Status.Ended() && time.Since(run.Finished) > r.keep && len(run.SealedKey) == 0 {
			r.drop(l)
		}
	}
}

// unfinished returns the runs that have not ended, with who executes them.
func (r *runs) unfinished() []*live {
	r.mu.Lock()
	defer r.mu.Unlock()
	var open []*live
	for _, l := range r.byID {
		if !l.matches(func(r adapter.Job) bool { return r.Status.Ended() }) {
			open = append(open, l)
		}
	}
	return open
}

func (r *runs) executing() int {
	n := 0
	for _, l := range r.unfinished() {
		l.mu.Lock()
		if l.own {
			n++
		}
		l.mu.Unlock()
	}
	return n
}
