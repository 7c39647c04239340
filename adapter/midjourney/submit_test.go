package midjourney

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

// TestASubmissionIsNeverRepeated tries every way to answer badly, with a job created and without.
// The ledger never has more than one charge, and whoever could have one charge behind his back is
// told that nobody knows.
func TestASubmissionIsNeverRepeated(t *testing.T) {
	kinds := map[string]adapter.Kind{
		"500": adapter.Ambiguous, "500-html": adapter.Ambiguous, "502": adapter.Ambiguous, "502-html": adapter.Ambiguous,
		"504": adapter.Ambiguous, "504-html": adapter.Ambiguous, "503-html": adapter.Ambiguous, "html-200": adapter.Ambiguous,
		"garbage": adapter.Ambiguous, "empty": adapter.Ambiguous, "truncated": adapter.Ambiguous, "cut": adapter.Ambiguous,
		"no-id": adapter.Ambiguous, "hang": adapter.Ambiguous, "timeout": adapter.Ambiguous,
		"drop-before": adapter.Ambiguous, "drop-after": adapter.Ambiguous,
		"429": adapter.Busy, "503": adapter.Unavailable, "queue-full": adapter.Busy, "banned": adapter.Moderated,
		"no-account": adapter.Unavailable, "301": adapter.Unavailable, "400": adapter.Ambiguous, // the simulator says code 5
	}
	for kind, want := range kinds {
		for _, accepted := range []bool{false, true} {
			name := kind + " with no job"
			if accepted {
				name = kind + " with a job"
			}
			if accepted && want != adapter.Ambiguous {
				continue // upstreams that refuse in so many words are believed
			}
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					r := newRig(t, simulator.Config{}, nil)
					r.sim.Fail(simulator.Fault{Route: "submit", Kind: kind, Accepted: accepted})
					_, err := r.Upstream.Submit(t.Context(), adapter.Imagine{Prompt: "a fox"}, adapter.Options{State: "s"})
					if kindOf(err) != want {
						t.Errorf("Submit(…) = %v (%q), want %q", err, kindOf(err), want)
					}
					if n := r.sim.Requests().Routes["imagine"]; n != 1 {
						t.Errorf("the upstream saw %d submissions, want 1", n)
					}
					if n := len(r.sim.Ledger()); n > 1 {
						t.Errorf("the ledger has %d charges, want at most 1", n)
					}
				})
			})
		}
	}
}

// TestADeadConnectionIsNoSecondSubmission: a kept-alive connection dies when the submission is on
// it, and the transport does not send it again.
func TestADeadConnectionIsNoSecondSubmission(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	var submissions atomic.Int32
	served := make(chan struct{})
	go func() {
		defer close(served)
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			serveUntilSubmission(conn, &submissions)
		}
	}()
	fleet, err := New(Config{Upstreams: []UpstreamConfig{{Name: "one", URL: "http://" + ln.Addr().String()}}})
	if err != nil {
		t.Fatal(err)
	}
	defer fleet.Close()
	a, err := fleet.Choose(t.Context(), adapter.Caller{}, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Upstream.Submit(t.Context(), adapter.Imagine{Prompt: "a fox"}, adapter.Options{State: "s"}); err != nil {
		t.Fatalf("Submit(…) = %v, want no error: it opens the connection", err)
	}
	_, err = a.Upstream.Submit(t.Context(), adapter.Imagine{Prompt: "a fox"}, adapter.Options{State: "s"})
	if kindOf(err) != adapter.Ambiguous {
		t.Errorf("Submit(…) = %v, want %q", err, adapter.Ambiguous)
	}
	_ = ln.Close()
	<-served
	if n := submissions.Load(); n != 2 {
		t.Errorf("the upstream saw %d submissions, want 2: the answered one and the other", n)
	}
}

