package midjourney

import (
	"bytes"
	"errors"
	"fmt"
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
)

// cdn is a download transport that serves one answer after the other, the last one for ever.
type cdn struct {
	answers []func(*http.Request) (*http.Response, error)
	seen    []*http.Request
}

// RoundTrip implements http.RoundTripper.
func (c *cdn) RoundTrip(req *http.Request) (*http.Response, error) {
	next := c.answers[min(len(c.seen), len(c.answers)-1)]
	c.seen = append(c.seen, req)
	return next(req)
}

func file(status int, contentType, body string) func(*http.Request) (*http.Response, error) {
	return func(req *http.Request) (*http.Response, error) {
		r := answer(status, body)
		r.Header.Set("Content-Type", contentType)
		r.Request = req
		return r, nil
	}
}

func redirect(to string) func(*http.Request) (*http.Response, error) {
	return func(req *http.Request) (*http.Response, error) {
		r := answer(302, "")
		r.Header.Set("Location", to)
		r.Request = req
		return r, nil
	}
}

// broken serves the first bytes of a body, then the connection dies.
func broken(body string, n int) func(*http.Request) (*http.Response, error) {
	return func(req *http.Request) (*http.Response, error) {
		r := answer(200, body)
		r.Header.Set("Content-Type", "image/png")
		r.Request = req
		r.Body = io.NopCloser(io.MultiReader(strings.NewReader(body[:n]), errorReader{}))
		return r, nil
	}
}

type errorReader struct{}

func (errorReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// rangeOf serves the rest of a body from where the Range header says.
func rangeOf(body string) func(*http.Request) (*http.Response, error) {
	return func(req *http.Request) (*http.Response, error) {
		var from int
		if n, _ := fmt.Sscanf(req.Header.Get("Range"), "bytes=%d-", &from); n == 0 {
			return answer(200, body), nil
		}
		r := answer(206, body[from:])
		r.Header.Set("Content-Type", "image/png")
		r.Header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(body)-1, len(body)))
		r.Request = req
		return r, nil
	}
}

func TestDownloads(t *testing.T) {
	type steps = []func(*http.Request) (*http.Response, error)
	const home, away = "http://upstream.example/mj/image/1?sig=ab", "https://cdn.example/1.png"
	ok := file(200, "image/png", "picture")
	unreachable := func(*http.Request) (*http.Response, error) { return nil, errors.New("no such host") }
	for name, c := range map[string]struct {
		address string
		answers steps
		want    string // the bytes; empty: an error
		tries   int
	}{
		"at once":                     {away, steps{ok}, "picture", 1},
		"a relative address":          {"/mj/image/1", steps{ok}, "picture", 1},
		"another address may have it": {away, steps{file(404, "text/html", "<html>"), ok}, "", 1},
		"the CDN stumbles":            {away, steps{file(502, "text/html", "<html>"), ok}, "picture", 2},
		"gone for good":               {away, steps{file(404, "", "")}, "", 1},
		"an expired signature":        {away, steps{file(400, "application/xml", "<Error><Code>ExpiredToken</Code></Error>"), ok}, "", 1},
		"taken away":                  {away, steps{file(451, "text/plain", "This content is no longer available."), ok}, "", 1},
		"a host without a name": {away, steps{func(*http.Request) (*http.Response, error) {
			return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
		}, ok}, "", 1},
		"a page instead":                  {away, steps{file(200, "text/html; charset=utf-8", "<html>")}, "", 1},
		"a picture that is called a text": {away, steps{file(200, "text/plain; charset=utf-8", "\x89PNG\r\n\x1a\n and so on")}, "\x89PNG\r\n\x1a\n and so on", 1},
		"a WebP that is called JSON":      {away, steps{file(200, "application/json", "RIFF\x00\x00\x00\x00WEBPVP8 ")}, "RIFF\x00\x00\x00\x00WEBPVP8 ", 1},
		"an AVIF that is called a page":   {away, steps{file(200, "text/html", "\x00\x00\x00\x1cftypavif")}, "\x00\x00\x00\x1cftypavif", 1},
		"a text that is called a text":    {away, steps{file(200, "text/plain", "not found, 没有")}, "", 1},
		"an error instead":                {away, steps{file(200, "application/json", `{"error":"x"}`)}, "", 1},
		"refused without the key":         {home, steps{file(401, "", ""), ok}, "picture", 2},
		"refused elsewhere":               {away, steps{file(403, "", "")}, "", 1},
		"three redirects":                 {away, steps{redirect("/a"), redirect("/b"), redirect("/c"), ok}, "picture", 4},
		"no file address":                 {"file:///etc/passwd", steps{ok}, "", 0},
		"not an address":                  {"http://[", steps{ok}, "", 0},
		"redirect to another scheme":      {away, steps{redirect("ftp://x.example/a")}, "", 1},
		"a relay with a wrong host":       {"http://localhost:3000/mj/image/1?sig=ab", steps{unreachable, ok}, "picture", 2},
		"broken and resumed":              {away, steps{broken("picture", 3), rangeOf("picture")}, "picture", 2},
		"broken and read anew":            {away, steps{broken("picture", 3), ok}, "picture", 2},
		"broken and something else after": {away, steps{broken("picture", 3), file(200, "image/png", "other picture")}, "", 2},
		"broken for good":                 {away, steps{broken("picture", 3)}, "", pictureTries},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &cdn{answers: c.answers}
				r := rigOver(t, nil, nil, func(cfg *Config) { cfg.Downloads = d })
				start := time.Now()
				got, err := download1(r, c.address)
				if got != c.want || (err == nil) != (c.want != "") {
					t.Errorf("Picture(%q) = %q, %v; want %q", c.address, got, err, c.want)
				}
				if err != nil && kindOf(err) != adapter.Failed {
					t.Errorf("Picture(%q) = %v, want %q", c.address, err, adapter.Failed)
				}
				if len(d.seen) != c.tries {
					t.Errorf("Picture(%q) took %d requests, want %d", c.address, len(d.seen), c.tries)
				}
				if d := time.Since(start); d > 10*time.Second {
					t.Errorf("Picture(%q) took %v, want a few seconds at most", c.address, d)
				}
			})
		})
	}
}

