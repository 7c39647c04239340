package reconcile

import (
	"context"
	"errors"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/record"
)

// TakeOver executes every open job that nobody executes: those of replicas whose lease lapsed or, where the state has one
// user, of the process before this one.
func (r *Reconciler) TakeOver(ctx context.Context) error {
	for {
		var taken []string
		now := r.Clock.Now()
		err := r.Units.Write(ctx, func(tx adapter.Tx) (err error) {
			taken, err = tx.TakeOver(ctx, r.Replica, now, lot)
			return err
		})
		if err != nil && !errors.Is(err, adapter.ErrCommitUnknown) {
			return err
		}
		for _, id := range taken { // their records tell whether they are this replica's
			if err := r.recover(ctx, id); err != nil {
				r.Log.Warn("an unfinished job could not be resumed yet; trying again", "job", id, "error", err)
				r.Spawn(func() { r.recoverLater(id) })
			}
		}
		if err != nil || len(taken) < lot {
			return err
		}
	}
}

// resumeLeast is how long a resumed job is followed at least: its deadline passed while nobody followed it, or the clock
// was set meanwhile, and its task may have been done for long.
const resumeLeast = 2 * time.Minute

// errBusyHere is why a job that was lost and came back is not resumed yet.
var errBusyHere = errors.New("an earlier execution of it is still ending")

// Resume executes a job as soon as nobody executes it here any more, if its record says that it is open and this replica's.
func (r *Reconciler) Resume(id string) { r.Spawn(func() { r.recoverLater(id) }) }

func (r *Reconciler) recoverLater(id string) {
	for wait := 100 * time.Millisecond; adapter.Pause(r.life, wait); wait = min(2*wait, 5*time.Second) {
		if r.recover(r.life, id) == nil {
			return
		}
	}
}

// recover executes a job that was taken over from the top. Attempts that were waiting at the process that died have been
// cut; one that submitted nothing and is waited for by nobody any more comes to nothing by itself.
func (r *Reconciler) recover(ctx context.Context, id string) error {
	known := r.Jobs.Get(id) != nil
	run, err := r.State.Job(ctx, id)
	if err != nil || !r.open(run) {
		return ignoreMissing(err)
	}
	j := r.Jobs.Enter(r.Jobs.Of(run))
	defer r.Jobs.Leave(j)
	if !j.Claim() {
		return errBusyHere
	}
	if known { // an execution here may just have ended it
		if run, err = r.State.Job(ctx, id); err != nil || !r.open(run) {
			j.Disclaim()
			return ignoreMissing(err)
		}
	}
	r.Clock.Tie(&run)
	if until := r.Clock.Now().Add(resumeLeast); run.Deadline.Before(until) {
		run.Deadline = until
	}
	j.Update(func(known *adapter.Job) { *known = record.Clone(run) })
	r.Log.Info("a job is resumed", "job", run.ID, "kind", run.Kind, "steps", len(run.Steps))
	r.Execute(j, r.whose(run), Start{Patience: run.Deadline})
	return nil
}

// open reports whether a job is this replica's to execute.
func (r *Reconciler) open(run adapter.Job) bool {
	return run.Replica == r.Replica && !run.Status.Ended()
}

func ignoreMissing(err error) error {
	if errors.Is(err, adapter.ErrNotFound) {
		return nil
	}
	return err
}
