package midjourney

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/poll"
	"midgate/adapter/midjourney/simulator"
)

// together submits n imagines at once and waits for all of them; ended is told of each, one at a
// time.
func (r *rig) together(n int, prompt string, ended func(adapter.Task, error)) {
	r.Helper()
	var all sync.WaitGroup
	var mu sync.Mutex
	for i := range n {
		state := fmt.Sprintf("state-%d", i)
		s := r.submit(adapter.Imagine{Prompt: fmt.Sprintf("%s %d", prompt, i)}, state)
		all.Go(func() {
			task, err := r.await("imagine", s, state)
			mu.Lock()
			defer mu.Unlock()
			ended(task, err)
		})
	}
	all.Wait()
}

// happy fails the test unless a task succeeded.
func (r *rig) happy(task adapter.Task, err error) {
	r.Helper()
	if err != nil || task.Status != adapter.Success || task.ImageURL == "" {
		r.Errorf("Wait(…) = %+v, %v; want a success with a picture", task, err)
	}
}

func TestManyTasksAreAskedForTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, simulator.Config{Pace: 30 * time.Second, Jitter: 0.3}, nil)
		r.together(60, "a fox", r.happy)
		got := r.sim.Requests()
		if reads := got.Routes["list"] + got.Routes["fetch"]; reads > 90 || got.Routes["fetch"] > 3 {
			t.Errorf("%d lists and %d fetches for 60 tasks, want at most 90 reads and hardly a fetch", got.Routes["list"], got.Routes["fetch"])
		}
		asked := 0
		for _, n := range got.IDs {
			asked += n
		}
		if asked > 60*18 {
			t.Errorf("%d ids asked for 60 tasks, want at most 18 each", asked)
		}
	})
}

func TestNothingIsAskedBeforeTheFirstLookAndAfterTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, simulator.Config{Pace: 6 * time.Second}, nil)
		start := time.Now()
		var first time.Duration
		s := r.submit(adapter.Imagine{Prompt: "a fox"}, "s")
		task, err := r.Waiter.Wait(t.Context(), adapter.Wait{TaskID: s.TaskID, State: "s", Kind: "imagine", Submitted: s.At, Polled: func() {
			if first == 0 {
				first = time.Since(start)
			}
		}})
		r.happy(task, err)
		if first != 2*time.Second {
			t.Errorf("the first look came after %v, want 2s", first)
		}
		before := r.sim.Requests().Routes
		pass(time.Hour)
		after := r.sim.Requests().Routes
		if before["fetch"] != after["fetch"] || before["list"] != after["list"] {
			t.Errorf("reads went from %v to %v in an idle hour, want none", before, after)
		}
	})
}

func TestASingleTaskIsFetchedAndTwoAreListed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, simulator.Config{}, nil)
		r.together(1, "a fox", r.happy)
		if got := r.sim.Requests().Routes; got["list"] != 0 || got["fetch"] == 0 {
			t.Errorf("requests for one task = %v, want fetches only", got)
		}
		r.together(2, "a hen", r.happy)
		if got := r.sim.Requests().Routes; got["list"] == 0 {
			t.Errorf("requests for two tasks = %v, want lists", got)
		}
	})
}

func TestAMissingListIsRememberedForAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, simulator.Config{NoList: true}, nil)
		lists := func() int { return r.sim.Requests().Routes["other"] }
		r.together(5, "a fox", r.happy)
		if got := lists(); got != 1 {
			t.Errorf("the missing list was asked %d times, want once", got)
		}
		pass(30 * time.Minute)
		r.together(5, "a hen", r.happy)
		if got := lists(); got != 1 {
			t.Errorf("the missing list was asked %d times within the hour, want once", got)
		}
		pass(time.Hour)
		r.together(5, "a cat", r.happy)
		if got := lists(); got != 2 {
			t.Errorf("the missing list was asked %d times after an hour, want twice", got)
		}
	})
}

func TestTheChunkLearnsWhatTheListTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := simulator.New(simulator.Config{Pixels: 16, Pace: 20 * time.Second})
		var mu sync.Mutex
		refused, largest := 0, 0
		r := rigOver(t, sim, roundTrip(func(req *http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			if n := int(req.ContentLength) / 19; req.URL.Path == "/mj/task/list-by-condition" { // an id is 16 digits, quotes and a comma
				if n > 30 {
					refused++
					return answer(http.StatusRequestEntityTooLarge, ""), nil
				}
				largest = max(largest, n)
			}
			return sim.Transport().RoundTrip(req)
		}), nil)
		r.together(200, "a fox", r.happy)
		if refused == 0 || refused > 8 {
			t.Errorf("%d lists were refused, want a few: the size is learnt", refused)
		}
		if largest < 15 {
			t.Errorf("the largest list had %d ids, want at least 15", largest)
		}
	})
}

// TestARelayThatLosesItsOriginForAWhileKeepsItsList: what it says meanwhile is no word about the list or its size.
// Hundreds of tasks that are asked for one by one, for an hour, would be what a relay refuses.
func TestARelayThatLosesItsOriginForAWhileKeepsItsList(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
	}{
		"a relay's 400":       {400, `{"description":"do_request_failed ","type":"upstream_error","code":4}`},
		"a 400 of a gateway":  {400, "<html><h1>400 Bad Request</h1></html>"},
		"a 400 without words": {400, ""},
		"500":                 {500, `{"error":"x"}`},
		"a page with 502":     {502, "<html><h1>502 Bad Gateway</h1></html>"},
		"404 in text":         {404, "default backend - 404"},
		"404 of a gateway":    {404, `{"message":"no Route matched with those values"}`},
		"a redirect":          {302, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sim := simulator.New(simulator.Config{Pixels: 16, Pace: 3 * time.Minute})
				start := time.Now()
				var refused, singles atomic.Int32
				r := rigOver(t, sim, roundTrip(func(req *http.Request) (*http.Response, error) {
					switch route, _ := pollRoute(req); {
					case route == "fetch":
						singles.Add(1)
					case route == "list" && time.Since(start) > 20*time.Second && time.Since(start) < 30*time.Second:
						refused.Add(1)
						return answer(c.status, c.body), nil
					}
					return sim.Transport().RoundTrip(req)
				}), nil)
				r.together(120, "a fox", r.happy) // two lists at a time
				if singles.Load() > 1 || refused.Load() == 0 || refused.Load() > 8 {
					t.Errorf("%d tasks were asked for alone after %d refused lists, want at most one after a few", singles.Load(), refused.Load())
				}
			})
		})
	}
}

// TestAListThatStopsWorkingIsGivenUp although it worked before: its tasks are asked for one by one then.
func TestAListThatStopsWorkingIsGivenUp(t *testing.T) {
	for _, status := range []int{400, 404, 500, 302} {
		synctest.Test(t, func(t *testing.T) {
			sim := simulator.New(simulator.Config{Pixels: 16, Pace: 3 * time.Minute})
			start := time.Now()
			var lists atomic.Int32
			r := rigOver(t, sim, roundTrip(func(req *http.Request) (*http.Response, error) {
				if route, _ := pollRoute(req); route == "list" && time.Since(start) > 20*time.Second {
					lists.Add(1)
					return answer(status, ""), nil
				}
				return sim.Transport().RoundTrip(req)
			}), nil)
			r.together(20, "a fox", r.happy)
			if n := lists.Load(); n > 30 {
				t.Errorf("a list that answers %d was asked %d times, want a few", status, n)
			}
			if took := time.Since(start); took > 6*time.Minute {
				t.Errorf("tasks of three minutes were seen after %v where the list answers %d", took, status)
			}
		})
	}
}

func TestALostTaskFailsOnlyAfterAWhile(t *testing.T) {
	for _, n := range []int{1, 4} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, simulator.Config{Pace: 10 * time.Minute}, nil)
			time.AfterFunc(20*time.Second, func() { r.sim.Forget() })
			start := time.Now()
			r.together(n, "a fox", func(_ adapter.Task, err error) {
				if kindOf(err) != adapter.Failed || !errors.Is(err, poll.ErrLost) {
					t.Errorf("Wait(…) = %v, want a lost task", err)
				}
				if d := time.Since(start); d < 50*time.Second || d > 80*time.Second {
					t.Errorf("a task lost after 20s was given up after %v, want 50s to 80s", d)
				}
			})
		})
	}
}

