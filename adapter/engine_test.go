package adapter_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
)

// scripted is an upstream whose tasks take a fixed time and answer with a text. It stands in where the simulator
// cannot be told what to do: a process that dies between two lines of a sequence.
type scripted struct {
	takes  time.Duration
	submit func(ctx context.Context, o adapter.Options) error // nil: accepted
	task   func(id string) (adapter.Task, error)              // nil: no task is known

	key string // empty: any caller's

	mu     sync.Mutex
	states []string // of the submissions that created a task
	found  map[string]string
}

func (u *scripted) Submit(ctx context.Context, _ adapter.Command, o adapter.Options) (adapter.Submission, error) {
	if u.submit != nil {
		if err := u.submit(ctx, o); err != nil {
			return adapter.Submission{}, err
		}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.states = append(u.states, o.State)
	return adapter.Submission{TaskID: "t" + o.State, At: time.Now()}, ctx.Err()
}

func (u *scripted) Task(_ context.Context, id string) (adapter.Task, error) {
	if u.task != nil {
		return u.task(id)
	}
	return adapter.Task{}, adapter.ErrNotFound
}

func (u *scripted) Picture(context.Context, string) (io.ReadCloser, error) {
	return nil, adapter.ErrNotFound
}

func (u *scripted) Has(context.Context, adapter.Feature) (bool, error) { return true, nil }

func (u *scripted) Find(_ context.Context, state string) (adapter.Task, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if id, ok := u.found[state]; ok {
		return adapter.Task{ID: id, State: state}, nil
	}
	return adapter.Task{}, adapter.ErrNotFound
}

func (u *scripted) Cancel(context.Context, string) error         { return nil }
func (u *scripted) Seed(context.Context, string) (string, error) { return "", adapter.ErrNotFound }
func (u *scripted) charges() int                                 { u.mu.Lock(); defer u.mu.Unlock(); return len(u.states) }
func (u *scripted) Choose(ctx context.Context, c adapter.Caller, _ adapter.Speed) (adapter.Account, error) {
	return u.Made(ctx, c, "")
}

func (u *scripted) Made(_ context.Context, c adapter.Caller, _ string) (adapter.Account, error) {
	if c.Key != u.key {
		return adapter.Account{}, adapter.Errorf(adapter.Unauthorized, "The key is wrong.")
	}
	return adapter.Account{Name: "one", Upstream: u, Waiter: u}, nil
}

func (u *scripted) Wait(ctx context.Context, w adapter.Wait) (adapter.Task, error) {
	timer := time.NewTimer(min(time.Until(w.Submitted.Add(u.takes)), u.takes)) // it may lie in the future: the clock was set
	defer timer.Stop()
	select {
	case <-timer.C:
		return adapter.Task{ID: w.TaskID, Status: adapter.Success, Texts: []string{"short " + w.TaskID}}, nil
	case <-ctx.Done():
		return adapter.Task{}, context.Cause(ctx)
	}
}

// engine is a service on memory state, to be started again on the same state.
type engine struct {
	*adapter.Service
	up      *scripted
	journal adapter.Journal
	leases  *adaptertest.MemoryLeases
	broken  *adaptertest.Faults
	cfg     adapter.Config
}

func newEngine(t *testing.T, up *scripted, change func(*adapter.Config)) *engine {
	t.Helper()
	cfg := adapter.Config{DefaultSpeed: adapter.Fast, SpeedLimit: adapter.Turbo, JobTimeout: time.Minute, JobDeadline: time.Hour,
		MaxInFlight: 4, MaxQueue: 2, Replica: "r", Secret: make([]byte, 32)}
	if change != nil {
		change(&cfg)
	}
	e := &engine{up: up, journal: adaptertest.NewJournal(), leases: adaptertest.NewLeases(), broken: &adaptertest.Faults{}, cfg: cfg}
	e.start(t)
	t.Cleanup(func() { e.Close() })
	return e
}

func (e *engine) start(t *testing.T) {
	t.Helper()
	e.Service = adapter.New(e.cfg, adapter.Parts{Accounts: e.up, Store: adaptertest.NewStore(), Journal: e.broken.Journal(e.journal), Leases: e.broken.Leases(e.leases), Log: slog.New(slog.DiscardHandler)})
	if err := e.Start(t.Context()); err != nil {
		t.Fatalf("Start() = %v", err)
	}
}

// peer is another replica on the same state.
func (e *engine) peer(t *testing.T, name string) *engine {
	t.Helper()
	return e.peerOf(t, name, e.up)
}

// joined is another replica's view of the journal.
func (e *engine) joined() *adaptertest.MemoryJournal {
	return e.journal.(*adaptertest.MemoryJournal).Join()
}

// peerOf is a replica that sees the upstream as up.
func (e *engine) peerOf(t *testing.T, name string, up *scripted) *engine {
	t.Helper()
	return e.peerOn(t, name, up, e.joined())
}

// peerOn is a replica with a way of its own to the journal.
func (e *engine) peerOn(t *testing.T, name string, up *scripted, journal adapter.Journal) *engine {
	t.Helper()
	p := &engine{up: up, journal: journal, leases: e.leases, broken: &adaptertest.Faults{}, cfg: e.cfg}
	p.cfg.Replica = name
	p.start(t)
	t.Cleanup(func() { p.Close() })
	return p
}

// again is a restart: everything in memory is gone.
func (e *engine) again(t *testing.T) {
	t.Helper()
	e.Close()
	e.start(t)
}

func attempt(body string) adapter.Attempt {
	return adapter.Attempt{Caller: adapter.Caller{Owner: "o"}, Route: "/v1/prompts/shorten", Body: body}
}

func (e *engine) ask(t *testing.T, a adapter.Attempt) *adapter.Ticket {
	t.Helper()
	ticket, err := e.Shorten(t.Context(), a, generation("a cat"))
	if err != nil {
		t.Fatalf("Shorten() = %v", err)
	}
	return ticket
}

func generation(prompt string) adapter.Generation {
	var g adapter.Generation
	g.Prompt = prompt
	return g
}

func text(t *testing.T, ticket *adapter.Ticket) string {
	t.Helper()
	result, err := ticket.Wait(t.Context(), nil)
	if err != nil {
		t.Fatalf("Wait() = %v", err)
	}
	return result.Texts[0]
}

func TestRepeatsJoinTheRunTheyRepeat(t *testing.T) {
	tests := map[string]struct {
		first, second adapter.Attempt
		abandon       bool // the first client leaves before the answer
		answer        bool // the first client is answered
		later         time.Duration
		jobs          int
	}{
		"a retry counter while the first is running":               {first: attempt("b"), second: retry("b", 1), jobs: 1},
		"a retry counter after the first was cut":                  {first: attempt("b"), second: retry("b", 2), abandon: true, later: time.Minute, jobs: 1},
		"a retry counter after the answer was written":             {first: attempt("b"), second: retry("b", 1), answer: true, later: time.Minute, jobs: 1},
		"a retry counter after the deadline":                       {first: attempt("b"), second: retry("b", 1), later: 2 * time.Hour, jobs: 2},
		"a retry counter with another body":                        {first: attempt("b"), second: retry("c", 1), jobs: 2},
		"an equal request while the first is waited for":           {first: attempt("b"), second: attempt("b"), jobs: 2},
		"an equal request after the first was answered":            {first: attempt("b"), second: attempt("b"), answer: true, jobs: 2},
		"an equal request soon after the first was abandoned":      {first: attempt("b"), second: attempt("b"), abandon: true, later: time.Minute, jobs: 1},
		"an equal request long after the first was abandoned":      {first: attempt("b"), second: attempt("b"), abandon: true, later: 3 * time.Minute, jobs: 2},
		"an equal request of another owner after an abandoned one": {first: attempt("b"), second: ofOwner("p", "b"), abandon: true, jobs: 2},
		"the same key and body":                                    {first: keyed("k", "b"), second: keyed("k", "b"), answer: true, later: 23 * time.Hour, jobs: 1},
		"the same key a day later":                                 {first: keyed("k", "b"), second: keyed("k", "b"), answer: true, later: 25 * time.Hour, jobs: 2},
		"another key with the same body":                           {first: keyed("k", "b"), second: keyed("l", "b"), jobs: 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				up := &scripted{takes: 10 * time.Second}
				e := newEngine(t, up, nil)
				first := e.ask(t, test.first)
				if test.answer {
					text(t, first)
					first.Answered()
				}
				if test.abandon {
					first.Abandoned()
				}
				synctest.Wait()
				<-time.After(test.later)
				second := text(t, e.ask(t, test.second))
				if up.charges() != test.jobs {
					t.Errorf("jobs = %d, want %d", up.charges(), test.jobs)
				}
				if same := second == text(t, first); same != (test.jobs == 1) {
					t.Errorf("the answers are the same: %v, want %v", same, test.jobs == 1)
				}
			})
		})
	}
}

