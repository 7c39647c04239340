package workflow

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"

	"midgate/adapter"
	"midgate/adapter/jobs"
	"midgate/adapter/library"
	"midgate/adapter/prompt"
	"midgate/adapter/workflow/download"
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

	numbered sync.Map // names of upstreams where a button was pressed by its number: their pictures have none
}

// New makes the workflows.
func New(cfg Config, parts Deps, lib *library.Library) *Recipes {
	return &Recipes{cfg: cfg, parts: parts, lib: lib}
}

// Workflows are the workflow of each kind of job that a Studio starts.
func (s *Recipes) Workflows() map[adapter.JobKind]jobs.Workflow {
	return map[adapter.JobKind]jobs.Workflow{
		adapter.JobGeneration:  with(s, (*Run).generate),
		adapter.JobEdit:        with(s, (*Run).edit),
		adapter.JobVariation:   with(s, (*Run).vary),
		adapter.JobAction:      with(s, (*Run).act),
		adapter.JobBlend:       with(s, (*Run).blend),
		adapter.JobDescription: with(s, (*Run).describe),
		adapter.JobShorten:     with(s, (*Run).shorten),
		adapter.JobVideo:       with(s, (*Run).film),
	}
}

// Run is one execution of a workflow. It waits for minutes, thousands at a time: what is large goes by pointer through it,
// so that its stack stays small.
type Run struct {
	*jobs.Execution
	job    adapter.Job // as the execution began it
	s      *Recipes
	files  download.Store
	ctx    context.Context // the job's
	caller adapter.Caller
}

// On begins a workflow.
func (s *Recipes) On(x *jobs.Execution) *Run {
	ctx := x.Context()
	files := download.Store{Pictures: s.parts.Pictures, Refused: func(name string, err error) {
		s.parts.Log.WarnContext(ctx, "a picture could not be fetched; trying again", "name", name, "error", err)
	}}
	return &Run{Execution: x, job: x.Job(), s: s, files: files, ctx: ctx, caller: x.Caller()}
}

// with makes a workflow of what needs the recorded request.
func with[T any](s *Recipes, do func(*Run, *T) (adapter.Result, error)) jobs.Workflow {
	return func(x *jobs.Execution) (adapter.Result, error) {
		q, request := s.On(x), new(T)
		if err := json.Unmarshal(q.job.Request, request); err != nil {
			return adapter.Result{}, fmt.Errorf("read the recorded request: %w", err)
		}
		return do(q, request)
	}
}

// PathSpeed is the speed of a request that names it by its path: the configured one if it names none.
func (s *Recipes) PathSpeed(asked adapter.Speed) (adapter.Speed, error) {
	return prompt.ChooseSpeed(asked, "", "", prompt.Options{DefaultSpeed: s.cfg.DefaultSpeed, SpeedLimit: s.cfg.SpeedLimit})
}
