package sharedpoll

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"midgate/adapter"
)

// Shared makes many replicas poll each upstream account as one process would: the
// replica that holds the account's lease waits for everybody's tasks and tells the others. It decorates Accounts.
// Accounts with a client's own key are left alone: keys do not travel. Webhooks reach any of the replicas: it passes
// them on to the one that waits.
type Shared struct {
	inner   adapter.Accounts
	hinted  Hinter // nil: there are no webhooks
	journal adapter.Journal
	leases  adapter.Leases
	replica string
	log     *slog.Logger

	life context.Context
	end  context.CancelFunc
	work sync.WaitGroup

	mu    sync.Mutex
	desks map[string]*desk
}

var _ adapter.Others = (*Shared)(nil)

// How replicas keep in touch: a question that nobody acknowledged is asked again, and after silence the lease is tried.
// What nobody asked for any more for a while is not waited for on behalf of others.
const (
	askAgain   = time.Second
	askedLast  = 30 * time.Second
	tryToLead  = time.Second
	leaderless = 10 * time.Second // with nobody known to lead for so long, each replica waits by itself
	newsTopic  = "poll.news."
	hintTopic  = "poll.hint"
	askedTopic = "poll.ask."
)

// New decorates accounts; hinted takes the webhooks of all replicas, nil where there are none. Close ends what it
// waits for.
func New(inner adapter.Accounts, hinted Hinter, j adapter.Journal, l adapter.Leases, replica string, log *slog.Logger) *Shared {
	life, end := context.WithCancel(context.Background())
	s := &Shared{inner: inner, hinted: hinted, journal: j, leases: l, replica: replica, log: log, life: life, end: end, desks: map[string]*desk{}}
	if hinted != nil {
		s.work.Go(s.hearHints)
	}
	return s
}

// Close ends everything that is waited for on behalf of others.
func (s *Shared) Close() {
	s.end()
	s.work.Wait()
}

// Choose implements Accounts.
func (s *Shared) Choose(ctx context.Context, c adapter.Caller, speed adapter.Speed) (adapter.Account, error) {
	a, err := s.inner.Choose(ctx, c, speed)
	return s.wrap(a, c), err
}

// Other implements Others, if what it decorates does.
func (s *Shared) Other(ctx context.Context, c adapter.Caller, speed adapter.Speed, tried []string) (adapter.Account, error) {
	others, several := s.inner.(adapter.Others)
	if !several {
		return adapter.Account{}, adapter.Errorf(adapter.Unavailable, "No upstream can be reached.")
	}
	a, err := others.Other(ctx, c, speed, tried)
	return s.wrap(a, c), err
}

// Made implements Accounts.
func (s *Shared) Made(ctx context.Context, c adapter.Caller, name string) (adapter.Account, error) {
	a, err := s.inner.Made(ctx, c, name)
	return s.wrap(a, c), err
}

func (s *Shared) wrap(a adapter.Account, c adapter.Caller) adapter.Account {
	if a.Waiter == nil || c.Key != "" {
		return a
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.desks[a.Name]
	if d == nil {
		d = &desk{shared: s, account: a, topic: adapter.Digest(a.Name)[:32], led: time.Now(), waiting: map[string][]*waiting{}, serving: map[string]*time.Timer{}}
		s.desks[a.Name] = d
		s.work.Go(d.hearNews)
		s.work.Go(d.hearQuestions)
		s.work.Go(d.lead)
	}
	a.Waiter = d
	return a
}

// desk is one account's part of the arrangement in this replica.
type desk struct {
	shared  *Shared
	account adapter.Account
	topic   string

	mu      sync.Mutex
	leading bool
	led     time.Time              // when somebody was last known to lead
	waiting map[string][]*waiting  // by task: asked of the leader
	serving map[string]*time.Timer // by task: waited for on behalf of others, until it fires
}

// waiting is a task that somebody here waits for.
type waiting struct {
	adapter.Wait
	news  chan report
	polls atomic.Int64 // told of, and not yet passed on to Polled
}

// passOn calls Polled, from the goroutine that waits.
func (w *waiting) passOn() {
	for range w.polls.Swap(0) {
		if w.Polled != nil {
			w.Polled()
		}
	}
}

// Wait implements Waiter: the leader waits itself, the others ask it, again and again until it answers. Whoever
// becomes the leader meanwhile goes on by itself, and so does everybody while the lease is out of reach: what was paid
// for is fetched, even if it is asked for more often than it had to be.
func (d *desk) Wait(ctx context.Context, w adapter.Wait) (adapter.Task, error) {
	key := w.TaskID
	if w.Dialog {
		key += " dialog"
	}
	mine := &waiting{Wait: w, news: make(chan report, 1)}
	d.mu.Lock()
	d.waiting[key] = append(d.waiting[key], mine)
	d.mu.Unlock()
	defer func() {
		mine.passOn()
		d.mu.Lock()
		defer d.mu.Unlock()
		d.waiting[key] = slices.DeleteFunc(d.waiting[key], func(o *waiting) bool { return o == mine })
		if len(d.waiting[key]) == 0 {
			delete(d.waiting, key)
		}
	}()
	asking, err := json.Marshal(question{Wait: waitJSON{w.TaskID, w.State, w.Kind, w.Speed, w.Submitted, w.Dialog}})
	if err != nil {
		return adapter.Task{}, err
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case r := <-mine.news:
			return r.Task, r.err()
		case <-ctx.Done():
			return adapter.Task{}, context.Cause(ctx)
		case <-timer.C:
		}
		if d.alone() {
			return d.account.Waiter.Wait(ctx, w)
		}
		if err := d.shared.journal.Tell(ctx, askedTopic+d.topic, asking); err != nil && ctx.Err() == nil {
			d.shared.log.Debug("the polling replica could not be asked; trying again", "error", err)
		}
		timer.Reset(askAgain)
	}
}

// alone reports whether this replica has to wait by itself: it leads, or for long nobody is known to.
func (d *desk) alone() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.leading || time.Since(d.led) >= leaderless
}

// lead takes the account's lease whenever it is free, and gives up leading when it is lost.
func (d *desk) lead() {
	s := d.shared
	for {
		lost, held, err := s.leases.Hold(s.life, "poll."+d.topic, s.replica)
		d.mu.Lock()
		d.leading = err == nil && held
		if err == nil {
			d.led = time.Now()
		}
		d.mu.Unlock()
		if err == nil && held {
			select {
			case <-lost:
			case <-s.life.Done():
				return
			}
			d.mu.Lock()
			d.led = time.Now()
			d.mu.Unlock()
			continue
		}
		if !adapter.Pause(s.life, tryToLead) {
			return
		}
	}
}
