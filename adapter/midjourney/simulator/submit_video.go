package simulator

import (
	"strings"

	"midgate/adapter/midjourney/simulator/dialect"
	"midgate/adapter/midjourney/simulator/prompts"
	"midgate/adapter/midjourney/simulator/reply"
	"midgate/adapter/midjourney/simulator/studio"
)

// video answers POST /mj/submit/video: a new video, or the extension of a clip.
func (c submission) video() reply.Reply {
	f := readFields(c.sim.habits.Lenient, c.call)
	prompt, still, motion := f.text("prompt"), f.text("image"), f.text("motion")
	clips, action, taskID, index := f.whole("batchSize"), f.text("action"), f.text("taskId"), f.whole("index")
	in := f.common()
	switch {
	case f.bad:
		return c.refuse(dialect.BadBody, "")
	case c.sim.habits.VideoNeedsPrompt && strings.TrimSpace(prompt) == "":
		return c.refuse(dialect.NoPrompt, "")
	case taskID != "" && action != "extend", action != "" && action != "extend", index < 0 || index > 3:
		return c.refuse(dialect.BadVideo, "")
	case action == "" && still == "":
		return c.refuse(dialect.BadImage, "")
	case action == "extend" && taskID == "":
		return c.refuse(dialect.NoTaskID, "")
	}
	var key string
	if action == "" {
		var ok bool
		if key, ok = c.keepOne(still); !ok {
			return c.refuse(dialect.BadImage, "")
		}
	}
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	if p, detail := c.gate("video", prompt); p != "" {
		return c.refuse(p, detail)
	}
	t := c.birth("video", in, prompt)
	t.motion, t.clips = prompts.MotionOf(motion), prompts.ClipsOf(float64(clips))
	t.description = "/video " + prompt
	if action == "extend" {
		parent, p := c.parent(taskID)
		if p != "" {
			return c.refuse(p, "")
		}
		t.kind, t.parent, t.index = "extend", parent, index+1
		return c.start(t)
	}
	t.uploadKeys = []string{key}
	t.final = strings.TrimSpace(c.sim.studio.Link(c.base, key) + " " + t.final + " --video 1 --motion " + t.motion)
	return c.start(t)
}

// prepareClips decides from which picture each clip of a video starts; the simulator's mu is held.
func (m composer) prepareClips(t *task) {
	if t.kind == "clip" {
		t.motion = t.parent.motion
		t.clipStart = []*studio.Picture{clipOf(t.parent, t.press.N)}
		return
	}
	start := m.firstFrame(t)
	t.clipStart = make([]*studio.Picture, t.clips)
	for i := range t.clipStart {
		t.clipStart[i] = start
	}
}

// firstFrame is the picture that a video begins with.
func (m composer) firstFrame(t *task) *studio.Picture {
	switch {
	case t.parent != nil && len(t.parent.clipStart) > 0:
		return clipOf(t.parent, t.index)
	case t.parent != nil && t.parent.cell(t.index) != nil:
		return t.parent.cell(t.index)
	case len(t.uploadKeys) > 0:
		return m.studio.Uploaded(t.uploadKeys[0], t.asked)
	}
	for _, link := range prompts.Parse(t.asked).Images {
		if key := studio.KeyOf(link); key != "" {
			return m.studio.Uploaded(key, t.asked)
		}
	}
	return m.studio.Plain(m.drawing(t))
}

func clipOf(t *task, n int) *studio.Picture {
	if len(t.clipStart) == 0 {
		return nil
	}
	return t.clipStart[min(max(n, 1), len(t.clipStart))-1]
}
