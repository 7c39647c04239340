package simulator

import (
	"strings"

	"midgate/adapter/midjourney/simulator/course"
	"midgate/adapter/midjourney/simulator/dialect"
	"midgate/adapter/midjourney/simulator/prompts"
	"midgate/adapter/midjourney/simulator/reply"
)

// common are the values that every submit body may carry.
type common struct {
	state, hook string
	modes       []string
}

func (f *fields) common() common {
	return common{state: f.text("state"), hook: f.text("notifyHook"), modes: f.modes()}
}

// birth makes a task of a submission's common values; s.mu is held.
func (s *Simulator) birth(c *call, kind string, in common, prompt string) *task {
	t := s.newTask(c, kind)
	t.state, t.prompt, t.asked = in.state, prompt, prompt
	if s.habits.Hooks {
		t.hook = in.hook
	}
	t.speed = s.speedOf(c, in.modes, prompt)
	t.orders = course.OrdersIn(prompt)
	t.remix = s.cfg.Remix || t.orders["sim-modal"]
	t.model = prompts.Parse(prompt).ModelOf(s.cfg.model(), false)
	t.final = prompts.Final(prompts.Parse(prompt), t.model)
	if seed := prompts.Parse(prompt).Number("seed", -1); seed >= 0 {
		t.seed = uint32(seed)
	}
	return t
}

// model is what prompts that name none are drawn with.
func (c Config) model() prompts.Model {
	if m, ok := prompts.ParseVersion(c.DefaultVersion); ok {
		return m
	}
	return prompts.Model{Major: 7}
}

// gate refuses what no upstream would take now; s.mu is held.
func (s *Simulator) gate(c *call, kind, prompt string) (dialect.Problem, string) {
	found := course.OrdersIn(prompt)
	switch {
	case found["sim-no-account"]:
		return dialect.NoAccount, ""
	case found["sim-queue-full"] || s.full(kind, c.now):
		return dialect.QueueFull, ""
	}
	if word := prompts.BannedWord(prompt); word != "" && s.habits.BansAtOnce {
		return dialect.BannedPrompt, word
	}
	return "", ""
}

// start puts a new task under way and words the answer; s.mu is held.
func (s *Simulator) start(t *task, c *call) reply.Reply {
	s.add(t)
	ahead := s.launch(t, c.now)
	return s.accepted(t, dialect.Acceptance{Ahead: ahead})
}

// imagine answers POST /mj/submit/imagine.
func (s *Simulator) imagine(c *call) reply.Reply {
	f := s.fields(c)
	prompt, bot, images, in := f.text("prompt"), f.text("botType"), f.texts("base64Array"), f.common()
	switch {
	case f.bad:
		return s.refuse(c, dialect.BadBody, "")
	case strings.TrimSpace(prompt) == "":
		return s.refuse(c, dialect.NoPrompt, "")
	}
	links, ok := s.studio.KeepAll(c.base, images)
	if !ok {
		return s.refuse(c, dialect.BadImage, "")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, detail := s.gate(c, "imagine", prompt); p != "" {
		return s.refuse(c, p, detail)
	}
	t := s.birth(c, "imagine", in, prompt)
	s.pictured(t, links, bot)
	t.description = "/imagine " + t.asked
	return s.start(t, c)
}

// pictured puts uploaded pictures in front of the task's prompt, and minds the bot.
func (s *Simulator) pictured(t *task, links []string, bot string) {
	if len(links) > 0 {
		t.asked = strings.Join(append(links, t.asked), " ")
	}
	p := prompts.Parse(t.asked)
	niji := strings.Contains(strings.ToLower(bot), "niji")
	t.model = p.ModelOf(s.cfg.model(), niji)
	t.final = prompts.Final(p, t.model)
	if p.Has("video") {
		t.kind, t.motion, t.clips = "video", prompts.MotionOf(p.Value("motion")), prompts.ClipsOf(p.Number("bs", 4))
	}
}

// shorten answers POST /mj/submit/shorten.
func (s *Simulator) shorten(c *call) reply.Reply {
	f := s.fields(c)
	prompt, in := f.text("prompt"), f.common()
	switch {
	case f.bad:
		return s.refuse(c, dialect.BadBody, "")
	case strings.TrimSpace(prompt) == "":
		return s.refuse(c, dialect.NoPrompt, "")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, detail := s.gate(c, "shorten", prompt); p != "" {
		return s.refuse(c, p, detail)
	}
	t := s.birth(c, "shorten", in, prompt)
	t.queries = prompts.Shorten(prompts.Parse(prompt))
	t.description = "/shorten " + prompt
	return s.start(t, c)
}
