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
		KindGeneration:  with(s, (*RecipeRun).generate),
		KindEdit:        with(s, (*RecipeRun).edit),
		KindVariation:   with(s, (*RecipeRun).vary),
		KindAction:      with(s, (*RecipeRun).act),
		KindBlend:       with(s, (*RecipeRun).blend),
		KindDescription: with(s, (*RecipeRun).describe),
		KindShorten:     with(s, (*RecipeRun).shorten),
		KindVideo:       with(s, (*RecipeRun).film),
	}
}

// RecipeRun is one execution of a workflow.
type RecipeRun struct {
	*Execution
	s      *Recipes
	ctx    context.Context // the job's
	caller Caller
}

// On begins a workflow.
func (s *Recipes) On(x *Execution) *RecipeRun {
	return &RecipeRun{Execution: x, s: s, ctx: x.Context(), caller: x.Caller()}
}

// with makes a workflow of what needs the recorded request.
func with[T any](s *Recipes, do func(*RecipeRun, Run, T) (Result, error)) Workflow {
	return func(x *Execution) (Result, error) {
		run := x.Job()
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
