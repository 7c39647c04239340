package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs"
	"midgate/adapter/library"
	"midgate/adapter/memstore"
	"midgate/adapter/midjourney"
	"midgate/adapter/native"
	"midgate/adapter/pictures"
	"midgate/adapter/sqlstore"
	"midgate/adapter/workflow"
	"midgate/config"
	"midgate/proxy"
	"midgate/proxy/metrics"
)

// gate is a running midgate.
type gate struct {
	log     *slog.Logger
	about   []any // of the settings, for the line that says that it serves
	jobs    *jobs.Engine
	face    *proxy.Server
	listen  net.Listener
	closers []func() // in the order of opening
}

// about is what an operator looks for first: which upstreams, where the state is, who may ask.
func about(cfg config.Config) []any {
	var upstreams []string
	for _, u := range cfg.Midjourney.Upstreams {
		upstreams = append(upstreams, shownUpstream(u))
	}
	state := "SQLite"
	if cfg.State.URL != "" {
		state = "PostgreSQL"
	}
	return []any{"upstreams", strings.Join(upstreams, ","), "data", cfg.DataDir, "state", state, "auth", string(cfg.Proxy.Auth)}
}

// shownUpstream is an upstream's name and host; the host alone where nobody gave it a name. What else its URL holds may be
// as secret as its key.
func shownUpstream(u midjourney.UpstreamConfig) string {
	at, err := url.Parse(u.URL)
	switch {
	case err != nil || at.Host == "": // not of the settings, which are checked
		return u.Name
	case u.Name == config.OnlyUpstream:
		return at.Host
	default:
		return u.Name + "=" + at.Host
	}
}

// open builds every part from its slice of the configuration, in one straight list. The engine follows the stored
// jobs when it returns, but nothing is answered before serve.
func open(ctx context.Context, cfg config.Config, log *slog.Logger) (_ *gate, err error) {
	g := &gate{log: log, about: about(cfg)}
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
	for _, lack := range cfg.Apart() {
		log.Warn(lack)
	}
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

	tracer, err := g.trace(ctx, &cfg)
	if err != nil {
		return nil, err
	}
	log = g.log
	shown := metrics.New()
	shown.Show(known(cfg))
	shown.Build(version, commit, runtime.Version())
	if err := g.showApart(ctx, cfg, shown); err != nil {
		return nil, err
	}
	keys := newKeyFile(cfg, shown, log)

	cfg.State.Log = log
	state, err := sqlstore.Open(ctx, cfg.State)
	if err != nil {
		return nil, err
	}
	g.closing(func() { _ = state.Close() })
	var bus adapter.Bus // nil where there are no other replicas
	if state.Shared() {
		bus = state
	}
	store := memstore.New(state, bus)

	bytes, err := pictures.New(ctx, cfg.Pictures)
	if err != nil {
		return nil, err
	}
	g.closing(func() { _ = bytes.Close() })
	g.closing(background(ctx, func(ctx context.Context) { sweep(ctx, cfg.State.Sweep, state, bytes, log) }))
	g.closing(background(ctx, func(ctx context.Context) { _ = bytes.Sweep(ctx, cfg.Jobs.Retention, needed(ctx, state)) }))
	g.closing(background(ctx, func(ctx context.Context) { bytes.Weigh(ctx, shown.PicturesWeigh) }))

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

	hooks := g.hooks(ctx, cfg, fleet, bus)
	ride := func(write func(context.Context, adapter.Tx) error) { g.jobs.Ride(write) }
	store.RideWith(ride)
	library := library.New(library.Config{Retention: cfg.Jobs.Retention}, library.Deps{
		Accounts: fleet, Store: store, Pictures: bytes, Retoucher: bytes, Recogniser: pictures.NewRecogniser(bytes, state, ride), Log: log,
	})
	recipes := workflow.New(cfg.Workflow, workflow.Deps{Accounts: fleet, Store: store, Pictures: bytes, Retoucher: bytes, Log: log}, library)
	workflows := recipes.Workflows()
	workflows[adapter.JobNative] = native.Workflow(recipes)
	g.jobs = jobs.New(cfg.Jobs, jobs.Deps{
		Accounts: fleet, State: state, Bus: bus, Pictures: bytes, Observer: shown.Observer(), Tracer: tracer, Terms: keys.terms.Load, Stored: store.Stored, Log: log,
	}, workflows)
	g.closing(g.jobs.Close)
	service := workflow.NewService(recipes, g.jobs)
	natives := native.New(native.Deps{
		Accounts: fleet, Store: store, Log: log,
		Notify: func(ctx context.Context, t adapter.NativeTask) error { return g.face.Notify(ctx, t) }, // it begins with Start
	}, recipes, g.jobs, library)
	core := proxy.Core{Draw: service, Edit: service, Chat: service, Keep: library, Files: library, Films: service, Natives: natives, Jobs: g.jobs, Followers: g.jobs, Spending: g.jobs.Spending(), Agents: g.jobs}
	core.Hooks = hooks
	if bus != nil {
		g.closing(background(ctx, func(ctx context.Context) { _ = store.Hear(ctx) }))
	}
	core.Ready = readiness{{"State", g.jobs.Ready}, {"The picture store", bytes.Ready}}
	core.Upstream = reached(fleet)
	cfg.Proxy.Version = version
	if g.face, err = proxy.New(cfg.Proxy, core, shown, log); err != nil {
		return nil, err
	}
	shown.FromUpstreams(func() map[string]bool { return answered(fleet.Reach(ctx, 0)) })
	shown.FromBudgets(func() []metrics.Remaining {
		return remaining(ctx, g.face.KeyNames(), keys.terms.Load(), g.jobs.Spending())
	})
	g.closing(background(ctx, func(ctx context.Context) { keys.follow(ctx, keysEvery, g.face.SetKeys) }))
	return g, g.jobs.Start(ctx)
}

// closing notes what close undoes, the last first.
func (g *gate) closing(undo func()) { g.closers = append(g.closers, undo) }

// close ends every part, in the opposite order of opening. Jobs under way stay in the database.
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
