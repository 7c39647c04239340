package poll

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"midgate/adapter"
)

// askMany starts a list call for some jobs.
func (p *Poller) askMany(batch []*job, now time.Time) {
	ids := make([]string, len(batch))
	for i, j := range batch {
		ids[i] = j.id
		j.begin()
	}
	p.lists++
	p.cfg.Start(func() {
		rows, err := p.read("list", len(ids), func(ctx context.Context) (map[string]Row, error) {
			return p.source.List(ctx, ids)
		})
		p.settle(func(heard time.Time) { p.heardMany(batch, rows, err, now, heard) })
	})
}

// askOne starts a single fetch, unless too many are under way.
func (p *Poller) askOne(j *job, now time.Time) {
	if p.singles >= max(p.tune.Singles, 1) {
		return
	}
	j.begin()
	p.singles++
	p.cfg.Start(func() {
		rows, err := p.read("single", 1, func(ctx context.Context) (map[string]Row, error) {
			r, err := p.source.Fetch(ctx, j.id)
			return map[string]Row{j.id: r}, err
		})
		p.settle(func(heard time.Time) { p.heardOne(j, rows[j.id], err, now, heard) })
	})
}

func (j *job) begin() {
	j.asking, j.now = true, false
}

// read makes a call and reports it. A panic on the way is only another way to fail.
func (p *Poller) read(how string, ids int, call func(context.Context) (map[string]Row, error)) (rows map[string]Row, err error) {
	defer func() {
		if r := recover(); r != nil {
			p.cfg.Log.Error("poll panicked", "upstream", p.cfg.Name, "panic", r)
			err = &Error{Err: fmt.Errorf("panic in a poll")}
		}
	}()
	start := time.Now()
	rows, err = call(p.cfg.Ctx)
	p.cfg.Observe(how, ids, time.Since(start), err)
	return rows, err
}

// settle enters an answer into the table and wakes the loop. If that panics, the tasks of the answer
// are asked for again.
func (p *Poller) settle(enter func(heard time.Time)) {
	defer func() {
		if r := recover(); r != nil {
			p.cfg.Log.Error("poll's answer panicked", "upstream", p.cfg.Name, "panic", r)
		}
	}()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cfg.Ctx.Err() != nil {
		return
	}
	enter(time.Now())
	p.signal()
}

// heardMany takes the answer to a list call.
func (p *Poller) heardMany(batch []*job, rows map[string]Row, err error, asked, heard time.Time) {
	p.lists--
	for _, j := range batch {
		j.asking = false
	}
	if err != nil {
		p.listFailed(len(batch), err, heard)
		return
	}
	p.pause.over()
	p.suspect.cleared()
	p.chunk.grew(len(batch), heard)
	p.list.Learn(true)
	for _, j := range batch {
		if p.jobs[j.id] != j {
			continue
		}
		if r, ok := rows[j.id]; ok && j.owns(r) {
			p.found(j, r, asked, heard)
		} else {
			p.missed(j, unlisted, heard)
		}
	}
	p.relay.end(heard)
}

// listFailed learns from a list call that did not work out. The jobs stay due.
func (p *Poller) listFailed(n int, err error, now time.Time) {
	p.cfg.Log.Debug("list failed", "upstream", p.cfg.Name, "ids", n, "error", err)
	var re *Error
	if !errors.As(err, &re) {
		re = &Error{Err: err}
	}
	worked, _ := p.list.Know()
	switch {
	case errors.Is(err, ErrNoRoute) && !worked: // else it has worked lately, and the server may only be away
		p.list.Miss(errors.Is(err, ErrAway))
		return
	case p.tooMany(re, n):
		if !p.chunk.refused(n, now) {
			p.list.Learn(false)
		}
		return
	case errors.Is(err, context.DeadlineExceeded):
		p.chunk.slow(n, now)
	}
	overloaded := re.Status == http.StatusTooManyRequests || re.Status == http.StatusServiceUnavailable
	together := now.Before(p.pause.until) // two calls that fail together count once
	if !overloaded && !together && re.Status != 0 && p.suspect.failed(now, worked) {
		p.list.Learn(false)
	}
	p.pause.failed(now, re.Pause)
}

// tooMany reports whether a list call failed because of the number of its ids. A plain 400 is no word about a number
// that has worked before.
func (p *Poller) tooMany(err *Error, n int) bool {
	switch {
	case err.Status == http.StatusRequestEntityTooLarge, errors.Is(err, ErrTooLong):
		return true
	default:
		return err.Status == http.StatusBadRequest && !errors.Is(err, ErrBehind) && n > p.chunk.proven
	}
}

// heardOne takes the answer to a single fetch.
func (p *Poller) heardOne(j *job, r Row, err error, asked, heard time.Time) {
	p.singles--
	j.asking = false
	if p.jobs[j.id] != j {
		return
	}
	switch {
	case err == nil && j.owns(r):
		p.pause.over()
		p.suspect.worked()
		if j.route == byFetch { // the list leaves out what it must know
			p.list.Learn(false)
		}
		p.found(j, r, asked, heard)
		p.relay.end(heard)
	case errors.Is(err, ErrVague):
		p.suspect.shared()
		p.missed(j, vague, heard)
	case err == nil, errors.Is(err, adapter.ErrNotFound):
		p.suspect.shared()
		p.pause.over()
		p.missed(j, certain, heard)
	default:
		p.singleFailed(j, err, heard)
	}
}

// singleFailed keeps away from one job, or from the whole upstream if it says so or is not there.
func (p *Poller) singleFailed(j *job, err error, now time.Time) {
	p.cfg.Log.Debug("fetch failed", "upstream", p.cfg.Name, "task_id", j.id, "error", err)
	var re *Error
	if !errors.As(err, &re) {
		re = &Error{Err: err}
	}
	j.misses++
	j.due = now.Add(jitter(doubled(p.tune.Backoff, j.misses, p.tune.MaxBackoff)))
	if p.suspect.single() || re.Status == 0 || re.Status == http.StatusTooManyRequests || re.Status == http.StatusServiceUnavailable {
		p.pause.failed(now, re.Pause)
	}
	p.suspect.shared()
}
