package proxy

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/web"
)

// conformanceCase is one sentence about OpenAI's API ("openai/07 …") or about what clients need of it ("clients/23 …"),
// tried over HTTP on the real service and the simulated upstream. Every answer is examined on its way (examiner).
type conformanceCase struct {
	name string
	run  func(t *testing.T, h *house)
	sim  simulator.Config
	face func(*web.Config)
}

// conformance is all of them, by theme.
func conformance() []conformanceCase {
	return slices.Concat(generationCases, streamCases, editCases, routeCases, repeatCases, videoCases, talkCases, errorCases, clientAnswerCases, clientRequestCases, clientRouteCases, clientTalkCases)
}

func TestConformance(t *testing.T) {
	for _, c := range conformance() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var change []func(*web.Config)
			if c.face != nil {
				change = append(change, c.face)
			}
			c.run(t, newHouse(t, c.sim, change...))
		})
	}
}

// Every number is there exactly once.
func TestConformanceIsComplete(t *testing.T) {
	named := regexp.MustCompile(`^(openai|clients)/(\d\d) [^ ].{10,}`)
	seen := map[string]int{}
	for _, c := range conformance() {
		m := named.FindStringSubmatch(c.name)
		if m == nil {
			t.Errorf("%q has no number or no sentence", c.name)
			continue
		}
		seen[m[1]+"/"+m[2]]++
	}
	want := map[string]int{"openai": 70, "clients": 55}
	for list, n := range want {
		for i := 1; i <= n; i++ {
			if got := seen[fmt.Sprintf("%s/%02d", list, i)]; got != 1 {
				t.Errorf("%s/%02d is there %d times, want once", list, i, got)
			}
		}
	}
	if len(seen) != want["openai"]+want["clients"] {
		t.Errorf("%d numbers, want %d", len(seen), want["openai"]+want["clients"])
	}
}

// ask sends JSON, or whatever the headers say it is, with alice's key unless there is another one or an empty one.
func (h *house) ask(t *testing.T, method, path, body string, headers ...string) answered {
	t.Helper()
	keyed := slices.ContainsFunc(headers, func(s string) bool { return strings.EqualFold(s, "Authorization") })
	if !keyed {
		headers = append(headers, "Authorization", "Bearer sk-alice")
	}
	return h.replay(t, replay{method: method, path: path, headers: headers, body: []byte(body)})
}

const (
	generations = "/v1/images/generations"
	edits       = "/v1/images/edits"
	variations  = "/v1/images/variations"
)

// draw is a generation that must succeed.
func (h *house) draw(t *testing.T, body string) []dataItem {
	t.Helper()
	return h.ask(t, http.MethodPost, generations, body).items(t)
}

// drawnID is the ID of a picture that was just drawn.
func (h *house) drawnID(t *testing.T, prompt string) string {
	t.Helper()
	return h.draw(t, `{"prompt":`+strconv.Quote(prompt)+`,"response_format":"url"}`)[0].ID
}

// is says whether the answer has this status, and else what it was.
func (a answered) is(t *testing.T, status int) answered {
	t.Helper()
	if a.status != status {
		t.Fatalf("%d %.300s, want %d", a.status, a.body, status)
	}
	return a
}

// members are the members of the answer's object.
func (a answered) members(t *testing.T) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(a.body, &m); err != nil {
		t.Fatalf("%d %.300s: %v", a.status, a.body, err)
	}
	return m
}

// problem is an error as its envelope has it; all four members must be there.
func (a answered) problem(t *testing.T) web.Problem {
	t.Helper()
	var e struct{ Error map[string]json.RawMessage }
	var p errorBody
	if err := json.Unmarshal(a.body, &e); err != nil || json.Unmarshal(a.body, &p) != nil || len(e.Error) != 4 {
		t.Fatalf("%d %.300s, want an error with four members", a.status, a.body)
	}
	return web.Problem{Message: p.Error.Message, Type: p.Error.Type, Param: p.Error.Param, Code: p.Error.Code}
}

// refusal is what a request must be refused with.
type refusal struct {
	status      int
	param, code string // empty is null
}

func (a answered) refused(t *testing.T, want refusal) {
	t.Helper()
	p := a.is(t, want.status).problem(t)
	if got := (refusal{a.status, orNone(p.Param), orNone(p.Code)}); got != want || p.Message == "" {
		t.Errorf("refused with %+v: %s, want %+v", got, p.Message, want)
	}
}

// costs fails unless the upstream was paid for exactly so many jobs.
func (h *house) costs(t *testing.T, jobs int) {
	t.Helper()
	if got := len(h.sim.Ledger()); got != jobs {
		t.Errorf("the upstream was paid for %d jobs (%s), want %d", got, h.charged(), jobs)
	}
}

// refuses tries bodies that must be refused and cost nothing.
func (h *house) refuses(t *testing.T, path string, bodies map[string]refusal) {
	t.Helper()
	for body, want := range bodies {
		t.Run(body[:min(len(body), 60)], func(t *testing.T) {
			h.ask(t, http.MethodPost, path, body).refused(t, want)
		})
	}
	h.costs(t, 0)
}

// takes tries members of a generation's body that must all be taken.
func (h *house) takes(t *testing.T, members ...string) {
	t.Helper()
	for _, m := range members {
		t.Run(m, func(t *testing.T) {
			if got := len(h.draw(t, `{"prompt":"a fox","response_format":"url",`+m+`}`)); got != 1 {
				t.Errorf("%d pictures, want 1", got)
			}
		})
	}
}

// distinct fails unless the answer has n pictures that all differ.
func distinct(t *testing.T, items []dataItem, n int) {
	t.Helper()
	seen := map[string]bool{}
	for _, i := range items {
		seen[string(base64Picture(t, i.B64, pngMagic))] = true
	}
	if len(items) != n || len(seen) != n {
		t.Errorf("%d pictures, %d different ones, want %d", len(items), len(seen), n)
	}
}

// says fails unless the answer has these words.
func (a answered) says(t *testing.T, words string) {
	t.Helper()
	if !strings.Contains(string(a.body), words) {
		t.Errorf("%.400s, want %q in it", a.body, words)
	}
}
