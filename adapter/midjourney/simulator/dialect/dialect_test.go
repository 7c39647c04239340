package dialect

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator/course"
)

func all() map[string]Habits {
	return map[string]Habits{"comet": Comet(), "newapi": NewAPI(), "novicezk": NoviceZK(), "trueai": TrueAI(false)}
}

func said(t *testing.T, body []byte) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(body, &out); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return out
}

// TestCodes: 21 is a window that waits and 22 a queue, but new-api says 1 unless the window is a region's or a zoom's.
func TestCodes(t *testing.T) {
	for name, test := range map[string]struct {
		a            Acceptance
		code, newapi float64
	}{
		"taken":        {Acceptance{ID: "1"}, 1, 1},
		"queued":       {Acceptance{ID: "1", Ahead: 3}, 22, 1},
		"remix window": {Acceptance{ID: "1", Confirm: true, Verb: "variation"}, 21, 1},
		"region":       {Acceptance{ID: "1", Confirm: true, Verb: "region"}, 21, 21},
		"custom zoom":  {Acceptance{ID: "1", Confirm: true, Verb: "custom-zoom"}, 21, 21},
	} {
		for server, h := range all() {
			want := test.code
			if server == "newapi" {
				want = test.newapi
			}
			if got := said(t, h.Accepted(test.a).Body); got["code"] != want || got["result"] != "1" {
				t.Errorf("%s, %s: %v, want code %v and id 1", name, server, got, want)
			}
		}
	}
}

// TestQueueFull: every server has its own code for a full queue.
func TestQueueFull(t *testing.T) {
	for server, want := range map[string]float64{"comet": 23, "newapi": 23, "novicezk": 23, "trueai": 9} {
		out := all()[server].Refuse(Request{}, QueueFull, "")
		if got := said(t, out.Body); out.Status != 200 || got["code"] != want {
			t.Errorf("%s: status %d, %v, want 200 and code %v", server, out.Status, got, want)
		}
	}
}

// TestActionNames: rolling again is named after what was rolled by origins, REROLL by relays.
func TestActionNames(t *testing.T) {
	for kinds, want := range map[string][2]string{
		"imagine":                    {"IMAGINE", "IMAGINE"},
		"reroll imagine":             {"IMAGINE", "REROLL"},
		"reroll upscale imagine":     {"IMAGINE", "REROLL"},
		"reroll reroll pan upscale":  {"PAN", "REROLL"},
		"vary_subtle upscale":        {"VARIATION", "LOW_VARIATION"},
		"upscale_hd upscale imagine": {"UPSCALE_HD", "UPSCALE"},
	} {
		task := Task{Kinds: strings.Fields(kinds)}
		if got := [2]string{originAction(task.Kinds), task.relayAction()}; got != want {
			t.Errorf("%s: %v, want %v", kinds, got, want)
		}
	}
}

// TestUnsetValues: what is not known yet is null at origins, "" and 0 at relays.
func TestUnsetValues(t *testing.T) {
	task := Task{ID: "1", Kinds: []string{"imagine"}, Submitted: time.UnixMilli(5), View: course.View{Status: "SUBMITTED"}}
	for server, h := range all() {
		got := said(t, mustJSON(t, h.Render(task)))
		if h.Relay && (got["startTime"] != 0. || got["imageUrl"] != "") || !h.Relay && (got["startTime"] != nil || got["imageUrl"] != nil) {
			t.Errorf("%s: startTime %v, imageUrl %v", server, got["startTime"], got["imageUrl"])
		}
	}
}

// TestEvents: a webhook has the origin's form, with a relay in between too; the first origin has no buttons.
func TestEvents(t *testing.T) {
	task := Task{ID: "1", Kinds: []string{"imagine"}, View: course.View{Status: "SUCCESS"}}
	for server, h := range all() {
		got := said(t, mustJSON(t, h.Event(task)))
		if _, ok := got["buttons"]; ok != (server != "novicezk") || got["failReason"] != nil {
			t.Errorf("%s: %v", server, got)
		}
	}
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
