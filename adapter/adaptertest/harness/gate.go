package harness

import (
	"log/slog"
	"maps"

	"midgate/adapter"
	"midgate/adapter/jobs"
	"midgate/adapter/library"
	"midgate/adapter/native"
	"midgate/adapter/workflow"
)

// Config is what the parts can be told, together.
type Config struct {
	Jobs
	Workflow
}

// Jobs is what the engine can be told.
type Jobs = jobs.Config

// Workflow is what the workflows can be told.
type Workflow = workflow.Config

// Parts are what a Gate stands on.
type Parts struct {
	Accounts   adapter.Accounts
	Store      adapter.Store
	Pictures   adapter.Pictures
	Retoucher  adapter.Retoucher
	Recogniser adapter.Recogniser
	Journal    adapter.Journal
	Leases     adapter.Leases
	Observer   adapter.Observer
	Notify     adapter.Notify
	Log        *slog.Logger
}

// Gate is everything that routes speak to.
type Gate struct {
	*jobs.Engine
	*workflow.Service
	*library.Library
	*native.API
}

// Wire puts a gate together.
func Wire(cfg Config, p Parts) *Gate {
	library := library.New(library.Config{Retention: cfg.Retention}, library.Deps{Accounts: p.Accounts, Store: p.Store, Pictures: p.Pictures,
		Retoucher: p.Retoucher, Recogniser: p.Recogniser, Log: p.Log})
	recipes := workflow.New(cfg.Workflow, workflow.Deps{Accounts: p.Accounts, Store: p.Store, Pictures: p.Pictures, Retoucher: p.Retoucher, Log: p.Log}, library)
	workflows := maps.Clone(recipes.Workflows())
	workflows[adapter.JobNative] = native.Workflow(recipes)
	engine := jobs.New(cfg.Jobs, jobs.Deps{Accounts: p.Accounts, Store: p.Store, Pictures: p.Pictures, Journal: p.Journal, Leases: p.Leases,
		Observer: p.Observer, Log: p.Log}, workflows)
	return &Gate{Engine: engine, Service: workflow.NewService(recipes, engine), Library: library,
		API: native.New(native.Deps{Accounts: p.Accounts, Store: p.Store, Notify: p.Notify, Log: p.Log}, recipes, engine, library)}
}
