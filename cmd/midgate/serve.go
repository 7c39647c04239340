package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"midgate/config"
)

// serve is the proxy.
func serve(ctx context.Context, p program, args []string) error {
	fs := p.flags("serve")
	file := fs.String("config", "", "YAML file with settings (MIDGATE_CONFIG)")
	if err := parse(fs, args); err != nil {
		return err
	}
	cfg, err := config.Load(config.Source{Environ: p.environ, File: *file, Terminal: p.terminal})
	if err != nil {
		return err
	}
	g, err := open(ctx, cfg, newLog(p.err, cfg))
	if err != nil {
		return err
	}
	defer g.close()
	return g.serve(ctx, cfg.Grace)
}

// serve answers until ctx ends, then drains for grace at most.
func (g *gate) serve(ctx context.Context, grace time.Duration) error {
	server := g.face.HTTP()
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(g.listen) }()
	g.log.Info("midgate serves", append([]any{"address", g.listen.Addr().String(), "version", version}, g.about...)...)
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	g.log.Info("stopping", "jobs", g.jobs.Busy(), "grace", grace)
	g.drain(server, grace)
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	g.log.Info("stopped")
	return nil
}

// farewell is kept of the grace for telling waiting clients that their jobs go on, and for closing the parts.
const farewell = 2 * time.Second

// drain stops accepting and lets requests and jobs finish. When the grace is nearly over the jobs are left where they
// are, in the database, to be resumed by the next process, and their clients are told so.
func (g *gate) drain(server *http.Server, grace time.Duration) {
	finish, cancel := context.WithTimeout(context.Background(), grace-min(farewell, grace/4))
	defer cancel()
	err := server.Shutdown(finish)
	if err == nil {
		err = g.idle(finish)
	}
	if err == nil {
		return
	}
	g.log.Info("the grace is over; unfinished jobs are resumed at the next start", "jobs", g.jobs.Busy())
	g.jobs.Close()
	last, cancel := context.WithTimeout(context.Background(), min(farewell, grace/4))
	defer cancel()
	if server.Shutdown(last) != nil {
		_ = server.Close()
	}
}

// idle waits for jobs that nobody listens to any more: asked for asynchronously, or their clients have left.
func (g *gate) idle(ctx context.Context) error {
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for g.jobs.Busy() > 0 {
		select {
		case <-look.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}
