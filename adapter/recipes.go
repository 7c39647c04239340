package adapter

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
)

// WorkflowConfig is what the translation can be told.
type WorkflowConfig struct {
	DefaultSpeed Speed             // when neither prompt, request nor model names one
	SpeedLimit   Speed             // the dearest speed a client may choose
	Aliases      map[string]string // extra model names, globs, to names of the grammar
	Grid         string            // GridSplit or GridUpscale: how single pictures come out of a grid
	QualityHigh  string            // QualityNative or QualityUpscale: what high quality means
}

// WorkflowDeps are what the workflows stand on.
type WorkflowDeps struct {
	Accounts  Accounts
	Store     Store
	Pictures  Pictures
	Retoucher Retoucher
	Log       *slog.Logger
}

// Recipes are the workflows: which upstream calls each kind of job makes, and what is kept of them.
type Recipes struct {
	cfg   WorkflowConfig
	parts WorkflowDeps
	lib   *Library
}

// NewRecipes makes the workflows.
func NewRecipes(cfg WorkflowConfig, parts WorkflowDeps, lib *Library) *Recipes {
	return &Recipes{cfg: cfg, parts: parts, lib: lib}
}

// Workflows are the workflow of each kind of job that a Studio starts.
func (s *Recipes) Workflows() map[string]Workflow {
	return map[string]Workflow{
		KindGeneration:  with(s, (*recipe).generate),
		KindEdit:        with(s, (*recipe).edit),
		KindVariation:   with(s, (*recipe).vary),
		KindAction:      with(s, (*recipe).act),
		KindBlend:       with(s, (*recipe).blend),
		KindDescription: with(s, (*recipe).describe),
		KindShorten:     with(s, (*recipe).shorten),
		KindVideo:       with(s, (*recipe).film),
	}
}

// recipe is one execution of a workflow.
type recipe struct {
	*sequence
	s      *Recipes
	ctx    context.Context // the job's
	caller Caller
}

// On begins a workflow.
func (s *Recipes) On(x *sequence) *recipe {
	return &recipe{sequence: x, s: s, ctx: x.context(), caller: x.owner()}
}

// with makes a workflow of what needs the recorded request.
func with[T any](s *Recipes, do func(*recipe, Run, T) (Result, error)) Workflow {
	return func(x *sequence) (Result, error) {
		run := x.job()
		var request T
		if err := json.Unmarshal(run.Request, &request); err != nil {
			return Result{}, fmt.Errorf("read the recorded request: %w", err)
		}
		return do(s.On(x), run, request)
	}
}

// PathSpeed is the speed of a request that names it by its path: the configured one if it names none.
func (s *Recipes) PathSpeed(asked Speed) (Speed, error) {
	return chooseSpeed(asked, "", "", DrawOptions{DefaultSpeed: s.cfg.DefaultSpeed, SpeedLimit: s.cfg.SpeedLimit})
}
