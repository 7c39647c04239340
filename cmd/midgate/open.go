package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"slices"
	"time"

	"midgate/adapter"
	"midgate/adapter/jetstream"
	"midgate/adapter/jobs"
	"midgate/adapter/library"
	"midgate/adapter/memstore"
	"midgate/adapter/midjourney"
	"midgate/adapter/native"
	"midgate/adapter/pictures"
	"midgate/adapter/workflow"
	"midgate/config"
	"midgate/proxy"
	"midgate/proxy/metrics"
)

// gate is a running midgate.
type gate struct {
	log     *slog.Logger
	jobs    *jobs.Engine
	face    *proxy.Server
	listen  net.Listener
	closers []func() // in the order of opening
}

// open builds every part from its slice of the configuration, in one straight list. The engine follows the journal
// when it returns, but nothing is answered before serve.
func open(ctx context.Context, cfg config.Config, log *slog.Logger) (_ *gate, err error) {
	g := &gate{log: log}
	defer func() {
		if err != nil {
			g.close()
		}
	}()

	lock, err := lockDir(cfg.DataDir)
	if err != nil {
		return nil, err
	}
	g.closing(func() { _ = lock.Close() })
	if cfg, err = cfg.WithSecret(); err != nil {
		return nil, err
	}
	if err := freshDir(cfg.Pictures.TempDir); err != nil {
		return nil, fmt.Errorf("MIDGATE_DATA_DIR cannot be written: %w", err)
	}
	if g.listen, err = listenOn(ctx, cfg.Listen, "MIDGATE_LISTEN"); err != nil {
		return nil, err
	}
	g.closing(func() { _ = g.listen.Close() })

	shown := metrics.New()

	cfg.State.Log = log
	state, err := jetstream.New(ctx, cfg.State)
	if err != nil {
		return nil, err
	}
	g.closing(state.Close)
	store := memstore.New(state.Store())

	bytes, err := pictures.New(ctx, cfg.Pictures)
	if err != nil {
		return nil, err
	}
	g.closing(func() { _ = bytes.Close() })
	g.closing(background(ctx, func(ctx context.Context) { _ = state.Sweep(ctx, bytes.Delete) }))
	g.closing(background(ctx, func(ctx context.Context) { _ = bytes.Sweep(ctx, cfg.State.Retention, state.Needed) }))
	looks := pictures.NewIndex()
	g.closing(background(ctx, func(ctx context.Context) { _ = state.Store().Watch(ctx, looks.See, looks.Gone, func() {}) }))

	cfg.Midjourney.Log = log
	cfg.Midjourney.Observe = midjourney.Observer{
		Poll: polled(shown), Error: shown.UpstreamFailed, Hook: shown.Hooked,
		Picture: func(upstream string, _ time.Duration, err error) { shown.Downloaded(upstream, err) },
	}
	fleet, err := midjourney.New(cfg.Midjourney)
	if err != nil {
		return nil, err
	}
	g.closing(fleet.Close)

	cfg.Jobs.Replica = replica(cfg)
	accounts, hooks := g.accounts(cfg, fleet, state)
	library := library.New(library.Config{Retention: cfg.Jobs.Retention}, library.Deps{
		Accounts: accounts, Store: store, Pictures: bytes, Retoucher: bytes, Recogniser: pictures.NewRecogniser(bytes, looks, store), Log: log,
	})
	recipes := workflow.New(cfg.Workflow, workflow.Deps{Accounts: accounts, Store: store, Pictures: bytes, Retoucher: bytes, Log: log}, library)
	workflows := recipes.Workflows()
	workflows[adapter.JobNative] = native.Workflow(recipes)
	g.jobs = jobs.New(cfg.Jobs, jobs.Deps{
		Accounts: accounts, Store: store, Pictures: bytes, Journal: state.Journal(), Leases: state.Leases(), Observer: shown.Observer(), Log: log,
	}, workflows)
	g.closing(g.jobs.Close)
	studio := workflow.NewService(recipes, g.jobs)
	natives := native.New(native.Deps{
		Accounts: accounts, Store: store, Log: log,
		Notify: func(ctx context.Context, t adapter.NativeTask) error { return g.face.Notify(ctx, t) }, // it begins with Start
	}, recipes, g.jobs, library)
	core := proxy.Core{Draw: studio, Edit: studio, Talk: studio, Keep: library, Files: library, Films: studio, Natives: natives, Runs: g.jobs, Followers: g.jobs}
	core.Hooks = hooks
	core.Ready = readiness{{"State", state.Ready}, {"The lease of this replica", g.jobs.Ready}, {"The picture store", bytes.Ready}}
	core.Upstream = reached(fleet)
	if g.face, err = proxy.New(cfg.Proxy, core, shown, log); err != nil {
		return nil, err
	}
	return g, g.jobs.Start(ctx)
}

// closing notes what close undoes, the last first.
func (g *gate) closing(undo func()) { g.closers = append(g.closers, undo) }

// close ends every part, in the opposite order of opening. Jobs under way stay in the journal.
func (g *gate) close() {
	for _, undo := range slices.Backward(g.closers) {
		undo()
	}
	g.closers = nil
}

// background runs work that outlives ctx; the function that it returns ends the work and waits for it.
func background(ctx context.Context, work func(context.Context)) (end func()) {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		work(ctx)
	}()
	return func() {
		stop()
		<-done
	}
}

// polled counts questions for the state of tasks.
func polled(m *metrics.Metrics) func(upstream, how string, ids int, took time.Duration, err error) {
	return func(upstream, how string, ids int, _ time.Duration, _ error) { m.Polled(upstream, how, ids) }
}

// freshDir makes an empty folder: uploads that a killed process left half-way are of no use.
func freshDir(dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return os.MkdirAll(dir, 0o700)
}
