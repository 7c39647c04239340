package adapter

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// Shared makes many replicas poll each upstream account as one process would (engineering.md §4.2, bar D7): the
// replica that holds the account's lease waits for everybody's tasks and tells the others. It decorates Accounts.
// Accounts with a client's own key are left alone: keys do not travel.
type Shared struct {
	inner   Accounts
	journal Journal
	leases  Leases
	replica string
	log     *slog.Logger

	life context.Context
	end  context.CancelFunc
	work sync.WaitGroup

	mu    sync.Mutex
	desks map[string]*desk
}

// How replicas keep in touch: a question that nobody acknowledged is asked again, and after silence the lease is tried.
const (
	askAgain   = time.Second
	tryToLead  = time.Second
	newsTopic  = "poll.news."
	askedTopic = "poll.ask."
)

// NewShared decorates accounts. Close ends what it waits for.
func NewShared(inner Accounts, j Journal, l Leases, replica string, log *slog.Logger) *Shared {
	life, end := context.WithCancel(context.Background())
	return &Shared{inner: inner, journal: j, leases: l, replica: replica, log: log, life: life, end: end, desks: map[string]*desk{}}
}

// Close ends everything that is waited for on behalf of others.
func (s *Shared) Close() {
	s.end()
	s.work.Wait()
}

// Choose implements Accounts.
func (s *Shared) Choose(ctx context.Context, c Caller, speed Speed) (Account, error) {
	a, err := s.inner.Choose(ctx, c, speed)
	return s.wrap(a, c), err
}

// Made implements Accounts.
func (s *Shared) Made(ctx context.Context, c Caller, name string) (Account, error) {
	a, err := s.inner.Made(ctx, c, name)
	return s.wrap(a, c), err
}

func (s *Shared) wrap(a Account, c Caller) Account {
	if a.Waiter == nil || c.Key != "" {
		return a
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.desks[a.Name]
	if d == nil {
		d = &desk{shared: s, account: a, topic: digest(a.Name)[:32], waiting: map[string][]*waiting{}, serving: map[string]bool{}}
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
	account Account
	topic   string

	mu      sync.Mutex
	leading bool
	waiting map[string][]*waiting // by task: asked of the leader
	serving map[string]bool       // by task: waited for on behalf of others
}

// waiting is a task that somebody here waits for.
type waiting struct {
	watch func(Task)
	news  chan report
}

// question asks the leader to wait for a task; report is what it tells of it.
type question struct {
	Wait waitJSON `json:"wait"`
}

type report struct {
	TaskID string `json:"task_id"`
	Task   Task   `json:"task"`
	Final  bool   `json:"final"`
	Error  *Error `json:"error,omitempty"`
	Other  string `json:"other,omitempty"` // an error that is no *Error
}

type waitJSON struct {
	TaskID    string    `json:"task_id"`
	State     string    `json:"state"`
	Kind      string    `json:"kind"`
	Speed     Speed     `json:"speed"`
	Submitted time.Time `json:"submitted"`
	Dialog    bool      `json:"dialog"`
}

// Wait implements Waiter: the leader waits itself, the others ask it, again and again until it answers. Whoever
// becomes the leader meanwhile goes on by itself.
func (d *desk) Wait(ctx context.Context, w Wait) (Task, error) {
	key := w.TaskID
	if w.Dialog {
		key += " dialog"
	}
	mine := &waiting{watch: w.Watch, news: make(chan report, 1)}
	d.mu.Lock()
	d.waiting[key] = append(d.waiting[key], mine)
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.waiting[key] = slices.DeleteFunc(d.waiting[key], func(o *waiting) bool { return o == mine })
		if len(d.waiting[key]) == 0 {
			delete(d.waiting, key)
		}
	}()
	asking, err := json.Marshal(question{Wait: waitJSON{w.TaskID, w.State, w.Kind, w.Speed, w.Submitted, w.Dialog}})
	if err != nil {
		return Task{}, err
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case r := <-mine.news:
			return r.Task, r.err()
		case <-ctx.Done():
			return Task{}, context.Cause(ctx)
		case <-timer.C:
		}
		if d.leads() {
			return d.account.Waiter.Wait(ctx, w)
		}
		if err := d.shared.journal.Tell(ctx, askedTopic+d.topic, asking); err != nil && ctx.Err() == nil {
			d.shared.log.Debug("the polling replica could not be asked; trying again", "error", err)
		}
		timer.Reset(askAgain)
	}
}

