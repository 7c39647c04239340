package simulator

import (
	"strings"

	"midgate/adapter/midjourney/simulator/buttons"
	"midgate/adapter/midjourney/simulator/dialect"
	"midgate/adapter/midjourney/simulator/paint"
	"midgate/adapter/midjourney/simulator/prompts"
	"midgate/adapter/midjourney/simulator/reply"
)

// dialog is the window that a press opened.
type dialog struct{ press buttons.Press }

// action answers POST /mj/submit/action: it presses a button.
func (c submission) action() reply.Reply {
	f := readFields(c.sim.habits.Lenient, c.call)
	id, customID, remix, in := f.text("taskId"), f.text("customId"), f.flag("enableRemix"), f.common()
	if f.bad {
		return c.refuse(dialect.BadBody, "")
	}
	if p, detail := c.sim.habits.CheckAction(id, customID); p != "" {
		return c.refuse(p, detail)
	}
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	parent, p := c.parent(id)
	if p != "" {
		return c.refuse(p, "")
	}
	b, ok := c.sim.panel.find(parent, customID)
	if !ok {
		return c.refuse(dialect.UnknownAction, customID)
	}
	return c.press(parent, b, in, remix)
}

// parent is the finished task a follow-up belongs to; the simulator's mu is held.
func (c submission) parent(id string) (*task, dialect.Problem) {
	t := c.sim.find(c.user, id)
	if t == nil {
		return nil, dialect.ParentUnknown
	}
	if c.sim.seen(t, c.now).Status != "SUCCESS" {
		return nil, dialect.ParentUnfinished
	}
	return t, ""
}

// find is a task by id, if this key may see it; the simulator's mu is held.
func (s *Simulator) find(user, id string) *task {
	t := s.register.tasks[id]
	if t == nil || s.habits.Relay && t.user != user {
		return nil
	}
	if !t.forgotten.IsZero() && !s.habits.Copies {
		return nil
	}
	return t
}

// press does what a button does; the simulator's mu is held.
func (c submission) press(parent *task, b buttons.Button, in common, remix bool) reply.Reply {
	switch b.Press.Verb {
	case "bookmark":
		return c.accepted(parent, dialect.Acceptance{})
	case "pic-all":
		return c.imagineAll(parent, in)
	}
	if p, _ := c.gate(b.Press.Kind(parent.kind), ""); p != "" {
		return c.refuse(p, "")
	}
	t := c.child(parent, b, in)
	parent.mark(b.CustomID)
	if b.Press.Asks(parent.remix || remix) {
		t.dialog, t.opens = &dialog{press: b.Press}, true
		c.sim.register.add(t)
		return c.accepted(t, dialect.Acceptance{Confirm: true})
	}
	return c.start(t)
}

// mark remembers a pressed button, which shows it in another colour.
func (t *task) mark(customID string) {
	if t.pressed == nil {
		t.pressed = map[string]bool{}
	}
	t.pressed[customID] = true
}

// child is the task a press makes; the simulator's mu is held.
func (c submission) child(parent *task, b buttons.Button, in common) *task {
	t := c.birth(b.Press.Kind(parent.kind), in, parent.asked)
	t.parent, t.customID, t.index = parent, b.CustomID, b.Press.Index
	t.prompt, t.model, t.final = parent.prompt, parent.model, parent.final
	t.press, t.zoom, t.asked = b.Press, b.Press.Factor, prompts.Drop(t.asked, "zoom")
	t.orders = parent.orders
	t.description = b.Press.Describe(parent.id)
	t.seed = paint.Hash(t.id)
	if b.Press.N > 0 && b.Press.Verb == "pic" || b.Press.Verb == "analyze" {
		t.asked = query(parent, b.Press.N)
		t.prompt = t.asked
		t.final = prompts.Final(prompts.Parse(t.asked), t.model)
	}
	switch t.kind {
	case "upscale":
		t.index = b.Press.N
	case "video", "extend":
		t.motion, t.clips = b.Press.Motion, 4
		t.mosaic = c.sim.habits.Mosaics && b.Press.Verb == "animate" || parent.mosaic && b.Press.Verb == "reroll"
	case "describe":
		t.queries, t.uploaded = parent.queries, parent.uploaded
	case "pan":
		t.reshape(panned(parent, b.Press))
	case "square":
		t.reshape([2]int{1, 1})
	}
	return t
}

// query is the n-th prompt that describe or shorten found.
func query(t *task, n int) string {
	if n < 1 || n > len(t.queries) {
		return t.asked
	}
	return t.queries[n-1]
}

// imagineAll draws all four prompts of a describe; the ids come joined by commas.
func (c submission) imagineAll(parent *task, in common) reply.Reply {
	var ids []string
	var first *task
	for n := range parent.queries {
		b := buttons.Button{CustomID: "MJ::Job::PicReader::all", Press: buttons.Press{Verb: "pic", N: n + 1}}
		t := c.child(parent, b, in)
		c.sim.register.add(t)
		c.sim.launch(t, c.now)
		ids = append(ids, t.id)
		if first == nil {
			first = t
		}
	}
	if first == nil {
		return c.refuse(dialect.UnknownAction, "")
	}
	return c.accepted(first, dialect.Acceptance{IDs: strings.Join(ids, ",")})
}
