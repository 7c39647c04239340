package jobs_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"midgate/adapter"
)

// ledger is what the upstreams know: each submission that arrived, and what it cost.
type ledger struct {
	w *world

	mu      sync.Mutex
	tasks   []*task
	tries   map[string]int       // arrivals by step
	taken   map[string]bool      // states of submissions that a task was made of, or whose answer nobody got
	trouble map[string]time.Time // until when what fails
	ids     int
}

// task is a submission that was accepted, and is paid.
type task struct {
	id, state, at string
	kind          string // imagine, U, subtle
	button        string // that was pressed
	step          string
	job           adapter.Job // as it was recorded then
	made, done    time.Time
	fails         bool
}

// fate is what becomes of a submission.
type fate string

// The fates. What was lost arrived, or not: nobody can tell.
const (
	accepted   fate = "accepted"
	lostBefore fate = "lost on the way"
	lostAfter  fate = "accepted, and the answer lost"
	delayed    fate = "accepted slowly"
	broken     fate = "accepted, and answered with 500"
	busy       fate = "refused as busy"
	refused    fate = "refused as unavailable"
	noCredit   fate = "refused for want of credit"
)

// stepOfState finds the step whose intent is recorded with a state.
func (w *world) stepOfState(state string) (adapter.Job, adapter.Step, bool) {
	for _, owner := range owners {
		jobs, err := w.base.Jobs(context.Background(), adapter.JobQuery{Owner: owner, Limit: 1000, Deleted: true})
		if err != nil {
			panic(err)
		}
		for _, job := range jobs {
			for _, st := range job.Steps {
				if st.State == state {
					return job, st, true
				}
			}
		}
	}
	return adapter.Job{}, adapter.Step{}, false
}

// fate draws what becomes of a submission of a step, by its name and how often it was tried.
func (l *ledger) fate(state string) (fate, *rand.Rand) {
	job, st, _ := l.w.stepOfState(state)
	l.mu.Lock()
	defer l.mu.Unlock()
	step := job.Prompt + " " + st.Name
	l.tries[step]++
	r := l.w.dice.of("submit", step, l.tries[step])
	for _, what := range []string{"lost", "full", "away"} {
		if time.Now().After(l.trouble[what]) || r.IntN(10) >= 7 {
			continue
		}
		switch what {
		case "lost":
			return pick(r, lostBefore, lostAfter, broken, delayed), r
		case "full":
			return busy, r
		default:
			return pick(r, refused, refused, noCredit), r
		}
	}
	if l.w.plan.upstream && r.IntN(6) == 0 {
		return delayed, r
	}
	return accepted, r
}

// arrive takes a submission. Whatever its fate, its intent must be recorded, and none like it may have come before.
func (l *ledger) arrive(from line, fate fate, cmd adapter.Command, o adapter.Options) (adapter.Submission, error) {
	job, st, known := l.w.stepOfState(o.State)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.w.log.note("%s submits %s of job %s to %s: %s", from.p.name, st.Name, short(job.ID), from.name, fate)
	if !known {
		l.w.log.wrong("%s submits something whose intent is not recorded", from.p.name)
	}
	if l.taken[o.State] {
		l.w.log.wrong("step %s of job %s is submitted again", st.Name, short(job.ID))
	}
	l.w.forNobody(job)
	switch fate {
	case busy:
		return adapter.Submission{}, &adapter.Error{Kind: adapter.Busy, Message: "The queue is full.", RetryAfter: 2 * time.Second}
	case refused:
		return adapter.Submission{}, adapter.Errorf(adapter.Unavailable, "The account is being changed.")
	case noCredit:
		return adapter.Submission{}, adapter.Errorf(adapter.Credit, "The credit is used up.")
	case lostBefore:
		l.taken[o.State] = true
		return adapter.Submission{}, errAnswerLost
	}
	l.taken[o.State] = true
	t := l.make(from.name, cmd, o, job, st)
	if fate == lostAfter || fate == broken {
		return adapter.Submission{}, errAnswerLost
	}
	return adapter.Submission{TaskID: t.id, At: time.Now()}, nil
}

func (l *ledger) make(at string, cmd adapter.Command, o adapter.Options, job adapter.Job, st adapter.Step) *task {
	l.ids++
	t := &task{id: fmt.Sprintf("task%d", l.ids), state: o.State, at: at, kind: "imagine", step: st.Name, job: job, made: time.Now()}
	if press, ok := cmd.(adapter.Action); ok {
		t.button, t.kind = press.CustomID, "subtle"
		if strings.HasPrefix(press.CustomID, "U") {
			t.kind = "U"
			for _, other := range l.tasks {
				if other.button == t.button && !l.w.plan.upstream {
					l.w.log.wrong("%s is pressed again, by job %s after job %s", t.button, short(job.ID), short(other.job.ID))
				}
			}
		}
	}
	r := l.w.dice.of("task", job.Prompt, st.Name, l.tries[job.Prompt+" "+st.Name])
	t.done = t.made.Add(between(r, 4*time.Second, 50*time.Second))
	t.fails = strings.Contains(job.Prompt, "fails")
	l.tasks = append(l.tasks, t)
	return t
}

// look answers a question for a task, unless what is asked fails.
func (l *ledger) look(meant func(*task) bool) (adapter.Task, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Now().Before(l.trouble["polls"]) {
		return adapter.Task{}, adapter.Errorf(adapter.Unavailable, "The upstream answers with 502.")
	}
	for _, t := range l.tasks {
		if meant(t) && time.Now().After(l.trouble["gone"]) {
			return t.shown(), nil
		}
	}
	return adapter.Task{}, adapter.ErrNotFound
}

func (t *task) shown() adapter.Task {
	shown := adapter.Task{ID: t.id, State: t.state, Status: adapter.InProgress, Progress: 50, SubmittedAt: t.made}
	switch {
	case time.Now().Before(t.done):
	case t.fails:
		shown.Status, shown.Failure = adapter.Failure, adapter.Errorf(adapter.Failed, "Midjourney could not draw this.")
	default:
		shown.Status, shown.Progress, shown.ImageURL, shown.Buttons = adapter.Success, 100, t.id, t.buttons()
	}
	return shown
}

// spoils draws how something fails: 0 where it does not.
func (l *ledger) spoils(what, name string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Now().After(l.trouble[what]) {
		return 0
	}
	l.tries[name]++
	return l.w.dice.of(what, name, l.tries[name]).IntN(3)
}

// fail makes something fail for a while.
func (l *ledger) fail(what string, until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.trouble[what] = until
}

// paid are the tasks that a question means.
func (l *ledger) paid(meant func(*task) bool) (found []*task) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, t := range l.tasks {
		if meant(t) {
			found = append(found, t)
		}
	}
	return found
}
