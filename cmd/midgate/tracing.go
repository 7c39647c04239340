package main

import (
	"context"
	"log/slog"
	"net/url"

	"midgate/adapter"
	"midgate/adapter/tracing"
	"midgate/config"
)

// trace makes the tracer of jobs and requests, and the log name their traces. Without one that is wanted nothing of it
// runs: nil.
func (g *gate) trace(ctx context.Context, cfg *config.Config) (adapter.Tracer, error) {
	if cfg.Untraced != "" {
		g.log.Warn("nothing is traced", "reason", cfg.Untraced)
	}
	if !cfg.Traced {
		return nil, nil //nolint:nilnil // nobody traces
	}
	hosts := map[string]string{}
	for _, u := range cfg.Midjourney.Upstreams {
		if at, err := url.Parse(u.URL); err == nil {
			hosts[u.Name] = at.Hostname()
		}
	}
	tracer, err := tracing.Open(ctx, tracing.Config{Version: version, Hosts: hosts, Log: g.log, Model: cfg.KnownModel})
	if err != nil {
		return nil, err
	}
	g.closing(tracer.Close)
	g.log = slog.New(tracing.Log(g.log.Handler()))
	cfg.Proxy.Tracer = tracer
	return tracer, nil
}
