package reconcile

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/active"
	"midgate/adapter/jobs/dedup"
	"midgate/adapter/jobs/record"
	"midgate/adapter/jobs/unit"
)

const (
	// longest is how rarely a job that may still turn up is looked for at last: the longer it is missing, the rarer.
	longest = 5 * time.Minute
	// lot is how many jobs are taken from the table at once.
	lot = 64
)

// errTaken is why a job that turned up is left alone: it changed meanwhile, or another replica has it.
var errTaken = errors.New("the job is not one that may turn up any more")

// Deps are what jobs are found with.
type Deps struct {
	State    adapter.State
	Units    *unit.Writer
	Accounts adapter.Accounts
	Pictures adapter.Pictures
	Jobs     *active.Registry
	Clock    record.Clock
	Replica  string        // this process
	Deadline time.Duration // how long a job is followed
	Secret   []byte        // what clients' own keys are sealed with
	Observer adapter.Observer
	Log      *slog.Logger

	// Execute executes a job that was claimed, from the top.
	Execute func(j *active.Job, caller adapter.Caller, from Start)
	// Spawn runs work in a goroutine that the engine waits for; false when it is too late for that.
	Spawn func(work func()) bool
}

// Start is what an execution begins with.
type Start struct {
	Patience time.Time // until then a full upstream is asked again
	Counted  []string  // the paid steps that metrics know already: the job ended before
}

// Reconciler finds what earlier executions left. It is safe for concurrent use.
type Reconciler struct {
	Deps
	life context.Context // of the engine

	mu    sync.Mutex
	since map[string]time.Time // when this process first looked for a job, by its ID
}

// New makes the reconciler of an engine that lives as long as a context.
func New(life context.Context, deps Deps) *Reconciler {
	return &Reconciler{Deps: deps, life: life, since: map[string]time.Time{}}
}

// Look looks once for what the ended jobs lack whose time has come: what was paid is fetched, and answers later
// requests that repeat the one that failed. Each due job is looked for by one replica.
func (r *Reconciler) Look() error {
	var due []string
	now := r.Clock.Now()
	err := r.State.Write(r.life, func(tx adapter.Tx) (err error) { // without riders: mostly nothing is due, and nothing is synced
		due, err = tx.DueJobs(r.life, r.Replica, now, now.Add(longest), lot)
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range due {
		r.Spawn(func() { r.lookFor(r.life, id) })
	}
	return nil
}

// lookFor asks the upstreams for every step that a job lacks, and goes on with the job if one was found.
func (r *Reconciler) lookFor(ctx context.Context, id string) {
	run, err := r.State.Job(ctx, id)
	if err != nil {
		return // it is due again later
	}
	r.Clock.Tie(&run)
	missing, looked := r.Clock.Now().Sub(run.Finished), r.lookedFor(id)
	if !record.MayTurnUp(run) || missing > max(r.Deadline, dedup.RepeatWindow) && looked > longest {
		r.found(id)
		r.lookAgain(ctx, run, time.Time{})
		return
	}
	caller := r.whose(run)
	for _, st := range run.Steps {
		if !record.Lacks(run, st) {
			continue
		}
		account, err := r.Accounts.Made(ctx, caller, st.Upstream)
		if err != nil {
			continue // its key is gone, or the upstream's settings are
		}
		if sub, ok := r.turnedUp(ctx, account, run, st); ok {
			r.found(id)
			r.reopen(ctx, run, caller, st.Name, sub)
			return
		}
	}
	r.lookAgain(ctx, run, r.Clock.Now().Add(pause(missing)))
}

// lookedFor is how long this process has looked for a job. The clock may have been set since the job ended, or nobody may
// have been there to look for it: what is missing for long by its record alone may be found at once.
func (r *Reconciler) lookedFor(id string) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.since[id]; !known {
		r.since[id] = time.Now()
	}
	return time.Since(r.since[id])
}

// found forgets since when a job was looked for.
func (r *Reconciler) found(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.since, id)
}

