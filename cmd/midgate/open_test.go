package main

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"midgate/adapter/midjourney/poll"
	"midgate/adapter/midjourney/simulator"
	"midgate/config"
)

// here opens a gate in this process, in front of a simulation of its own, and serves until the test ends.
func here(t *testing.T, change func(*config.Config), environ ...string) (url string) {
	t.Helper()
	return hereLogging(t, slog.New(slog.DiscardHandler), change, environ...)
}

func hereLogging(t *testing.T, log *slog.Logger, change func(*config.Config), environ ...string) (url string) {
	t.Helper()
	sim := simulator.New(simulator.Config{Pace: 100 * time.Millisecond, Pixels: 64})
	up := httptest.NewServer(sim)
	t.Cleanup(func() { up.Close(); sim.Close() })
	cfg, err := config.Load(config.Source{Environ: append([]string{
		"MIDGATE_UPSTREAM_URL=" + up.URL, "MIDGATE_AUTH=none", "MIDGATE_LISTEN=127.0.0.1:0", "MIDGATE_DATA_DIR=" + t.TempDir(),
	}, environ...)})
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&cfg)
	}
	g, err := open(t.Context(), cfg, log)
	if err != nil {
		t.Fatal(err)
	}
	end := background(t.Context(), func(ctx context.Context) { _ = g.serve(ctx, time.Second) })
	t.Cleanup(func() { end(); g.close() })
	return "http://" + g.listen.Addr().String()
}

func TestExpiredPicturesAreRemoved(t *testing.T) {
	url := here(t, func(cfg *config.Config) {
		cfg.State.Sweep = 50 * time.Millisecond
		cfg.Midjourney.Poll = poll.Default()
		cfg.Midjourney.Poll.First, cfg.Midjourney.Poll.Tick = 50*time.Millisecond, 50*time.Millisecond
	}, "MIDGATE_RETENTION=5s")
	var got drawn
	ask(t, url+"/v1/images/generations", "", `{"prompt": "a mill", "response_format": "url"}`).into(t, &got)
	eventually(t, "the picture is removed", func() bool { return ask(t, got.Data[0].URL, "", "").status == 404 })
}
