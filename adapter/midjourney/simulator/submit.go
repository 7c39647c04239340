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

// submission is one call of a route under /mj/submit/, at the simulator that it came to: it reads the body, and refuses it
// or makes and starts a task.
type submission struct {
	*call
	sim *Simulator
}

// birth makes a task of a submission's common values; the simulator's mu is held.
func (c submission) birth(kind string, in common, prompt string) *task {
	t := c.sim.register.create(c.call, kind)
	t.state, t.prompt, t.asked = in.state, prompt, prompt
	if c.sim.habits.Hooks {
		t.hook = in.hook
	}
	t.speed = c.speedOf(in.modes, prompt)
	t.orders = course.OrdersIn(prompt)
	t.remix = c.sim.cfg.Remix || t.orders["sim-modal"]
	t.model = prompts.Parse(prompt).ModelOf(c.sim.cfg.model(), false)
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

// gate refuses what no upstream would take now. Upscales get past a full queue, as trueai does; the simulator's mu is held.
func (c submission) gate(kind, prompt string) (dialect.Problem, string) {
	found := course.OrdersIn(prompt)
	switch {
	case found["sim-no-account"]:
		return dialect.NoAccount, ""
	case found["sim-queue-full"] || kind != "upscale" && c.sim.queue.Full(c.now):
		return dialect.QueueFull, ""
	}
	if word := prompts.BannedWord(prompt); word != "" && c.sim.habits.BansAtOnce {
		return dialect.BannedPrompt, word
	}
	return "", ""
}

// start puts a new task under way and words the answer; the simulator's mu is held.
func (c submission) start(t *task) reply.Reply {
	c.sim.register.add(t)
	ahead := c.sim.launch(t, c.now)
	return c.accepted(t, dialect.Acceptance{Ahead: ahead})
}

// imagine answers POST /mj/submit/imagine.
func (c submission) imagine() reply.Reply {
	f := readFields(c.sim.habits.Lenient, c.call)
	prompt, bot, images, in := f.text("prompt"), f.text("botType"), f.texts("base64Array"), f.common()
	switch {
	case f.bad:
		return c.refuse(dialect.BadBody, "")
	case strings.TrimSpace(prompt) == "":
		return c.refuse(dialect.NoPrompt, "")
	}
	links, ok := c.sim.studio.KeepAll(c.base, images)
	if !ok {
		return c.refuse(dialect.BadImage, "")
	}
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	if p, detail := c.gate("imagine", prompt); p != "" {
		return c.refuse(p, detail)
	}
	t := c.birth("imagine", in, prompt)
	c.pictured(t, links, bot)
	t.description = "/imagine " + t.asked
	return c.start(t)
}

// pictured puts uploaded pictures in front of the task's prompt, and minds the bot.
func (c submission) pictured(t *task, links []string, bot string) {
	if len(links) > 0 {
		t.asked = strings.Join(append(links, t.asked), " ")
	}
	p := prompts.Parse(t.asked)
	niji := strings.Contains(strings.ToLower(bot), "niji")
	t.model = p.ModelOf(c.sim.cfg.model(), niji)
	t.final = prompts.Final(p, t.model)
	if p.Has("video") {
		t.kind, t.motion, t.clips = "video", prompts.MotionOf(p.Value("motion")), prompts.ClipsOf(p.Number("bs", 4))
	}
}

// shorten answers POST /mj/submit/shorten.
func (c submission) shorten() reply.Reply {
	f := readFields(c.sim.habits.Lenient, c.call)
	prompt, in := f.text("prompt"), f.common()
	switch {
	case f.bad:
		return c.refuse(dialect.BadBody, "")
	case strings.TrimSpace(prompt) == "":
		return c.refuse(dialect.NoPrompt, "")
	}
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	if p, detail := c.gate("shorten", prompt); p != "" {
		return c.refuse(p, detail)
	}
	t := c.birth("shorten", in, prompt)
	t.queries = prompts.Shorten(prompts.Parse(prompt))
	t.description = "/shorten " + prompt
	return c.start(t)
}
