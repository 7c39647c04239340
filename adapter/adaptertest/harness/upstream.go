package harness

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"midgate/adapter"
)

// FakeUpstream is an upstream whose tasks take a fixed time and answer with a text. It stands in where the simulator
// cannot be told what to do: a process that dies between two lines of a sequence.
type FakeUpstream struct {
	Takes    time.Duration
	OnSubmit func(ctx context.Context, o adapter.Options) error // nil: accepted
	OnTask   func(id string) (adapter.Task, error)              // nil: no task is known
	OnCancel func(id string) error                              // nil: it is done

	Key string // empty: any caller's

	Mu     sync.Mutex
	States []string // of the submissions that created a task
	Found  map[string]string
}

func (u *FakeUpstream) Submit(ctx context.Context, _ adapter.Command, o adapter.Options) (adapter.Submission, error) {
	if u.OnSubmit != nil {
		if err := u.OnSubmit(ctx, o); err != nil {
			return adapter.Submission{}, err
		}
	}
	u.Mu.Lock()
	defer u.Mu.Unlock()
	u.States = append(u.States, o.State)
	return adapter.Submission{TaskID: "t" + o.State, At: time.Now()}, ctx.Err()
}

func (u *FakeUpstream) Task(_ context.Context, id string) (adapter.Task, error) {
	if u.OnTask != nil {
		return u.OnTask(id)
	}
	return adapter.Task{}, adapter.ErrNotFound
}

func (u *FakeUpstream) Picture(context.Context, string) (io.ReadCloser, error) {
	return nil, adapter.ErrNotFound
}

func (u *FakeUpstream) Has(context.Context, adapter.Feature) (bool, error) { return true, nil }

func (u *FakeUpstream) Find(_ context.Context, state string) (adapter.Task, error) {
	u.Mu.Lock()
	defer u.Mu.Unlock()
	if id, ok := u.Found[state]; ok {
		return adapter.Task{ID: id, State: state}, nil
	}
	return adapter.Task{}, adapter.ErrNotFound
}

func (u *FakeUpstream) Cancel(_ context.Context, id string) error {
	if u.OnCancel != nil {
		return u.OnCancel(id)
	}
	return nil
}

func (u *FakeUpstream) Seed(context.Context, string) (string, error) { return "", adapter.ErrNotFound }

func (u *FakeUpstream) Charges() int { u.Mu.Lock(); defer u.Mu.Unlock(); return len(u.States) }

func (u *FakeUpstream) Choose(ctx context.Context, c adapter.Caller, _ adapter.Speed) (adapter.Account, error) {
	return u.Made(ctx, c, "")
}

func (u *FakeUpstream) Made(_ context.Context, c adapter.Caller, _ string) (adapter.Account, error) {
	if c.Key != u.Key {
		return adapter.Account{}, adapter.Errorf(adapter.Unauthorized, "The key is wrong.")
	}
	return adapter.Account{Name: "one", Upstream: u, Waiter: u}, nil
}

func (u *FakeUpstream) Wait(ctx context.Context, w adapter.Wait) (adapter.Task, error) {
	timer := time.NewTimer(min(time.Until(w.Submitted.Add(u.Takes)), u.Takes)) // it may lie in the future: the clock was set
	defer timer.Stop()
	select {
	case <-timer.C:
		return adapter.Task{ID: w.TaskID, Status: adapter.Success, Texts: []string{"short " + w.TaskID}}, nil
	case <-ctx.Done():
		return adapter.Task{}, context.Cause(ctx)
	}
}

// LoseAnswers makes every submission arrive and its answer get lost; the states that arrived are kept aside.
func (u *FakeUpstream) LoseAnswers() (arrived func() string) {
	var state atomic.Value
	u.OnSubmit = func(_ context.Context, o adapter.Options) error {
		if !state.CompareAndSwap(nil, o.State) {
			panic("a second submission")
		}
		return adapter.Errorf(adapter.Ambiguous, "The answer was lost.")
	}
	return func() string { return state.Load().(string) }
}

// Show makes the task list show what became of a state.
func (u *FakeUpstream) Show(state string) {
	u.Mu.Lock()
	defer u.Mu.Unlock()
	u.Found = map[string]string{state: "late"}
}
