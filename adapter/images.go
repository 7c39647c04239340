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
	return s.jobs.Accept(ctx, a, Spec{
		Kind: KindGeneration, Model: g.Model, N: g.Count(), Request: g, Account: account, Speed: draw.Speed,
		Quarter: s.oneQuarter(g), Share: s.oneQuarter(g) && !draw.Seeded,
	})
}

// gridMode says how this request's pictures come out of a grid.
func (s *Recipes) gridMode(g Generation) string {
	return cmp.Or(g.Midjourney.Grid, s.cfg.Grid, GridSplit)
}

// oneQuarter reports whether the answer to a request is one quarter of a grid.
func (s *Recipes) oneQuarter(g Generation) bool { return g.Count() == 1 && s.gridMode(g) != GridWhole }

// drawing turns a request's words into the prompt that is submitted, or refuses them.
func (s *Recipes) drawing(g Generation, o DrawOptions) (Drawing, error) {
	model, err := ParseModel(g.Model, s.cfg.Aliases)
	if err != nil {
		return Drawing{}, err
	}
	o.DefaultSpeed, o.SpeedLimit, o.QualityHigh = s.cfg.DefaultSpeed, s.cfg.SpeedLimit, s.cfg.QualityHigh
	return Draw(g, model, o)
}

func (q *RecipeRun) generate(run Run, g Generation) (Result, error) {
	draw, err := q.s.drawing(g, DrawOptions{Image: len(g.References) > 0})
	if err != nil {
		return Result{}, err
	}
	pictures, err := q.Attachments(g.References)
	if err != nil {
		return Result{}, err
	}
	account, err := q.Account()
	if err != nil {
		return Result{}, err
	}
	return q.grids(run, g, draw, func(i int) StepRequest {
		return StepRequest{Step: Numbered("imagine", i), Account: account, Speed: draw.Speed,
			Command: Imagine{Prompt: draw.Prompt, Niji: draw.Niji, Pictures: pictures}}
	})
}

// grids makes as many grids as the pictures need, at once, and delivers their pictures. If some of them fail, the
// pictures that exist are the answer; only when none exists is it an error.
func (q *RecipeRun) grids(run Run, g Generation, draw Drawing, order func(i int) StepRequest) (Result, error) {
	want := g.Count()
	need := (want + 3) / 4
	if q.s.gridMode(g) == GridWhole {
		need = want
	}
	return q.repeatOf(need, want, func(i int) (Result, error) {
		o := order(i)
		from := Origin{Job: run, Request: g, Drawing: draw, Account: o.Account, Name: o.Step}
		share := min(4, want-4*i)
		if q.s.gridMode(g) == GridWhole {
			share = 1
		}
		return q.grid(o, from, share)
	})
}

// grid makes one grid and delivers count of its pictures.
func (q *RecipeRun) grid(o StepRequest, from Origin, count int) (Result, error) {
	task, account, err := q.DoAnywhere(o)
	if err != nil {
		return Result{}, err
	}
	from.Account = account
	return q.StoreGrid(task, from, count)
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
		whole.Reason = PublicError(first).Message
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

// Numbered names the i-th (0-based) of several steps alike: imagine, imagine:2, imagine:3.
func Numbered(step string, i int) string {
	if i == 0 {
		return step
	}
	return fmt.Sprintf("%s:%d", step, i+1)
}

// Origin is where the pictures of a task come from, as their records say it.
type Origin struct {
	Job     Run
	Request Generation
	Drawing Drawing
	Account Account
	Name    string // of the step that made them: their IDs are derived from it
	Parent  string // ID of the picture they were made of
	Action  string // what made them out of it
	Version string // Midjourney's, when known
}

// record begins the record of a picture of that provenance.
func (q *RecipeRun) record(from Origin, task Task, name string) Image {
	img := Image{
		ID: q.ImageID(name), Owner: from.Job.Owner, Created: from.Job.Created, Expires: from.Job.Expires, Job: from.Job.ID,
		Model: cmp.Or(from.Request.Model, "midjourney"), Prompt: from.Request.Prompt, RevisedPrompt: cmp.Or(strings.TrimSpace(task.FinalPrompt), from.Drawing.Prompt),
		Version: cmp.Or(from.Drawing.versionName(), from.Version), Speed: from.Drawing.Speed,
		Parent: from.Parent, Action: from.Action,
		Upstream: from.Account.Name, TaskID: task.ID, Buttons: task.Buttons,
	}
	return img
}
