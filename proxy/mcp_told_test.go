package proxy

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// A client that leaves is no fault of midgate's: nothing is logged or counted as one.
func TestMCP_AClientThatLeavesIsNoError(t *testing.T) {
	var log lockedBuffer
	h := newHouse(t, simulator.Config{Pace: time.Minute})
	h.parts.Log = slog.New(slog.NewJSONHandler(&log, nil))
	h.reopen(t)
	gone, leave := contextOf(t)
	left := make(chan struct{})
	go func() {
		defer close(left)
		if resp, err := http.DefaultClient.Do(h.toolRequest(t, "", rpc(1, "draw", map[string]any{"prompt": "a mill"})).WithContext(gone)); err == nil {
			_, _ = io.Copy(io.Discard, resp.Body) // until it is cut
			_ = resp.Body.Close()
		}
	}()
	h.untilPaid(t)
	leave()
	<-left
	h.until(t, func() bool { return strings.Contains(log.String(), `"msg":"request"`) })
	if text := log.String(); strings.Contains(text, `"level":"ERROR"`) || !strings.Contains(text, `"job":"job_`) {
		t.Errorf("the log says %s", text)
	}
	for line := range strings.Lines(string(h.metricsNow(t))) {
		if strings.HasPrefix(line, "midgate_errors_total{") && !strings.HasSuffix(line, " 0\n") {
			t.Errorf("it counts as an error: %s", line)
		}
	}
}

func (h *house) metricsNow(t *testing.T) []byte {
	t.Helper()
	_, _, metrics := h.call(t, http.MethodGet, "/metrics", "")
	return metrics
}

// A picture's words may be long, in any script: its buttons are there all the same, and the text stays short.
func TestMCP_LongWordsHideNoButtons(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	a := newAgent(t, h.base+"/mcp", "sk-alice")
	for _, letter := range []string{"狐", "🦊", "x ", "é\n"} {
		drawn := a.call("draw", map[string]any{"prompt": strings.Repeat(letter, 1200)})
		seen := a.call("view_picture", map[string]any{"picture": drawn.Pictures[0].ID})
		if !strings.Contains(seen.text, "upscale_subtle") || !strings.HasSuffix(seen.text, ".") || len(seen.text) > 2<<10 {
			t.Errorf("%q: %d bytes: %s", letter, len(seen.text), seen.text)
		}
	}
	if list := a.call("list_pictures", nil); len(list.text) > 2<<10 || len(list.Pictures) != 12 {
		t.Errorf("%d pictures are listed in %d bytes: %s", len(list.Pictures), len(list.text), list.text)
	}
}

// get_job tells the same of a job as often as it is asked, whoever began it, and nothing of another owner's.
func TestMCP_JobsOfEverySort(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	a, b := newAgent(t, h.base+"/mcp", "sk-alice"), newAgent(t, h.base+"/mcp", "sk-bob")
	_, header, _ := h.call(t, "POST", generations, `{"prompt":"a red fox","n":4,"response_format":"url"}`)
	_, failing, _ := h.call(t, "POST", generations, `{"prompt":"a fox sim-fail","response_format":"url"}`)
	done, failed := header.Get("Midgate-Job"), failing.Get("Midgate-Job")
	for range 2 {
		if got := a.call("get_job", map[string]any{"job": done}); len(got.Pictures) != 4 || got.Repeated || got.Paid != 1 {
			t.Errorf("another face's job is %+v", got)
		}
		if got := a.refuse("get_job", map[string]any{"job": failed}); !strings.Contains(got, "Ask the user before drawing again.") || !strings.Contains(got, failed) {
			t.Errorf("a failed one is %q", got)
		}
	}
	for _, id := range []string{done, failed, strings.ToLower(done), done + " ", "\"" + done + "\"", "job_", "video_" + strings.TrimPrefix(done, "job_"), "' or 1=1"} {
		got, err := b.try("get_job", map[string]any{"job": id})
		if err != nil || !got.failed || !strings.Contains(got.text, "There is no job") {
			t.Errorf("another owner's %q is %+v, %v", id, got, err)
		}
	}
	if got := b.call("get_job", nil); len(got.Jobs) != 0 {
		t.Errorf("another owner has %+v", got.Jobs)
	}
	h.costs(t, 2)
}

// What describes twice is not told of an argument that this tool does not have.
func TestMCP_DescribingAgainNamesNoTake(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	a := newAgent(t, h.base+"/mcp", "sk-alice")
	drawn := a.call("draw", map[string]any{"prompt": "a fox"})
	args := map[string]any{"picture": drawn.Pictures[0].ID}
	a.call("describe_picture", args)
	if again := a.call("describe_picture", args); !again.Repeated || strings.Contains(again.text, "take") || strings.Contains(again.text, "reroll") {
		t.Errorf("%+v", again)
	}
	h.costs(t, 2)
}

// A job that cannot be cancelled goes on, and the model is told nothing else.
func TestMCP_AJobThatCannotBeCancelledGoesOn(t *testing.T) {
	h := newHouse(t, simulator.Config{Pace: 2 * time.Second})
	a := newAgent(t, h.base+"/mcp?wait=1", "sk-alice")
	drawn, err := a.try("draw", map[string]any{"prompt": "a fox", "wait_seconds": 0})
	if err != nil {
		t.Fatal(err)
	}
	h.untilPaid(t)
	got, err := a.try("cancel_job", map[string]any{"job": drawn.Job.ID})
	switch {
	case err != nil:
		t.Fatal(err)
	case got.failed && (!strings.Contains(got.text, "It was not cancelled. Call get_job for what comes of it.") || strings.Contains(got.text, "Nothing was paid")):
		t.Errorf("it is told %q", got.text)
	case got.failed:
		if done := a.call("get_job", map[string]any{"job": drawn.Job.ID}); len(done.Pictures) != 4 {
			t.Errorf("%+v", done)
		}
	}
	h.costs(t, 1)
}

// A model that waits in a queue is told how many come first.
func TestMCP_ThePlaceInTheQueue(t *testing.T) {
	h := newHouse(t, simulator.Config{Pace: time.Hour})
	h.cfg.MaxInFlight, h.cfg.MaxQueue = 1, 9
	h.reopen(t)
	a := newAgent(t, h.base+"/mcp?wait=0", "sk-alice")
	for i, want := range []string{"", "is waiting for its turn. ", "is waiting for its turn, with 1 job before it. ", "is waiting for its turn, with 2 jobs before it. "} {
		got, err := a.try("draw", map[string]any{"prompt": fmt.Sprint("mill ", i)})
		if err != nil || !strings.Contains(got.text, want) {
			t.Errorf("number %d is told %q, %v; want %q", i, got.text, err, want)
		}
	}
	_, answer := h.say(t, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"draw","arguments":{"prompt":"mill 3","wait_seconds":1},"_meta":{"progressToken":"p"}}}`)
	if !strings.Contains(answer, `"message":"queued, 2 before it"`) {
		t.Errorf("its progress is %s", answer)
	}
}