func (r report) err() error {
	if r.Error != nil {
		return r.Error
	}
	if r.Other != "" {
		return errors.New(r.Other)
	}
	return nil
}

func (d *desk) leads() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.leading
}

// lead takes the account's lease whenever it is free, and gives up leading when it is lost.
func (d *desk) lead() {
	s := d.shared
	for {
		lost, held, err := s.leases.Hold(s.life, "poll."+d.topic, s.replica)
		d.mu.Lock()
		d.leading = err == nil && held
		d.mu.Unlock()
		if err == nil && held {
			select {
			case <-lost:
			case <-s.life.Done():
				return
			}
			continue
		}
		if !pause(s.life, tryToLead) {
			return
		}
	}
}

// hearQuestions waits, while leading, for the tasks that other replicas ask for.
func (d *desk) hearQuestions() {
	s := d.shared
	for s.life.Err() == nil {
		err := s.journal.Hear(s.life, askedTopic+d.topic, d.asked)
		if err != nil && s.life.Err() == nil {
			s.log.Warn("the questions of other replicas cannot be heard; trying again", "error", err)
		}
		pause(s.life, tryToLead)
	}
}

func (d *desk) asked(data []byte) {
	var q question
	if json.Unmarshal(data, &q) != nil {
		return
	}
	key := q.Wait.TaskID
	if q.Wait.Dialog {
		key += " dialog"
	}
	d.mu.Lock()
	busy := !d.leading || d.serving[key]
	if !busy {
		d.serving[key] = true
	}
	d.mu.Unlock()
	if !busy {
		d.shared.work.Go(func() { d.serve(key, q.Wait) })
	}
}

// serve waits for another replica's task and tells how it goes.
func (d *desk) serve(key string, w waitJSON) {
	defer func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.serving, key)
	}()
	task, err := d.account.Waiter.Wait(d.shared.life, Wait{
		TaskID: w.TaskID, State: w.State, Kind: w.Kind, Speed: w.Speed, Submitted: w.Submitted, Dialog: w.Dialog,
		Watch: func(t Task) { d.tell(report{TaskID: key, Task: t}) },
	})
	if d.shared.life.Err() != nil {
		return // whoever leads next is asked again
	}
	r := report{TaskID: key, Task: task, Final: true}
	if err != nil && !errors.As(err, &r.Error) {
		r.Other = err.Error()
	}
	d.tell(r)
}

func (d *desk) tell(r report) {
	data, err := json.Marshal(r)
	if err == nil {
		err = d.shared.journal.Tell(d.shared.life, newsTopic+d.topic, data)
	}
	if err != nil && d.shared.life.Err() == nil {
		d.shared.log.Debug("news of a task could not be told; it will be asked for again", "error", err)
	}
}

// hearNews hands the leader's reports to who waits here.
func (d *desk) hearNews() {
	s := d.shared
	for s.life.Err() == nil {
		err := s.journal.Hear(s.life, newsTopic+d.topic, d.heard)
		if err != nil && s.life.Err() == nil {
			s.log.Warn("the news of other replicas cannot be heard; trying again", "error", err)
		}
		pause(s.life, tryToLead)
	}
}

func (d *desk) heard(data []byte) {
	var r report
	if json.Unmarshal(data, &r) != nil {
		return
	}
	d.mu.Lock()
	here := slices.Clone(d.waiting[r.TaskID])
	d.mu.Unlock()
	for _, w := range here {
		switch {
		case r.Final:
			select {
			case w.news <- r:
			default: // it has its answer
			}
		case w.watch != nil:
			w.watch(r.Task)
		}
	}
}
