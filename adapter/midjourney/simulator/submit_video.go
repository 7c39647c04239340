package simulator

import (
	"strings"

	"midgate/adapter/midjourney/simulator/dialect"
	"midgate/adapter/midjourney/simulator/prompts"
	"midgate/adapter/midjourney/simulator/reply"
	"midgate/adapter/midjourney/simulator/studio"
)

// video answers POST /mj/submit/video: a new video, or the extension of a clip.
func (s *Simulator) video(c *call) reply.Reply {
	f := s.fields(c)
	prompt, still, motion := f.text("prompt"), f.text("image"), f.text("motion")
	clips, action, taskID, index := f.whole("batchSize"), f.text("action"), f.text("taskId"), f.whole("index")
	in := f.common()
	switch {
	case f.bad:
		return s.refuse(c, dialect.BadBody, "")
	case s.habits.VideoNeedsPrompt && strings.TrimSpace(prompt) == "":
		return s.refuse(c, dialect.NoPrompt, "")
	case taskID != "" && action != "extend", action != "" && action != "extend", index < 0 || index > 3:
		return s.refuse(c, dialect.BadVideo, "")
	case action == "" && still == "":
		return s.refuse(c, dialect.BadImage, "")
	case action == "extend" && taskID == "":
		return s.refuse(c, dialect.NoTaskID, "")
	}
	var key string
	if action == "" {
		var ok bool
		if key, ok = s.keepOne(still); !ok {
			return s.refuse(c, dialect.BadImage, "")
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, detail := s.gate(c, "video", prompt); p != "" {
		return s.refuse(c, p, detail)
	}
	t := s.birth(c, "video", in, prompt)
	t.motion, t.clips = prompts.MotionOf(motion), prompts.ClipsOf(float64(clips))
	t.description = "/video " + prompt
	if action == "extend" {
		parent, p := s.parent(c, taskID)
		if p != "" {
			return s.refuse(c, p, "")
		}
		t.kind, t.parent, t.index = "extend", parent, index+1
		return s.start(t, c)
	}
	t.uploadKeys = []string{key}
	t.final = strings.TrimSpace(s.studio.Link(c.base, key) + " " + t.final + " --video 1 --motion " + t.motion)
	return s.start(t, c)
}

// prepareClips decides from which picture each clip of a video starts; s.mu is held.
func (s *Simulator) prepareClips(t *task) {
	if t.kind == "clip" {
		t.motion = t.parent.motion
		t.clipStart = []*studio.Picture{clipOf(t.parent, t.press.N)}
		return
	}
	start := s.firstFrame(t)
	t.clipStart = make([]*studio.Picture, t.clips)
	for i := range t.clipStart {
		t.clipStart[i] = start
	}
}

// firstFrame is the picture that a video begins with.
func (s *Simulator) firstFrame(t *task) *studio.Picture {
	switch {
	case t.parent != nil && len(t.parent.clipStart) > 0:
		return clipOf(t.parent, t.index)
	case t.parent != nil && t.parent.cell(t.index) != nil:
		return t.parent.cell(t.index)
	case len(t.uploadKeys) > 0:
		return s.studio.Uploaded(t.uploadKeys[0], t.asked)
	}
	for _, link := range prompts.Parse(t.asked).Images {
		if key := studio.KeyOf(link); key != "" {
			return s.studio.Uploaded(key, t.asked)
		}
	}
	return s.studio.Plain(s.drawing(t))
}

func clipOf(t *task, n int) *studio.Picture {
	if len(t.clipStart) == 0 {
		return nil
	}
	return t.clipStart[min(max(n, 1), len(t.clipStart))-1]
}
