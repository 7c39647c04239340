package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"midgate/adapter"
)

// judgeRefusal looks at an error of a request that got no job.
func (w *world) judgeRefusal(c *client, err error) {
	kind := adapter.KindOf(err)
	switch {
	case kind == adapter.Busy:
	case kind == adapter.Credit && w.plan.budget > 0:
	case kind == adapter.Storage && w.troubled(w.plan.commits || w.plan.process):
	default:
		w.log.wrong("%s is refused: %v (%s)", c.name, err, kind)
	}
}

// judgeError looks whether what a client is told of its job is true.
func (w *world) judgeError(c *client, p *process, job adapter.Job, waited time.Duration, err error) {
	var told *adapter.Error
	if !errors.As(err, &told) {
		w.log.wrong("%s is told %v", c.name, err)
		return
	}
	paid := w.ledger.paid(func(t *task) bool { return t.job.ID == job.ID && !job.Finished.IsZero() })
	upstream, process, commits := w.plan.upstream, w.plan.process, w.plan.commits
	switch told.Kind {
	case adapter.Failed:
		if w.plan.calm() && !slices.ContainsFunc(paid, func(t *task) bool { return t.fails }) {
			w.log.wrong("%s is told that job %s failed, and it did not", c.name, short(job.ID))
		}
	case adapter.Busy, adapter.Unavailable, adapter.Storage, adapter.Credit:
		if len(paid) > 0 && job.Kind == adapter.JobGeneration && job.N <= 4 {
			w.log.wrong("%s is told %q of job %s, and it was submitted", c.name, told.Message, short(job.ID))
		}
		if told.Kind == adapter.Credit && !upstream && w.plan.budget == 0 || told.Kind == adapter.Storage && !commits && !process {
			w.log.wrong("%s is told %q, and nothing of that is true", c.name, told.Message)
		}
	case adapter.Ambiguous:
		if !upstream && !process && !commits {
			w.log.wrong("%s is told %q of job %s, and nothing got lost", c.name, told.Message, short(job.ID))
		}
	case adapter.Timeout:
		if !p.stopping() && waited < w.plan.timeout {
			w.log.wrong("%s is told %q after %s", c.name, told.Message, waited)
		}
	case adapter.Overdue:
		if time.Since(job.Created) < worldDeadline && !w.plan.clocks {
			w.log.wrong("%s is told %q after %s", c.name, told.Message, time.Since(job.Created))
		}
	default:
		w.log.wrong("%s is told %v (%q) of job %s", c.name, err, told.Kind, short(job.ID))
	}
}

// open are the jobs that are not over.
func (w *world) open() (open []adapter.Job) {
	for _, owner := range owners {
		jobs, err := w.base.Jobs(context.Background(), adapter.JobQuery{Owner: owner, Limit: 1000, Statuses: []adapter.JobStatus{adapter.JobQueued, adapter.JobInProgress}})
		if err != nil {
			panic(err)
		}
		open = append(open, jobs...)
	}
	return open
}

// missing is the first task that is paid and whose pictures are not there; nil if all are.
func (w *world) missing() *task {
	images := map[string]int{}   // by owner and task
	singles := map[string]bool{} // by the button that made them
	for _, owner := range owners {
		all, err := w.base.Images(context.Background(), adapter.ImageQuery{Owner: owner, Limit: 10000})
		if err != nil {
			panic(err)
		}
		for _, img := range all {
			if data, ok := w.shelf.get(img.Source); ok && slices.Equal(data, picture(img.TaskID)) {
				images[owner+img.TaskID]++
			}
			if img.Single != nil {
				singles[fmt.Sprintf("U%d of %s", img.Index, img.TaskID)] = true
			}
		}
	}
	want := map[string]int{"imagine": 5, "U": 1, "subtle": 1}
	missing := w.ledger.paid(func(t *task) bool {
		return !t.fails && images[t.job.Owner+t.id] != want[t.kind] && !singles[t.button]
	})
	if len(missing) == 0 {
		return nil
	}
	return missing[0]
}

// judge looks at what is there at the end.
func (w *world) judge() {
	for _, job := range w.open() {
		w.log.wrong("job %s is %s for ever: %+v", short(job.ID), job.Status, job)
	}
	if t := w.missing(); t != nil {
		job, err := w.base.Job(context.Background(), t.job.ID)
		w.log.wrong("the pictures of %s are missing (%s of job %s: %s, %v, next look %s, %v): %+v", t.id, t.step, short(job.ID), job.Status, job.Error, job.NextLook, err, job.Steps)
	}
	charges := map[string]int{}
	for _, t := range w.ledger.paid(func(t *task) bool { return t.kind != "U" }) {
		if charges[t.job.Body]++; charges[t.job.Body] == w.crowd.allowed(t.job.Body)+1 && !w.plan.clocks {
			w.log.wrong("%q of %s is paid more than %d times", t.job.Prompt, t.job.Owner, charges[t.job.Body]-1)
		}
	}
	w.judgeBudgets()
	w.judgeReach()
}

// judgeReach looks whether pictures can be had by their owners, and by nobody else.
func (w *world) judgeReach() {
	gate := w.replicas[0].current().gate
	for i, owner := range owners {
		mine, others := adapter.Caller{Owner: owner}, adapter.Caller{Owner: owners[1-i]}
		all, err := gate.Images(context.Background(), mine, adapter.ImageQuery{Limit: 10000})
		if err != nil {
			w.log.wrong("the pictures of %s cannot be listed: %v", owner, err)
		}
		for _, img := range all {
			if _, err := gate.Image(context.Background(), mine, img.ID); err != nil {
				w.log.wrong("%s cannot have picture %s: %v", owner, short(img.ID), err)
			}
			if _, err := gate.Image(context.Background(), others, img.ID); adapter.KindOf(err) != adapter.NotFound {
				w.log.wrong("picture %s of %s can be had by another: %v", short(img.ID), owner, err)
			}
		}
	}
}
