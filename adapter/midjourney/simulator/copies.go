package simulator

import (
	"time"

	"midgate/adapter/midjourney/simulator/course"
	"midgate/adapter/midjourney/simulator/dialect"
)

// copies are what a relay shows of its tasks: rows that it refreshes now and then.
type copies struct {
	born  time.Time
	every time.Duration
}

// first is the row that fetch reads: the submission's. Once a modal made a second row, only that is refreshed until
// it is done.
func (c copies) first(t *task, now time.Time) course.View {
	tick := c.lastTick(now)
	if t.run != nil && t.dialog != nil {
		done := c.tickAfter(t.run.Finish())
		if t.run.Stuck || !tick.After(done) {
			if frozen := c.lastTick(t.run.Queued); frozen.Before(tick) {
				tick = frozen
			}
		}
	}
	return c.at(t, t.submitted, tick)
}

// tickAfter is the first refresh at or after a moment.
func (c copies) tickAfter(at time.Time) time.Time {
	tick := c.lastTick(at)
	if tick.Before(at) {
		tick = tick.Add(c.every)
	}
	return tick
}

// at is a row as of a refresh; before its first one it is empty, and a task the origin lost stays as it was.
func (c copies) at(t *task, created, tick time.Time) course.View {
	if !t.forgotten.IsZero() && !tick.Before(t.forgotten) {
		tick = c.lastTick(t.forgotten.Add(-1))
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
		return s.copies.first(t, now)
	}
	return t.at(now)
}

// rows are what list shows of a task: one or, of copies, two; s.mu is held.
func (s *Simulator) rows(t *task, now time.Time, base string) []any {
	rows := []any{s.render(t, s.seen(t, now), now, base)}
	if s.habits.Copies && t.dialog != nil && t.run != nil {
		second := s.copies.at(t, t.run.Queued, s.copies.lastTick(now))
		rows = append(rows, dialect.SecondRow(s.facts(t, second, now, base)))
	}
	return rows
}

// lastTick is the newest moment at which copies were refreshed.
func (c copies) lastTick(now time.Time) time.Time {
	return c.born.Add(now.Sub(c.born).Truncate(c.every))
}
