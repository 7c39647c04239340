package simulator

import (
	"strings"
	"time"

	"midgate/adapter/midjourney/simulator/course"
	"midgate/adapter/midjourney/simulator/dialect"
	"midgate/adapter/midjourney/simulator/prompts"
)

// planner decides how long a task runs and how it ends.
type planner struct {
	cfg    Config
	habits dialect.Habits
}

// plan is the run of a task that starts at start: its length, and how orders and prompt make it end.
func (l planner) plan(t *task, queued, start time.Time) *course.Run {
	share := course.ShareOf(t.kind) * l.habits.Pace(t.speed)
	p := prompts.Parse(t.asked)
	if p.Has("draft") {
		share /= 10
	}
	length := float64(l.cfg.Pace) * share * course.JitterOf(t.seed, l.cfg.Jitter)
	r := &course.Run{Queued: queued, Start: start, Length: time.Duration(length)}
	if l.cfg.Partner && l.habits.Partner && t.kind == "upscale" {
		r.Length, r.Instant = 0, true
	}
	t.orders.Obey(r, l.cfg.Pace)
	l.end(t, p, r)
	return r
}

// end decides whether the run fails.
func (l planner) end(t *task, p prompts.Prompt, r *course.Run) {
	share, status, why := t.orders.Ending()
	if share > 0 {
		r.FailAt, r.Status, r.Reason = share, status, l.habits.Reason(why)
	} else if reason := l.refusal(t, p); reason != "" {
		r.FailAt, r.Status, r.Reason = .25, "FAILURE", reason
	}
}

// refusal is Midjourney's own asynchronous no to a task, or "".
func (l planner) refusal(t *task, p prompts.Prompt) string {
	if word := prompts.BannedWord(t.asked); word != "" && t.takesPrompt() {
		return l.habits.BannedReason(word)
	}
	if t.takesPrompt() {
		if c := prompts.Complain(p, t.model, t.dialog != nil && t.dialog.press.Verb == "custom-zoom"); c != nil {
			return l.habits.Reason(*c)
		}
	}
	if c := t.complainDialog(p); c != nil {
		return l.habits.Reason(*c)
	}
	return ""
}

// takesPrompt reports whether the job reads a prompt of its own.
func (t *task) takesPrompt() bool {
	switch t.kind {
	case "upscale", "upscale_hd", "describe", "blend", "clip", "upload", "shorten", "video", "extend":
		return false
	}
	return t.parent == nil || t.dialog != nil
}

// launch starts a task's run in the first free place and charges it; it returns how many jobs wait before it.
// s.mu is held.
func (s *Simulator) launch(t *task, now time.Time) int {
	lane, start, ahead := s.queue.Enter(now)
	t.run = s.planner.plan(t, now, start)
	t.run.Lingers = t.dialog != nil && s.habits.Lingers
	s.queue.Occupy(lane, t.run.Finish())
	s.composer.prepare(t)
	s.charge(t, now)
	s.hooks.follow(t)
	return ahead
}

// speedOf decides a submission's speed: path, then accountFilter, then the prompt's flags, then the dialect's default.
func (c submission) speedOf(modes []string, prompt string) string {
	if c.prefix != "" {
		return c.prefix
	}
	for _, mode := range modes {
		if mode == "relax" || mode == "fast" || mode == "turbo" {
			return mode
		}
	}
	lower := strings.ToLower(prompt)
	for _, mode := range []string{"turbo", "fast", "relax"} {
		if strings.Contains(lower, "--"+mode) {
			return mode
		}
	}
	return c.sim.habits.Speed
}
