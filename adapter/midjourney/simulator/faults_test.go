package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestShortFiles are cut in every way over a real connection: as if all were well without a length and with a wrong one,
// and by a connection that breaks.
func TestShortFiles(t *testing.T) {
	sim := New(Config{Pixels: 64, Pace: time.Millisecond})
	srv := httptest.NewServer(sim)
	defer func() { srv.Close(); sim.Close() }()
	get := func(address string) (length int64, body []byte, err error) {
		resp, err := http.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		body, err = io.ReadAll(resp.Body)
		return resp.ContentLength, body, err
	}
	resp, err := http.Post(srv.URL+"/mj/submit/imagine", "application/json", strings.NewReader(`{"prompt":"a cat sim-instant"}`))
	if err != nil {
		t.Fatal(err)
	}
	var made struct{ Result string }
	err = json.NewDecoder(resp.Body).Decode(&made)
	if _ = resp.Body.Close(); err != nil || made.Result == "" {
		t.Fatalf("no task: %v", err)
	}
	link := srv.URL + "/mj/image/" + made.Result
	_, whole, err := get(link)
	if err != nil || len(whole) < 2048 {
		t.Fatalf("the whole file has %d bytes, %v", len(whole), err)
	}
	for name, test := range map[string]struct {
		fault  Fault
		bytes  int
		length int
		breaks bool
	}{
		"half, without a length":     {Fault{Kind: "short"}, len(whole) / 2, -1, false},
		"half, with its length":      {Fault{Kind: "short-length"}, len(whole) / 2, len(whole) / 2, false},
		"half, and it breaks":        {Fault{Kind: "cut"}, len(whole) / 2, len(whole), true},
		"without its last kilobyte":  {Fault{Kind: "short", Part: -1024}, len(whole) - 1024, -1, false},
		"it breaks a kilobyte early": {Fault{Kind: "cut", Part: -1024}, len(whole) - 1024, len(whole), true},
		"a few bytes":                {Fault{Kind: "short-length", Part: 20}, 20, 20, false},
	} {
		test.fault.Route = "image"
		sim.Fail(test.fault)
		length, body, err := get(link)
		if int(length) != test.length || len(body) != test.bytes || (err != nil) != test.breaks || string(body) != string(whole[:len(body)]) {
			t.Errorf("%s: %d bytes of announced %d, %v; want %d of %d, broken: %v", name, len(body), length, err, test.bytes, test.length, test.breaks)
		}
	}
}

// TestFaults checks what the client sees, and whether it is charged.
func TestFaults(t *testing.T) {
	for name, test := range map[string]struct {
		fault   Fault
		status  int    // 0: no answer at all
		body    string // a part of it
		charged int
	}{
		"500":                    {Fault{Kind: "500"}, 500, `"type":"upstream_error"`, 0},
		"500 after acceptance":   {Fault{Kind: "500", Accepted: true}, 500, "upstream_error", 1},
		"502 as HTML":            {Fault{Kind: "502-html"}, 502, "<html>", 0},
		"html with 200":          {Fault{Kind: "html-200", Accepted: true}, 200, "<html>", 1},
		"429":                    {Fault{Kind: "429", RetryAfter: 3}, 429, `"code":30`, 0},
		"503":                    {Fault{Kind: "503"}, 503, "upstream_error", 0},
		"redirect":               {Fault{Kind: "301"}, 301, "", 0},
		"garbage":                {Fault{Kind: "garbage"}, 200, "not what you wanted", 0},
		"empty":                  {Fault{Kind: "empty", Accepted: true}, 200, "", 1},
		"truncated":              {Fault{Kind: "truncated"}, 200, `{"code":1`, 1},
		"no id":                  {Fault{Kind: "no-id"}, 200, `"result":null`, 1},
		"queue full":             {Fault{Kind: "queue-full"}, 200, `"code":23`, 0},
		"banned":                 {Fault{Kind: "banned"}, 200, `"code":24`, 0},
		"no account":             {Fault{Kind: "no-account"}, 200, `"code":3`, 0},
		"connection lost before": {Fault{Kind: "drop-before"}, 0, "", 0},
		"connection lost after":  {Fault{Kind: "drop-after"}, 0, "", 1},
		"cut in the body":        {Fault{Kind: "cut"}, 0, "", 1},
		"short":                  {Fault{Kind: "short", Part: 9}, 200, `{"code":1`, 1},
		"never answered":         {Fault{Kind: "hang"}, 0, "", 0},
		"timeout after":          {Fault{Kind: "timeout", Accepted: true}, 0, "", 1},
		"slow but true":          {Fault{Kind: "slow", Delay: time.Second}, 200, `"code":1`, 1},
		"another route":          {Fault{Route: "fetch", Kind: "500"}, 200, `"code":1`, 1},
		"any submission":         {Fault{Route: "submit", Kind: "500"}, 500, "", 0},
		"another match":          {Fault{Match: "dog", Kind: "500"}, 200, `"code":1`, 1},
		"a match":                {Fault{Match: "a cat", Kind: "500"}, 500, "", 0},
		"no chance":              {Fault{Share: 1e-12, Kind: "500"}, 200, `"code":1`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				p := newScript(t, Config{Pixels: 64})
				p.sim.Fail(test.fault)
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				got, err := p.within(ctx, `{"prompt":"a cat"}`)
				switch {
				case test.status == 0 && err == nil:
					t.Errorf("answer %d %q, want none", got.status, got.body)
				case test.status != 0 && (err != nil || got.status != test.status || !strings.Contains(string(got.body), test.body)):
					t.Errorf("answer %d %q (%v), want %d with %q", got.status, got.body, err, test.status, test.body)
				}
				if n := len(p.sim.Ledger()); n != test.charged {
					t.Errorf("charges = %d, want %d", n, test.charged)
				}
			})
		})
	}
}

