package simulator

import (
	"strconv"
	"strings"

	"midgate/adapter/midjourney/simulator/buttons"
	"midgate/adapter/midjourney/simulator/dialect"
	"midgate/adapter/midjourney/simulator/reply"
)

// change answers POST /mj/submit/change: U, V and R by index, for upstreams without buttons.
func (s *Simulator) change(c *call) reply.Reply {
	f := s.fields(c)
	id, action, index, in := f.text("taskId"), f.text("action"), f.whole("index"), f.common()
	switch {
	case f.bad:
		return s.refuse(c, dialect.BadBody, "")
	case id == "":
		return s.refuse(c, dialect.NoTaskID, "")
	case !oneOf(action, "UPSCALE", "VARIATION", "REROLL"):
		return s.refuse(c, dialect.NoAction, "")
	case (index < 1 || index > 4) && (s.habits.Relay || !strings.EqualFold(action, "REROLL")):
		return s.refuse(c, dialect.NoIndex, "")
	}
	return s.changed(c, id, strings.ToUpper(action), index, in)
}

// simpleChange answers POST /mj/submit/simple-change with its text form "<id> U2". Relays route it to change.
func (s *Simulator) simpleChange(c *call) reply.Reply {
	if s.habits.Relay {
		return s.change(c)
	}
	f := s.fields(c)
	content, in := f.text("content"), f.common()
	if f.bad {
		return s.refuse(c, dialect.BadBody, "")
	}
	id, what, _ := strings.Cut(strings.TrimSpace(content), " ")
	what = strings.ToUpper(strings.TrimSpace(what))
	if what == "R" {
		return s.changed(c, id, "REROLL", 0, in)
	}
	index := 0
	if len(what) == 2 {
		index, _ = strconv.Atoi(what[1:])
	}
	action := map[bool]string{true: "UPSCALE", false: "VARIATION"}[strings.HasPrefix(what, "U")]
	if index < 1 || index > 4 || what[0] != 'U' && what[0] != 'V' {
		return s.refuse(c, dialect.NoContent, "")
	}
	return s.changed(c, id, action, index, in)
}

// changed presses the button that the index stands for, whether or not it is shown.
func (s *Simulator) changed(c *call, id, action string, index int, in common) reply.Reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	parent, p := s.parent(c, id)
	if p != "" {
		return s.refuse(c, p, "")
	}
	if len(parent.cells) != 4 {
		return s.refuse(c, dialect.ParentUnfinished, "")
	}
	verb := map[string]string{"UPSCALE": "upsample", "VARIATION": "variation", "REROLL": "reroll"}[action]
	for _, b := range buttons.Grid(s.owner(parent)) {
		n := index
		if action == "REROLL" {
			n = 0
		}
		if !strings.HasPrefix(b.CustomID, "MJ::JOB::"+verb+"::"+strconv.Itoa(n)+"::") {
			continue
		}
		if twin := s.twin(parent, b); twin != nil && s.habits.UpscaleOnce {
			return s.habits.Existing(s.facts(twin, twin.at(c.now), c.now, c.base))
		}
		return s.press(c, parent, b, in, false)
	}
	return s.refuse(c, dialect.NoAction, "")
}

// twin is an earlier upscale of the same quarter; s.mu is held.
func (s *Simulator) twin(parent *task, b buttons.Button) *task {
	if b.Press.Verb != "upscale" || !parent.pressed[b.CustomID] {
		return nil
	}
	for _, t := range s.order {
		if t.parent == parent && t.customID == b.CustomID {
			return t
		}
	}
	return nil
}

// oneOf reports whether text is one of the choices.
func oneOf(text string, choices ...string) bool {
	for _, choice := range choices {
		if strings.EqualFold(text, choice) {
			return true
		}
	}
	return false
}
