package midjourney

import (
	"io"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

func TestImagineEndsWithAGridAndItsButtons(t *testing.T) {
	for _, dialect := range simulator.Dialects() {
		t.Run(string(dialect), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, simulator.Config{Dialect: dialect, Pace: 6 * time.Second}, func(c *Config) {
					if dialect == simulator.TrueAI {
						c.Upstreams[0].Auth = AuthRaw
					}
					if dialect == simulator.NoviceZK {
						c.Upstreams[0].Auth = AuthSecret
					}
				})
				s := r.submit(adapter.Imagine{Prompt: "a lighthouse"}, "state-1")
				task := r.must("imagine", s, "state-1")
				if task.Status != adapter.Success || task.ImageURL == "" && len(task.ImageURLs) == 0 {
					t.Fatalf("task = %+v, want a success with a picture", task)
				}
				_, ok := adapter.FindButton(task.Buttons, adapter.ActUpscale, 2)
				if want := dialect != simulator.NoviceZK; ok != want {
					t.Errorf("U2 among the buttons = %v, want %v", ok, want)
				}
				src, err := r.Upstream.Picture(t.Context(), task.ImageURL)
				if err != nil {
					t.Fatalf("Picture(%q) = %v, want no error", task.ImageURL, err)
				}
				if b, err := io.ReadAll(src); err != nil || len(b) < 100 {
					t.Errorf("picture = %d bytes, %v; want some and no error", len(b), err)
				}
				_ = src.Close()
			})
		})
	}
}
