package sharedpoll_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
	"midgate/adapter/sharedpoll"
)

func TestReplicasWaitForTasksThroughOneOfThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: 30 * time.Second}
		one := harness.NewEngine(t, up, func(c *harness.Config) { c.Replica = "one" })
		var shared []*sharedpoll.Shared
		var waiters []adapter.Waiter
		for _, name := range []string{"a", "b", "c"} {
			s := sharedpoll.New(up, nil, one.Joined(), one.Leases, name, slog.New(slog.DiscardHandler))
			account, err := s.Made(t.Context(), adapter.Caller{}, "one")
			if err != nil {
				t.Fatal(err)
			}
			shared, waiters = append(shared, s), append(waiters, account.Waiter)
			synctest.Wait() // the first one leads
		}
		defer func() {
			for _, s := range shared {
				s.Close()
			}
		}()
		from := time.Now()
		task, err := waiters[2].Wait(t.Context(), adapter.Wait{TaskID: "x", Submitted: from})
		if err != nil || task.Texts[0] != "short x" || time.Since(from) != 30*time.Second {
			t.Errorf("Wait() = %v, %v after %s, want the leader's answer after 30s", task, err, time.Since(from))
		}
		done := make(chan error, 1)
		go func() {
			_, err := waiters[1].Wait(t.Context(), adapter.Wait{TaskID: "y", Submitted: time.Now()})
			done <- err
		}()
		<-time.After(10 * time.Second)
		shared[0].Close() // the leader dies
		if err := <-done; err != nil {
			t.Errorf("Wait() over the leader's death = %v", err)
		}
		if took := time.Since(from); took > 67*time.Second {
			t.Errorf("the task was known %s after its end, want at most 7s", took-60*time.Second)
		}
	})
}

// outOfReach are leases that nobody can take.
type outOfReach struct{ adapter.Leases }

func (outOfReach) Hold(context.Context, string, string) (<-chan struct{}, bool, error) {
	return nil, false, errors.New("no majority")
}

// heldByAnother are leases that another replica has and keeps.
type heldByAnother struct{ adapter.Leases }

func (heldByAnother) Hold(context.Context, string, string) (<-chan struct{}, bool, error) {
	return nil, false, nil
}

func TestAReplicaWaitsByItselfWhileNobodyIsKnownToLead(t *testing.T) {
	for name, c := range map[string]struct {
		leases adapter.Leases
		alone  bool
	}{
		"the lease is out of reach":            {outOfReach{}, true},
		"another replica has the lease (slow)": {heldByAnother{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				up := &harness.FakeUpstream{Takes: 30 * time.Second}
				one := harness.NewEngine(t, up, nil)
				s := sharedpoll.New(up, nil, one.Joined(), c.leases, "a", slog.New(slog.DiscardHandler))
				defer s.Close()
				account, err := s.Made(t.Context(), adapter.Caller{}, "one")
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
				defer cancel()
				_, err = account.Waiter.Wait(ctx, adapter.Wait{TaskID: "x", Submitted: time.Now()})
				if (err == nil) != c.alone {
					t.Errorf("Wait() = %v, want the task: %v", err, c.alone)
				}
			})
		})
	}
}

// taker remembers the webhooks that it took.
type taker struct {
	mu    sync.Mutex
	known string
	took  []string
}

func (k *taker) Hint(token string, body []byte) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if token != k.known {
		return adapter.ErrNotFound
	}
	k.took = append(k.took, string(body))
	return nil
}

func (k *taker) all() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.took)
}

func TestAWebhookReachesEveryReplicaOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one := harness.NewEngine(t, &harness.FakeUpstream{}, nil)
		var shared []*sharedpoll.Shared
		var takers []*taker
		for _, name := range []string{"a", "b", "c"} {
			k := &taker{known: "ours"}
			s := sharedpoll.New(one.Up, k, one.Joined(), one.Leases, name, slog.New(slog.DiscardHandler))
			defer s.Close()
			shared, takers = append(shared, s), append(takers, k)
		}
		synctest.Wait()
		if err := shared[1].Hint("ours", []byte("done")); err != nil {
			t.Fatalf("Hint() = %v", err)
		}
		if err := shared[1].Hint("forged", []byte("done")); !errors.Is(err, adapter.ErrNotFound) {
			t.Errorf("Hint() of an unknown address = %v, want ErrNotFound", err)
		}
		synctest.Wait()
		for i, k := range takers {
			if got := k.all(); !slices.Equal(got, []string{"done"}) {
				t.Errorf("replica %d took %q, want the webhook once", i, got)
			}
		}
	})
}