// download1 downloads a file.
func download1(r *rig, address string) (string, error) {
	src, err := r.Upstream.Picture(r.Context(), address)
	if err != nil {
		return "", err
	}
	defer func() { _ = src.Close() }()
	b, err := io.ReadAll(src)
	if err != nil {
		return "", err
	}
	return string(b), nil
}

func TestAFileThatIsGoneIsNotFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigOver(t, nil, nil, func(c *Config) {
			c.Downloads = &cdn{answers: []func(*http.Request) (*http.Response, error){file(410, "", "")}}
		})
		if _, err := r.Upstream.Picture(t.Context(), "https://cdn.example/1.png"); !errors.Is(err, adapter.ErrNotFound) {
			t.Errorf("Picture(a gone file) = %v, want %v in its chain", err, adapter.ErrNotFound)
		}
	})
}

// TestTheKeyGoesHomeOnly: not to other hosts, not without need, not along a redirect.
func TestTheKeyGoesHomeOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, address := range []string{"https://cdn.example/1.png", "http://upstream.example:81/1.png", "https://upstream.example/1.png", "http://upstream.example/1.png"} {
			d := &cdn{answers: []func(*http.Request) (*http.Response, error){file(403, "", ""), redirect("http://evil.example/"), file(403, "", "")}}
			r := rigOver(t, nil, nil, func(c *Config) { c.Downloads = d })
			_, _ = r.Upstream.Picture(t.Context(), address)
			for i, req := range d.seen {
				keyed := req.Header.Get("Authorization") != ""
				home := req.URL.Scheme+"://"+req.URL.Host == "http://upstream.example"
				if keyed && (!home || i == 0) {
					t.Errorf("request %d of %s to %s carries the key", i, address, req.URL.Host)
				}
				if !strings.Contains(req.Header.Get("User-Agent"), "Mozilla") || !strings.Contains(req.Header.Get("Accept"), "image/*") {
					t.Errorf("request %d of %s has the headers %v, want a browser's", i, address, req.Header)
				}
			}
		}
	})
}

// TestAKeyOpensTheWayToAnotherHostAndStaysBehind: a relay that wants its key before it says where the picture is.
func TestAKeyOpensTheWayToAnotherHostAndStaysBehind(t *testing.T) {
	for _, auth := range []Auth{AuthBearer, AuthSecret, AuthRaw} {
		var leaked atomic.Bool
		elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "" || r.Header.Get("Mj-Api-Secret") != "" {
				leaked.Store(true)
			}
			if r.URL.Path == "/first" {
				http.Redirect(w, r, "/second", http.StatusFound)
				return
			}
			w.Header().Set("Content-Type", "image/png")
			_, _ = io.WriteString(w, "picture")
		}))
		home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") == "" && r.Header.Get("Mj-Api-Secret") == "" {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			http.Redirect(w, r, elsewhere.URL+"/first", http.StatusFound)
		}))
		r := rigOver(t, nil, nil, func(c *Config) {
			c.Upstreams[0].URL, c.Upstreams[0].Auth, c.PictureRetry = home.URL, auth, time.Millisecond
			c.TrustedHosts = []string{strings.TrimPrefix(elsewhere.URL, "http://")}
		})
		if got, err := download1(r, "/mj/image/1"); err != nil || got != "picture" || leaked.Load() {
			t.Errorf("Picture(sent on, with %s) = %q, %v, the key leaked: %v; want the picture and a key that stays", auth, got, err, leaked.Load())
		}
		home.Close()
		elsewhere.Close()
	}
}

