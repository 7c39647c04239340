package workflow

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"midgate/adapter"
	"midgate/adapter/jobs"
	"midgate/adapter/prompt"
	"midgate/adapter/spend"
)

// Generate draws n pictures from a prompt: one imagine for each four of them, at once.
func (s *Service) Generate(ctx context.Context, a adapter.Attempt, g adapter.Generation) (adapter.Ticket, error) {
	draw, err := s.drawing(g, prompt.Options{Image: len(g.References) > 0})
	if err != nil {
		return nil, err
	}
	if g.References, err = s.lib.Resolve(ctx, a.Caller, g.References); err != nil {
		return nil, err
	}
	account, err := s.parts.Accounts.Choose(ctx, a.Caller, draw.Speed)
	if err != nil {
		return nil, err
	}
	first := ""
	if len(g.References) == 0 { // nothing is read or uploaded before
		first = Numbered("imagine", 0)
	}
	return s.jobs.Accept(ctx, a, jobs.Spec{
		Kind: adapter.JobGeneration, Model: g.Model, N: g.Count(), Request: g, Account: account, Speed: draw.Speed, First: first,
		Takes: s.drawn(spend.Generation, g, draw), Quarter: s.oneQuarter(g), Share: s.oneQuarter(g) && !draw.Seeded,
	})
}

// gridMode says how this request's pictures come out of a grid.
func (s *Recipes) gridMode(g *adapter.Generation) string {
	return cmp.Or(g.Midjourney.Grid, s.cfg.Grid, adapter.GridSplit)
}

// oneQuarter reports whether the answer to a request is one quarter of a grid.
func (s *Recipes) oneQuarter(g adapter.Generation) bool {
	return g.Count() == 1 && s.gridMode(&g) != adapter.GridWhole
}

// drawing turns a request's words into the prompt that is submitted, or refuses them.
func (s *Recipes) drawing(g adapter.Generation, o prompt.Options) (prompt.Drawing, error) {
	model, err := prompt.ParseModel(g.Model, s.cfg.Aliases)
	if err != nil {
		return prompt.Drawing{}, err
	}
	o.DefaultSpeed, o.SpeedLimit, o.QualityHigh = s.cfg.DefaultSpeed, s.cfg.SpeedLimit, s.cfg.QualityHigh
	return prompt.Compose(g, model, o)
}

func (q *Run) generate(g *adapter.Generation) (adapter.Result, error) {
	draw, imagine, err := q.imagining(g)
	if err != nil {
		return adapter.Result{}, err
	}
	return q.grids(g, draw, imagine)
}

// imagining is what is drawn for a request, and the step that draws its i-th grid.
func (q *Run) imagining(g *adapter.Generation) (*prompt.Drawing, func(i int) *jobs.StepRequest, error) {
	draw, err := q.s.drawing(*g, prompt.Options{Image: len(g.References) > 0})
	if err != nil {
		return nil, nil, err
	}
	pictures, err := q.Attachments(g.References)
	if err != nil {
		return nil, nil, err
	}
	account, err := q.Account()
	return &draw, func(i int) *jobs.StepRequest {
		return &jobs.StepRequest{Step: Numbered("imagine", i), Account: account, Speed: draw.Speed,
			Command: adapter.Imagine{Prompt: draw.Prompt, Niji: draw.Niji, Pictures: pictures}}
	}, err
}

// grids makes as many grids as the pictures need, at once, and delivers their pictures. If some of them fail, the
// pictures that exist are the answer; only when none exists is it an error.
func (q *Run) grids(g *adapter.Generation, draw *prompt.Drawing, order func(i int) *jobs.StepRequest) (adapter.Result, error) {
	return q.repeatGrids(g, func(i, share int) (adapter.Result, error) {
		o := order(i)
		return q.grid(o, &Origin{Request: *g, Drawing: *draw, Account: o.Account, Name: o.Step}, share)
	})
}

// gridsOf is how many grids the pictures of a request need: four come out of one, unless it is handed out whole.
func (s *Recipes) gridsOf(g *adapter.Generation) int {
	if s.gridMode(g) == adapter.GridWhole {
		return g.Count()
	}
	return (g.Count() + 3) / 4
}

// grid makes one grid and delivers count of its pictures.
func (q *Run) grid(o *jobs.StepRequest, from *Origin, count int) (adapter.Result, error) {
	task, account, err := q.DoAnywhere(o)
	if err != nil {
		return adapter.Result{}, err
	}
	from.Account = account
	return q.StoreGrid(&task, from, count)
}

// gather joins what several jobs came to: 200 with what exists, an error only when nothing does: the one after which a
// job may still exist, since only such a run is looked for later (record.MayTurnUp).
func gather(parts []adapter.Result, errs []error, want int) (adapter.Result, error) {
	var whole adapter.Result
	var first error
	for i, p := range parts {
		if errs[i] != nil {
			if first == nil || reconcileRank(errs[i]) > reconcileRank(first) {
				first = errs[i]
			}
			continue
		}
		whole.Images = append(whole.Images, p.Images...)
		whole.Grid = cmp.Or(whole.Grid, p.Grid)
		whole.Version = cmp.Or(whole.Version, p.Version)
		whole.Missing += p.Missing
		whole.Reason = cmp.Or(whole.Reason, p.Reason)
	}
	if first != nil && len(whole.Images) == 0 {
		return adapter.Result{}, first
	}
	if first != nil {
		whole.Missing = want - len(whole.Images)
		whole.Reason = adapter.PublicError(first).Message
	}
	return whole, nil
}

// reconcileRank ranks errors by what may still come of their jobs: one whose submission may have arrived is looked for with
// those that were not over in time or were lost, those alone, others never.
func reconcileRank(err error) int {
	switch adapter.KindOf(err) {
	case adapter.Ambiguous:
		return 2
	case adapter.Overdue, adapter.Failed, adapter.Internal: // the run's deadline is Internal here
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
	Request adapter.Generation
	Drawing prompt.Drawing
	Account adapter.Account
	Name    string // of the step that made them: their IDs are derived from it
	Parent  string // ID of the picture they were made of
	Action  string // what made them out of it
	Version string // Midjourney's, when known
}

// record begins the record of a picture of that provenance.
func (q *Run) record(from *Origin, task adapter.Task, name string) adapter.Image {
	img := adapter.Image{
		ID: q.ImageID(name), Owner: q.job.Owner, Created: q.job.Created, Expires: q.job.Expires, Job: q.job.ID,
		Model: cmp.Or(from.Request.Model, "midjourney"), Prompt: from.Request.Prompt, RevisedPrompt: cmp.Or(strings.TrimSpace(task.FinalPrompt), from.Drawing.Prompt),
		Version: cmp.Or(from.Drawing.VersionName(), from.Version), Speed: from.Drawing.Speed,
		Parent: from.Parent, Action: from.Action,
		Upstream: from.Account.Name, TaskID: task.ID, Buttons: task.Buttons,
	}
	return img
}
