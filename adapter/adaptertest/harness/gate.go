package harness

import (
	"context"
	"log/slog"
	"maps"

	"midgate/adapter"
	"midgate/adapter/jobs"
	"midgate/adapter/library"
	"midgate/adapter/memstore"
	"midgate/adapter/native"
	"midgate/adapter/pictures"
	"midgate/adapter/spend"
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
	Accounts  adapter.Accounts
	State     adapter.State
	Bus       adapter.Bus // used where the state is shared
	Pictures  adapter.Pictures
	Retoucher adapter.Retoucher
	Observer  adapter.Observer
	Tracer    adapter.Tracer
	Terms     func() *spend.Terms
	Notify    adapter.Notify
	Log       *slog.Logger
}

// Gate is everything that routes speak to.
type Gate struct {
	*jobs.Engine
	Store *memstore.Store
	*workflow.Service
	*library.Library
	*native.API
}

// Wire puts a gate together.
func Wire(cfg Config, p Parts) *Gate {
	var bus adapter.Bus
	if p.State.Shared() {
		bus = p.Bus
	}
	store := memstore.New(p.State, bus)
	later := &ride{}
	store.RideWith(later.ride)
	var recogniser adapter.Recogniser
	if files, ok := p.Pictures.(*pictures.Store); ok {
		recogniser = pictures.NewRecogniser(files, p.State, later.ride)
	}
	library := library.New(library.Config{Retention: cfg.Retention}, library.Deps{Accounts: p.Accounts, Store: store, Pictures: p.Pictures,
		Retoucher: p.Retoucher, Recogniser: recogniser, Log: p.Log})
	recipes := workflow.New(cfg.Workflow, workflow.Deps{Accounts: p.Accounts, Store: store, Pictures: p.Pictures, Retoucher: p.Retoucher, Log: p.Log}, library)
	workflows := maps.Clone(recipes.Workflows())
	workflows[adapter.JobNative] = native.Workflow(recipes)
	engine := jobs.New(cfg.Jobs, jobs.Deps{Accounts: p.Accounts, State: p.State, Bus: bus, Pictures: p.Pictures, Observer: p.Observer, Tracer: p.Tracer, Terms: p.Terms, Stored: store.Stored, Log: p.Log}, workflows)
	later.on = engine.Ride
	return &Gate{Engine: engine, Store: store, Service: workflow.NewService(recipes, engine), Library: library,
		API: native.New(native.Deps{Accounts: p.Accounts, Store: store, Notify: p.Notify, Log: p.Log}, recipes, engine, library)}
}

// ride is an engine's Ride before there is the engine.
type ride struct {
	on func(func(context.Context, adapter.Tx) error)
}

func (r *ride) ride(write func(context.Context, adapter.Tx) error) { r.on(write) }
