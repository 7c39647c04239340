package simulator

import (
	"slices"

	"midgate/adapter/midjourney/simulator/course"
	"midgate/adapter/midjourney/simulator/dialect"
	"midgate/adapter/midjourney/simulator/reply"
)

// fetch answers GET /mj/task/{id}/fetch.
func (s *Simulator) fetch(c *call) reply.Reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.find(c.user, c.id)
	if t == nil {
		return s.habits.UnknownTask()
	}
	return reply.JSON(200, s.render(t, s.seen(t, c.now), c.now, c.base))
}

// list answers POST /mj/task/list-by-condition and its alias: unknown ids are left out.
func (s *Simulator) list(c *call) reply.Reply {
	f := readFields(s.habits.Lenient, c)
	ids := f.texts("ids")
	if f.bad {
		if s.habits.Relay {
			return dialect.RelayError(400, 4, "do_request_failed")
		}
		return s.habits.Refuse(c.said(), dialect.BadBody, "")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tally.list(ids)
	rows := []any{}
	for _, id := range slices.Backward(ids) {
		if t := s.find(c.user, id); t != nil {
			rows = append(rows, s.rows(t, c.now, c.base)...)
		}
	}
	return reply.JSON(200, rows)
}

// listAll answers GET /mj/task/list: the latest hundred of everybody.
func (s *Simulator) listAll(c *call) reply.Reply {
	return s.newest(c, func(course.View) bool { return true })
}

// listQueue answers GET /mj/task/queue: what has not started.
func (s *Simulator) listQueue(c *call) reply.Reply {
	return s.newest(c, func(v course.View) bool { return v.Status == "NOT_START" })
}

func (s *Simulator) newest(c *call, want func(course.View) bool) reply.Reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	rows := []any{}
	for i := len(s.register.order) - 1; i >= 0 && len(rows) < 100; i-- {
		t := s.register.order[i]
		if v := t.at(c.now); t.forgotten.IsZero() && want(v) {
			rows = append(rows, s.render(t, v, c.now, c.base))
		}
	}
	return reply.JSON(200, rows)
}

// imageSeed answers GET /mj/task/{id}/image-seed.
func (s *Simulator) imageSeed(c *call) reply.Reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.find(c.user, c.id)
	if t == nil {
		if s.habits.Relay {
			return s.habits.UnknownTask()
		}
		return dialect.RefuseOrigin(dialect.ParentUnknown, "")
	}
	return s.habits.SeedOf(s.facts(t, s.seen(t, c.now), c.now, c.base))
}

// cancel answers POST /mj/task/{id}/cancel with an empty 200 whatever happens.
func (s *Simulator) cancel(c *call) reply.Reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.find(c.user, c.id)
	if t != nil && t.user == c.user && t.cancelled.IsZero() {
		if v := t.at(c.now); v.Status != "SUCCESS" && v.Status != "FAILURE" && v.Status != "CANCEL" {
			t.cancelled = c.now
		}
	}
	return reply.Reply{Status: 200}
}
