package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// simulate is a midjourney-proxy server that draws by itself.
func simulate(ctx context.Context, p program, args []string) error {
	fs := p.flags("simulate")
	listen := fs.String("listen", "127.0.0.1:8090", "address to listen on")
	var cfg simulator.Config
	dialect := fs.String("dialect", string(simulator.Comet), "the server to imitate: "+dialects())
	fs.StringVar(&cfg.Auth, "auth", "", "how keys are shown: bearer, mj-api-secret or authorization-raw (default: the dialect's own way)")
	fs.StringVar(&cfg.Key, "key", "", "the only key that is accepted (default: any; with --auth, none is refused)")
	fs.DurationVar(&cfg.Pace, "pace", 6*time.Second, "how long a fast imagine takes; everything else in proportion")
	fs.IntVar(&cfg.Pixels, "pixels", 1024, "edge of one picture of a grid")
	fs.BoolVar(&cfg.NoList, "no-list", false, "leave out the route that asks for many tasks at once")
	fs.BoolVar(&cfg.NoEdits, "no-edits", false, "leave out the edits route")
	fs.BoolVar(&cfg.NoVideo, "no-video", false, "leave out the video route")
	fs.BoolVar(&cfg.TakesAnything, "takes-anything", false, "make a job of every body that is posted to a submit route")
	fs.DurationVar(&cfg.Lag, "lag", 0, "how long every answer is held back")
	if err := parse(fs, args); err != nil {
		return err
	}
	cfg.Dialect = simulator.Dialect(*dialect)
	if !slices.Contains(simulator.Dialects(), cfg.Dialect) {
		return fmt.Errorf("--dialect is %q; allowed: %s", *dialect, dialects())
	}
	if !slices.Contains([]string{"", "bearer", "mj-api-secret", "authorization-raw"}, cfg.Auth) {
		return fmt.Errorf("--auth is %q; allowed: bearer, mj-api-secret, authorization-raw", cfg.Auth)
	}
	sim, err := startSimulator(ctx, *listen, cfg)
	if err != nil {
		return err
	}
	p.print("The simulated Midjourney (%s) is at %s; %s/sim/ says what it can do.\n", cfg.Dialect, sim.url, sim.url)
	return sim.until(ctx)
}

func dialects() string {
	names := make([]string, 0, 4)
	for _, d := range simulator.Dialects() {
		names = append(names, string(d))
	}
	return strings.Join(names, ", ")
}

// simulation is a simulated upstream that listens.
type simulation struct {
	url  string
	sim  *simulator.Simulator
	http *http.Server
	end  chan error // what Serve came to
}

// startSimulator listens; the caller ends it with until.
func startSimulator(ctx context.Context, listen string, cfg simulator.Config) (*simulation, error) {
	ln, err := listenOn(ctx, listen, "--listen")
	if err != nil {
		return nil, err
	}
	sim := simulator.New(cfg)
	s := &simulation{
		url: "http://" + reachable(ln.Addr().String()), sim: sim, end: make(chan error, 1),
		http: &http.Server{Handler: sim, ReadHeaderTimeout: 10 * time.Second},
	}
	go func() { s.end <- s.http.Serve(ln) }()
	return s, nil
}

// until serves until ctx ends.
func (s *simulation) until(ctx context.Context) error {
	var err error
	select {
	case <-ctx.Done():
		_ = s.http.Close()
		if err = <-s.end; errors.Is(err, http.ErrServerClosed) {
			err = nil
		}
	case err = <-s.end:
	}
	s.sim.Close()
	return err
}

// listenOn listens, or says in plain words why not; setting is what the address comes from.
func listenOn(ctx context.Context, address, setting string) (net.Listener, error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is taken by another program; choose another address with %s, such as 127.0.0.1:0 for any free port", address, setting)
	case err != nil:
		return nil, fmt.Errorf("cannot listen on %s: %w", address, err)
	}
	return ln, nil
}
