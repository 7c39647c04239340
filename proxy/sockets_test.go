package proxy

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/proxy/web"
)

// listen serves on a port of the loopback; what is left open when the test ends is closed.
func listen(t testing.TB, s *Server) (address string) {
	t.Helper()
	return serve(t, s.HTTP())
}

func serve(t testing.TB, server *http.Server) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l) // ErrServerClosed
	}()
	t.Cleanup(func() {
		_ = server.Close() // the listener's
		<-done
	})
	return l.Addr().String()
}

func dial(t testing.TB, address string) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	// No test waits longer than this for an answer that does not come.
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	return c.(*net.TCPConn)
}

func post(body string, headers ...string) string {
	return "POST /v1/images/generations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk-alice\r\n" +
		strings.Join(append(headers, ""), "\r\n") + "\r\n" + body
}

// Requests that two servers in a row could read differently are refused.
func TestAmbiguousRequestsAreRefused(t *testing.T) {
	f := newFake()
	address := listen(t, newServer(t, f))
	body := `{"prompt":"x"}`
	for name, raw := range map[string]string{
		"a length and chunks that disagree": post("0\r\n\r\nGET /v1/models HTTP/1.1\r\n\r\n", "Content-Length: 4", "Transfer-Encoding: chunked", "Transfer-Encoding: identity"),
		"two lengths":                       post(body, "Content-Length: 14", "Content-Length: 15"),
		"a length that is no number":        post(body, "Content-Length: +14"),
		"an unknown encoding":               post(body, "Transfer-Encoding: xchunked"),
		"a blank before the colon":          post(body, "Content-Length : 14"),
		"a line that is bent":               "GET /v1/models HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n",
		"a header that is not one":          post(body, "Content-Length: 14", "X\x00Y: z"),
		"two hosts":                         post(body, "Content-Length: 14", "Host: y"),
		"a chunk without size":              post("zz\r\n{}\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, address)
			if _, err := io.WriteString(c, raw); err != nil {
				t.Fatal(err)
			}
			resp, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			if resp.StatusCode/100 == 2 {
				t.Errorf("status = %d, want a refusal", resp.StatusCode)
			}
		})
	}
	if len(f.attempts) != 0 {
		t.Errorf("%d requests reached the core, want none", len(f.attempts))
	}
}

// A body over the limit is answered without reading it all, whether or not it says how long it is (I1, case 37).
func TestHugeBodiesAreNotRead(t *testing.T) {
	address := listen(t, newServer(t, newFake(), func(c *web.Config) { c.MaxBody = 1 << 20 }))
	for name, header := range map[string]string{
		"announced": "Content-Length: 10000000000",
		"in chunks": "Transfer-Encoding: chunked",
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, address)
			if _, err := io.WriteString(c, post("", header)); err != nil {
				t.Fatal(err)
			}
			go func() { // until the server closes the connection
				chunk := "10000\r\n" + strings.Repeat("x", 0x10000) + "\r\n"
				for range 10000 {
					if _, err := io.WriteString(c, chunk); err != nil {
						return
					}
				}
			}()
			resp, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			if b, _ := io.ReadAll(resp.Body); resp.StatusCode != 413 || !strings.Contains(string(b), `"request_too_large"`) {
				t.Errorf("%d %s, want 413 request_too_large", resp.StatusCode, b)
			}
		})
	}
}

// Connections that trickle are closed, those that wait for pictures are not (C3).
func TestTricklingClientsAreCutOff(t *testing.T) {
	f := newFake()
	f.hold = make(chan struct{})
	address := listen(t, newServer(t, f, func(c *web.Config) { c.HeaderTimeout, c.BodyPatience = 200*time.Millisecond, 200*time.Millisecond }))
	waiting := dial(t, address)
	if _, err := io.WriteString(waiting, post(`{"prompt":"x"}`, "Content-Length: 14")); err != nil {
		t.Fatal(err)
	}
	for name, begin := range map[string]string{
		"in the header":                "POST /v1/images/generations HTTP/1.1\r\nHost: x\r\nX-",
		"in the body":                  post(`{"prompt":`, "Content-Length: 1000"),
		"in a body that never begins":  post("", "Content-Length: 1000"),
		"behind a wrong key":           strings.Replace(post("", "Content-Length: 1000"), "sk-alice", "sk-nobody", 1),
		"in a body that is too large":  post("", "Content-Length: 10000000000"),
		"in a body that nobody reads":  "GET /v1/models HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n",
		"in chunks for an unknown URL": "POST /nowhere HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
		"in the parts of a form":       post("--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a\"\r\n\r\n", "Content-Length: 1000", "Content-Type: multipart/form-data; boundary=b"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := dial(t, address)
			if _, err := io.WriteString(c, begin); err != nil {
				t.Fatal(err)
			}
			answer, err := io.ReadAll(c) // until the server closes
			if errors.Is(err, os.ErrDeadlineExceeded) || strings.Contains(string(answer), "200 OK") {
				t.Errorf("the connection was not closed: %v, %q", err, answer)
			}
		})
	}
	t.Run("others are served", func(t *testing.T) {
		t.Cleanup(func() { close(f.hold) })
		c := dial(t, address)
		_, _ = io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
		if resp, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil || resp.StatusCode != 200 {
			t.Errorf("/healthz = %v, %v; want 200", resp, err)
		}
	})
	resp, err := http.ReadResponse(bufio.NewReader(waiting), nil)
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("the request that waited = %v, %v; want 200", resp, err)
	}
	_ = resp.Body.Close()
}

