package midjourney

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

// needing is a command that needs an optional route.
func needing(f adapter.Feature) adapter.Command {
	picture := adapter.Attachment{URL: "https://x.example/1.png"}
	switch f {
	case adapter.FeatureEdits:
		return adapter.Edits{Prompt: "a fox", Image: picture}
	case adapter.FeatureVideo:
		return adapter.Video{Prompt: "it runs", Image: &picture}
	default:
		return adapter.Shorten{Prompt: "a very long fox"}
	}
}

// TestOptionalRoutesAreLearntFromWhatIsSubmitted at every dialect: asking posts nothing to where jobs are submitted.
func TestOptionalRoutesAreLearntFromWhatIsSubmitted(t *testing.T) {
	jobs := []adapter.Feature{adapter.FeatureEdits, adapter.FeatureVideo, adapter.FeatureShorten}
	for name, c := range map[string]struct {
		sc      simulator.Config
		auth    Auth
		lacking []adapter.Feature
		list    bool
		tells   bool // before anything is submitted
	}{
		"comet":          {simulator.Config{}, AuthBearer, nil, true, false},
		"comet without":  {simulator.Config{NoEdits: true, NoVideo: true, NoList: true}, AuthBearer, jobs[:2], false, false},
		"trueai":         {simulator.Config{Dialect: simulator.TrueAI, Partner: true}, AuthRaw, nil, true, true},
		"trueai without": {simulator.Config{Dialect: simulator.TrueAI, NoEdits: true, NoVideo: true}, AuthRaw, jobs[:2], true, true},
		"newapi":         {simulator.Config{Dialect: simulator.NewAPI}, AuthBearer, nil, true, false},
		"newapi without": {simulator.Config{Dialect: simulator.NewAPI, NoEdits: true, NoVideo: true, NoList: true}, AuthBearer, jobs[:2], false, false},
		"novicezk":       {simulator.Config{Dialect: simulator.NoviceZK}, AuthSecret, jobs, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, c.sc, func(cfg *Config) { cfg.Upstreams[0].Auth = c.auth })
			if got, err := r.Upstream.Has(t.Context(), adapter.FeatureList); err != nil || got != c.list {
				t.Errorf("Has(list) = %v, %v; want %v", got, err, c.list)
			}
			for _, f := range jobs {
				want := !c.tells || !slices.Contains(c.lacking, f) || f == adapter.FeatureShorten
				if got, err := r.Upstream.Has(t.Context(), f); err != nil || got != want {
					t.Errorf("Has(%s) = %v, %v at first; want %v", f, got, err, want)
				}
			}
			if n := len(r.sim.Requests().Submissions); n != 0 {
				t.Errorf("%d submissions by asking, want none", n)
			}
			for _, f := range jobs {
				_, err := r.Upstream.Submit(t.Context(), needing(f), adapter.Options{State: string(f)})
				has, hasErr := r.Upstream.Has(t.Context(), f)
				lacks := slices.Contains(c.lacking, f)
				if hasErr != nil || has == lacks || lacks && kindOf(err) != adapter.Unsupported {
					t.Errorf("Submit(%s) = %v, and then Has = %v, %v; want a route that is missing: %v", f, err, has, hasErr, lacks)
				}
			}
		})
	}
}

