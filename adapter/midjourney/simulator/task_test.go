package simulator

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// statuses polls a task every interval until it ends and returns the changes it saw.
func (p *script) statuses(id string, interval time.Duration) []string {
	p.t.Helper()
	var seen []string
	for range 100000 {
		task := p.task(id)
		line := fmt.Sprintf("%v %v", task["status"], task["progress"])
		if len(seen) == 0 || seen[len(seen)-1] != line {
			seen = append(seen, line)
		}
		if s := task["status"]; s == "SUCCESS" || s == "FAILURE" || s == "CANCEL" {
			return seen
		}
		pass(interval)
	}
	p.t.Fatalf("task %s never ended", id)
	return nil
}

func TestStatusOrder(t *testing.T) {
	middle := []string{
		"IN_PROGRESS 0%", "IN_PROGRESS 6%", "IN_PROGRESS 15%", "IN_PROGRESS 31%", "IN_PROGRESS 46%", "IN_PROGRESS 62%",
		"IN_PROGRESS 78%", "IN_PROGRESS 93%",
	}
	whole := append(append([]string{"NOT_START 0%", "SUBMITTED 0%"}, middle...), "SUCCESS 100%")
	for name, test := range map[string]struct {
		dialect Dialect
		prompt  string
		want    []string
	}{
		"an origin shows every status":          {TrueAI, "a cat", whole},
		"a live relay too":                      {Comet, "a cat", whole},
		"a stale relay shows snapshots":         {NewAPI, "a cat", []string{" 0%", "SUCCESS 100%"}},
		"failure half-way":                      {TrueAI, "sim-fail", append(append([]string{}, whole[:6]...), "FAILURE ")},
		"relays force 100 % on failure":         {Comet, "sim-fail-now", []string{"NOT_START 0%", "FAILURE 100%"}},
		"cancelled by the upstream":             {TrueAI, "sim-cancel", append(append([]string{}, whole[:6]...), "CANCEL ")},
		"at once":                               {Comet, "sim-instant", []string{"SUCCESS 100%"}},
		"progress may go back":                  {TrueAI, "sim-back", append(append(append([]string{}, whole[:7]...), "IN_PROGRESS 15%"), whole[8:]...)},
		"an invalid parameter fails later":      {TrueAI, "a cat --stylize 9000", append(append([]string{}, whole[:4]...), "FAILURE ")},
		"nothing but parameters fails later":    {TrueAI, "--ar 1:1", append(append([]string{}, whole[:4]...), "FAILURE ")},
		"a banned word fails later on trueai":   {TrueAI, "nude", append(append([]string{}, whole[:4]...), "FAILURE ")},
		"moderation hits a picture in progress": {TrueAI, "sim-moderated", append(append([]string{}, whole[:7]...), "FAILURE ")},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				p := newScript(t, Config{Dialect: test.dialect, Pixels: 64})
				got := p.statuses(p.submit("/mj-fast/mj/submit/imagine", fmt.Sprintf(`{"prompt":%q}`, test.prompt)), 50*time.Millisecond)
				if !slices.Equal(got, test.want) {
					t.Errorf("statuses = %q, want %q", got, test.want)
				}
			})
		})
	}
}

func TestStuckStaysSubmitted(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newScript(t, Config{Pixels: 64})
		id := p.submit("/mj/submit/imagine", `{"prompt":"sim-stuck"}`)
		pass(24 * time.Hour)
		if got := p.task(id)["status"]; got != "SUBMITTED" {
			t.Errorf("status after a day = %v, want SUBMITTED", got)
		}
	})
}

func TestAnswerlessSuccess(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newScript(t, Config{Pixels: 64})
		task := p.finish(p.submit("/mj-fast/mj/submit/imagine", `{"prompt":"sim-no-image"}`))
		if task["imageUrl"] != "" {
			t.Errorf("imageUrl at first = %v, want none", task["imageUrl"])
		}
		pass(3 * time.Second)
		if link := p.task(task["id"].(string))["imageUrl"]; link == "" {
			t.Error("imageUrl after a while is still missing")
		}
		bare := p.finish(p.submit("/mj/submit/imagine", `{"prompt":"sim-no-buttons"}`))
		if got := bare["buttons"].([]any); len(got) != 0 {
			t.Errorf("buttons = %v, want none", got)
		}
	})
}

// TestDurations measures each job against a fast imagine of 60 s.
func TestDurations(t *testing.T) {
	for name, test := range map[string]struct {
		path, prompt string
		want         time.Duration
	}{
		"fast":                  {"/mj-fast/mj", "a cat", 60 * time.Second},
		"turbo":                 {"/mj-turbo/mj", "a cat", 30 * time.Second},
		"relax":                 {"/mj-relax/mj", "a cat", 90 * time.Second},
		"no prefix is relax":    {"/mj", "a cat", 90 * time.Second},
		"the prompt's own flag": {"/mj", "a cat --turbo", 30 * time.Second},
		"draft":                 {"/mj-fast/mj", "a cat --draft", 6 * time.Second},
		"slow":                  {"/mj-fast/mj", "a cat sim-slow", 600 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				p := newScript(t, Config{Pixels: 64, Pace: time.Minute})
				p.submit(test.path+"/submit/imagine", fmt.Sprintf(`{"prompt":%q}`, test.prompt))
				info := p.sim.Tasks()[0]
				if got := info.Finish.Sub(info.At); got != test.want {
					t.Errorf("duration = %v, want %v", got, test.want)
				}
			})
		})
	}
}

