package sharedpoll

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"midgate/adapter"
)

// question asks the leader to wait for a task; report is what it tells of it.
type question struct {
	Wait waitJSON `json:"wait"`
}

type report struct {
	TaskID string         `json:"task_id"`
	Task   adapter.Task   `json:"task"`
	Polls  int            `json:"polls,omitempty"` // answers read for it since the report before
	Final  bool           `json:"final"`
	Error  *adapter.Error `json:"error,omitempty"`
	Other  string         `json:"other,omitempty"` // an error that is no *Error
}

type waitJSON struct {
	TaskID    string        `json:"task_id"`
	State     string        `json:"state"`
	Kind      string        `json:"kind"`
	Speed     adapter.Speed `json:"speed"`
	Submitted time.Time     `json:"submitted"`
	Dialog    bool          `json:"dialog"`
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

// hearQuestions waits, while leading, for the tasks that other replicas ask for.
func (d *desk) hearQuestions() {
	s := d.shared
	for s.life.Err() == nil {
		err := s.journal.Hear(s.life, askedTopic+d.topic, d.asked)
		if err != nil && s.life.Err() == nil {
			s.log.Warn("the questions of other replicas cannot be heard; trying again", "error", err)
		}
		adapter.Pause(s.life, tryToLead)
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
	defer d.mu.Unlock()
	if !d.leading { // whoever leads now is asked, too
		return
	}
	if served := d.serving[key]; served != nil {
		served.Reset(askedLast)
		return
	}
	ctx, end := context.WithCancel(d.shared.life)
	d.serving[key] = time.AfterFunc(askedLast, end)
	d.shared.work.Go(func() {
		defer end()
		d.serve(ctx, key, q.Wait)
	})
}

// serve waits for another replica's task and tells how it goes.
func (d *desk) serve(ctx context.Context, key string, w waitJSON) {
	defer func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.serving[key].Stop()
		delete(d.serving, key)
	}()
	polls := 0 // Watch and Polled are called from this goroutine
	told := func() int {
		n := polls
		polls = 0
		return n
	}
	task, err := d.account.Waiter.Wait(ctx, adapter.Wait{
		TaskID: w.TaskID, State: w.State, Kind: w.Kind, Speed: w.Speed, Submitted: w.Submitted, Dialog: w.Dialog,
		Watch:  func(t adapter.Task) { d.tell(report{TaskID: key, Task: t, Polls: told()}) },
		Polled: func() { polls++ },
	})
	if ctx.Err() != nil {
		return // nobody asks any more; else whoever leads next is asked again
	}
	r := report{TaskID: key, Task: task, Polls: told(), Final: true}
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
		adapter.Pause(s.life, tryToLead)
	}
}

func (d *desk) heard(data []byte) {
	var r report
	if json.Unmarshal(data, &r) != nil {
		return
	}
	d.mu.Lock()
	d.led = time.Now()
	here := slices.Clone(d.waiting[r.TaskID])
	d.mu.Unlock()
	for _, w := range here {
		w.polls.Add(int64(r.Polls))
		switch {
		case r.Final:
			select {
			case w.news <- r:
			default: // it has its answer
			}
		case w.Watch != nil:
			w.Watch(r.Task)
		}
	}
}
