package proxy

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"midgate/adapter"
	adapterchat "midgate/adapter/chat"
	"midgate/proxy/images"
	"midgate/proxy/web"
)

func hexOf(n int) string { return strconv.FormatInt(int64(n), 16) }

// beating starts a server whose job waits for hold, and a request that has had its first blank.
func beating(t *testing.T, f *fake) (*http.Response, *bufio.Reader) {
	t.Helper()
	f.hold, f.settled = make(chan struct{}), make(chan string, 1)
	address := listen(t, newServer(t, f, func(c *web.Config) { c.Heartbeat, c.BeatEvery = 10*time.Millisecond, 10*time.Millisecond }))
	c := dial(t, address)
	if _, err := io.WriteString(c, post(`{"prompt":"x"}`, "Content-Length: 14")); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	body := bufio.NewReader(resp.Body)
	for range 3 {
		if b, err := body.ReadByte(); b != ' ' || err != nil {
			t.Fatalf("while waiting: %q, %v; want a blank", b, err)
		}
	}
	return resp, body
}

func TestAnswersThatTakeLongBeginWithBlanks(t *testing.T) {
	f := newFake()
	resp, body := beating(t, f)
	if resp.StatusCode != 200 || resp.ContentLength != -1 || resp.Header.Get("Content-Type") != "application/json" || resp.Header.Get("Midgate-Job") != testJob {
		t.Errorf("header = %d %v", resp.StatusCode, resp.Header)
	}
	close(f.hold)
	rest, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct{ Data []images.ElementJSON }
	if err := json.Unmarshal(rest, &answer); err != nil || len(answer.Data) != 1 {
		t.Errorf("answer = %s, %v; want one picture", rest, err)
	}
	if got := <-f.settled; got != "answered" {
		t.Errorf("the ticket was told %s, want answered", got)
	}
}

// Once the status is out, a failure can only be told by not completing the body (MIDGATE_HEARTBEAT).
func TestLateFailuresCutTheConnection(t *testing.T) {
	f := newFake()
	f.fail = adapter.Errorf(adapter.Failed, "The job failed.")
	_, body := beating(t, f)
	close(f.hold)
	rest, err := io.ReadAll(body)
	if err == nil {
		t.Errorf("the body ended well with %q, want a broken connection", rest)
	}
	if strings.Contains(string(rest), "error") {
		t.Errorf("the body says %q, want only blanks", rest)
	}
	if got := <-f.settled; got != "abandoned" {
		t.Errorf("the ticket was told %s, want abandoned", got)
	}
}

func TestQuickFailuresHaveTheirStatus(t *testing.T) {
	for name, tt := range map[string]struct {
		fail    *adapter.Error
		status  int
		retry   string
		settled string
	}{
		"a failed job":          {adapter.Errorf(adapter.Failed, "x"), 502, "false", "answered"},
		"a moderated picture":   {adapter.Errorf(adapter.Moderated, "x"), 400, "", "answered"},
		"a job that still runs": {adapter.Errorf(adapter.Timeout, "x"), 504, "false", "abandoned"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			f.fail, f.settled = tt.fail, make(chan string, 1)
			w := send(newServer(t, f, func(c *web.Config) { c.Heartbeat = time.Hour }), "POST", "/v1/images/generations", `{"prompt":"x"}`)
			if w.Code != tt.status || w.Header().Get("X-Should-Retry") != tt.retry || w.Header().Get("Midgate-Job") != testJob {
				t.Errorf("%d retry %q job %q, want %d %q", w.Code, w.Header().Get("X-Should-Retry"), w.Header().Get("Midgate-Job"), tt.status, tt.retry)
			}
			if got := <-f.settled; got != tt.settled {
				t.Errorf("the ticket was told %s, want %s", got, tt.settled)
			}
		})
	}
}

func TestAStillRunningJobInvitesRepeatsThatJoin(t *testing.T) {
	f := newFake()
	f.fail = adapter.Errorf(adapter.Timeout, "x")
	for _, header := range []string{"X-Stainless-Retry-Count", "Idempotency-Key"} {
		w := send(newServer(t, f), "POST", "/v1/images/generations", `{"prompt":"x"}`, header, "0")
		if got := w.Header().Get("X-Should-Retry"); w.Code != 504 || got != "true" {
			t.Errorf("with %s: %d, x-should-retry %q; want 504, true", header, w.Code, got)
		}
	}
}