// A client that takes nothing of its answer is let go, and the answer counts as abandoned (C2).
func TestClientsThatNeverReadAreLetGo(t *testing.T) {
	f := newFake()
	f.settled = make(chan string, 1)
	f.add(testImage, nil)
	big := &bigPictures{fake: f}
	core := f.core()
	core.Keep = big
	s := newServerOf(t, core, func(c *web.Config) { c.WriteTimeout = 100 * time.Millisecond })
	address := listen(t, s)
	c := dial(t, address)
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	_ = raw.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4<<10) })
	if _, err := io.WriteString(c, post(`{"prompt":"x"}`, "Content-Length: 14")); err != nil {
		t.Fatal(err)
	}
	if got := <-f.settled; got != "abandoned" {
		t.Errorf("the answer was %s, want abandoned", got)
	}
}

// The same for small answers that need no key, asked for in a row (C2).
func TestClientsThatOnlyAskAreLetGo(t *testing.T) {
	address := listen(t, newServer(t, newFake(), func(c *web.Config) { c.WriteTimeout = 100 * time.Millisecond }))
	for name, request := range map[string]string{
		"the metrics": "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
		"preflights":  "OPTIONS /v1/models HTTP/1.1\r\nHost: x\r\nOrigin: https://a.example\r\nAccess-Control-Request-Method: GET\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := dial(t, address)
			many := strings.Repeat(request, 100)
			for {
				if _, err := io.WriteString(c, many); errors.Is(err, os.ErrDeadlineExceeded) {
					t.Fatal("the connection was not closed")
				} else if err != nil {
					return
				}
			}
		})
	}
}

// bigPictures hands out 32 MiB for every picture.
type bigPictures struct{ *fake }

func (b *bigPictures) Bytes(context.Context, string, adapter.Format, int) (*adapter.Blob, error) {
	return zeroes(32 << 20), nil
}

type zeroFile struct{ *io.SectionReader }

func (zeroFile) Close() error { return nil }

type nothing struct{}

func (nothing) ReadAt(p []byte, _ int64) (int, error) { clear(p); return len(p), nil }

// zeroes is a picture of n bytes that takes no memory.
func zeroes(n int64) *adapter.Blob {
	return &adapter.Blob{ReadSeekCloser: zeroFile{io.NewSectionReader(nothing{}, 0, n)}, Format: adapter.PNG, Size: n, Width: 64, Height: 64, Modified: then}
}

// A client that leaves is noticed at once, also one that only closes its side.
func TestClientsThatLeaveAreNoticed(t *testing.T) {
	form, contentType := writeForm(file("image", "a.png", "", picture("a")), text("prompt", "x"))
	for name, raw := range map[string]string{
		"after JSON":                    post(`{"prompt":"x"}`, "Content-Length: 14"),
		"after JSON with many newlines": post(`{"prompt":"x"}`+strings.Repeat("\n", 2000), "Content-Length: 2014"),
		"after a form with an epilogue": strings.Replace(post(form+strings.Repeat("\n", 8000), "Content-Type: "+contentType, "Transfer-Encoding: chunked"), form+strings.Repeat("\n", 8000), chunked(form+strings.Repeat("\n", 8000)), 1),
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			f.hold, f.settled = make(chan struct{}), make(chan string, 1)
			c := dial(t, listen(t, newServer(t, f)))
			if strings.Contains(raw, "multipart") {
				raw = strings.Replace(raw, "/generations", "/edits", 1)
			}
			if _, err := io.WriteString(c, raw); err != nil {
				t.Fatal(err)
			}
			if err := c.CloseWrite(); err != nil {
				t.Fatal(err)
			}
			if got := <-f.settled; got != "abandoned" {
				t.Errorf("the answer was %s, want abandoned", got)
			}
		})
	}
}

func chunked(body string) string {
	return strings.ToUpper(hexOf(len(body))) + "\r\n" + body + "\r\n0\r\n\r\n"
}
