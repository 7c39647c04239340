package simulator

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var update = flag.Bool("update", false, "rewrite the transcripts in testdata")

// script drives a simulator inside a synctest bubble and writes down what was said, ids and uuids by order of
// appearance. The clock of a bubble starts at a fixed moment, so times are as they are.
type script struct {
	t       *testing.T
	sim     *Simulator
	header  http.Header
	out     strings.Builder
	replace map[string]string
	ids     int
	uuids   int
}

func newScript(t *testing.T, cfg Config) *script {
	t.Helper()
	sim := New(cfg)
	t.Cleanup(sim.Close)
	return &script{t: t, sim: sim, header: http.Header{}, replace: map[string]string{}}
}

var (
	idPattern   = regexp.MustCompile(`\b\d{15,16}\b`)
	uuidPattern = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`)
	signPattern = regexp.MustCompile(`(hm|sig)=[0-9a-f]{16}`)
	tailPattern = regexp.MustCompile(`("discordChannelId":|"discordInstanceId":)"\d{10}"`)
)

func (p *script) tidy(text string) string {
	text = signPattern.ReplaceAllString(text, "$1=SIGN") // first: one in a few thousand looks like an id
	text = uuidPattern.ReplaceAllStringFunc(text, func(found string) string { return p.name(found, &p.uuids, "UUID") })
	text = idPattern.ReplaceAllStringFunc(text, func(found string) string { return p.name(found, &p.ids, "TASK") })
	return tailPattern.ReplaceAllString(text, `$1"TAIL"`)
}

func (p *script) name(found string, n *int, kind string) string {
	if p.replace[found] == "" {
		*n++
		p.replace[found] = fmt.Sprintf("%s-%d", kind, *n)
	}
	return p.replace[found]
}

// answered is a response whose body was read.
type answered struct {
	status int
	header http.Header
	body   []byte
}

// object decodes the body.
func (a answered) object(t *testing.T) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(a.body, &m); err != nil {
		t.Fatalf("body %q: %v", a.body, err)
	}
	return m
}

// send makes one request.
func (p *script) send(method, path, body string) answered {
	p.t.Helper()
	out, err := p.try(method, path, body)
	if err != nil {
		p.t.Fatalf("%s %s: %v", method, path, err)
	}
	return out
}

func (p *script) try(method, path, body string) (answered, error) {
	p.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = "http://upstream.test" + path
	}
	r, err := http.NewRequest(method, path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header = p.header.Clone()
	resp, err := (&http.Client{Transport: p.sim.Transport(), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(r)
	if err != nil {
		return answered{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	return answered{resp.StatusCode, resp.Header, data}, err
}

// say makes a request and writes it and its answer down.
func (p *script) say(method, path, body string) answered {
	p.t.Helper()
	got := p.send(method, path, body)
	fmt.Fprintf(&p.out, "%s %s\n", method, p.tidy(path))
	if body != "" {
		fmt.Fprintf(&p.out, "%s\n", p.tidy(body))
	}
	fmt.Fprintf(&p.out, "%d %s\n%s\n\n", got.status, got.header.Get("Content-Type"), p.tidy(string(got.body)))
	return got
}

// note writes a line of explanation down.
func (p *script) note(format string, args ...any) { fmt.Fprintf(&p.out, "# "+format+"\n", args...) }

// submit posts a body and returns the id that the answer names.
func (p *script) submit(path, body string) string {
	p.t.Helper()
	got := p.send(http.MethodPost, path, body).object(p.t)
	id, _ := got["result"].(string)
	if id == "" {
		p.t.Fatalf("POST %s answered %v, want a task id", path, got)
	}
	return id
}

// task fetches a task.
func (p *script) task(id string) map[string]any {
	p.t.Helper()
	return p.send(http.MethodGet, "/mj/task/"+id+"/fetch", "").object(p.t)
}

// finish sleeps until a task has ended.
func (p *script) finish(id string) map[string]any {
	p.t.Helper()
	for range 10000 {
		got := p.task(id)
		if got["status"] == "SUCCESS" || got["status"] == "FAILURE" || got["status"] == "CANCEL" {
			return got
		}
		pass(time.Second)
	}
	p.t.Fatalf("task %s never ended", id)
	return nil
}

// pass lets the bubble's clock run.
func pass(d time.Duration) {
	timer := time.NewTimer(d)
	<-timer.C
}

// customID is the customId of the task's button whose id holds part.
func customID(t *testing.T, task map[string]any, part string) string {
	t.Helper()
	all, _ := task["buttons"].([]any)
	for _, b := range all {
		if id, _ := b.(map[string]any)["customId"].(string); strings.Contains(id, part) {
			return id
		}
	}
	t.Fatalf("no button %s among %v", part, all)
	return ""
}

// press presses a button and returns the new task's id.
func (p *script) press(task map[string]any, part string) string {
	p.t.Helper()
	return p.submit("/mj/submit/action", fmt.Sprintf(`{"taskId":%q,"customId":%q}`, task["id"], customID(p.t, task, part)))
}

// compare holds the transcript against testdata/name.
func (p *script) compare(name string) {
	p.t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(p.out.String()), 0o644); err != nil {
			p.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		p.t.Fatal(err)
	}
	if got := p.out.String(); got != string(want) {
		p.t.Errorf("transcript differs from %s at\n%s", file, difference(got, string(want)))
	}
}

// difference is the first line that is not the same.
func difference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d\ngot  %s\nwant %s", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("got %d lines, want %d", len(a), len(b))
}

// bubble runs a test under a fake clock.
func bubble(t *testing.T, run func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, run)
}
