package simulator

import (
	"bytes"
	"image/png"
	"strings"

	"midgate/adapter/midjourney/simulator/course"
	"midgate/adapter/midjourney/simulator/dialect"
	"midgate/adapter/midjourney/simulator/prompts"
	"midgate/adapter/midjourney/simulator/reply"
	"midgate/adapter/midjourney/simulator/studio"
)

// modal answers POST /mj/submit/modal: text and mask for a dialog.
func (c submission) modal() reply.Reply {
	f := readFields(c.sim.habits.Lenient, c.call)
	id, prompt, mask := f.text("taskId"), f.text("prompt"), f.text("maskBase64")
	switch {
	case f.bad:
		return c.refuse(dialect.BadBody, "")
	case id == "":
		return c.refuse(dialect.NoTaskID, "")
	}
	painted := studio.ReadMask(mask)
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	t := c.sim.find(c.user, id)
	if t == nil || !t.forgotten.IsZero() {
		return c.refuse(dialect.ModalUnknown, "")
	}
	if t.dialog == nil || t.at(c.now).Status != "MODAL" {
		return c.refuse(dialect.ParentUnfinished, "")
	}
	if p, detail := c.gate(t.kind, prompt); p != "" {
		return c.refuse(p, detail)
	}
	return c.confirm(t, prompt, painted)
}

// confirm launches what the dialog was about, under the same id or, where the dialect does that, a new one.
func (c submission) confirm(t *task, prompt string, mask studio.Mask) reply.Reply {
	if t.run != nil && !c.sim.habits.NewIDs {
		// The upstream queues the job a second time: one more charge, one visible task.
		c.sim.charge(t, c.now)
		return c.accepted(t, dialect.Acceptance{})
	}
	if c.sim.habits.NewIDs {
		t = c.successor(t)
	}
	if strings.TrimSpace(prompt) != "" {
		t.asked = prompt
		t.model = prompts.Parse(prompt).ModelOf(t.model, false)
		t.orders = course.OrdersIn(prompt)
		if seed := prompts.Parse(prompt).Number("seed", -1); seed >= 0 {
			t.seed = uint32(seed)
		}
	}
	t.refine(t.asked)
	t.mask = mask
	if t.press.Verb == "custom-zoom" {
		t.zoom = min(max(prompts.Parse(t.asked).Number("zoom", 2), 1.01), 2)
	}
	ahead := c.sim.launch(t, c.now)
	return c.accepted(t, dialect.Acceptance{Ahead: ahead})
}

// successor is the task that carries a dialog on under a new id.
func (c submission) successor(t *task) *task {
	next := *t
	fresh := c.sim.register.create(c.call, t.kind)
	next.id, next.job, next.seed, next.submitted = fresh.id, fresh.job, fresh.seed, c.now
	next.opens = false
	next.run, next.pressed = nil, nil
	if t.adopted == "" {
		t.adopted = next.id
	}
	c.sim.register.add(&next)
	return &next
}

// complainDialog is what is wrong with the answer to a dialog, found out when it is rendered.
func (t *task) complainDialog(p prompts.Prompt) *prompts.Complaint {
	if t.dialog == nil {
		return nil
	}
	switch t.dialog.press.Verb {
	case "region":
		return t.complainMask()
	case "custom-zoom":
		if !p.Has("zoom") {
			return prompts.Invalid("Custom Zoom needs `--zoom`")
		}
	}
	return nil
}

// complainMask wants a PNG of exactly the parent picture's size.
func (t *task) complainMask() *prompts.Complaint {
	if len(t.mask.Data) == 0 {
		return &prompts.Complaint{Title: "Invalid mask", Text: "A mask is required."}
	}
	size, err := png.DecodeConfig(bytes.NewReader(t.mask.Data))
	if err != nil {
		return &prompts.Complaint{Title: "Invalid mask", Text: "The mask is not a PNG."}
	}
	from := t.parent.single()
	if from != nil && (size.Width != from.W || size.Height != from.H) {
		return &prompts.Complaint{Title: "Invalid mask", Text: "The mask is not as large as the picture."}
	}
	return nil
}
