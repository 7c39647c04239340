package midjourney

import (
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

func TestMistakesInTheConfigurationAreTold(t *testing.T) {
	one := UpstreamConfig{Name: "one", URL: "http://x.example"}
	for name, c := range map[string]struct {
		cfg  Config
		want string
	}{
		"no upstream":               {Config{}, "no upstream"},
		"no name":                   {Config{Upstreams: []UpstreamConfig{{URL: "http://x.example"}}}, "name"},
		"the same name twice":       {Config{Upstreams: []UpstreamConfig{one, one}}, "used twice"},
		"no scheme":                 {Config{Upstreams: []UpstreamConfig{{Name: "one", URL: "x.example"}}}, "not an http"},
		"another scheme":            {Config{Upstreams: []UpstreamConfig{{Name: "one", URL: "ftp://x.example"}}}, "not an http"},
		"no host":                   {Config{Upstreams: []UpstreamConfig{{Name: "one", URL: "http://"}}}, "not an http"},
		"webhooks without a secret": {Config{Upstreams: []UpstreamConfig{one}, WebhookURL: "http://m.example"}, "secret"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(c.cfg)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("New(…) = %v, want an error about %q", err, c.want)
			}
		})
	}
}

func TestABaseURLIsTakenAsItIsCopied(t *testing.T) {
	for in, want := range map[string]string{
		"http://x.example": "http://x.example", "https://x.example/": "https://x.example", " https://x.example/mj ": "https://x.example",
		"https://x.example/proxy/mj/": "https://x.example/proxy", "http://user:pw@x.example:8080/a?b=c#d": "http://x.example:8080/a",
	} {
		u, err := baseURL(in)
		if err != nil || u.String() != want {
			t.Errorf("baseURL(%q) = %v, %v; want %q", in, u, err, want)
		}
	}
}

