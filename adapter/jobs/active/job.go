package active

import (
	"context"
	"errors"
	"sync"

	"midgate/adapter"
	"midgate/adapter/jobs/record"
)

// Why executions of a job end: somebody cancelled it; another replica executes it, or another execution here.
var (
	ErrCancelled = errors.New("the job was cancelled")
	ErrLost      = errors.New("another execution has the job")
)

// Job is a job that is executed or waited for here: the newest that is known of its record, and what is shown to
// those who wait.
type Job struct {
	mu      sync.Mutex
	run     adapter.Job
	changed chan struct{} // closed at the next change
	own     bool          // it is executed here: its steps and status are this process's own
	by      any           // the execution; nil while that is being begun
	closed  bool          // its grid is not shared any more
	waiting int           // who waits here; guarded by the registry

	key     string                  // of the client, where keys are passed through
	stop    context.CancelCauseFunc // ends the execution; nil where it is executed elsewhere
	share   map[string]float64      // how far each step is
	percent int                     // of a job that is executed elsewhere, as its replica says
	preview string
	step    string
	kept    []string // names of stored previews, to be deleted when the job has ended
}

// New is the job of a record.
func New(run adapter.Job) *Job {
	return &Job{run: record.Clone(run), changed: make(chan struct{})}
}

// Snapshot returns a copy of the job that nobody else writes to.
func (j *Job) Snapshot() adapter.Job {
	j.mu.Lock()
	defer j.mu.Unlock()
	return record.Clone(j.run)
}

// Step returns what is known of a step.
func (j *Job) Step(name string) (adapter.Step, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if st := record.StepOf(&j.run, name); st != nil {
		return *st, true
	}
	return adapter.Step{}, false
}

// Status returns the job's status and a channel that is closed at its next change: Look for those who wait for its end.
func (j *Job) Status() (adapter.JobStatus, <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.run.Status, j.changed
}

// Look returns the job and a channel that is closed at its next change.
func (j *Job) Look() (adapter.Job, <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return record.Clone(j.run), j.changed
}

// Update changes what is known in memory and wakes who waits.
func (j *Job) Update(change func(*adapter.Job)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	change(&j.run)
	j.wake()
}

// wake tells of a change; the caller holds mu.
func (j *Job) wake() {
	close(j.changed)
	j.changed = make(chan struct{})
}

// Absorb takes over what was read of the record. Status and steps of a job that is executed here are this process's own.
func (j *Job) Absorb(read adapter.Job) {
	j.mu.Lock()
	defer j.mu.Unlock()
	read = record.Clone(read)
	if j.own {
		j.run.Cancel, j.run.Deleted, j.run.Deliveries, j.run.Late = read.Cancel, read.Deleted, read.Deliveries, read.Late
		for _, st := range read.Steps { // submissions that another replica made before it lost the job, and recorded after
			if known := record.StepOf(&j.run, st.Name); known != nil && known.Submission == nil && st.Submission != nil {
				known.Submission, known.Refusal = st.Submission, nil
			}
		}
		j.heed()
	} else {
		j.run = read
	}
	j.wake()
}

// heed ends the execution once the record says that the job was cancelled, by whichever replica; the caller holds mu.
func (j *Job) heed() {
	if j.run.Cancel && j.stop != nil {
		j.stop(ErrCancelled)
	}
}

// Executed reports whether the job is executed here.
func (j *Job) Executed() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.own
}

// Claim makes the job this goroutine's to execute, unless somebody here executes it already.
func (j *Job) Claim() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.own {
		return false
	}
	j.own = true
	return true
}

// Disclaim undoes Claim, unless something executes the job by now.
func (j *Job) Disclaim() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.own = j.by != nil
}

// Begin makes the job this goroutine's to execute as the record has it. What executed it before ends: it has lost the job.
func (j *Job) Begin(run adapter.Job) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.stop != nil {
		j.stop(ErrLost)
	}
	j.own, j.by, j.stop, j.closed, j.run = true, nil, nil, false, record.Clone(run)
	j.wake()
}

// Execute says that the job is executed by something that stop ends, with the client's key where keys are passed through.
func (j *Job) Execute(by any, stop context.CancelCauseFunc, key string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.own, j.by, j.stop, j.key = true, by, stop, key
	j.heed() // it may have been cancelled meanwhile
}

// By is what executes the job here; nil if nothing does.
func (j *Job) By() any {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.by
}

// Release says that an execution is over, with what came of the job if it is known, and returns the previews that were
// kept for it. A job that is begun anew by now is left alone: then this execution was not its last.
func (j *Job) Release(by any, ended *adapter.Job) (previews []string, last bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.by != by {
		return nil, false
	}
	if r := &j.run; ended != nil {
		r.Status, r.Finished, r.Result, r.Error, r.NextLook, r.SealedKey = ended.Status, ended.Finished, ended.Result, ended.Error, ended.NextLook, ended.SealedKey
	}
	previews = j.kept
	j.own, j.by, j.stop, j.kept = false, nil, nil, nil
	j.wake()
	return previews, true
}

// Cancel notes that somebody cancelled the job, and ends its execution.
func (j *Job) Cancel() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.run.Cancel = true
	j.heed()
}

// Stop ends an execution, if it is still the job's.
func (j *Job) Stop(by any, cause error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.stop != nil && j.by == by {
		j.stop(cause)
	}
}

// CloseSharing says that the job's grid is not shared any more; open reports whether it was one to share.
func (j *Job) CloseSharing() (open bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.closed = true
	return j.run.Sharing
}

// SharingClosed reports whether the job's grid is not shared any more, although its record says so.
func (j *Job) SharingClosed() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.closed
}

// Deliver notes what became of delivery i, where this process knows it.
func (j *Job) Deliver(i int, d adapter.Delivery) {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case i >= 0 && i < len(j.run.Deliveries):
		j.run.Deliveries[i] = d
	case i == len(j.run.Deliveries):
		j.run.Deliveries = append(j.run.Deliveries, d)
	default:
		return
	}
	j.wake()
}
