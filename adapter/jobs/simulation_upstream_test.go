package jobs_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"midgate/adapter"
)

// accounts are the two upstreams as a process sees them.
type accounts struct{ p *process }

var (
	_ adapter.Others = accounts{}
	_ adapter.Finder = line{}
)

func (a accounts) Choose(ctx context.Context, c adapter.Caller, _ adapter.Speed) (adapter.Account, error) {
	return a.Made(ctx, c, "one")
}

func (a accounts) Made(_ context.Context, _ adapter.Caller, name string) (adapter.Account, error) {
	l := line{a.p, name}
	return adapter.Account{Name: name, Upstream: l, Waiter: l}, nil
}

func (a accounts) Other(ctx context.Context, c adapter.Caller, _ adapter.Speed, tried []string) (adapter.Account, error) {
	if len(tried) > 1 {
		return adapter.Account{}, adapter.Errorf(adapter.Unavailable, "No other upstream is left.")
	}
	return a.Made(ctx, c, map[string]string{"one": "two", "two": "one"}[tried[0]])
}

// line is a process's way to an upstream.
type line struct {
	p    *process
	name string
}

var errAnswerLost = adapter.Errorf(adapter.Ambiguous, "The answer was lost.")

// Submit implements adapter.Upstream: the process may be killed before the request arrives, and before the answer does.
func (l line) Submit(ctx context.Context, cmd adapter.Command, o adapter.Options) (adapter.Submission, error) {
	if l.p.await() != nil {
		return adapter.Submission{}, errAnswerLost
	}
	fate, r := l.p.w.ledger.fate(o.State)
	there, back := between(r, time.Millisecond, 80*time.Millisecond), between(r, time.Millisecond, 80*time.Millisecond)
	if fate == delayed {
		there, back = between(r, 0, 8*time.Second), between(r, 0, 8*time.Second)
	}
	if l.p.pass(ctx, there) != nil && (fate != delayed || r.IntN(2) == 0) {
		return adapter.Submission{}, errAnswerLost
	}
	sub, err := l.p.w.ledger.arrive(l, fate, cmd, o)
	if l.p.pass(ctx, back) != nil {
		return adapter.Submission{}, errAnswerLost
	}
	return sub, err
}

// Task implements adapter.Upstream.
func (l line) Task(ctx context.Context, id string) (adapter.Task, error) {
	if err := l.p.pass(ctx, l.p.luck.between(time.Millisecond, 50*time.Millisecond)); err != nil {
		return adapter.Task{}, err
	}
	return l.p.w.ledger.look(func(t *task) bool { return t.id == id && t.at == l.name })
}

// Find implements adapter.Finder.
func (l line) Find(ctx context.Context, state string) (adapter.Task, error) {
	if err := l.p.pass(ctx, l.p.luck.between(time.Millisecond, 50*time.Millisecond)); err != nil {
		return adapter.Task{}, err
	}
	return l.p.w.ledger.look(func(t *task) bool { return t.state == state && t.at == l.name })
}

// Picture implements adapter.Upstream.
func (l line) Picture(ctx context.Context, url string) (io.ReadCloser, error) {
	if err := l.p.pass(ctx, l.p.luck.between(time.Millisecond, 300*time.Millisecond)); err != nil {
		return nil, err
	}
	data := picture(url)
	switch l.p.w.ledger.spoils("pictures", url) {
	case 1:
		return nil, adapter.ErrNotFound
	case 2:
		data = data[:len(data)-1]
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

// Has implements adapter.Upstream.
func (l line) Has(context.Context, adapter.Feature) (bool, error) { return true, nil }

// Wait implements adapter.Waiter, by asking.
func (l line) Wait(ctx context.Context, want adapter.Wait) (adapter.Task, error) {
	absent := 0
	for adapter.Pause(ctx, l.p.luck.between(1500*time.Millisecond, 2500*time.Millisecond)) {
		t, err := l.Task(ctx, want.TaskID)
		switch {
		case err == nil:
			absent = 0
		case err == adapter.ErrNotFound:
			if absent++; absent > 10 {
				return adapter.Task{ID: want.TaskID}, adapter.Errorf(adapter.Failed, "Midjourney lost the task.")
			}
			continue
		default:
			continue
		}
		if want.Polled != nil {
			want.Polled()
		}
		if want.Watch != nil {
			want.Watch(t)
		}
		if t.Failure != nil {
			return t, t.Failure
		}
		if t.Done() {
			return t, nil
		}
	}
	return adapter.Task{ID: want.TaskID}, ctx.Err()
}

// buttons are what can be pressed on a finished task.
func (t *task) buttons() (all []adapter.Button) {
	switch t.kind {
	case "imagine":
		for i := range 4 {
			all = append(all, adapter.Button{CustomID: fmt.Sprintf("U%d of %s", i+1, t.id), Label: fmt.Sprintf("U%d", i+1), Action: adapter.ActUpscale, Index: i + 1})
		}
	case "U":
		all = append(all, adapter.Button{CustomID: "subtle of " + t.id, Label: "Upscale (Subtle)", Action: adapter.ActUpscaleSubtle})
	}
	return all
}
