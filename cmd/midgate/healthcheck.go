package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"midgate/config"
)

// healthcheck asks the midgate that MIDGATE_LISTEN names, or the one at a URL, for its health.
func healthcheck(ctx context.Context, p program, args []string) error {
	fs := p.flags("healthcheck")
	file := fs.String("config", "", "YAML file with settings")
	var url string
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		url, args = strings.TrimRight(args[0], "/"), args[1:]
	}
	if err := parse(fs, args); err != nil {
		return err
	}
	if url == "" {
		cfg, err := config.Load(config.Source{Environ: p.environ, File: *file, NoUpstream: true})
		if err != nil {
			return err
		}
		url = "http://" + reachable(cfg.Listen)
	}
	return healthy(ctx, url)
}

// healthy asks once.
func healthy(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/healthz", nil)
	if err != nil {
		return fmt.Errorf("%s is no address of a midgate: %w", url, err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("no midgate answers: %w", err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s/healthz answers %s", url, resp.Status)
	}
	return nil
}

// reachable is how this machine reaches what listens on an address: a listener on all addresses is on loopback too.
func reachable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