// serveUntilSubmission answers one submission on a connection and hangs up at the second.
func serveUntilSubmission(conn net.Conn, submissions *atomic.Int32) {
	defer func() { _ = conn.Close() }()
	in := bufio.NewReader(conn)
	for first := true; ; first = false {
		req, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		if _, err := io.Copy(io.Discard, req.Body); err != nil {
			return
		}
		if submissions.Add(1); !first {
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 23\r\n\r\n"+`{"code":1,"result":"1"}`)
	}
}

// TestASubmissionDoesNotMeetAnOldConnectionsEnd: servers close what was idle for a while, some after two seconds, and a
// submission that crosses that on its way is one of which nobody knows. A connection that is not kept cannot be met.
func TestASubmissionDoesNotMeetAnOldConnectionsEnd(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var submissions atomic.Int32
	closed := make(chan struct{}, 2)
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				serveUntilSubmission(conn, &submissions)
				closed <- struct{}{}
			}()
		}
	}()
	r := rigOver(t, nil, nil, func(c *Config) { c.Upstreams[0].URL = "http://" + ln.Addr().String() })
	r.submit(adapter.Imagine{Prompt: "a fox"}, "s")
	select {
	case <-closed:
	case <-time.After(5 * time.Second):
		t.Error("a submission's connection is kept for more than 5 s")
	}
	if _, err := r.Upstream.Submit(t.Context(), adapter.Imagine{Prompt: "a fox"}, adapter.Options{State: "s"}); err != nil {
		t.Errorf("Submit(…) after a pause = %v, want no error", err)
	}
	r.fleet.Close()
	<-closed
	_ = ln.Close()
}

