package adapter

import (
	"cmp"
	"context"
	"fmt"
	"strings"
)

// Generate draws n pictures from a prompt: one imagine for each four of them, at once (contract.md §6).
func (s *Studio) Generate(ctx context.Context, a Attempt, g Generation) (Ticket, error) {
	draw, err := s.drawing(g, DrawOptions{Image: len(g.References) > 0})
	if err != nil {
		return nil, err
	}
	if g.References, err = s.lib.sources(ctx, a.Caller, g.References); err != nil {
		return nil, err
	}
	account, err := s.parts.Accounts.Choose(ctx, a.Caller, draw.Speed)
	if err != nil {
		return nil, err
	}
	return s.jobs.Accept(ctx, a, work{
		kind: KindGeneration, model: g.Model, n: g.count(), request: g, account: account, speed: draw.Speed,
		quarter: s.oneQuarter(g), share: s.oneQuarter(g) && !draw.Seeded,
	})
}

// gridMode says how this request's pictures come out of a grid.
func (s *Recipes) gridMode(g Generation) string {
	return cmp.Or(g.Midjourney.Grid, s.cfg.Grid, GridSplit)
}

// oneQuarter reports whether the answer to a request is one quarter of a grid.
func (s *Recipes) oneQuarter(g Generation) bool { return g.count() == 1 && s.gridMode(g) != GridWhole }

// drawing turns a request's words into the prompt that is submitted, or refuses them.
func (s *Recipes) drawing(g Generation, o DrawOptions) (Drawing, error) {
	model, err := ParseModel(g.Model, s.cfg.Aliases)
	if err != nil {
		return Drawing{}, err
	}
	o.DefaultSpeed, o.SpeedLimit, o.QualityHigh = s.cfg.DefaultSpeed, s.cfg.SpeedLimit, s.cfg.QualityHigh
	return Draw(g, model, o)
}

func (q *recipe) generate(run Run, g Generation) (Result, error) {
	draw, err := q.s.drawing(g, DrawOptions{Image: len(g.References) > 0})
	if err != nil {
		return Result{}, err
	}
	pictures, err := q.attachments(g.References)
	if err != nil {
		return Result{}, err
	}
	account, err := q.account()
	if err != nil {
		return Result{}, err
	}
	return q.grids(run, g, draw, func(i int) order {
		return order{step: numbered("imagine", i), account: account, speed: draw.Speed,
			command: Imagine{Prompt: draw.Prompt, Niji: draw.Niji, Pictures: pictures}}
	})
}

// grids makes as many grids as the pictures need, at once, and delivers their pictures. If some of them fail, the
// pictures that exist are the answer; only when none exists is it an error.
func (q *recipe) grids(run Run, g Generation, draw Drawing, order func(i int) order) (Result, error) {
	want := g.count()
	need := (want + 3) / 4
	if q.s.gridMode(g) == GridWhole {
		need = want
	}
	return q.repeatOf(need, want, func(i int) (Result, error) {
		o := order(i)
		from := provenance{run: run, gen: g, draw: draw, account: o.account, name: o.step}
		share := min(4, want-4*i)
		if q.s.gridMode(g) == GridWhole {
			share = 1
		}
		return q.grid(o, from, share)
	})
}

// grid makes one grid and delivers count of its pictures.
func (q *recipe) grid(o order, from provenance, count int) (Result, error) {
	task, account, err := q.doAnywhere(o)
	if err != nil {
		return Result{}, err
	}
	from.account = account
	return q.deliver(task, from, count)
}

// gather joins what several jobs came to: 200 with what exists, an error only when nothing does: the one after which a
// job may still exist, since only such a run is looked for later (Run.mayTurnUp).
func gather(parts []Result, errs []error, want int) (Result, error) {
	var whole Result
	var first error
	for i, p := range parts {
		if errs[i] != nil {
			if first == nil || hope(errs[i]) > hope(first) {
				first = errs[i]
			}
			continue
		}
		whole.Images = append(whole.Images, p.Images...)
		whole.Grid = cmp.Or(whole.Grid, p.Grid)
		whole.Missing += p.Missing
		whole.Reason = cmp.Or(whole.Reason, p.Reason)
	}
	if first != nil && len(whole.Images) == 0 {
		return Result{}, first
	}
	if first != nil {
		whole.Missing = want - len(whole.Images)
		whole.Reason = refused(first).Message
	}
	return whole, nil
}

// hope ranks errors by what may still come of their jobs: one whose submission may have arrived is looked for with
// those that were not over in time or were lost, those alone, others never.
func hope(err error) int {
	switch KindOf(err) {
	case Ambiguous:
		return 2
	case Overdue, Failed, Internal: // the run's deadline is Internal here
		return 1
	default:
		return 0
	}
}

// numbered names the i-th (0-based) of several steps alike: imagine, imagine:2, imagine:3.
func numbered(step string, i int) string {
	if i == 0 {
		return step
	}
	return fmt.Sprintf("%s:%d", step, i+1)
}

// provenance is where the pictures of a task come from, as their records say it.
type provenance struct {
	run     Run
	gen     Generation
	draw    Drawing
	account Account
	name    string // of the step that made them: their IDs are derived from it
	parent  string // ID of the picture they were made of
	action  string // what made them out of it
	version string // Midjourney's, when known
}

// record begins the record of a picture of that provenance.
func (q *recipe) record(from provenance, task Task, name string) Image {
	img := Image{
		ID: q.id(name), Owner: from.run.Owner, Created: from.run.Created, Expires: from.run.Expires, Job: from.run.ID,
		Model: cmp.Or(from.gen.Model, "midjourney"), Prompt: from.gen.Prompt, RevisedPrompt: cmp.Or(strings.TrimSpace(task.FinalPrompt), from.draw.Prompt),
		Version: cmp.Or(from.draw.versionName(), from.version), Speed: from.draw.Speed,
		Parent: from.parent, Action: from.action,
		Upstream: from.account.Name, TaskID: task.ID, Buttons: task.Buttons,
	}
	return img
}
