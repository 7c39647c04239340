package simulator

import (
	"time"

	"midgate/adapter/midjourney/simulator/course"
	"midgate/adapter/midjourney/simulator/dialect"
)

// firstRow is the row that fetch reads: the submission's. Once a modal made a second row, only that is refreshed until
// it is done.
func (s *Simulator) firstRow(t *task, now time.Time) course.View {
	tick := s.lastTick(now)
	if t.run != nil && t.dialog != nil {
		done := s.tickAfter(t.run.Finish())
		if t.run.Stuck || !tick.After(done) {
			if frozen := s.lastTick(t.run.Queued); frozen.Before(tick) {
				tick = frozen
			}
		}
	}
	return s.copied(t, t.submitted, tick)
}

// tickAfter is the first refresh at or after a moment.
func (s *Simulator) tickAfter(at time.Time) time.Time {
	tick := s.lastTick(at)
	if tick.Before(at) {
		tick = tick.Add(s.cfg.Refresh)
	}
	return tick
}

// copied is a row as of a refresh; before its first one it is empty, and a task the origin lost stays as it was.
func (s *Simulator) copied(t *task, created, tick time.Time) course.View {
	if !t.forgotten.IsZero() && !tick.Before(t.forgotten) {
		tick = s.lastTick(t.forgotten.Add(-1))
	}
	if !tick.After(created) {
		return course.View{Fresh: true}
	}
	v := t.at(tick)
	if tick.Sub(created) > time.Hour && v.Status != "SUCCESS" && v.Status != "FAILURE" {
		return course.View{Status: "FAILURE", Progress: -1, Reason: "上游任务超时（超过1小时）", Finished: tick}
	}
	return v
}

// seen is a task as a reader of this server sees it now; s.mu is held.
func (s *Simulator) seen(t *task, now time.Time) course.View {
	if s.habits.Copies {
		return s.firstRow(t, now)
	}
	return t.at(now)
}

// rows are what list shows of a task: one or, of copies, two; s.mu is held.
func (s *Simulator) rows(t *task, now time.Time, base string) []any {
	rows := []any{s.render(t, s.seen(t, now), now, base)}
	if s.habits.Copies && t.dialog != nil && t.run != nil {
		second := s.copied(t, t.run.Queued, s.lastTick(now))
		rows = append(rows, dialect.SecondRow(s.facts(t, second, now, base)))
	}
	return rows
}

// lastTick is the newest moment at which copies were refreshed.
func (s *Simulator) lastTick(now time.Time) time.Time {
	return s.born.Add(now.Sub(s.born).Truncate(s.cfg.Refresh))
}
