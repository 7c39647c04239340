package active

import (
	"context"
	"errors"
	"slices"
	"testing"

	"midgate/adapter"
)

func job() adapter.Job {
	return adapter.Job{ID: "job_1", Status: adapter.JobQueued, Steps: []adapter.Step{{Name: "imagine"}}, Deliveries: []adapter.Delivery{{State: adapter.DeliveryWaiting}}}
}

func TestJob_IsClaimedOnce(t *testing.T) {
	j := New(job())
	if !j.Claim() || j.Claim() || !j.Executed() {
		t.Error("a job was claimed twice, or not at all")
	}
	if j.Disclaim(); !j.Claim() {
		t.Error("a job that was disclaimed cannot be claimed")
	}
}

// An execution that ended lets go of the job once only, and of nothing that was begun anew since.
func TestJob_ReleaseIsTheLastExecutions(t *testing.T) {
	j := New(job())
	first, second := new(int), new(int)
	stop := func(error) {}
	j.Execute(first, stop, "")
	j.KeptPreview("p")
	j.Begin(job())
	j.Execute(second, stop, "")
	ended := job()
	ended.Status = adapter.JobFailed
	if kept, last := j.Release(first, &ended); last || kept != nil || !j.Executed() || j.Snapshot().Status != adapter.JobQueued {
		t.Error("an earlier execution ended the job")
	}
	if kept, last := j.Release(second, &ended); !last || !slices.Equal(kept, []string{"p"}) || j.Executed() || j.Snapshot().Status != adapter.JobFailed {
		t.Errorf("Release() = %v, %v, want the kept preview of the last one", kept, last)
	}
}

// Whoever cancels, here or elsewhere and before or after it began: the execution ends.
func TestJob_CancelledEndsItsExecution(t *testing.T) {
	for name, cancel := range map[string]func(*Job){
		"here":      func(j *Job) { j.Cancel() },
		"elsewhere": func(j *Job) { read := job(); read.Cancel = true; j.Absorb(read) },
	} {
		for _, early := range []bool{false, true} {
			j := New(job())
			j.Begin(job())
			ctx, stop := context.WithCancelCause(t.Context())
			if early {
				cancel(j)
			}
			j.Execute(j, stop, "")
			if !early {
				cancel(j)
			}
			if !errors.Is(context.Cause(ctx), ErrCancelled) {
				t.Errorf("%s, early %v: the execution ends by %v", name, early, context.Cause(ctx))
			}
			stop(nil)
		}
	}
}

// Status and steps of a job that is executed here are this process's own; what others add is taken over.
func TestJob_AbsorbsWhatOthersWrote(t *testing.T) {
	read := job()
	read.Status = adapter.JobInProgress
	read.Deliveries[0].State = adapter.DeliveryAbandoned
	read.Steps[0].Submission = &adapter.Submission{TaskID: "t"}
	own, others := New(job()), New(job())
	own.Claim()
	for _, j := range []*Job{own, others} {
		_, changed := j.Look()
		j.Absorb(read)
		select {
		case <-changed:
		default:
			t.Error("nobody was woken")
		}
		if st, _ := j.Step("imagine"); st.Submission == nil || j.Snapshot().Deliveries[0].State != adapter.DeliveryAbandoned {
			t.Errorf("what others wrote is not known: %+v", j.Snapshot())
		}
	}
	if own.Snapshot().Status != adapter.JobQueued || others.Snapshot().Status != adapter.JobInProgress {
		t.Errorf("status = %s here and %s elsewhere", own.Snapshot().Status, others.Snapshot().Status)
	}
}

func TestJob_ShowsHowFarItIs(t *testing.T) {
	j := New(job())
	j.ShowElsewhere(adapter.Progress{Percent: 40, Preview: "a"})
	j.ShowElsewhere(adapter.Progress{Percent: 30, Preview: "a"}) // news that were overtaken
	if p := j.Shown(); p.Percent != 40 || p.Preview != "a" {
		t.Errorf("Shown() = %+v of a job elsewhere", p)
	}
	j.Begin(job())
	j.ShowElsewhere(adapter.Progress{Percent: 90})
	if !j.Progress("one", 50, "b") || !j.Progress("two", 0, "c") || j.Progress("one", 40, "") {
		t.Error("Progress() is wrong about what moved")
	}
	if p := j.Shown(); p.Percent != 25 || p.Preview != "c" || p.Step != "two" {
		t.Errorf("Shown() = %+v, want the mean of both steps", p)
	}
}

func TestRegistry_KeepsWhatSomebodyWaitsFor(t *testing.T) {
	r := NewRegistry()
	a, b := New(job()), New(job())
	if r.Enter(a) != a || r.Enter(b) != a {
		t.Error("a job is known twice")
	}
	if r.Leave(a); r.Get("job_1") != a || r.Executing() != 0 || len(r.All(false)) != 1 {
		t.Error("a job was dropped that somebody waits for")
	}
	if r.Leave(a); r.Get("job_1") != nil {
		t.Error("a job is kept that nobody waits for")
	}
}
