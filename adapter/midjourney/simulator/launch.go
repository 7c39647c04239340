package simulator

import (
	"sort"
	"strings"
	"time"

	"midgate/adapter/midjourney/simulator/course"
	"midgate/adapter/midjourney/simulator/prompts"
)

// plan is the run of a task that starts at start: its length, and how orders and prompt make it end.
func (s *Simulator) plan(t *task, queued, start time.Time) *course.Run {
	share := course.ShareOf(t.kind) * s.habits.Pace(t.speed)
	p := prompts.Parse(t.asked)
	if p.Has("draft") {
		share /= 10
	}
	length := float64(s.cfg.Pace) * share * course.JitterOf(t.seed, s.cfg.Jitter)
	r := &course.Run{Queued: queued, Start: start, Length: time.Duration(length)}
	if s.cfg.Partner && s.habits.Partner && t.kind == "upscale" {
		r.Length, r.Instant = 0, true
	}
	t.orders.Obey(r, s.cfg.Pace)
	s.planEnd(t, p, r)
	return r
}

// planEnd decides whether the run fails.
func (s *Simulator) planEnd(t *task, p prompts.Prompt, r *course.Run) {
	share, status, why := t.orders.Ending()
	if share > 0 {
		r.FailAt, r.Status, r.Reason = share, status, s.habits.Reason(why)
	} else if reason := s.refusal(t, p); reason != "" {
		r.FailAt, r.Status, r.Reason = .25, "FAILURE", reason
	}
}

// refusal is Midjourney's own asynchronous no to a task, or "".
func (s *Simulator) refusal(t *task, p prompts.Prompt) string {
	if word := prompts.BannedWord(t.asked); word != "" && t.takesPrompt() {
		return s.habits.BannedReason(word)
	}
	if t.takesPrompt() {
		if c := prompts.Complain(p, t.model, t.dialog != nil && t.dialog.press.Verb == "custom-zoom"); c != nil {
			return s.habits.Reason(*c)
		}
	}
	if c := t.complainDialog(p); c != nil {
		return s.habits.Reason(*c)
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

// full reports whether a submission that has to wait would find no place in the queue; s.mu is held. Upscales are let
// through, as trueai does.
func (s *Simulator) full(kind string, now time.Time) bool {
	if s.cfg.MaxRunning <= 0 || s.cfg.MaxQueue <= 0 || kind == "upscale" {
		return false
	}
	return s.busy(now) && s.ahead(now) >= s.cfg.MaxQueue
}

func (s *Simulator) busy(now time.Time) bool {
	for _, free := range s.lanes {
		if !free.After(now) {
			return false
		}
	}
	return true
}

// ahead counts the jobs that still wait for a place.
func (s *Simulator) ahead(now time.Time) int {
	first := sort.Search(len(s.waiting), func(i int) bool { return s.waiting[i].After(now) })
	s.waiting = s.waiting[first:]
	return len(s.waiting)
}

// launch starts a task's run in the first free place and charges it; it returns how many jobs wait before it.
// s.mu is held.
func (s *Simulator) launch(t *task, now time.Time) int {
	start, ahead := now, 0
	lane := -1
	for i, free := range s.lanes {
		if lane < 0 || free.Before(s.lanes[lane]) {
			lane = i
		}
	}
	if lane >= 0 && s.lanes[lane].After(now) {
		ahead = s.ahead(now) + 1
		start = s.lanes[lane]
		s.waiting = append(s.waiting, start)
	}
	t.run = s.plan(t, now, start)
	t.run.Lingers = t.dialog != nil && s.habits.Lingers
	if lane >= 0 {
		s.lanes[lane] = t.run.Finish()
	}
	s.prepare(t)
	s.charge(t, now)
	s.follow(t)
	return ahead
}

// add puts a task into the tables; s.mu is held.
func (s *Simulator) add(t *task) {
	s.tasks[t.id], s.jobs[t.job] = t, t
	s.order = append(s.order, t)
}

// speedOf decides a submission's speed: path, then accountFilter, then the prompt's flags, then the dialect's default.
func (s *Simulator) speedOf(c *call, modes []string, prompt string) string {
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
	return s.habits.Speed
}
