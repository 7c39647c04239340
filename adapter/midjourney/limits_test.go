package midjourney

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
)

// TestAnAnswerWithoutEndIsNotReadToIt: 1 MB of a task or a submission, 32 MB of a list, and not
// much more.
func TestAnAnswerWithoutEndIsNotReadToIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		read := &counter{}
		r := rigOver(t, nil, roundTrip(func(req *http.Request) (*http.Response, error) {
			if req.Body != nil {
				_ = req.Body.Close()
			}
			resp := answer(200, "")
			resp.ContentLength, resp.Body = -1, io.NopCloser(read)
			return resp, nil
		}), nil)
		c, ok := r.Upstream.(*client)
		if !ok {
			t.Fatalf("Upstream is a %T, want a *client", r.Upstream)
		}
		for name, ask := range map[string]struct {
			limit int
			do    func() error
		}{
			"a submission": {maxTask, func() error {
				_, err := r.Upstream.Submit(t.Context(), adapter.Imagine{}, adapter.Options{})
				if kindOf(err) != adapter.Ambiguous {
					t.Errorf("Submit(…) = %v, want %q", err, adapter.Ambiguous)
				}
				return err
			}},
			"a task": {maxTask, func() error { _, err := c.Fetch(t.Context(), "1"); return err }},
			"a list": {maxList, func() error { _, err := c.List(t.Context(), []string{"1"}); return err }},
		} {
			read.n = 0
			if err := ask.do(); err == nil || read.n > ask.limit+1<<20 {
				t.Errorf("%s: read %d bytes, %v; want an error after about %d", name, read.n, err, ask.limit)
			}
		}
	})
}

// TestATaskListWithoutEndIsNotReadAgainAndAgain: a lost submission is looked for every second at first.
func TestATaskListWithoutEndIsNotReadAgainAndAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		r := rigOver(t, nil, roundTrip(func(*http.Request) (*http.Response, error) {
			asked++
			resp := answer(200, "")
			resp.ContentLength, resp.Body = -1, io.NopCloser(&counter{})
			return resp, nil
		}), nil)
		f := r.Upstream.(adapter.Finder)
		for range 3 {
			if _, err := f.Find(t.Context(), "s"); !errors.Is(err, adapter.ErrNotFound) {
				t.Errorf("Find(…) in a list without end = %v, want %v", err, adapter.ErrNotFound)
			}
		}
		if asked != 1 {
			t.Errorf("the list was read %d times, want once", asked)
		}
	})
}

// counter is an endless list of spaces that counts how much of it is read.
type counter struct{ n int }

func (c *counter) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	c.n += len(p)
	return len(p), nil
}

// TestDeepAnswersDoNotBreakAWait: nesting without end, odd types, huge numbers.
func TestDeepAnswersDoNotBreakAWait(t *testing.T) {
	bad := []string{
		strings.Repeat("[", 1<<19), `{"id":"7","properties":` + strings.Repeat(`{"a":`, 1<<17) + "1" + strings.Repeat("}", 1<<17) + "}",
		`{"id":"7","status":["SUCCESS"],"progress":{},"buttons":7,"imageUrl":[],"submitTime":"yesterday"}`,
		`{"id":"7","status":"PONDERING","progress":"-5%","submitTime":1e300,"finishTime":-1}`, `{"id":7.5}`, `"SUCCESS"`, `[]`, `{"id":"8","status":"SUCCESS","imageUrl":"http://x.example/8.png"}`,
	}
	synctest.Test(t, func(t *testing.T) {
		r := rigOver(t, nil, roundTrip(func(req *http.Request) (*http.Response, error) {
			if len(bad) == 0 {
				return jobThatIsDone(req)
			}
			next := bad[0]
			bad = bad[1:]
			return answer(200, next), nil
		}), nil)
		task, err := r.Waiter.Wait(t.Context(), adapter.Wait{TaskID: "7", Kind: "imagine", Submitted: time.Now()})
		if err != nil || task.ID != "7" || task.Status != adapter.Success {
			t.Errorf("Wait(…) = %+v, %v; want the success after all", task, err)
		}
	})
}