func TestMissingPicturesAreTold(t *testing.T) {
	f := newFake()
	f.missing = 1
	w := send(newServer(t, f), "POST", "/v1/images/generations", `{"prompt":"x","n":2}`)
	if got := w.Header().Get("Midgate-Missing"); w.Code != 200 || got != "1; one was refused" {
		t.Errorf("%d Midgate-Missing %q, want 200 and why one is missing", w.Code, got)
	}
}

// A result whose pictures cannot be read was delivered to nobody.
func TestAResultThatCannotBeShownStaysOpen(t *testing.T) {
	f := newFake()
	core := f.core()
	core.Keep = &lostPictures{f}
	s := newServerOf(t, core)
	w := send(s, "POST", "/v1/images/generations", `{"prompt":"x"}`)
	if w.Code != 500 || w.Header().Get("X-Should-Retry") != "false" || f.abandoned != 1 || f.answered != 0 {
		t.Errorf("%d retry %q abandoned %d answered %d, want 500 false 1 0", w.Code, w.Header().Get("X-Should-Retry"), f.abandoned, f.answered)
	}
}

// Pictures that vanish between their opening and their answer are a refusal with a status, not half an answer.
func TestAnAnswerWhosePicturesVanishHasAStatus(t *testing.T) {
	f := newFake()
	gone := &atomic.Bool{}
	gone.Store(true)
	core := f.core()
	core.Keep = goneLibrary{f, gone}
	s := newServerOf(t, core)
	w := send(s, "POST", "/v1/images/generations", `{"prompt":"x"}`)
	if _, _, _, code := problemOf(t, w); w.Code != 503 || code != "storage_unavailable" || f.abandoned != 1 || f.answered != 0 {
		t.Errorf("%d %s abandoned %d answered %d, want 503 storage_unavailable 1 0", w.Code, w.Body, f.abandoned, f.answered)
	}
}

type lostPictures struct{ *fake }

func (*lostPictures) Bytes(context.Context, string, adapter.Format, int) (*adapter.Blob, error) {
	return nil, io.ErrUnexpectedEOF
}

// gone is the connection of a client that has left: nothing that is written arrives.
type gone struct{ *httptest.ResponseRecorder }

func (gone) Write([]byte) (int, error) { return 0, net.ErrClosed }

func (gone) FlushError() error { return net.ErrClosed }

// A job that was accepted at once is the repeat's when the acceptance did not arrive.
func TestAnAcceptanceThatIsCutLeavesTheJobToItsRepeat(t *testing.T) {
	for path, body := range map[string]string{
		"/v1/images/generations": `{"prompt":"x"}`,
		"/v1/videos":             `{"prompt":"x"}`,
		"/v1/responses":          `{"input":"a red fox in the snow","background":true}`,
	} {
		t.Run(path, func(t *testing.T) {
			for _, arrives := range []bool{true, false} {
				f := newFake()
				r := httptest.NewRequestWithContext(t.Context(), "POST", path, strings.NewReader(body))
				r.Header.Set("Authorization", "Bearer sk-alice")
				r.Header.Set("Prefer", "respond-async")
				w := httptest.NewRecorder()
				var to http.ResponseWriter = w
				answered := 1
				if !arrives {
					to, answered = gone{w}, 0
				}
				core := f.core()
				core.Films, core.Chat = begins{f: f}, begins{f: f}
				srv := newServerOf(t, core)
				func() {
					defer func() {
						if p := recover(); p != nil && p != http.ErrAbortHandler {
							t.Errorf("panic: %v", p)
						}
					}()
					srv.ServeHTTP(to, r)
				}()
				if f.answered != answered || f.abandoned != 1-answered {
					t.Errorf("arrives %t: answered %d, abandoned %d", arrives, f.answered, f.abandoned)
				}
			}
		})
	}
}

// begins starts a drawing whatever it is asked for.
type begins struct {
	Films
	f *fake
}

func (b begins) Film(ctx context.Context, a adapter.Attempt, f adapter.VideoRequest) (adapter.Ticket, error) {
	return b.f.Generate(ctx, a, f.Generation)
}

func (b begins) Converse(ctx context.Context, a adapter.Attempt, _ adapterchat.Turn, g adapter.Generation, _ []adapter.Reference) (adapter.TurnAnswer, error) {
	t, err := b.f.Generate(ctx, a, g)
	return adapter.TurnAnswer{Ticket: t}, err
}
