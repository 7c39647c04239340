package midjourney

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

// pressed draws a picture, takes its second quarter and returns that with its buttons.
func (r *rig) pressed() (adapter.Submission, adapter.Task) {
	r.Helper()
	s := r.submit(adapter.Imagine{Prompt: "a fox --v 6"}, "grid")
	grid := r.must("imagine", s, "grid")
	u, ok := adapter.FindButton(grid.Buttons, adapter.ActUpscale, 2)
	if !ok {
		r.Fatalf("buttons = %+v, want U2", grid.Buttons)
	}
	s = r.submit(adapter.Action{TaskID: s.TaskID, CustomID: u.CustomID}, "single")
	return s, r.must("action", s, "single")
}

// TestAWindowEndsTheWaitAndIsIgnoredAfterItsModal runs Vary (Region) against every dialect that
// has buttons: with the same id after the modal and with a new one, with copies that lag behind
// and list the task twice.
func TestAWindowEndsTheWaitAndIsIgnoredAfterItsModal(t *testing.T) {
	for _, dialect := range []simulator.Dialect{simulator.Comet, simulator.TrueAI, simulator.NewAPI} {
		t.Run(string(dialect), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, simulator.Config{Dialect: dialect}, func(c *Config) {
					if dialect == simulator.TrueAI {
						c.Upstreams[0].Auth = AuthRaw
					}
				})
				s, single := r.pressed()
				b, ok := adapter.FindButton(single.Buttons, adapter.ActVaryRegion, 0)
				if !ok {
					t.Fatalf("buttons = %+v, want Vary (Region)", single.Buttons)
				}
				s = r.submit(adapter.Action{TaskID: s.TaskID, CustomID: b.CustomID}, "region")
				if !s.Dialog {
					t.Errorf("Submit(region) = %+v, want a dialog", s)
				}
				task, err := r.Waiter.Wait(t.Context(), adapter.Wait{TaskID: s.TaskID, State: "region", Kind: "action", Submitted: s.At, Dialog: true})
				if err != nil || task.Status != adapter.Dialog {
					t.Fatalf("Wait(region) = %+v, %v; want the dialog", task, err)
				}
				mask := attachment(white(16), nil)
				s = r.submit(adapter.Modal{TaskID: s.TaskID, Prompt: "a hen", Mask: &mask}, "modal")
				if task := r.must("modal", s, "modal"); len(task.Buttons) < 4 {
					t.Errorf("Wait(modal) = %+v, want a grid", task)
				}
				if n := r.sim.Requests().Routes["modal"]; n != 1 {
					t.Errorf("%d modals, want 1", n)
				}
			})
		})
	}
}

func TestAHiddenWindowIsFoundByPolling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, simulator.Config{Dialect: simulator.NewAPI, Remix: true}, nil)
		s := r.submit(adapter.Imagine{Prompt: "a fox"}, "grid")
		grid := r.must("imagine", s, "grid")
		v, _ := adapter.FindButton(grid.Buttons, adapter.ActVary, 1)
		s = r.submit(adapter.Action{TaskID: s.TaskID, CustomID: v.CustomID}, "vary")
		task, err := r.Waiter.Wait(t.Context(), adapter.Wait{TaskID: s.TaskID, State: "vary", Kind: "action", Submitted: s.At, Dialog: true})
		if err != nil || task.Status != adapter.Dialog {
			t.Errorf("Wait(vary with remix) = %+v, %v; want the dialog", task, err)
		}
	})
}

func TestDescribeIsOverWhenThereIsText(t *testing.T) {
	for _, dialect := range []simulator.Dialect{simulator.Comet, simulator.NewAPI} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, simulator.Config{Dialect: dialect}, nil)
			s := r.submit(adapter.Describe{Picture: attachment(white(1), nil)}, "s")
			if task := r.must("describe", s, "s"); len(task.Texts) != 4 {
				t.Errorf("%s: texts = %q, want four", dialect, task.Texts)
			}
		})
	}
}

// white is a white square as a PNG: as a mask, half of it is to be repainted.
func white(edge int) []byte {
	img := image.NewGray(image.Rect(0, 0, edge, edge))
	for i := range img.Pix[:(edge*edge+1)/2] {
		img.Pix[i] = 255
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func TestAFailedTaskComesWithItsError(t *testing.T) {
	for prompt, want := range map[string]adapter.Kind{
		"sim-fail-now x": adapter.Failed, "sim-moderated x": adapter.Moderated, "sim-invalid x": adapter.Invalid,
		"sim-cancel x": adapter.Cancelled, "sim-credits x": adapter.Unavailable, "sim-odd x": "none", "sim-back x": "none", "sim-instant x": "none",
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, simulator.Config{}, nil)
			task, err := r.await("imagine", r.submit(adapter.Imagine{Prompt: prompt}, "s"), "s")
			if kindOf(err) != want {
				t.Errorf("Wait(%q) = %+v, %v; want %q", prompt, task, err, want)
			}
		})
	}
}