// TestAServerThatIsReplacedHasLostNothing: what stands before it answers everything meanwhile, in text or in a JSON of
// its own, and the upstream has every task afterwards.
func TestAServerThatIsReplacedHasLostNothing(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		away   time.Duration
	}{
		"Go's 404":                 {404, "404 page not found\n", 100 * time.Second},
		"an ingress":               {404, "default backend - 404", 8 * time.Minute},
		"a gateway in JSON":        {404, `{"message":"no Route matched with those values"}`, 8 * time.Minute},
		"another gateway":          {404, `{"code":5,"message":"Not Found","details":[]}`, 8 * time.Minute},
		"a third gateway":          {404, `{"error_msg":"404 Route Not Found"}`, 100 * time.Second},
		"a framework":              {404, `{"status":404,"error":"Not Found"}`, 100 * time.Second},
		"a relay without a route":  {404, `{"error":{"message":"Invalid URL (GET /mj/task/1/fetch)"}}`, 100 * time.Second},
		"a page":                   {404, "<html><h1>404 Not Found</h1></html>", 8 * time.Minute},
		"nothing":                  {404, "", 8 * time.Minute},
		"gone":                     {410, "", 100 * time.Second},
		"a redirect":               {302, "", 100 * time.Second},
		"a page that says OK":      {200, "<html><h1>We are back soon</h1></html>", 100 * time.Second},
		"a JSON that says OK":      {200, `{"message":"maintenance"}`, 8 * time.Minute},
		"an empty OK":              {200, "", 100 * time.Second},
		"no content":               {204, "", 100 * time.Second},
		"a failure that names it":  {502, `{"description":"task_no_found","code":4}`, 100 * time.Second},
		"a relay without its data": {404, `{"description":"do_request_failed ","type":"upstream_error","code":4}`, 100 * time.Second},
	} {
		for _, n := range []int{1, 4} {
			t.Run(fmt.Sprintf("%s to %d", name, n), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					sim := simulator.New(simulator.Config{Pixels: 16, Pace: c.away + 2*time.Minute})
					start := time.Now()
					var singles atomic.Int32
					r := rigOver(t, sim, roundTrip(func(req *http.Request) (*http.Response, error) {
						age := time.Since(start) - 20*time.Second
						if route, _ := pollRoute(req); route == "fetch" && age > c.away+30*time.Second {
							singles.Add(1)
						}
						if age > 0 && age < c.away {
							a := answer(c.status, c.body)
							a.Header.Set("Content-Type", "text/plain; charset=utf-8")
							return a, nil
						}
						return sim.Transport().RoundTrip(req)
					}), nil)
					r.together(n, "a fox", r.happy)
					if got := singles.Load(); n > 1 && got > 4 {
						t.Errorf("%d tasks were asked for alone afterwards, want a list as before", got)
					}
				})
			})
		}
	}
}

// TestAListThatWasAwayAtFirstIsAskedForSoon: its first answer came from a gateway, and is not remembered for an hour.
func TestAListThatWasAwayAtFirstIsAskedForSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := simulator.New(simulator.Config{Pixels: 16, Pace: 10 * time.Minute})
		start := time.Now()
		r := rigOver(t, sim, roundTrip(func(req *http.Request) (*http.Response, error) {
			if _, poll := pollRoute(req); poll && time.Since(start) < 40*time.Second {
				return answer(http.StatusNotFound, "default backend - 404"), nil
			}
			return sim.Transport().RoundTrip(req)
		}), nil)
		r.together(20, "a fox", r.happy)
		if got := sim.Requests().Routes; got["list"] == 0 || got["fetch"] > 8*20 {
			t.Errorf("requests = %v, want lists after the first minute", got)
		}
	})
}

