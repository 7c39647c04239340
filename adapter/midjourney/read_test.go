package midjourney

import (
	"testing"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

func TestTaskTellsARefusedKeyFromASilentUpstream(t *testing.T) {
	for name, c := range map[string]struct {
		passthrough bool
		want        adapter.Kind
	}{
		"midgate's own key": {false, adapter.UpstreamAuth},
		"the client's key":  {true, adapter.Unauthorized},
	} {
		r := newRig(t, simulator.Config{Key: "right"}, func(cfg *Config) {
			cfg.Passthrough = c.passthrough
			for i := range cfg.Upstreams {
				cfg.Upstreams[i].Key = "wrong"
			}
		})
		account, err := r.fleet.Made(t.Context(), adapter.Caller{Key: "wrong"}, r.fleet.upstreams[0].cfg.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := account.Upstream.Task(t.Context(), "1"); adapter.KindOf(err) != c.want {
			t.Errorf("%s: Task = %v, of kind %q; want kind %q", name, err, adapter.KindOf(err), c.want)
		}
		if got := r.sim.Requests().Routes["fetch"]; got != 1 {
			t.Errorf("%s: asked %d times, want once", name, got)
		}
	}
}