func retry(body string, n int) adapter.Attempt {
	a := attempt(body)
	a.Retry = n
	return a
}

func keyed(key, body string) adapter.Attempt {
	a := attempt(body)
	a.IdempotencyKey = key
	return a
}

func ofOwner(owner, body string) adapter.Attempt {
	a := attempt(body)
	a.Caller.Owner = owner
	return a
}

func TestAnIdempotencyKeyWithAnotherBodyIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEngine(t, &scripted{takes: time.Second}, nil)
		text(t, e.ask(t, keyed("k", "b")))
		_, err := e.Shorten(t.Context(), keyed("k", "c"), generation("a dog"))
		var known *adapter.Error
		if !errors.As(err, &known) || known.Kind != adapter.Reused || known.Code != "idempotency_key_reused" {
			t.Errorf("Shorten() = %v, want a Reused error", err)
		}
	})
}

func TestARunIsResumedAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &scripted{takes: 30 * time.Second}
		e := newEngine(t, up, nil)
		first := e.ask(t, attempt("b"))
		if err := first.Accepted(t.Context()); err != nil {
			t.Fatalf("Accepted() = %v", err)
		}
		e.again(t)
		got := text(t, e.ask(t, retry("b", 1)))
		if want := "short t" + up.states[0]; got != want || up.charges() != 1 {
			t.Errorf("answer %q by %d jobs, want %q by 1", got, up.charges(), want)
		}
		job, err := e.Job(t.Context(), adapter.Caller{Owner: "o"}, first.Job)
		if err != nil || job.Status != adapter.RunCompleted {
			t.Errorf("Job() = %v, %v, want completed", job.Status, err)
		}
	})
}

func TestAnIntentWithoutASubmissionIsNeverSentAgain(t *testing.T) {
	tests := map[string]struct {
		listed bool
		kind   adapter.Kind
	}{
		"adopted when the upstream's list shows it":     {listed: true},
		"reported when nobody knows whether it arrived": {kind: adapter.Ambiguous},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				died := make(chan struct{})
				up := &scripted{takes: time.Second, found: map[string]string{}}
				up.submit = func(ctx context.Context, o adapter.Options) error {
					if test.listed {
						up.found[o.State] = "listed"
					}
					close(died)
					<-ctx.Done() // the process ends while the submission is on its way
					return ctx.Err()
				}
				e := newEngine(t, up, nil)
				e.ask(t, attempt("b"))
				<-died
				e.again(t)
				up.submit = func(context.Context, adapter.Options) error {
					t.Error("the step was sent again")
					return nil
				}
				result, err := e.ask(t, retry("b", 1)).Wait(t.Context(), nil)
				if adapter.KindOf(err) != test.kind || test.listed && (err != nil || result.Texts[0] != "short listed") {
					t.Errorf("Wait() = %v, %v, want kind %q", result, err, test.kind)
				}
			})
		})
	}
}
