package jobs

import (
	"context"
	"maps"
	"sync"

	"midgate/adapter"
	"midgate/adapter/jobs/record"
)

// activeJob is a job that is executed or waited for here: the newest that is known of its record, and what is shown to
// those who wait.
type activeJob struct {
	mu      sync.Mutex
	run     adapter.Job
	changed chan struct{} // closed at the next change
	own     bool          // it is executed here: its steps and status are this process's own
	by      *Execution    // which executes it; nil while that is being begun
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

func newActiveJob(run adapter.Job) *activeJob {
	return &activeJob{run: record.Clone(run), changed: make(chan struct{})}
}

// snapshot returns a copy of the job that nobody else writes to.
func (j *activeJob) snapshot() adapter.Job {
	j.mu.Lock()
	defer j.mu.Unlock()
	return record.Clone(j.run)
}

// look returns the job and a channel that is closed at its next change.
func (j *activeJob) look() (adapter.Job, <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return record.Clone(j.run), j.changed
}

// update changes what is known in memory and wakes who waits.
func (j *activeJob) update(change func(*adapter.Job)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	change(&j.run)
	j.wake()
}

// wake tells of a change; the caller holds mu.
func (j *activeJob) wake() {
	close(j.changed)
	j.changed = make(chan struct{})
}

// absorb takes over what was read of the record. Status and steps of a job that is executed here are this process's own.
func (j *activeJob) absorb(read adapter.Job) {
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
func (j *activeJob) heed() {
	if j.run.Cancel && j.stop != nil {
		j.stop(errCancelled)
	}
}

// executed reports whether the job is executed here.
func (j *activeJob) executed() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.own
}

// claim makes the job this goroutine's to execute, unless somebody here executes it already.
func (j *activeJob) claim() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.own {
		return false
	}
	j.own = true
	return true
}

// deliver notes what became of delivery i, where this process knows it.
func (j *activeJob) deliver(i int, d adapter.Delivery) {
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

// progress notes how far one step's task is.
func (j *activeJob) progress(step string, percent int, preview string) (moved bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if float64(percent) <= j.share[step] && (preview == "" || preview == j.preview) {
		return false
	}
	if j.share == nil {
		j.share = map[string]float64{}
	}
	j.share[step] = max(j.share[step], float64(percent))
	j.step = step
	if preview != "" {
		j.preview = preview
	}
	j.wake()
	return true
}

// shown is what a waiting client may be shown.
func (j *activeJob) shown() adapter.Progress {
	j.mu.Lock()
	defer j.mu.Unlock()
	p := adapter.Progress{Status: j.run.Status, Preview: j.preview, Step: j.step, Percent: j.percent}
	if j.run.Status == adapter.JobCompleted {
		p.Percent = 100
		return p
	}
	if len(j.share) > 0 {
		var sum float64
		for v := range maps.Values(j.share) {
			sum += v
		}
		p.Percent = min(99, int(sum)/len(j.share))
	}
	return p
}

// keptPreview notes a stored preview.
func (j *activeJob) keptPreview(name string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.kept = append(j.kept, name)
}
