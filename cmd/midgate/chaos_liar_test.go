package main

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
)

// lies are what an upstream says of a task that is drawn all the while, as JSON. None of them may end
// its job.
var lies = map[string]func(id string) string{
	"a success without a picture": func(id string) string { return `{"id":"` + id + `","status":"SUCCESS","progress":"100%"}` },
	"nearly done": func(id string) string {
		return `{"id":"` + id + `","status":"IN_PROGRESS","progress":"97%"}`
	},
	"progress that goes back": func(id string) string {
		return `{"id":"` + id + `","status":"SUBMITTED","progress":"-3%"}`
	},
	"a status that nobody knows": func(id string) string {
		return `{"id":"` + id + `","status":"EXPLODED","progress":"1e999"}`
	},
	"fields of wrong types": func(id string) string {
		return `{"id":"` + id + `","status":{"is":[]},"progress":[[]],"imageUrl":7,"imageUrls":{"0":null},"buttons":"none","properties":[],"submitTime":{},"finishTime":"soon","state":null,"failReason":[1]}`
	},
	"another type altogether": func(string) string { return `"` + strings.Repeat("x", 100) + `"` },
	"ten megabytes":           func(id string) string { return `{"id":"` + id + `","prompt":"` + strings.Repeat("x", 10<<20) + `"}` },
	"a deep nest": func(id string) string {
		return `{"id":"` + id + `","buttons":` + strings.Repeat("[", 400<<10) + strings.Repeat("]", 400<<10) + `}`
	},
	"a nest without an end": func(id string) string { return `{"id":"` + id + `","properties":` + endless },
}

// endless stands for text that never ends.
const endless = "\x00"

// spoiling are the lies that cost a whole list: what else is in it cannot be read any more, or would be too much. Between
// them is a list that can be read and ends no job, so that there is a next one whenever the tasks are over.
var spoiling = []string{"ten megabytes", "", "a nest without an end"}

// liar is an upstream's worse half. It lies when a task is first asked for by itself, another lie for each; it lies in the
// first list about every task in it, and then tells a few that cannot be read at all. Submissions are answered with one
// where that was asked for.
type liar struct {
	b       *bed
	listed  bool              // the upstream has a list of tasks
	submits map[string]string // by words of the prompt: what a submission that was accepted is answered with

	mu    sync.Mutex
	told  map[string]bool // the tasks that were lied about one by one
	lists int
	most  int64 // bytes that the gate took of one answer
	order []string
}

// lie begins to lie to the gate of a bed.
func (b *bed) lie(listed bool, submits map[string]string) *liar {
	l := &liar{b: b, listed: listed, submits: submits, told: map[string]bool{}, order: slices.Sorted(maps.Keys(lies))}
	b.meddle(l.answer)
	return l
}

func (l *liar) answer(w http.ResponseWriter, r *http.Request) bool {
	lie := ""
	switch route := path.Base(r.URL.Path); {
	case strings.HasSuffix(r.URL.Path, "/submit/imagine"):
		return l.submitted(w, r)
	case route == "fetch":
		lie = l.single(path.Base(path.Dir(r.URL.Path)))
	case route == "list-by-condition" && l.listed:
		lie = l.list(r)
	}
	if lie != "" {
		l.say(w, lie)
	}
	return lie != ""
}

// single is the lie about a task, the first time.
func (l *liar) single(id string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.told)
	if n >= len(l.order) || l.told[id] {
		return ""
	}
	l.told[id] = true
	return lies[l.order[n]](id)
}

// list is the next lie about all tasks that are asked for.
func (l *liar) list(r *http.Request) string {
	raw, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(raw))
	var in struct{ IDs []string }
	if err != nil || json.Unmarshal(raw, &in) != nil || len(in.IDs) == 0 {
		l.b.t.Errorf("a list of tasks is asked for with %q, %v", raw, err)
		return ""
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lists++
	if l.lists == 1 {
		elements := []string{}
		for i, id := range in.IDs {
			if lie := l.order[i%len(l.order)]; !slices.Contains(spoiling, lie) {
				elements = append(elements, lies[lie](id))
			}
		}
		return "[" + strings.Join(elements, ",") + "]"
	}
	n := l.lists - 2
	switch {
	case n >= len(spoiling):
		return ""
	case spoiling[n] != "":
		return "[" + lies[spoiling[n]](in.IDs[0]) + "]"
	}
	elements := []string{}
	for _, id := range in.IDs {
		elements = append(elements, lies["nearly done"](id))
	}
	return "[" + strings.Join(elements, ",") + "]"
}

// submitted has a submission accepted, and answers with something else if that was asked for.
func (l *liar) submitted(w http.ResponseWriter, r *http.Request) bool {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return true
	}
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	for words, lie := range l.submits {
		if strings.Contains(string(body), words) {
			l.b.sim.ServeHTTP(httptest.NewRecorder(), r)
			l.say(w, lie)
			return true
		}
	}
	return false
}

// say writes an answer as far as it is taken; one without an end ends after a quarter of a gigabyte.
func (l *liar) say(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "application/json")
	head, _, open := strings.Cut(text, endless)
	n, err := io.WriteString(w, head)
	took := int64(n)
	for deeper := []byte(strings.Repeat(`[{"a":`, 10<<10)); open && err == nil && took < 256<<20; took += int64(n) {
		n, err = w.Write(deeper)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.most = max(l.most, took)
}

// mostTaken is what the gate may take of one answer: a list of tasks may have 32 MB, and the
// sockets' buffers hold some more.
const mostTaken = 64 << 20

// bounded fails if the gate took more of an answer than it may.
func (l *liar) bounded(t *testing.T) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	t.Logf("%d tasks and %d lists were lied about; at most %d bytes of one answer were taken", len(l.told), min(l.lists, len(spoiling)+1), l.most)
	if l.most > mostTaken {
		t.Errorf("%d bytes of one answer were taken, want at most %d", l.most, mostTaken)
	}
}
