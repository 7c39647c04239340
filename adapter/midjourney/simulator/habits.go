package simulator

import (
	"time"

	"midgate/adapter/midjourney/simulator/course"
	"midgate/adapter/midjourney/simulator/dialect"
	"midgate/adapter/midjourney/simulator/reply"
)

// habitsOf is the dialect of a configuration.
func habitsOf(cfg Config) dialect.Habits {
	var h dialect.Habits
	switch cfg.Dialect {
	case TrueAI:
		h = dialect.TrueAI(cfg.Partner)
	case NewAPI:
		h = dialect.NewAPI()
	case NoviceZK:
		h = dialect.NoviceZK()
	default:
		h = dialect.Comet()
	}
	h.Lacks = lacking(h.Lacks, cfg)
	h.Mosaics = h.Mosaics || cfg.NoVideo
	return h
}

// lacking adds what the configuration leaves out.
func lacking(have map[string]bool, cfg Config) map[string]bool {
	all := map[string]bool{}
	for name := range have {
		all[name] = true
	}
	if cfg.NoList {
		all["list"], all["list-by-ids"] = true, true
	}
	if cfg.NoEdits {
		all["edits"], all["edit"], all["retexture"] = true, true, true
	}
	if cfg.NoVideo {
		all["video"] = true
	}
	return all
}

// said is what answers repeat of a call.
func (c *call) said() dialect.Request {
	return dialect.Request{Method: c.r.Method, Path: c.r.URL.Path, Bare: pathBehindPrefix(c.r.URL.Path), Now: c.now}
}

// refuse words a refusal as this server does.
func (c submission) refuse(p dialect.Problem, detail string) reply.Reply {
	return c.sim.habits.Refuse(c.said(), p, detail)
}

// accepted words that a submission was taken.
func (c submission) accepted(t *task, a dialect.Acceptance) reply.Reply {
	a.ID, a.Verb, a.Prefill = t.id, t.press.Verb, t.press.Prefill(t.final)
	return c.sim.habits.Accepted(a)
}

// render is a task as this server shows it; s.mu is held.
func (s *Simulator) render(t *task, v course.View, now time.Time, base string) any {
	return s.habits.Render(s.facts(t, v, now, base))
}

// facts are what any server shows of a task; s.mu is held.
func (s *Simulator) facts(t *task, v course.View, now time.Time, base string) dialect.Task {
	out := dialect.Task{
		View: v, ID: t.id, Job: t.job, Verb: t.press.Verb, Prompt: t.prompt, Final: t.final, Description: t.description,
		State: t.state, Hook: t.hook, Speed: t.speed, Model: t.model, Submitted: t.submitted, Seed: t.seed,
		Queries: t.queries, ImageURL: s.gallery.pictureURL(t, v, base), Base: base, Clips: len(t.clipStart), Mosaic: t.mosaic,
		Format: t.format(),
	}
	for up := t; up != nil; up = up.parent {
		out.Kinds = append(out.Kinds, up.kind)
	}
	if t.parent != nil {
		out.Parent = t.parent.id
	}
	if out.ImageURL != "" {
		out.RelayURL = relayURL(s.habits.Copies, t, v, now, base)
	}
	if v.Status == "SUCCESS" {
		out.Buttons = s.panel.of(t)
	}
	if len(t.cells) > 0 && t.cells[0] != nil {
		out.Cells, out.W, out.H = len(t.cells), t.cells[0].W, t.cells[0].H
	}
	return out
}
