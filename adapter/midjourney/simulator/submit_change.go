package simulator

import (
	"strconv"
	"strings"

	"midgate/adapter/midjourney/simulator/buttons"
	"midgate/adapter/midjourney/simulator/dialect"
	"midgate/adapter/midjourney/simulator/reply"
)

// change answers POST /mj/submit/change: U, V and R by index, for upstreams without buttons.
func (c submission) change() reply.Reply {
	f := readFields(c.sim.habits.Lenient, c.call)
	id, action, index, in := f.text("taskId"), f.text("action"), f.whole("index"), f.common()
	switch {
	case f.bad:
		return c.refuse(dialect.BadBody, "")
	case id == "":
		return c.refuse(dialect.NoTaskID, "")
	case !oneOf(action, "UPSCALE", "VARIATION", "REROLL"):
		return c.refuse(dialect.NoAction, "")
	case (index < 1 || index > 4) && (c.sim.habits.Relay || !strings.EqualFold(action, "REROLL")):
		return c.refuse(dialect.NoIndex, "")
	}
	return c.changed(id, strings.ToUpper(action), index, in)
}

// simpleChange answers POST /mj/submit/simple-change with its text form "<id> U2". Relays route it to change.
func (c submission) simpleChange() reply.Reply {
	if c.sim.habits.Relay {
		return c.change()
	}
	f := readFields(c.sim.habits.Lenient, c.call)
	content, in := f.text("content"), f.common()
	if f.bad {
		return c.refuse(dialect.BadBody, "")
	}
	id, what, _ := strings.Cut(strings.TrimSpace(content), " ")
	what = strings.ToUpper(strings.TrimSpace(what))
	if what == "R" {
		return c.changed(id, "REROLL", 0, in)
	}
	index := 0
	if len(what) == 2 {
		index, _ = strconv.Atoi(what[1:])
	}
	action := map[bool]string{true: "UPSCALE", false: "VARIATION"}[strings.HasPrefix(what, "U")]
	if index < 1 || index > 4 || what[0] != 'U' && what[0] != 'V' {
		return c.refuse(dialect.NoContent, "")
	}
	return c.changed(id, action, index, in)
}

// changed presses the button that the index stands for, whether or not it is shown.
func (c submission) changed(id, action string, index int, in common) reply.Reply {
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	parent, p := c.parent(id)
	if p != "" {
		return c.refuse(p, "")
	}
	if len(parent.cells) != 4 {
		return c.refuse(dialect.ParentUnfinished, "")
	}
	verb := map[string]string{"UPSCALE": "upsample", "VARIATION": "variation", "REROLL": "reroll"}[action]
	for _, b := range buttons.Grid(c.sim.panel.owner(parent)) {
		n := index
		if action == "REROLL" {
			n = 0
		}
		if !strings.HasPrefix(b.CustomID, "MJ::JOB::"+verb+"::"+strconv.Itoa(n)+"::") {
			continue
		}
		if twin := c.sim.register.twin(parent, b); twin != nil && c.sim.habits.UpscaleOnce {
			return c.sim.habits.Existing(c.sim.facts(twin, twin.at(c.now), c.now, c.base))
		}
		return c.press(parent, b, in, false)
	}
	return c.refuse(dialect.NoAction, "")
}

// twin is an earlier upscale of the same quarter; the simulator's mu is held.
func (r *register) twin(parent *task, b buttons.Button) *task {
	if b.Press.Verb != "upscale" || !parent.pressed[b.CustomID] {
		return nil
	}
	for _, t := range r.order {
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