// TestAReusedIDIsNotTakenForTheTask: the upstream lost its memory and gives the id to somebody
// else's task, which succeeds.
func TestAReusedIDIsNotTakenForTheTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigOver(t, nil, roundTrip(func(*http.Request) (*http.Response, error) {
			return answer(200, `{"id":"7","status":"SUCCESS","state":"theirs","imageUrl":"https://x.example/theirs.png"}`), nil
		}), nil)
		task, err := r.Waiter.Wait(t.Context(), adapter.Wait{TaskID: "7", State: "ours", Kind: "imagine", Submitted: time.Now()})
		if !errors.Is(err, poll.ErrLost) || task.ImageURL != "" {
			t.Errorf("Wait(…) = %+v, %v; want a lost task and no picture", task, err)
		}
	})
}

func TestASuccessWithoutAPictureIsAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, simulator.Config{}, nil)
		r.together(1, "sim-no-image a fox", r.happy)
	})
	synctest.Test(t, func(t *testing.T) {
		r := rigOver(t, nil, roundTrip(func(*http.Request) (*http.Response, error) {
			return answer(200, `{"id":"7","status":"SUCCESS","imageUrl":""}`), nil
		}), nil)
		start := time.Now()
		_, err := r.Waiter.Wait(t.Context(), adapter.Wait{TaskID: "7", Kind: "imagine", Submitted: start})
		if d := time.Since(start); kindOf(err) != adapter.Failed || d < 30*time.Second || d > 40*time.Second {
			t.Errorf("Wait(…) = %v after %v, want a failure after about 30s", err, d)
		}
	})
}

// TestBadAnswersNeverFailATask: polls go wrong in every way for ten minutes. The task survives, and
// the upstream is left alone meanwhile.
func TestBadAnswersNeverFailATask(t *testing.T) {
	for _, kind := range []string{"500", "502-html", "503", "429", "hang", "drop-before", "garbage", "truncated", "empty", "html-200", "cut", "301", "413"} {
		for _, share := range []float64{0.3, 1} {
			t.Run(fmt.Sprintf("%s of %.0f %%", kind, share*100), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					sim := simulator.New(simulator.Config{Pixels: 16, Pace: time.Minute})
					var reads atomic.Int32
					recovers := time.Now().Add(10 * time.Minute)
					r := rigOver(t, sim, roundTrip(func(req *http.Request) (*http.Response, error) {
						if route, ok := pollRoute(req); ok && time.Now().Before(recovers) {
							if reads.Add(1); rand.Float64() < share {
								sim.Fail(simulator.Fault{Route: route, Kind: kind})
							}
						}
						return sim.Transport().RoundTrip(req)
					}), nil)
					r.together(4, "a fox", r.happy)
					if n := reads.Load(); share == 1 && (n == 0 || n > 500) {
						t.Errorf("%d reads in ten minutes of failures, want some and at most 500", n)
					}
				})
			})
		}
	}
}

// pollRoute names the route of a poll, as the simulator does.
func pollRoute(req *http.Request) (string, bool) {
	switch {
	case strings.HasSuffix(req.URL.Path, "/fetch"):
		return "fetch", true
	case strings.HasSuffix(req.URL.Path, "/list-by-condition"):
		return "list", true
	default:
		return "", false
	}
}

func TestAResumedTaskIsAskedForAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigOver(t, nil, roundTrip(jobThatIsDone), nil)
		start := time.Now()
		if _, err := r.Waiter.Wait(t.Context(), adapter.Wait{TaskID: "7", Submitted: start.Add(-time.Hour)}); err != nil || time.Since(start) > 0 {
			t.Errorf("Wait(a task of an hour ago) = %v after %v, want its success at once", err, time.Since(start))
		}
	})
}

func TestWithoutTicksAnAnswerIsThereAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigOver(t, nil, roundTrip(jobThatIsDone), func(c *Config) {
			c.Poll = poll.Default()
			c.Poll.First, c.Poll.Tick = 0, 0
		})
		start := time.Now()
		if _, err := r.Waiter.Wait(t.Context(), adapter.Wait{TaskID: "7", Submitted: start}); err != nil || time.Since(start) > 0 {
			t.Errorf("Wait(…) = %v after %v, want a success at once", err, time.Since(start))
		}
	})
}