// pause is how long it takes until a job is looked for again that has been missing for a while.
func pause(missing time.Duration) time.Duration {
	return min(max(missing/4, record.FirstLook), longest)
}

// lookAgain says when a job is looked for next. One that is not looked for any more needs its client's key no longer.
func (r *Reconciler) lookAgain(ctx context.Context, run adapter.Job, next time.Time) {
	err := r.Units.Write(ctx, func(tx adapter.Tx) error {
		job, err := tx.LockJob(ctx, run.ID)
		if err != nil || !job.Status.Ended() || job.Replica != r.Replica {
			return err
		}
		if job.NextLook = next; next.IsZero() {
			job.SealedKey = nil
		}
		return tx.PutJob(ctx, job, r.Replica)
	})
	if err != nil && !errors.Is(err, adapter.ErrConflict) && ctx.Err() == nil {
		r.Log.Warn("when a job is looked for next could not be recorded", "job", run.ID, "error", err)
	}
}

// reopen goes on with an ended job one of whose submissions was found: from the top, as after a restart. An answer that
// it has already stays in its record until there is a fuller one.
func (r *Reconciler) reopen(ctx context.Context, before adapter.Job, caller adapter.Caller, step string, sub adapter.Submission) {
	j := r.Jobs.Enter(r.Jobs.Of(before))
	defer r.Jobs.Leave(j)
	if !j.Claim() {
		r.lookAgain(ctx, before, r.Clock.Now().Add(record.FirstLook))
		return
	}
	var open adapter.Job
	err := r.Units.Write(ctx, func(tx adapter.Tx) error {
		job, err := tx.LockJob(ctx, before.ID)
		if err != nil {
			return err
		}
		st := record.StepOf(&job, step)
		if !record.MayTurnUp(job) || job.Replica != r.Replica || st == nil {
			return errTaken
		}
		if st.Submission != nil {
			st.Tries++
		}
		st.Submission, st.Finished = &sub, time.Time{}
		job.Status, job.Error, job.Finished, job.NextLook = adapter.JobInProgress, nil, time.Time{}, time.Time{}
		if until := r.Clock.Now().Add(r.Deadline); until.After(job.Deadline) {
			job.Deadline = until
		}
		record.Lapse(&job)
		open = job
		err = errors.Join(tx.PutJob(ctx, job, r.Replica), tx.PutStep(ctx, job.ID, *st))
		if err == nil && job.Spend != nil {
			err = tx.PutSpend(ctx, job.ID, *job.Spend)
		}
		return err
	})
	if err != nil {
		j.Disclaim()
		if errors.Is(err, adapter.ErrCommitUnknown) {
			r.Spawn(func() { r.recoverLater(before.ID) }) // it may be open by now
		}
		if !errors.Is(err, errTaken) && ctx.Err() == nil {
			r.Log.Warn("a job that turned up late could not be recorded; trying again", "job", before.ID, "error", err)
		}
		return
	}
	r.Clock.Tie(&open)
	j.Update(func(known *adapter.Job) { *known = record.Clone(open) })
	if st := record.StepOf(&before, step); st != nil && st.Submission == nil {
		r.Observer.Adopt(st.Upstream)
	}
	r.Log.Info("a job turned up late and is followed", "job", before.ID, "step", step)
	r.Execute(j, caller, Start{Patience: before.Deadline, Counted: record.PaidSteps(before)})
}

// whose is the caller of a job. A key that a client brought stays sealed in its record while a task of the job may turn
// up.
func (r *Reconciler) whose(run adapter.Job) adapter.Caller {
	key, err := record.DecryptKey(r.Secret, run.ID, run.SealedKey)
	if err != nil {
		r.Log.Error("the key of an unfinished job cannot be read: was MIDGATE_SECRET changed?", "job", run.ID)
	}
	return adapter.Caller{Owner: run.Owner, Name: run.Caller, Key: key}
}