func TestJobsAreSpreadByWeightAndFollowUpsStay(t *testing.T) {
	f, err := New(Config{Upstreams: []UpstreamConfig{
		{Name: "light", URL: "http://a.example"}, {Name: "heavy", URL: "http://b.example", Weight: 3},
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	count := map[string]int{}
	for range 2000 {
		a, err := f.Choose(t.Context(), adapter.Caller{}, adapter.Fast)
		if err != nil {
			t.Fatal(err)
		}
		count[a.Name]++
	}
	if n := count["heavy"]; n < 1350 || n > 1650 {
		t.Errorf("the heavy upstream got %d of 2000 jobs, want about 1500", n)
	}
	one, err := f.Made(t.Context(), adapter.Caller{}, "light")
	if err != nil || one.Name != "light" {
		t.Fatalf("Made(light) = %+v, %v; want it", one, err)
	}
	two, err := f.Made(t.Context(), adapter.Caller{}, "light")
	if err != nil || two.Waiter != one.Waiter {
		t.Errorf("Made(light) twice gives two pollers, want one")
	}
	if _, err := f.Made(t.Context(), adapter.Caller{}, "gone"); kindOf(err) != adapter.Unavailable {
		t.Errorf("Made(gone) = %v, want %q", err, adapter.Unavailable)
	}
}

func TestOnlyUpstreamsThatOfferTheSpeedAreChosen(t *testing.T) {
	f, err := New(Config{Upstreams: []UpstreamConfig{
		{Name: "slow", URL: "http://a.example", Prefixes: map[adapter.Speed]string{adapter.Relax: ""}},
		{Name: "both", URL: "http://b.example", Prefixes: map[adapter.Speed]string{adapter.Relax: "", adapter.Fast: "/mj-fast"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for range 50 {
		if a, err := f.Choose(t.Context(), adapter.Caller{}, adapter.Fast); err != nil || a.Name != "both" {
			t.Fatalf("Choose(fast) = %s, %v; want both", a.Name, err)
		}
	}
	if _, err := f.Choose(t.Context(), adapter.Caller{}, adapter.Turbo); kindOf(err) != adapter.Unsupported {
		t.Errorf("Choose(turbo) = %v, want %q", err, adapter.Unsupported)
	}
}

func TestAnUnreachableUpstreamIsSkipped(t *testing.T) {
	sim := simulator.New(simulator.Config{Pixels: 16})
	defer sim.Close()
	f, err := New(Config{
		Upstreams: []UpstreamConfig{{Name: "dead", URL: "http://dead.example"}, {Name: "alive", URL: "http://alive.example"}},
		HTTP: roundTrip(func(req *http.Request) (*http.Response, error) {
			if req.URL.Host == "dead.example" {
				_ = req.Body.Close()
				return nil, &net.OpError{Op: "dial", Err: errors.New("refused")}
			}
			return sim.Transport().RoundTrip(req)
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	dead, err := f.Made(t.Context(), adapter.Caller{}, "dead")
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, err := dead.Upstream.Submit(t.Context(), adapter.Imagine{}, adapter.Options{}); kindOf(err) != adapter.Unavailable {
			t.Fatalf("Submit(…) = %v, want %q", err, adapter.Unavailable)
		}
	}
	for range 50 {
		if a, err := f.Choose(t.Context(), adapter.Caller{}, ""); err != nil || a.Name != "alive" {
			t.Fatalf("Choose(…) = %s, %v; want alive", a.Name, err)
		}
	}
}

func TestAFullUpstreamIsChosenOnlyWhenAllAreFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, simulator.Config{}, func(c *Config) {
			c.Upstreams = []UpstreamConfig{
				{Name: "one", URL: "http://a.example", MaxInFlight: 1}, {Name: "two", URL: "http://b.example", MaxInFlight: 1},
			}
		})
		one, err := r.fleet.Made(t.Context(), adapter.Caller{}, "one")
		if err != nil {
			t.Fatal(err)
		}
		s, err := one.Upstream.Submit(t.Context(), adapter.Imagine{Prompt: "a fox"}, adapter.Options{})
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() {
			_, err := one.Waiter.Wait(t.Context(), adapter.Wait{TaskID: s.TaskID, Submitted: s.At})
			done <- err
		}()
		synctest.Wait()
		for range 50 {
			if a, err := r.fleet.Choose(t.Context(), adapter.Caller{}, ""); err != nil || a.Name != "two" {
				t.Fatalf("Choose(…) = %s, %v; want two while one is full", a.Name, err)
			}
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestEachCallersKeyHasAnAccountUntilItIsIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, simulator.Config{}, func(c *Config) { c.Passthrough = true })
		for _, key := range []string{"sk-a", "sk-b"} {
			a, err := r.fleet.Choose(t.Context(), adapter.Caller{Key: key}, "")
			if err != nil {
				t.Fatal(err)
			}
			s, err := a.Upstream.Submit(t.Context(), adapter.Imagine{Prompt: "a fox"}, adapter.Options{State: key})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := a.Waiter.Wait(t.Context(), adapter.Wait{TaskID: s.TaskID, Submitted: s.At}); err != nil {
				t.Errorf("Wait(with key %s) = %v, want no error", key, err)
			}
		}
		keys := map[string]bool{}
		for _, c := range r.sim.Ledger() {
			keys[c.Key] = true
		}
		if len(keys) != 2 {
			t.Errorf("the upstream saw the keys %v, want two", keys)
		}
		if _, err := r.fleet.Choose(t.Context(), adapter.Caller{}, ""); kindOf(err) != adapter.Unauthorized {
			t.Errorf("Choose(without a key) = %v, want %q", err, adapter.Unauthorized)
		}
		pass(11 * time.Minute)
		if _, err := r.fleet.Choose(t.Context(), adapter.Caller{Key: "sk-c"}, ""); err != nil {
			t.Fatal(err)
		}
		if n := len(r.fleet.accounts); n != 1 {
			t.Errorf("%d accounts are kept after ten idle minutes, want the new one only", n)
		}
	})
}

// TestManyCallersKeysDoNotSlowEachOther: whoever invents keys must not make everybody's look-up walk over all of them.
// Idle ones are looked for once in a while, however many keys come meanwhile, and still forgotten in time.
func TestManyCallersKeysDoNotSlowEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigOver(t, nil, roundTrip(jobThatIsDone), func(c *Config) { c.Passthrough = true })
		idle, key, walks := r.fleet.shared.cfg.Idle, 0, map[time.Time]bool{}
		for end := time.Now().Add(idle); time.Now().Before(end); pass(idle / 600) {
			for range 10 {
				key++
				if _, err := r.fleet.Choose(t.Context(), adapter.Caller{Key: strconv.Itoa(key)}, ""); err != nil {
					t.Fatal(err)
				}
				walks[r.fleet.swept] = true
			}
		}
		if n := len(walks); n > 62 {
			t.Errorf("all keys were looked at %d times for %d look-ups, want about once a sixtieth of the idle time", n, key)
		}
		pass(idle + time.Second)
		if _, err := r.fleet.Choose(t.Context(), adapter.Caller{Key: "new"}, ""); err != nil {
			t.Fatal(err)
		}
		if n := len(r.fleet.accounts); n != 1 {
			t.Errorf("%d keys are remembered after all were idle, want the new one", n)
		}
	})
}