func TestWhatNeverLeftIsKnownNotToBeAJob(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	_ = ln.Close() // nobody listens there any more
	fleet, err := New(Config{Upstreams: []UpstreamConfig{{Name: "one", URL: "http://" + addr}}, BreakAfter: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer fleet.Close()
	a, err := fleet.Choose(t.Context(), adapter.Caller{}, "")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		_, err := a.Upstream.Submit(t.Context(), adapter.Imagine{}, adapter.Options{})
		if kindOf(err) != adapter.Unavailable {
			t.Errorf("Submit(…) %d = %v, want %q", i, err, adapter.Unavailable)
		}
		if strings.Contains(err.(*adapter.Error).Message, "127.0.0.1") {
			t.Errorf("Submit(…) tells %q, want no address", err.(*adapter.Error).Message)
		}
	}
	if _, err := fleet.Choose(t.Context(), adapter.Caller{}, ""); kindOf(err) != adapter.Unavailable {
		t.Errorf("Choose(…) after 3 dead connections = %v, want %q", err, adapter.Unavailable)
	}
}

// TestASubmissionSaysEverything compares the raw bodies of all commands.
func TestASubmissionSaysEverything(t *testing.T) {
	png := adapter.Attachment{MIME: "image/png", Size: 4, Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("\x89PNG")), nil
	}}
	link := adapter.Attachment{URL: "https://a.example/x.png"}
	const data = `"data:image/png;base64,iVBORw=="`
	for name, c := range map[string]struct {
		cmd  adapter.Command
		path string
		want string
	}{
		"imagine": {
			adapter.Imagine{Prompt: "a \"fox\"", Pictures: []adapter.Attachment{png, link, png}}, "/mj-fast/mj/submit/imagine",
			`{"botType":"MID_JOURNEY","prompt":"https://a.example/x.png a \"fox\"","base64Array":[` + data + `,` + data + `],"state":"s1"}`,
		},
		"niji": {adapter.Imagine{Prompt: "x", Niji: true}, "/mj-fast/mj/submit/imagine", `{"botType":"NIJI_JOURNEY","prompt":"x","base64Array":[],"state":"s1"}`},
		"action": {
			adapter.Action{TaskID: "1", CustomID: "MJ::JOB::x"}, "/mj-fast/mj/submit/action", `{"taskId":"1","customId":"MJ::JOB::x","state":"s1"}`,
		},
		"a press that is worded": {
			adapter.Action{TaskID: "1", CustomID: "MJ::JOB::x", Remix: true}, "/mj-fast/mj/submit/action", `{"taskId":"1","customId":"MJ::JOB::x","enableRemix":true,"state":"s1"}`,
		},
		"modal": {adapter.Modal{TaskID: "1", Prompt: "p", Mask: &png}, "/mj-fast/mj/submit/modal", `{"taskId":"1","prompt":"p","maskBase64":` + data + `,"state":"s1"}`},
		"change": {
			adapter.Change{TaskID: "1", Verb: "REROLL"}, "/mj-fast/mj/submit/change", `{"taskId":"1","action":"REROLL","index":1,"state":"s1"}`,
		},
		"blend": {
			adapter.Blend{Pictures: []adapter.Attachment{png, png}, Dimensions: "SQUARE"}, "/mj-fast/mj/submit/blend",
			`{"botType":"MID_JOURNEY","base64Array":[` + data + `,` + data + `],"dimensions":"SQUARE","state":"s1"}`,
		},
		"describe":      {adapter.Describe{Picture: png}, "/mj-fast/mj/submit/describe", `{"botType":"MID_JOURNEY","base64":` + data + `,"state":"s1"}`},
		"describe link": {adapter.Describe{Picture: link}, "/mj-fast/mj/submit/describe", `{"botType":"MID_JOURNEY","link":"https://a.example/x.png","state":"s1"}`},
		"shorten":       {adapter.Shorten{Prompt: "p"}, "/mj-fast/mj/submit/shorten", `{"botType":"MID_JOURNEY","prompt":"p","state":"s1"}`},
		"edits": {
			adapter.Edits{Prompt: "p", Image: png, Mask: &png}, "/mj-fast/mj/submit/edits", `{"prompt":"p","image":` + data + `,"maskBase64":` + data + `,"state":"s1"}`,
		},
		"video": {
			adapter.Video{Prompt: "p", Image: &link, Motion: "low", Loop: true, BatchSize: 1}, "/mj-fast/mj/submit/video",
			`{"prompt":"p","image":"https://a.example/x.png","motion":"low","loop":true,"batchSize":1,"state":"s1"}`,
		},
		"extend": {
			adapter.Video{Prompt: "p", TaskID: "9", Index: 0, Motion: "high"}, "/mj-fast/mj/submit/video",
			`{"prompt":"p","motion":"high","action":"extend","taskId":"9","index":0,"state":"s1"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var path, body string
			var length int64
			r := rigOver(t, nil, roundTrip(func(req *http.Request) (*http.Response, error) {
				raw, err := io.ReadAll(req.Body)
				if err != nil {
					return nil, err
				}
				path, body, length = req.URL.Path, string(raw), req.ContentLength
				return answer(200, `{"code":1,"result":"5"}`), nil
			}), nil)
			if _, err := r.Upstream.Submit(t.Context(), c.cmd, adapter.Options{Speed: adapter.Fast, State: "s1"}); err != nil {
				t.Fatalf("Submit(…) = %v, want no error", err)
			}
			if path != c.path || body != c.want || length != int64(len(body)) || !json.Valid([]byte(body)) {
				t.Errorf("Submit(%+v) sent %s %s (length %d), want %s %s (%d)", c.cmd, path, body, length, c.path, c.want, len(c.want))
			}
		})
	}
}

// answer is a response with a JSON body.
func answer(status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, ContentLength: int64(len(body)),
		Body: io.NopCloser(strings.NewReader(body)),
	}
}

func TestOneHeaderCarriesTheKey(t *testing.T) {
	for auth, want := range map[Auth]http.Header{
		AuthBearer: {"Authorization": {"Bearer sk-secret"}}, AuthSecret: {"Mj-Api-Secret": {"sk-secret"}}, AuthRaw: {"Authorization": {"sk-secret"}},
	} {
		var got http.Header
		r := rigOver(t, nil, roundTrip(func(req *http.Request) (*http.Response, error) {
			got = req.Header
			if req.GetBody != nil {
				t.Errorf("GetBody is set: the transport could repeat the submission")
			}
			_, err := io.Copy(io.Discard, req.Body)
			return answer(200, `{"code":1,"result":"5"}`), err
		}), func(c *Config) { c.Upstreams[0].Auth = auth })
		r.submit(adapter.Imagine{}, "")
		for _, name := range []string{"Authorization", "Mj-Api-Secret", "Idempotency-Key", "X-Idempotency-Key"} {
			if got.Get(name) != want.Get(name) {
				t.Errorf("%s: header %s = %q, want %q", auth, name, got.Get(name), want.Get(name))
			}
		}
	}
}

// TestPicturesAreStreamed sends sizes around the encoder's chunk and checks every byte.
func TestPicturesAreStreamed(t *testing.T) {
	const chunk = 48 << 10
	for _, size := range []int{0, 1, 2, 3, chunk - 1, chunk, chunk + 1, 3*chunk + 5} {
		picture := bytes.Repeat([]byte("midgate\x00\xff"), size/9+1)[:size]
		sim := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var body struct {
				Base64 string `json:"base64"`
			}
			if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
				t.Errorf("body of %d bytes: %v", size, err)
			}
			raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(body.Base64, "data:image/png;base64,"))
			if err != nil || !bytes.Equal(raw, picture) || r.ContentLength < 0 {
				t.Errorf("a picture of %d bytes arrived as %d bytes, %v", size, len(raw), err)
			}
			_, _ = io.WriteString(w, `{"code":1,"result":"5"}`)
		}))
		r := rigOver(t, nil, nil, func(c *Config) { c.Upstreams[0].URL = sim.URL })
		r.submit(adapter.Describe{Picture: attachment(picture, nil)}, "")
		sim.Close()
	}
}

func attachment(b []byte, err error) adapter.Attachment {
	return adapter.Attachment{MIME: "image/png", Size: int64(len(b)), Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(b)), err
	}}
}

func TestAPictureThatCannotBeReadCostsNothing(t *testing.T) {
	short, long := attachment(make([]byte, 100), nil), attachment(make([]byte, 100), nil)
	short.Size, long.Size = 101, 99
	for name, a := range map[string]adapter.Attachment{
		"cannot be opened": attachment(nil, errors.New("gone")), "is shorter than it was": short, "is longer than it was": long,
	} {
		t.Run(name, func(t *testing.T) {
			sim := simulator.New(simulator.Config{Pixels: 16})
			srv := httptest.NewServer(sim)
			defer sim.Close()
			defer srv.Close()
			r := rigOver(t, nil, nil, func(c *Config) { c.Upstreams[0].URL = srv.URL })
			_, err := r.Upstream.Submit(t.Context(), adapter.Describe{Picture: a}, adapter.Options{})
			if kindOf(err) != adapter.Storage {
				t.Errorf("Submit(…) = %v, want %q", err, adapter.Storage)
			}
			if n := len(sim.Ledger()); n != 0 {
				t.Errorf("the ledger has %d charges, want none", n)
			}
		})
	}
}

func TestTheBreakerLetsOneThroughAfterAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := true
		r := rigOver(t, nil, roundTrip(func(req *http.Request) (*http.Response, error) {
			_ = req.Body.Close()
			if down {
				return nil, &net.OpError{Op: "dial", Err: errors.New("refused")}
			}
			return answer(200, `{"code":1,"result":"5"}`), nil
		}), nil)
		submit := func() adapter.Kind {
			_, err := r.Upstream.Submit(t.Context(), adapter.Imagine{}, adapter.Options{})
			return kindOf(err)
		}
		for range 6 {
			if got := submit(); got != adapter.Unavailable {
				t.Fatalf("Submit(…) while down = %q, want %q", got, adapter.Unavailable)
			}
		}
		down = false
		if got := submit(); got != adapter.Unavailable {
			t.Errorf("Submit(…) with an open breaker = %q, want %q", got, adapter.Unavailable)
		}
		pass(16 * time.Second)
		if got := submit(); got != "none" {
			t.Errorf("Submit(…) after a while = %q, want none", got)
		}
	})
}

func TestAnUnknownSpeedOrALongStateIsRefused(t *testing.T) {
	r := newRig(t, simulator.Config{}, func(c *Config) { c.Upstreams[0].Prefixes = map[adapter.Speed]string{adapter.Relax: ""} })
	_, err := r.Upstream.Submit(t.Context(), adapter.Imagine{}, adapter.Options{Speed: adapter.Turbo})
	if kindOf(err) != adapter.Unsupported {
		t.Errorf("Submit(turbo) = %v, want %q", err, adapter.Unsupported)
	}
	_, err = r.Upstream.Submit(t.Context(), adapter.Imagine{}, adapter.Options{State: strings.Repeat("x", 256)})
	if err == nil || len(r.sim.Ledger()) != 0 {
		t.Errorf("Submit(a state of 256) = %v with %d charges, want an error and none", err, len(r.sim.Ledger()))
	}
}

// TestAnUpstreamThatChangesTheProtocolIsNotListenedToForEver: after 101 a connection is nobody's any more, and its end
// is not bound to the request's.
func TestAnUpstreamThatChangesTheProtocolIsNotListenedToForEver(t *testing.T) {
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
		<-release
		_ = conn.Close()
	}))
	defer srv.Close()
	r := rigOver(t, nil, nil, func(c *Config) { c.Upstreams[0].URL, c.SubmitTimeout = srv.URL, 100*time.Millisecond })
	done := make(chan error, 1)
	go func() {
		_, err := r.Upstream.Submit(t.Context(), adapter.Imagine{Prompt: "a fox"}, adapter.Options{State: "s"})
		done <- err
	}()
	select {
	case err := <-done:
		if kindOf(err) != adapter.Ambiguous {
			t.Errorf("Submit(…) answered with 101 = %v, want %q", err, adapter.Ambiguous)
		}
	case <-time.After(5 * time.Second):
		t.Error("Submit(…) waits beyond its time")
	}
	close(release)
}