// TestAnUpstreamCannotMakeUsReachInside: a picture's address that leads into the private network is
// not asked.
func TestAnUpstreamCannotMakeUsReachInside(t *testing.T) {
	var hits atomic.Int32
	inside := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		hits.Add(1)
		w.Header().Set("Content-Type", "image/png")
		_, _ = io.WriteString(w, "secret")
	}))
	_ = inside.Listener.Close()
	var err error
	if inside.Listener, err = net.Listen("tcp", "127.0.0.2:0"); err != nil { // not the upstream's host, which may serve files on any port
		t.Fatal(err)
	}
	inside.Start()
	defer inside.Close()
	bounce := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, inside.URL, http.StatusFound)
	}))
	defer bounce.Close()
	quick := func(c *Config) {
		c.Upstreams[0].URL = bounce.URL
		c.HTTP, c.Downloads, c.PictureRetry = nil, nil, time.Millisecond
	}
	r := rigOver(t, nil, nil, quick)
	for _, address := range []string{
		inside.URL + "/x.png", "http://localhost:1/x.png", "http://[::1]:80/", "http://169.254.169.254/latest",
		"http://[::ffff:127.0.0.3]/", "http://0.0.0.0/", "http://10.0.0.1/", "http://100.100.100.200/", bounce.URL + "/redirect-from-home",
	} {
		got, err := download1(r, address)
		if err == nil || got != "" {
			t.Errorf("Picture(%q) = %q, want an error", address, got)
		}
		if !errors.Is(err, adapter.ErrPrivate) || !strings.Contains(err.Error(), "MIDGATE_FETCH_ALLOW") {
			t.Errorf("Picture(%q) = %v, want to be told what would allow it", address, err)
		}
	}
	if n := hits.Load(); n != 0 {
		t.Errorf("the server inside was reached %d times, want never", n)
	}
	for host, want := range map[string]string{
		strings.TrimPrefix(inside.URL, "http://"): "secret", "127.0.0.2": "secret", "127.0.0.0/8": "secret", "10.0.0.0/8": "", "localhost": "",
	} {
		trusting := rigOver(t, nil, nil, func(c *Config) {
			quick(c)
			c.TrustedHosts = []string{host}
		})
		if got, err := download1(trusting, inside.URL); got != want || (err == nil) != (want != "") {
			t.Errorf("Picture(%s) where %s is trusted = %q, %v; want %q", inside.URL, host, got, err, want)
		}
	}
}

// TestAnUpstreamsHostMayServeFilesOnAnyPort: a server of one's own keeps its files beside it.
func TestAnUpstreamsHostMayServeFilesOnAnyPort(t *testing.T) {
	for _, path := range []string{"/a.png", "/attachments/b.webp?ex=1", "/mj/c"} {
		beside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "image/png")
			_, _ = io.WriteString(w, "picture")
		}))
		r := rigOver(t, nil, nil, func(c *Config) {
			c.Upstreams[0].URL, c.HTTP, c.Downloads = "http://127.0.0.1:1", nil, nil
		})
		if got, err := download1(r, beside.URL+path); err != nil || got != "picture" {
			t.Errorf("Picture(%s on another port) = %q, %v; want the picture", path, got, err)
		}
		beside.Close()
	}
}

func TestAPictureWithoutEndIsCut(t *testing.T) {
	endless := func(req *http.Request) (*http.Response, error) {
		r := answer(200, "")
		r.Header.Set("Content-Type", "image/png")
		r.ContentLength, r.Request = -1, req
		r.Body = io.NopCloser(zeros{})
		return r, nil
	}
	r := rigOver(t, nil, nil, func(c *Config) { c.Downloads = roundTrip(endless) })
	src, err := r.Upstream.Picture(t.Context(), "https://cdn.example/1.png")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = src.Close() }()
	n, err := io.Copy(io.Discard, src)
	if kindOf(err) != adapter.TooLarge || n > maxPicture { // of that kind it is not fetched again and again
		t.Errorf("read %d bytes, %v (%q); want at most %d and %q", n, err, kindOf(err), maxPicture, adapter.TooLarge)
	}
}

// zeros never ends.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	return copy(p, bytes.Repeat([]byte{0}, min(len(p), 1<<16))), nil
}
