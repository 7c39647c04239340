package workflow

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"midgate/adapter"
	"midgate/adapter/library"
	"midgate/adapter/prompt"
)

// Config is what the translation can be told.
type Config struct {
	DefaultSpeed adapter.Speed     // when neither prompt, request nor model names one
	SpeedLimit   adapter.Speed     // the dearest speed a client may choose
	Aliases      map[string]string // extra model names, globs, to names of the grammar
	Grid         string            // GridSplit or GridUpscale: how single pictures come out of a grid
	QualityHigh  string            // QualityNative or QualityUpscale: what high quality means
}

// Deps are what the workflows stand on.
type Deps struct {
	Accounts  adapter.Accounts
	Store     adapter.Store
	Pictures  adapter.Pictures
	Retoucher adapter.Retoucher
	Log       *slog.Logger
}

// Recipes are the workflows: which upstream calls each kind of job makes, and what is kept of them.
type Recipes struct {
	cfg   Config
	parts Deps
	lib   *library.Library
}

// New makes the workflows.
func New(cfg Config, parts Deps, lib *library.Library) *Recipes {
	return &Recipes{cfg: cfg, parts: parts, lib: lib}
}

// Workflows are the workflow of each kind of job that a Studio starts.
func (s *Recipes) Workflows() map[string]adapter.Workflow {
	return map[string]adapter.Workflow{
		adapter.KindGeneration:  with(s, (*Run).generate),
		adapter.KindEdit:        with(s, (*Run).edit),
		adapter.KindVariation:   with(s, (*Run).vary),
		adapter.KindAction:      with(s, (*Run).act),
		adapter.KindBlend:       with(s, (*Run).blend),
		adapter.KindDescription: with(s, (*Run).describe),
		adapter.KindShorten:     with(s, (*Run).shorten),
		adapter.KindVideo:       with(s, (*Run).film),
	}
}

// Run is one execution of a workflow.
type Run struct {
	*adapter.Execution
	s      *Recipes
	ctx    context.Context // the job's
	caller adapter.Caller
}

// On begins a workflow.
func (s *Recipes) On(x *adapter.Execution) *Run {
	return &Run{Execution: x, s: s, ctx: x.Context(), caller: x.Caller()}
}

// with makes a workflow of what needs the recorded request.
func with[T any](s *Recipes, do func(*Run, adapter.Run, T) (adapter.Result, error)) adapter.Workflow {
	return func(x *adapter.Execution) (adapter.Result, error) {
		run := x.Job()
		var request T
		if err := json.Unmarshal(run.Request, &request); err != nil {
			return adapter.Result{}, fmt.Errorf("read the recorded request: %w", err)
		}
		return do(s.On(x), run, request)
	}
}

// PathSpeed is the speed of a request that names it by its path: the configured one if it names none.
func (s *Recipes) PathSpeed(asked adapter.Speed) (adapter.Speed, error) {
	return prompt.ChooseSpeed(asked, "", "", prompt.Options{DefaultSpeed: s.cfg.DefaultSpeed, SpeedLimit: s.cfg.SpeedLimit})
}
