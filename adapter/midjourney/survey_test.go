package midjourney

import (
	"testing"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

func TestWhatAServerIs(t *testing.T) {
	for name, test := range map[string]struct {
		sim  simulator.Config
		auth Auth
		want string
	}{
		"CometAPI": {simulator.Config{}, AuthBearer, "a relay of the new-api family"},
		"new-api":  {simulator.Config{Dialect: simulator.NewAPI}, AuthBearer, "a relay of the new-api family"},
		"trueai":   {simulator.Config{Dialect: simulator.TrueAI}, AuthRaw, "an origin like trueai's"},
		"novicezk": {simulator.Config{Dialect: simulator.NoviceZK}, AuthSecret, "an origin like novicezk's"},
	} {
		t.Run(name, func(t *testing.T) {
			sim := simulator.New(test.sim)
			defer sim.Close()
			f, err := New(Config{Upstreams: []UpstreamConfig{{Name: "one", URL: "http://x.example", Key: "k", Auth: test.auth}}, HTTP: sim.Transport()})
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			account, err := f.Made(t.Context(), adapter.Caller{}, "one")
			if err != nil {
				t.Fatal(err)
			}
			up := account.Upstream.(Surveyor)
			if got, err := up.Kind(t.Context()); err != nil || got != test.want {
				t.Errorf("Kind() = %q, %v, want %q", got, err, test.want)
			}
			if prefix, served, err := up.Prefixed(t.Context(), adapter.Relax); err != nil || !served || prefix != "" {
				t.Errorf("Prefixed(relax) = %q, %v, %v, want the path without a prefix", prefix, served, err)
			}
			if len(sim.Ledger()) != 0 {
				t.Error("the questions cost something")
			}
		})
	}
}
