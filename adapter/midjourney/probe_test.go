package midjourney

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

// TestOptionalRoutesAreFound asks every dialect, and charges nothing by it.
func TestOptionalRoutesAreFound(t *testing.T) {
	all := []adapter.Feature{
		adapter.FeatureEdits, adapter.FeatureVideo, adapter.FeatureShorten, adapter.FeatureList, adapter.FeatureAction, adapter.FeatureChange,
	}
	for name, c := range map[string]struct {
		sc   simulator.Config
		auth Auth
		want []adapter.Feature
	}{
		"comet":          {simulator.Config{}, AuthBearer, all},
		"comet without":  {simulator.Config{NoEdits: true, NoVideo: true, NoList: true}, AuthBearer, []adapter.Feature{adapter.FeatureShorten, adapter.FeatureAction, adapter.FeatureChange}},
		"trueai":         {simulator.Config{Dialect: simulator.TrueAI}, AuthRaw, all[:5]},
		"newapi":         {simulator.Config{Dialect: simulator.NewAPI}, AuthBearer, all},
		"newapi without": {simulator.Config{Dialect: simulator.NewAPI, NoEdits: true, NoVideo: true, NoList: true}, AuthBearer, []adapter.Feature{adapter.FeatureShorten, adapter.FeatureAction, adapter.FeatureChange}},
		"novicezk":       {simulator.Config{Dialect: simulator.NoviceZK}, AuthSecret, []adapter.Feature{adapter.FeatureList, adapter.FeatureChange}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, c.sc, func(cfg *Config) { cfg.Upstreams[0].Auth = c.auth })
			want := map[adapter.Feature]bool{}
			for _, f := range c.want {
				want[f] = true
			}
			for _, f := range all {
				got, err := r.Upstream.Has(t.Context(), f)
				if err != nil || got != want[f] {
					t.Errorf("Has(%s) = %v, %v; want %v", f, got, err, want[f])
				}
			}
			if n := len(r.sim.Ledger()); n != 0 {
				t.Errorf("%d charges by asking, want none", n)
			}
		})
	}
}

// TestAnAnswerToAnEmptyObjectTellsWhetherTheRouteIsThere is the table of engineering.md §3.2.
func TestAnAnswerToAnEmptyObjectTellsWhetherTheRouteIsThere(t *testing.T) {
	for name, c := range map[string]struct {
		status      int
		contentType string
		body        string
		want        string // yes, no, or unknown
	}{
		"refused with code 4":   {200, "application/json", `{"code":4,"description":"prompt不能为空"}`, "yes"},
		"refused by a relay":    {400, "text/plain", `{"description":"prompt_is_required ","code":4}`, "yes"},
		"forbidden in JSON":     {403, "application/json", `{"error":{"message":"no"}}`, "yes"},
		"malformed at one":      {500, "application/json", `{"error":{"code":"invalid_request"}}`, "yes"},
		"an empty list":         {200, "application/json", `[]`, "yes"},
		"the parent is unknown": {404, "application/json", `{"code":3,"description":"关联任务不存在或已失效"}`, "yes"},
		"404 of a relay":        {404, "application/json", `{"error":{"message":"Invalid URL (POST /x)"}}`, "no"},
		"404 of a framework":    {404, "application/json", `{"status":404,"error":"Not Found"}`, "no"},
		"404, empty":            {404, "", ``, "no"},
		"405":                   {405, "", ``, "no"},
		"a redirect":            {301, "", ``, "no"},
		"the site's page":       {200, "text/html", `<!doctype html>`, "no"},
		"the key is refused":    {401, "application/json", `{"error":{"message":"Invalid token"}}`, "unknown"},
		"overloaded":            {503, "application/json", `{"error":{"message":"system_cpu_overloaded"}}`, "unknown"},
		"a gateway's page":      {502, "text/html", `<html>`, "unknown"},
		"too many":              {429, "application/json", `{"code":30}`, "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			r := rigOver(t, nil, roundTrip(func(req *http.Request) (*http.Response, error) {
				raw, err := io.ReadAll(req.Body)
				if string(raw) != "{}" {
					t.Errorf("the route was asked with %q, want {}", raw)
				}
				resp := answer(c.status, c.body)
				resp.Header.Set("Content-Type", c.contentType)
				return resp, err
			}), nil)
			has, err := r.Upstream.Has(t.Context(), adapter.FeatureVideo)
			got := map[bool]string{true: "yes", false: "no"}[has]
			if err != nil {
				got = "unknown"
			}
			if got != c.want {
				t.Errorf("Has(video) = %v, %v; want %s", has, err, c.want)
			}
		})
	}
}

func TestARouteIsAskedOnceAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, simulator.Config{Lag: time.Second}, nil)
		ask := func() {
			var all sync.WaitGroup
			for range 20 {
				all.Go(func() {
					if ok, err := r.Upstream.Has(t.Context(), adapter.FeatureEdits); err != nil || !ok {
						t.Errorf("Has(edits) = %v, %v; want true", ok, err)
					}
				})
			}
			all.Wait()
		}
		ask()
		ask()
		if n := r.sim.Requests().Routes["edits"]; n != 1 {
			t.Errorf("the route was asked %d times, want once", n)
		}
		pass(61 * time.Minute)
		ask()
		if n := r.sim.Requests().Routes["edits"]; n != 2 {
			t.Errorf("the route was asked %d times after an hour, want twice", n)
		}
	})
}

func TestASubmissionIsFoundInTheTaskList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, dialect := range simulator.Dialects() {
			r := newRig(t, simulator.Config{Dialect: dialect}, func(c *Config) {
				c.Upstreams[0].Auth = map[simulator.Dialect]Auth{simulator.TrueAI: AuthRaw, simulator.NoviceZK: AuthSecret}[dialect]
			})
			for _, state := range []string{"a", "b", "c"} {
				r.submit(adapter.Imagine{Prompt: "a fox"}, state)
			}
			f := r.Upstream.(adapter.Finder)
			task, err := f.Find(t.Context(), "b")
			searchable := dialect == simulator.TrueAI || dialect == simulator.NoviceZK
			switch {
			case searchable && (err != nil || task.State != "b"):
				t.Errorf("%s: Find(b) = %+v, %v; want it", dialect, task, err)
			case !searchable && !errors.Is(err, adapter.ErrNotFound):
				t.Errorf("%s: Find(b) = %+v, %v; want %v", dialect, task, err, adapter.ErrNotFound)
			}
			for _, state := range []string{"", "d"} {
				if _, err := f.Find(t.Context(), state); !errors.Is(err, adapter.ErrNotFound) {
					t.Errorf("%s: Find(%q) = %v, want %v", dialect, state, err, adapter.ErrNotFound)
				}
			}
		}
	})
}

func TestSeedAndCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, simulator.Config{Dialect: simulator.TrueAI}, func(c *Config) { c.Upstreams[0].Auth = AuthRaw })
		tools := r.Upstream.(adapter.Tools)
		s := r.submit(adapter.Imagine{Prompt: "a fox --seed 42"}, "s")
		r.must("imagine", s, "s")
		if seed, err := tools.Seed(t.Context(), s.TaskID); err != nil || strings.Trim(seed, "0123456789") != "" || seed == "" {
			t.Errorf("Seed(…) = %q, %v; want digits", seed, err)
		}
		if _, err := tools.Seed(t.Context(), "nobody"); err == nil {
			t.Errorf("Seed(an unknown task) = no error, want one")
		}
		s = r.submit(adapter.Imagine{Prompt: "a hen"}, "c")
		if err := tools.Cancel(t.Context(), s.TaskID); err != nil {
			t.Errorf("Cancel(…) = %v, want no error", err)
		}
		if _, err := r.await("imagine", s, "c"); kindOf(err) != adapter.Cancelled {
			t.Errorf("Wait(a cancelled task) = %v, want %q", err, adapter.Cancelled)
		}
		for _, dialect := range []simulator.Dialect{simulator.Comet, simulator.NewAPI} {
			relay := newRig(t, simulator.Config{Dialect: dialect}, nil)
			s := relay.submit(adapter.Imagine{Prompt: "a cat"}, "s")
			if err := relay.Upstream.(adapter.Tools).Cancel(t.Context(), s.TaskID); kindOf(err) != adapter.Unsupported {
				t.Errorf("%s: Cancel(…) = %v, want %q", dialect, err, adapter.Unsupported)
			}
		}
	})
}

// TestATaskIsReadAgainAfterAnError: reads are repeated, unknown tasks are told at once.
func TestATaskIsReadAgainAfterAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, simulator.Config{}, nil)
		s := r.submit(adapter.Imagine{Prompt: "a fox"}, "s")
		r.sim.Fail(simulator.Fault{Route: "fetch", Kind: "502-html", Times: 2})
		if task, err := r.Upstream.Task(t.Context(), s.TaskID); err != nil || task.ID != s.TaskID {
			t.Errorf("Task(…) = %+v, %v; want it after two errors", task, err)
		}
		r.sim.Fail(simulator.Fault{Route: "fetch", Kind: "500", Times: 3})
		if _, err := r.Upstream.Task(t.Context(), s.TaskID); kindOf(err) != adapter.Unavailable {
			t.Errorf("Task(…) = %v after three errors, want %q", err, adapter.Unavailable)
		}
	})
	for _, dialect := range simulator.Dialects() {
		r := newRig(t, simulator.Config{Dialect: dialect}, func(c *Config) {
			c.Upstreams[0].Auth = map[simulator.Dialect]Auth{simulator.TrueAI: AuthRaw, simulator.NoviceZK: AuthSecret}[dialect]
		})
		if _, err := r.Upstream.Task(t.Context(), "1234567890123456"); !errors.Is(err, adapter.ErrNotFound) {
			t.Errorf("%s: Task(unknown) = %v, want %v", dialect, err, adapter.ErrNotFound)
		}
	}
}