func TestDurationsOfButtons(t *testing.T) {
	for part, want := range map[string]time.Duration{
		"upsample::1": 15 * time.Second, "variation::1": 30 * time.Second, "reroll": 60 * time.Second,
	} {
		t.Run(part, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				p := newScript(t, Config{Dialect: TrueAI, Pixels: 64, Pace: time.Minute})
				p.press(p.finish(p.submit("/mj/submit/imagine", `{"prompt":"a cat"}`)), part)
				info := p.sim.Tasks()[1]
				if got := info.Finish.Sub(info.At); got != want {
					t.Errorf("duration of %s = %v, want %v", part, got, want)
				}
			})
		})
	}
}

// TestQueue runs two at a time.
func TestQueue(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newScript(t, Config{Dialect: TrueAI, Pixels: 64, MaxRunning: 2})
		for n, want := range []float64{1, 1, 22, 22, 22} {
			got := p.send("POST", "/mj/submit/imagine", `{"prompt":"a cat"}`).object(t)
			if got["code"] != want {
				t.Errorf("submission %d: code = %v, want %v", n, got["code"], want)
			}
		}
		begin := time.Now()
		for n, want := range []time.Duration{6, 6, 12, 12, 18} {
			if got := p.sim.Tasks()[n].Finish.Sub(begin); got != want*time.Second {
				t.Errorf("task %d ends after %v, want %v", n, got, want*time.Second)
			}
		}
	})
}

// TestModalOnce charges every further modal, as the origin would queue the job again.
func TestModalTwiceIsChargedTwice(t *testing.T) {
	for _, dialect := range []Dialect{Comet, TrueAI} {
		t.Run(string(dialect), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				p := newScript(t, Config{Dialect: dialect, Pixels: 64})
				_, grid := p.imagines("a boat")
				_, up := p.presses(grid, "upsample::1")
				before := len(p.sim.Ledger())
				dialog := p.press(up, "CustomZoom")
				if got := len(p.sim.Ledger()); got != before {
					t.Errorf("opening a dialog made %d charges, want none", got-before)
				}
				body := fmt.Sprintf(`{"taskId":%q,"prompt":"a boat --zoom 1.5"}`, dialog)
				one := p.submit("/mj/submit/modal", body)
				two := p.submit("/mj/submit/modal", body)
				if got := len(p.sim.Ledger()); got != before+2 {
					t.Errorf("two modals made %d charges, want 2", got-before)
				}
				if same := one == dialog && two == dialog; same != (dialect == TrueAI) {
					t.Errorf("modal of %s answered %s and %s", dialog, one, two)
				}
			})
		})
	}
}

// TestNewAPIModalLag: a job of 6 s that a modal started is seen to end two refreshes after it began, as on a real
// new-api.
func TestNewAPIModalLag(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newScript(t, Config{Dialect: NewAPI, Pixels: 64, Pace: 12 * time.Second})
		_, grid := p.imagines("a boat")
		_, up := p.presses(grid, "upsample::1")
		pass(time.Second)
		dialog := p.press(up, "CustomZoom")
		pass(15 * time.Second)
		if got := p.task(dialog)["status"]; got != "MODAL" {
			t.Errorf("status before the modal = %v, want MODAL", got)
		}
		p.submit("/mj/submit/modal", fmt.Sprintf(`{"taskId":%q,"prompt":"a boat --zoom 2"}`, dialog))
		begin := time.Now()
		if got := p.statuses(dialog, 500*time.Millisecond); !slices.Equal(got, []string{"MODAL 0%", "SUCCESS 100%"}) {
			t.Errorf("statuses after the modal = %q, want MODAL, then SUCCESS", got)
		}
		if lag := time.Since(begin); lag < 15*time.Second || lag > 30*time.Second {
			t.Errorf("SUCCESS after %v, want between one and two refreshes", lag)
		}
	})
}

func TestForget(t *testing.T) {
	for dialect, want := range map[Dialect]int{Comet: 400, TrueAI: 204, NoviceZK: 200, NewAPI: 200} {
		t.Run(string(dialect), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				p := newScript(t, Config{Dialect: dialect, Pixels: 64})
				id := p.submit("/mj/submit/imagine", `{"prompt":"a cat"}`)
				pass(time.Second)
				p.sim.Forget(id)
				pass(time.Hour)
				got := p.send("GET", fetchPath(id), "")
				if got.status != want {
					t.Errorf("fetch of a lost task: status = %d, want %d", got.status, want)
				}
				if dialect == NewAPI && got.object(t)["status"] != "" {
					t.Errorf("a stale copy shows %v, want it unchanged", got.object(t)["status"])
				}
				if len(p.sim.Ledger()) != 1 || len(p.sim.Tasks()) != 0 {
					t.Errorf("ledger %d, tasks %d; want 1 and 0", len(p.sim.Ledger()), len(p.sim.Tasks()))
				}
			})
		})
	}
}

// TestRelayTasksArePrivate and origins' are not.
func TestRelayTasksArePrivate(t *testing.T) {
	for dialect, want := range map[Dialect]int{Comet: 400, TrueAI: 200} {
		t.Run(string(dialect), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				p := newScript(t, Config{Dialect: dialect, Pixels: 64})
				p.header.Set("Authorization", "Bearer one")
				id := p.submit("/mj/submit/imagine", `{"prompt":"a cat"}`)
				p.header.Set("Authorization", "Bearer two")
				if got := p.send("GET", fetchPath(id), ""); got.status != want {
					t.Errorf("fetch with another key: status = %d, want %d", got.status, want)
				}
			})
		})
	}
}
