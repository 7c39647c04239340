package proxy

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/web"
)

// retelling is an upstream that tells what it has in another way.
type retelling struct {
	http.RoundTripper
	task    func(task map[string]any) // a finished task, as often as it is told
	telling sync.Mutex
	answer  func(route string, status int, body []byte) (int, []byte) // whatever else is answered to a submission
}

// RoundTrip implements http.RoundTripper.
func (r *retelling) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := r.RoundTripper.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	route := req.URL.Path[strings.LastIndex(req.URL.Path, "/")+1:]
	submits, reads := strings.Contains(req.URL.Path, "/submit/"), route == "fetch" || route == "list-by-condition"
	if !(submits && r.answer != nil || reads && r.task != nil) {
		return resp, nil
	}
	raw, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		return nil, err
	}
	r.telling.Lock() // what it tells may depend on what it told
	defer r.telling.Unlock()
	if submits {
		resp.StatusCode, raw = r.answer(route, resp.StatusCode, raw)
	} else {
		raw = retold(raw, r.task)
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
	resp.Header.Del("Content-Length")
	return resp, nil
}

// retold changes the finished tasks of an answer.
func retold(raw []byte, tell func(map[string]any)) []byte {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return raw
	}
	tasks, isList := v.([]any)
	if !isList {
		tasks = []any{v}
	}
	for _, task := range tasks {
		if t, ok := task.(map[string]any); ok && t["status"] == "SUCCESS" {
			tell(t)
		}
	}
	out, err := json.Marshal(v)
	if err != nil {
		return raw
	}
	return out
}

// retold is a house whose upstream tells its finished tasks in another way.
func newHouseRetold(t *testing.T, sim simulator.Config, task func(map[string]any), change ...func(*web.Config)) *house {
	t.Helper()
	return newHouseAmid(t, sim, mischief{upstream: func(rt http.RoundTripper) http.RoundTripper {
		return &retelling{RoundTripper: rt, task: task}
	}}, change...)
}

// late hides a member of each finished task for a while after it was first told.
func late(by time.Duration, member string, instead func(task map[string]any)) func(map[string]any) {
	var mu sync.Mutex
	first := map[any]time.Time{}
	return func(task map[string]any) {
		mu.Lock()
		defer mu.Unlock()
		id := task["id"]
		if first[id].IsZero() {
			first[id] = time.Now()
		}
		if time.Since(first[id]) < by {
			delete(task, member)
			instead(task)
		}
	}
}

// addressesOf are the addresses of a task's separate pictures.
func addressesOf(task map[string]any) (all []string) {
	list, _ := task["imageUrls"].([]any)
	for _, e := range list {
		if m, ok := e.(map[string]any); ok {
			e = m["url"]
		}
		if u, ok := e.(string); ok {
			all = append(all, u)
		}
	}
	return all
}
