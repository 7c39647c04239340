package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"midgate/config"
)

// journal is a log that may be read while it is written.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

// TestFilesOnPrivateHosts: the client is not kept waiting for what may not be fetched, and the log names the address and
// what allows it. The upstream's own host may have files on any port.
func TestFilesOnPrivateHosts(t *testing.T) {
	var grid bytes.Buffer
	if err := png.Encode(&grid, image.NewNRGBA(image.Rect(0, 0, 64, 64))); err != nil {
		t.Fatal(err)
	}
	listen := func(address string, h http.Handler) *httptest.Server {
		s := httptest.NewUnstartedServer(h)
		_ = s.Listener.Close()
		var err error
		if s.Listener, err = net.Listen("tcp", address); err != nil {
			t.Fatal(err)
		}
		s.Start()
		t.Cleanup(s.Close)
		return s
	}
	files := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(grid.Bytes())
	})
	beside, elsewhere := listen("127.0.0.1:0", files), listen("127.0.0.2:0", files)
	for name, test := range map[string]struct {
		file, allow, named string
	}{
		"beside the upstream":     {beside.URL + "/1.png", "", ""},
		"on another host":         {elsewhere.URL + "/1.png", "", strings.TrimPrefix(elsewhere.URL, "http://")},
		"in another network":      {"http://10.255.255.1:9000/1.png", "", "10.255.255.1:9000"},
		"at a machine's own name": {"http://169.254.169.254/1.png", "", "169.254.169.254"},
		"on a host that may":      {elsewhere.URL + "/1.png", "127.0.0.2", ""},
		"in a network that may":   {elsewhere.URL + "/1.png", "10.0.0.0/8,127.0.0.0/8", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			up := listen("127.0.0.1:0", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				if strings.HasSuffix(r.URL.Path, "/imagine") {
					_, _ = io.WriteString(w, `{"code":1,"result":"7"}`)
					return
				}
				task := fmt.Sprintf(`{"id":"7","action":"IMAGINE","status":"SUCCESS","imageUrl":%q}`, test.file)
				if strings.HasSuffix(r.URL.Path, "list-by-condition") {
					task = "[" + task + "]"
				}
				_, _ = io.WriteString(w, task)
			}))
			out := &journal{}
			var environ []string
			if test.allow != "" {
				environ = append(environ, "MIDGATE_FETCH_ALLOW="+test.allow)
			}
			base := hereLogging(t, slog.New(slog.NewTextHandler(out, nil)), func(c *config.Config) { c.Midjourney.Upstreams[0].URL = up.URL }, environ...)
			start := time.Now()
			a := ask(t, base+"/v1/images/generations", "", `{"prompt":"a mill","response_format":"url"}`)
			if test.named == "" {
				if a.status != 200 {
					t.Errorf("the drawing = %d %s, want a picture\n%s", a.status, a.body, out)
				}
				return
			}
			if took := time.Since(start); a.status != 502 || !strings.Contains(string(a.body), `"upstream_error"`) || took > 20*time.Second {
				t.Errorf("the drawing = %d %s after %v, want 502 upstream_error soon", a.status, a.body, took)
			}
			if said := out.String(); !strings.Contains(said, test.named) || !strings.Contains(said, "MIDGATE_FETCH_ALLOW") {
				t.Errorf("the log does not name %s and what allows it:\n%s", test.named, said)
			}
			if strings.Contains(string(a.body), test.named) {
				t.Errorf("the client is told %s", a.body)
			}
		})
	}
}
