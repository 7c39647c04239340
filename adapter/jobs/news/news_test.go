package news

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
	"midgate/adapter/jobs/active"
	"midgate/adapter/jobs/clients"
	"midgate/adapter/jobs/record"
	"midgate/adapter/jobs/unit"
	"midgate/adapter/spend"
)

// replica is one that hears what another tells, and loses it while deaf.
type replica struct {
	*News
	told []string
	to   *replica
	deaf bool
}

func (r *replica) Tell(topic string, news []byte) {
	r.told = append(r.told, topic)
	if !r.to.deaf {
		r.to.heard(topic, news)
	}
}

func (*replica) Hear(ctx context.Context, _ func(string, []byte)) error {
	<-ctx.Done()
	return ctx.Err()
}

// pair is two replicas of one state.
func pair(ctx context.Context) (here, there *replica, state adapter.State) {
	state = adaptertest.NewState(true)
	here, there = &replica{}, &replica{}
	here.to, there.to = there, here
	for _, r := range []*replica{here, there} {
		r.News = New(ctx, Deps{Bus: r, State: state, Units: unit.New(state, func() *spend.Terms { return nil }), Clock: record.NewClock(),
			Jobs: active.NewRegistry(), Left: &clients.Leavers{}, Spawn: func(work func()) bool { go work(); return ctx.Err() == nil }, Log: slog.New(slog.DiscardHandler)})
	}
	return here, there, state
}

func insert(t *testing.T, state adapter.State, job adapter.Job) {
	t.Helper()
	err := state.Write(t.Context(), func(tx adapter.Tx) error { return tx.InsertJob(t.Context(), job) })
	if err != nil {
		t.Fatal(err)
	}
}

// Whoever waits at another replica hears that a job changed; where the news get lost, the record tells it a little later.
func TestNews_AJobThatChangedIsReadElsewhere(t *testing.T) {
	for name, deaf := range map[string]bool{"told": false, "lost": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				here, there, state := pair(ctx)
				there.deaf = deaf
				there.Follow()
				job := adapter.Job{ID: "job_1", Owner: "o", Status: adapter.JobQueued}
				waited := there.Jobs.Enter(active.New(job))
				job.Status = adapter.JobInProgress
				insert(t, state, job)
				began := time.Now()
				here.Changed("job_1")
				for run, changed := waited.Look(); run.Status != adapter.JobInProgress; run, changed = waited.Look() {
					<-changed
				}
				if late := time.Since(began); late > LookEvery || deaf != (late > 0) {
					t.Errorf("the job's change is known after %s", late)
				}
				stop()
			})
		})
	}
}

func TestNews_ProgressIsShownElsewhere(t *testing.T) {
	here, there, _ := pair(t.Context())
	job := adapter.Job{ID: "job_1", Status: adapter.JobInProgress}
	own, waited := active.New(job), there.Jobs.Enter(active.New(job))
	own.Claim()
	own.Progress("imagine", 40, "https://x/p.png")
	here.Progress(own)
	if p := waited.Shown(); p.Percent != 40 || p.Preview != "https://x/p.png" || p.Step != "imagine" {
		t.Errorf("Shown() = %+v at the other replica", p)
	}
	there.heard(topicProgress, []byte("{")) // of a newer midgate
	there.heard("weather", nil)
}

// That a client left is in the records before it is told: whoever hears it decides by them.
func TestNews_AClientThatLeftIsRecordedBeforeItIsTold(t *testing.T) {
	for name, stopped := range map[string]bool{"under way": false, "while the engine stops": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				here, there, _ := pair(ctx)
				if stopped {
					stop()
					here.Spawn = func(func()) bool { return false }
				}
				var did []string
				here.Units.Ride(func(context.Context, adapter.Tx) error { did = append(did, "recorded"); return nil })
				heard := make(chan error, 1)
				go func() {
					over, err := there.Left.Wait(t.Context(), "b", time.Minute)
					if over {
						t.Error("the other replica hears nothing")
					}
					heard <- err
				}()
				synctest.Wait()
				here.ClientLeft("b")
				if err := <-heard; err != nil {
					t.Error(err)
				}
				if !slices.Equal(did, []string{"recorded"}) || !slices.Equal(here.told, []string{topicLeft}) {
					t.Errorf("did %q and told %q", did, here.told)
				}
				stop()
			})
		})
	}
}

func TestNews_OneProcessTellsNothing(t *testing.T) {
	n := New(t.Context(), Deps{})
	n.Changed("job_1")
	n.Progress(active.New(adapter.Job{}))
	n.Follow()
}
