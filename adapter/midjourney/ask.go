package midjourney

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"midgate/adapter"
)

// askMany starts a list call for some jobs.
func (p *poller) askMany(batch []*job, now time.Time) {
	ids := make([]string, len(batch))
	for i, j := range batch {
		ids[i] = j.id
		j.begin()
	}
	p.lists++
	p.cfg.Start(func() {
		rows, err := p.read("list", len(ids), func(ctx context.Context) (map[string]row, error) {
			return p.source.List(ctx, ids)
		})
		p.settle(func(heard time.Time) { p.heardMany(batch, rows, err, now, heard) })
	})
}

// askOne starts a single fetch, unless too many are under way.
func (p *poller) askOne(j *job, now time.Time) {
	if p.singles >= max(p.tune.Singles, 1) {
		return
	}
	j.begin()
	p.singles++
	p.cfg.Start(func() {
		rows, err := p.read("single", 1, func(ctx context.Context) (map[string]row, error) {
			r, err := p.source.Fetch(ctx, j.id)
			return map[string]row{j.id: r}, err
		})
		p.settle(func(heard time.Time) { p.heardOne(j, rows[j.id], err, now, heard) })
	})
}

func (j *job) begin() {
	j.asking, j.now = true, false
}

// read makes a call and reports it. A panic on the way is only another way to fail.
func (p *poller) read(how string, ids int, call func(context.Context) (map[string]row, error)) (rows map[string]row, err error) {
	defer func() {
		if r := recover(); r != nil {
			p.cfg.Log.Error("poll panicked", "upstream", p.cfg.Name, "panic", r)
			err = &readError{err: fmt.Errorf("panic in a poll")}
		}
	}()
	start := time.Now()
	rows, err = call(p.cfg.Ctx)
	p.cfg.Observe(how, ids, time.Since(start), err)
	return rows, err
}

// settle enters an answer into the table and wakes the loop. If that panics, the tasks of the answer
// are asked for again.
func (p *poller) settle(enter func(heard time.Time)) {
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
func (p *poller) heardMany(batch []*job, rows map[string]row, err error, asked, heard time.Time) {
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
func (p *poller) listFailed(n int, err error, now time.Time) {
	p.cfg.Log.Debug("list failed", "upstream", p.cfg.Name, "ids", n, "error", err)
	var re *readError
	if !errors.As(err, &re) {
		re = &readError{err: err}
	}
	worked, _ := p.list.Know()
	switch {
	case errors.Is(err, errNoRoute) && !worked: // else it has worked lately, and the server may only be away
		p.list.Miss(errors.Is(err, errAway))
		return
	case p.tooMany(re, n):
		if !p.chunk.refused(n, now) {
			p.list.Learn(false)
		}
		return
	case errors.Is(err, context.DeadlineExceeded):
		p.chunk.slow(n, now)
	}
	overloaded := re.status == http.StatusTooManyRequests || re.status == http.StatusServiceUnavailable
	together := now.Before(p.pause.until) // two calls that fail together count once
	if !overloaded && !together && re.status != 0 && p.suspect.failed(now, worked) {
		p.list.Learn(false)
	}
	p.pause.failed(now, re.pause)
}

// tooMany reports whether a list call failed because of the number of its ids. A plain 400 is no word about a number
// that has worked before.
func (p *poller) tooMany(err *readError, n int) bool {
	switch {
	case err.status == http.StatusRequestEntityTooLarge, errors.Is(err, errTooLong):
		return true
	default:
		return err.status == http.StatusBadRequest && !errors.Is(err, errBehind) && n > p.chunk.proven
	}
}

// heardOne takes the answer to a single fetch.
func (p *poller) heardOne(j *job, r row, err error, asked, heard time.Time) {
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
	case errors.Is(err, errVague):
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
func (p *poller) singleFailed(j *job, err error, now time.Time) {
	p.cfg.Log.Debug("fetch failed", "upstream", p.cfg.Name, "task_id", j.id, "error", err)
	var re *readError
	if !errors.As(err, &re) {
		re = &readError{err: err}
	}
	j.misses++
	j.due = now.Add(jitter(doubled(p.tune.Backoff, j.misses, p.tune.MaxBackoff)))
	if p.suspect.single() || re.status == 0 || re.status == http.StatusTooManyRequests || re.status == http.StatusServiceUnavailable {
		p.pause.failed(now, re.pause)
	}
	p.suspect.shared()
}
