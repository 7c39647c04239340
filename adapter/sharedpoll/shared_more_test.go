package sharedpoll_test

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
	"midgate/adapter/sharedpoll"
)

// A job that one upstream certainly did not take is given to another also where replicas share their polling.
func TestReplicasGiveAJobToAnotherUpstream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, s, _ := harness.NewThree(t, map[string]int{"a": 1000000})
		shared := sharedpoll.New(s.Parts.Accounts, nil, s.Journal, s.Parts.Leases, "r", slog.New(slog.DiscardHandler))
		defer shared.Close()
		s.Parts.Accounts = shared
		s.Gate = s.Restarted(t)
		defer s.Close()
		u.Dead["a.test"] = true
		if img := s.Draw(t, "a red fox", 1)[0]; img.Upstream == "a" || u.Paid("b.test")+u.Paid("c.test") != 1 {
			t.Errorf("the picture was made at %q for %d jobs, want one at an upstream that lives", img.Upstream, u.Paid("b.test")+u.Paid("c.test"))
		}
	})
}

// patient is an account that counts who waits at it.
type patient struct {
	*harness.FakeUpstream
	open atomic.Int64
}

func (p *patient) Made(ctx context.Context, c adapter.Caller, name string) (adapter.Account, error) {
	a, err := p.FakeUpstream.Made(ctx, c, name)
	a.Waiter = p
	return a, err
}

func (p *patient) Wait(ctx context.Context, w adapter.Wait) (adapter.Task, error) {
	p.open.Add(1)
	defer p.open.Add(-1)
	return p.FakeUpstream.Wait(ctx, w)
}

// The replica that polls stops asking for a task that nobody waits for any more, which may never end.
func TestAReplicaStopsWaitingForWhatNobodyAsksFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &patient{FakeUpstream: &harness.FakeUpstream{Takes: 1000 * time.Hour}}
		one := harness.NewEngine(t, up.FakeUpstream, nil)
		var waiters []adapter.Waiter
		for _, name := range []string{"a", "b"} {
			s := sharedpoll.New(up, nil, one.Joined(), one.Leases, name, slog.New(slog.DiscardHandler))
			defer s.Close()
			account, err := s.Made(t.Context(), adapter.Caller{}, "one")
			if err != nil {
				t.Fatal(err)
			}
			waiters = append(waiters, account.Waiter)
			synctest.Wait() // the first one leads
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		go func() {
			<-time.After(9 * time.Minute)
			if up.open.Load() != 1 {
				t.Errorf("%d wait at the upstream while one is asked for", up.open.Load())
			}
		}()
		_, _ = waiters[1].Wait(ctx, adapter.Wait{TaskID: "x", Submitted: time.Now()})
		<-time.After(time.Minute)
		if n := up.open.Load(); n != 0 {
			t.Errorf("%d wait at the upstream for what nobody asks for, want none", n)
		}
	})
}