// TestAnAnswerTellsWhetherItsRouteIsThere: a route that nobody has seen work is missing where the answer is one of a
// server without it, whatever the status. One that has worked lately is not, and what is no certain refusal stays one
// of unknown outcome.
func TestAnAnswerTellsWhetherItsRouteIsThere(t *testing.T) {
	for name, c := range map[string]struct {
		status      int
		contentType string
		body        string
		want        string       // yes, no, or unknown
		kind        adapter.Kind // where it is not unsupported
	}{
		"refused with code 4":   {200, "application/json", `{"code":4,"description":"prompt不能为空"}`, "yes", adapter.Invalid},
		"refused by a relay":    {400, "text/plain", `{"description":"prompt_is_required ","code":4}`, "yes", adapter.Invalid},
		"the parent is unknown": {404, "application/json", `{"code":3,"description":"关联任务不存在或已失效"}`, "yes", adapter.NotFound},
		"404 of a relay":        {404, "application/json", `{"error":{"message":"Invalid URL (POST /x)"}}`, "no", ""},
		"404 of a framework":    {404, "application/json", `{"status":404,"error":"Not Found"}`, "no", ""},
		"404, empty":            {404, "", ``, "no", ""},
		"404 of a gateway":      {404, "text/plain", `default backend - 404`, "no", ""},
		"405":                   {405, "", ``, "no", ""},
		"a redirect":            {301, "", ``, "no", ""},
		"the site's page":       {200, "text/html", `<!doctype html>`, "no", ""},
		"the key is refused":    {401, "application/json", `{"error":{"message":"Invalid token"}}`, "unknown", adapter.UpstreamAuth},
		"overloaded":            {503, "application/json", `{"error":{"message":"system_cpu_overloaded"}}`, "unknown", adapter.Busy},
		"a gateway's page":      {502, "text/html", `<html>`, "unknown", adapter.Ambiguous},
		"too many":              {429, "application/json", `{"code":30}`, "unknown", adapter.Busy},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				worked := false
				r := rigOver(t, nil, roundTrip(func(*http.Request) (*http.Response, error) {
					if worked {
						return answer(200, `{"code":1,"result":"7"}`), nil
					}
					resp := answer(c.status, c.body)
					resp.Header.Set("Content-Type", c.contentType)
					return resp, nil
				}), nil)
				u := r.fleet.upstreams[0]
				submit := func() error {
					_, err := r.Upstream.Submit(t.Context(), needing(adapter.FeatureVideo), adapter.Options{})
					return err
				}
				err := submit()
				present, known := u.routes.know(adapter.FeatureVideo)
				got := map[bool]string{true: "yes", false: "no"}[present]
				if !known {
					got = "unknown"
				}
				want := orDefault(c.kind, adapter.Unsupported)
				if got != c.want || kindOf(err) != want {
					t.Errorf("Submit() = %v (%s), and the route is there: %s; want %s and %s", err, kindOf(err), got, want, c.want)
				}
				pass(2 * time.Hour) // what was learnt is forgotten
				worked = true
				if err := submit(); err != nil {
					t.Fatal(err)
				}
				worked = false
				_ = submit()
				if has, err := r.Upstream.Has(t.Context(), adapter.FeatureVideo); err != nil || !has {
					t.Errorf("Has(video) = %v, %v after it worked and one bad answer; want true", has, err)
				}
			})
		})
	}
}

func TestWhatWasLearntOfARouteIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		body := `{"error":{"message":"Invalid URL (POST /x)"}}`
		r := rigOver(t, nil, roundTrip(func(*http.Request) (*http.Response, error) { return answer(404, body), nil }), nil)
		has := func() bool {
			ok, err := r.Upstream.Has(t.Context(), adapter.FeatureEdits)
			if err != nil {
				t.Error(err)
			}
			return ok
		}
		for _, c := range []struct {
			body         string
			still, again time.Duration
		}{{body, 50 * time.Minute, 61 * time.Minute}, {"default backend - 404", 50 * time.Second, 61 * time.Second}} {
			body = c.body
			_, _ = r.Upstream.Submit(t.Context(), needing(adapter.FeatureEdits), adapter.Options{})
			pass(c.still)
			if has() {
				t.Errorf("Has(edits) = true %v after %s, want false", c.still, body)
			}
			pass(c.again - c.still)
			if !has() {
				t.Errorf("Has(edits) = false %v after %s, want true", c.again, body)
			}
		}
	})
}

func TestTheListIsAskedForOnceAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, simulator.Config{Lag: time.Second}, nil)
		ask := func() {
			var all sync.WaitGroup
			for range 20 {
				all.Go(func() {
					if ok, err := r.Upstream.Has(t.Context(), adapter.FeatureList); err != nil || !ok {
						t.Errorf("Has(list) = %v, %v; want true", ok, err)
					}
				})
			}
			all.Wait()
		}
		ask()
		ask()
		if n := r.sim.Requests().Routes["list"]; n != 1 {
			t.Errorf("the list was asked for %d times, want once", n)
		}
		pass(61 * time.Minute)
		ask()
		if n := r.sim.Requests().Routes["list"]; n != 2 {
			t.Errorf("the list was asked for %d times after an hour, want twice", n)
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