// within imagines with a deadline.
func (p *script) within(ctx context.Context, body string) (answered, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://upstream.test/mj/submit/imagine", strings.NewReader(body))
	if err != nil {
		return answered{}, err
	}
	resp, err := p.sim.Transport().RoundTrip(r)
	if err != nil {
		return answered{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	return answered{resp.StatusCode, resp.Header, data}, err
}

// TestFaultWords are the faults that a prompt asks for.
func TestFaultWords(t *testing.T) {
	for word, charged := range map[string]int{
		"sim-500": 0, "sim-html": 0, "sim-429": 0, "sim-refuse": 0, "sim-queue-full": 0, "sim-no-account": 0,
		"sim-drop": 1, "sim-garbage": 1, "sim-no-id": 1, "sim-hang": 1, "a cat": 1,
	} {
		t.Run(word, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				p := newScript(t, Config{Pixels: 64})
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				got, err := p.within(ctx, `{"prompt":"`+word+`"}`)
				var submitted struct{ Result *string }
				fine := err == nil && json.Unmarshal(got.body, &submitted) == nil && submitted.Result != nil
				if fine != (word == "a cat") {
					t.Errorf("answer %d %q, %v", got.status, got.body, err)
				}
				if n := len(p.sim.Ledger()); n != charged {
					t.Errorf("charges = %d, want %d", n, charged)
				}
			})
		})
	}
}

func TestFaultTimes(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newScript(t, Config{Pixels: 64})
		p.sim.Fail(Fault{Route: "fetch", Kind: "503", Times: 2})
		p.sim.Fail(Fault{Route: "list", Kind: "502-html", Times: -1})
		id := p.submit("/mj/submit/imagine", `{"prompt":"a cat"}`)
		for n, want := range []int{503, 503, 200, 200} {
			if got := p.send("GET", fetchPath(id), "").status; got != want {
				t.Errorf("fetch %d: status = %d, want %d", n, got, want)
			}
		}
		for range 5 {
			if got := p.send("POST", "/mj/task/list-by-condition", `{}`).status; got != 502 {
				t.Errorf("list: status = %d, want 502", got)
			}
		}
	})
}

func TestFaultShare(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newScript(t, Config{Pixels: 64})
		p.sim.Fail(Fault{Route: "fetch", Kind: "503", Times: -1, Share: .3})
		failed := 0
		for range 1000 {
			if p.send("GET", fetchPath("1"), "").status == 503 {
				failed++
			}
		}
		if failed < 250 || failed > 350 {
			t.Errorf("%d of 1000 failed, want about 300", failed)
		}
	})
}

func TestLagRespectsTheClient(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newScript(t, Config{Pixels: 64, Lag: time.Second})
		begin := time.Now()
		p.submit("/mj/submit/imagine", `{"prompt":"a cat"}`)
		if got := time.Since(begin); got != time.Second {
			t.Errorf("an answer took %v, want 1s", got)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
		defer cancel()
		begin = time.Now()
		if _, err := p.within(ctx, `{"prompt":"a dog"}`); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error = %v, want the deadline's", err)
		}
		if got := time.Since(begin); got != 400*time.Millisecond {
			t.Errorf("the client waited %v, want 400ms", got)
		}
		if n := len(p.sim.Ledger()); n != 2 {
			t.Errorf("charges = %d, want 2: the answer is late, the work is done", n)
		}
	})
}

// TestBrokenConnectionsOverSockets makes sure that a real server breaks them too.
func TestBrokenConnectionsOverSockets(t *testing.T) {
	for _, kind := range []string{"drop-after", "cut", "hang"} {
		t.Run(kind, func(t *testing.T) {
			s := New(Config{Pixels: 64})
			defer s.Close()
			server := httptest.NewServer(s)
			defer server.Close()
			s.Fail(Fault{Route: "imagine", Kind: kind})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if kind == "hang" {
				cancel()
			}
			r, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL+"/mj/submit/imagine", strings.NewReader(`{"prompt":"a cat"}`))
			if err != nil {
				t.Fatal(err)
			}
			resp, err := server.Client().Do(r)
			if err == nil {
				_, err = io.ReadAll(resp.Body)
				_ = resp.Body.Close()
			}
			if err == nil {
				t.Error("a whole answer came, want a broken connection")
			}
		})
	}
}
