package poll

import (
	"errors"
	"time"

	"midgate/adapter"
)

// lostAfter is how often a task must be absent, at least, to be given up.
const lostAfter = 3

var (
	ErrLost = errors.New("upstream lost the task")
	errBare = errors.New("success without a result")
)

// owns reports whether a row is this job's task: an upstream that lost its memory may hand the
// same id to another submission, whose state differs.
func (j *job) owns(r Row) bool {
	return j.state == "" || r.State == "" || r.State == j.state
}

// textual reports whether the job is done only when there is text.
func (j *job) textual() bool { return j.kind.command == "describe" || j.kind.command == "shorten" }

// found enters a job's row: it tells the waiters, and plans the next look or ends the job.
func (p *Poller) found(j *job, r Row, asked, heard time.Time) {
	if j.textual() && r.Status == adapter.Success && len(r.Texts) == 0 {
		r.Texts = r.Words()
	}
	changed := !j.seen || differs(j.last, r)
	p.relay.saw(r.Blank, changed && j.seen, asked)
	j.last, j.seen, j.asked = r, true, asked
	j.absent, j.misses, j.route, j.unlisted, j.vague = 0, 0, anyRoute, false, false
	done, err := p.ended(j, r, heard)
	for _, w := range j.waiters {
		w.news, w.changed, w.polls = r.Task, w.changed || changed, w.polls+1
		w.done, w.err = done || w.Dialog && r.Status == adapter.Dialog, err
		if w.done || changed && w.Watch != nil || w.Polled != nil {
			w.tell()
		}
	}
	if !done {
		j.due = p.next(j, asked, heard)
		if j.now = j.nudged.After(asked); j.now { // a webhook came while the question was under way
			j.due = heard
		}
		return
	}
	p.learn(j, r, heard)
	p.drop(j)
}

// differs reports whether there is something new to see.
func differs(a, b Row) bool {
	return a.Status != b.Status || a.Progress != b.Progress || a.ImageURL != b.ImageURL
}

// ended decides whether a task is over. A success with nothing to show is asked for again for a
// while: a relay's copy may lag behind itself, by one refresh.
func (p *Poller) ended(j *job, r Row, now time.Time) (bool, error) {
	switch {
	case r.Failure != nil:
		return true, r.Failure
	case r.Status != adapter.Success:
		j.bareSince = time.Time{}
		return false, nil
	case r.Done() && (!j.textual() || len(r.Texts) > 0):
		return true, nil
	case j.bareSince.IsZero():
		j.bareSince = now
		return false, nil
	case now.Sub(j.bareSince) < p.tune.Bare:
		return false, nil
	default:
		return true, adapter.Wrap(adapter.Failed, errBare, "The upstream reports success without a result.")
	}
}

// learn remembers how long the job took, by the upstream's clock if it tells, and whether the
// webhook for its end had arrived.
func (p *Poller) learn(j *job, r Row, now time.Time) {
	took := now.Sub(j.submitted)
	if r.FinishedAt.After(r.SubmittedAt) && !r.SubmittedAt.IsZero() {
		took = min(took, r.FinishedAt.Sub(r.SubmittedAt))
	}
	if r.Status == adapter.Success {
		p.learned.times.learn(j.kind, took)
	}
	if p.cfg.Webhooks && !j.hooked {
		p.learned.proof.owed(j.id, now)
	}
}

// evidence is how an upstream said that it does not know a task.
type evidence int

// The sorts of evidence: left out of a list; an empty answer to a question for this task alone,
// which a hiccup can look like, too; the upstream's own refusal in so many words, or another task under its id.
const (
	unlisted evidence = iota
	vague
	certain
)

// missed enters that an answer did not have the job's task. Fresh tasks may take a while to
// appear, so it takes several absences, and one sort of evidence is checked against the other.
func (p *Poller) missed(j *job, e evidence, now time.Time) {
	if j.absent++; j.absent == 1 {
		j.absentSince = now
	}
	for _, w := range j.waiters {
		if w.polls++; w.Polled != nil {
			w.tell()
		}
	}
	j.unlisted, j.vague, j.route = j.unlisted || e == unlisted, j.vague || e == vague, anyRoute
	absent := now.Sub(j.absentSince)
	switch {
	case j.absent < lostAfter || absent < p.tune.Lost:
		j.due = now.Add(doubled(max(p.tune.First, p.tune.Tick, time.Millisecond), j.absent, max(p.tune.Longest, p.tune.Tick)))
	case e == certain, j.unlisted && j.vague, j.vague && p.listless() && absent >= vagueFactor*p.tune.Lost:
		p.fail(j, adapter.Wrap(adapter.Failed, ErrLost, "The upstream has lost the job."))
	case j.unlisted:
		j.route, j.due = byFetch, now
	case p.listless():
		j.due = now.Add(p.tune.Longest)
	default:
		j.route, j.due = byList, now
	}
}

// vagueFactor is how much longer an absence must last where only empty answers speak of it.
const vagueFactor = 10

// fail ends a job with an error.
func (p *Poller) fail(j *job, err error) {
	for _, w := range j.waiters {
		w.done, w.err = true, err
		w.tell()
	}
	p.drop(j)
}
