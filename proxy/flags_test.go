package proxy

import (
	"strconv"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// Some servers look for speeds anywhere in the text: wherever a client's words go, only the path
// says how fast.
func TestSpeedsInWordsReachNoServer(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	id := h.drawnID(t, "a red fox --fast")
	post := func(path, body string) {
		t.Helper()
		if status, _, answer := h.call(t, "POST", path, body); status != 200 {
			t.Fatalf("%s %s = %d %s", path, body, status, answer)
		}
	}
	post("/v1/prompts/shorten", `{"prompt":"a very very {red} fox --fast"}`)
	post("/v1/images/"+id+"/actions", `{"action":"zoom_custom","zoom":1.5,"prompt":"a fox —fast","response_format":"url"}`)
	for _, b := range h.image(t, id).Buttons {
		if b.Label == "Custom Zoom" {
			post("/v1/images/"+id+"/actions", `{"custom_id":`+strconv.Quote(b.CustomID)+`,"prompt":"a {snowy} fox --zoom 1.5 --fast","response_format":"url"}`)
		}
	}
	modals := 0
	for _, s := range h.sim.Requests().Submissions {
		if body := string(s.Body); strings.Contains(body, "fast") || strings.Contains(body, `a {`) || strings.Contains(body, `very {`) {
			t.Errorf("%s got %s, want no speed and no permutation in it", s.Route, body)
		}
		if s.Route == "modal" {
			modals++
		}
	}
	if modals != 2 {
		t.Errorf("%d dialogs were answered, want 2", modals)
	}
}