func TestTheContextEndsAWaitAndItsPolling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, simulator.Config{}, nil)
		s := r.submit(adapter.Imagine{Prompt: "sim-stuck a fox"}, "s")
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		task, err := r.Waiter.Wait(ctx, adapter.Wait{TaskID: s.TaskID, State: "s", Kind: "imagine", Submitted: s.At})
		if !errors.Is(err, context.DeadlineExceeded) || task.Status != adapter.Submitted {
			t.Errorf("Wait(a stuck task) = %+v, %v; want its last state and the context's error", task, err)
		}
		before := r.sim.Requests().Routes["fetch"]
		if before > 400 {
			t.Errorf("%d fetches in an hour for one stuck task, want at most one in ten seconds", before)
		}
		pass(time.Hour)
		if after := r.sim.Requests().Routes["fetch"]; after != before {
			t.Errorf("%d fetches after the wait had ended, want none", after-before)
		}
	})
}

func TestSeveralWaitersShareOneQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, simulator.Config{}, nil)
		s := r.submit(adapter.Imagine{Prompt: "a fox"}, "s")
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() { r.happy(r.await("imagine", s, "s")) })
		}
		all.Wait()
		if got := r.sim.Requests().Routes; got["fetch"] > 12 || got["list"] > 0 {
			t.Errorf("requests = %v, want a few fetches for ten waiters of one task", got)
		}
	})
}

func TestWatchSeesTheTaskGrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, simulator.Config{Pace: 30 * time.Second}, nil)
		s := r.submit(adapter.Imagine{Prompt: "a fox"}, "s")
		var seen []adapter.Task
		polls := 0
		_, err := r.Waiter.Wait(t.Context(), adapter.Wait{
			TaskID: s.TaskID, State: "s", Kind: "imagine", Submitted: s.At,
			Watch: func(t adapter.Task) { seen = append(seen, t) }, Polled: func() { polls++ },
		})
		if err != nil {
			t.Fatalf("Wait(…) = %v, want no error", err)
		}
		for i := 1; i < len(seen); i++ {
			if seen[i].Progress < seen[i-1].Progress {
				t.Errorf("progress went from %d to %d", seen[i-1].Progress, seen[i].Progress)
			}
		}
		if len(seen) < 4 || seen[len(seen)-1].Status != adapter.Success {
			t.Errorf("Watch saw %d states, want at least 4 and the success last", len(seen))
		}
		if got := r.sim.Requests().Routes["fetch"]; polls != got {
			t.Errorf("Polled was called %d times for %d fetches, want equal", polls, got)
		}
	})
}

// TestAPanicCostsNoTask: the transport and an observer panic, once each.
func TestAPanicCostsNoTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := simulator.New(simulator.Config{Pixels: 16})
		var mu sync.Mutex
		transport, observer := 2, 2
		r := rigOver(t, sim, roundTrip(func(req *http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			if _, poll := pollRoute(req); poll {
				if transport--; transport == 0 {
					panic("transport")
				}
			}
			return sim.Transport().RoundTrip(req)
		}), func(c *Config) {
			c.Observe.Poll = func(string, string, int, time.Duration, error) {
				mu.Lock()
				defer mu.Unlock()
				if observer--; observer == 0 {
					panic("observer")
				}
			}
		})
		r.together(3, "a fox", r.happy)
		if transport > 0 || observer > 0 {
			t.Errorf("%d and %d panics are still to come, want none", transport, observer)
		}
	})
}

func TestCloseWaitsForThePollerAndWaitersStay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, simulator.Config{Lag: 5 * time.Second}, nil)
		s := r.submit(adapter.Imagine{Prompt: "a fox"}, "s")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		done := make(chan error, 1)
		go func() {
			_, err := r.Waiter.Wait(ctx, adapter.Wait{TaskID: s.TaskID, Submitted: s.At})
			done <- err
		}()
		pass(3 * time.Second) // a question is under way
		r.fleet.Close()
		synctest.Wait()
		select {
		case err := <-done:
			t.Errorf("Wait(…) = %v when the fleet closed, want it to go on until its context ends", err)
		default:
		}
		if err := <-done; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Wait(…) = %v, want the context's error", err)
		}
	})
}
