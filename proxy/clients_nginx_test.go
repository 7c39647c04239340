package proxy

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	official "github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
	"midgate/proxy/web"
)

// nginx is the configuration that Debian installs, with one site: a plain proxy_pass, which speaks HTTP/1.0 to its upstream.
// It runs in a folder of its own, on a free port of this machine, and returns its address.
func nginx(t *testing.T, upstream string, lines ...string) (address string) {
	t.Helper()
	conf, err := os.ReadFile("/etc/nginx/nginx.conf")
	if err != nil {
		t.Fatalf("nginx is needed: run `make prepare`: %v", err)
	}
	dir := t.TempDir()
	address = adaptertest.Address()
	site := fmt.Sprintf("server { listen %s; location / { proxy_pass http://%s; %s } }", address, upstream, strings.Join(lines, " "))
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		site += fmt.Sprintf(" %s_temp_path %s/%s;", kind, dir, kind)
	}
	text := strings.NewReplacer("user www-data;", "daemon off;", "worker_processes auto;", "worker_processes 1;", "/run/nginx.pid", filepath.Join(dir, "pid"),
		"/var/log/nginx", dir, "include /etc/nginx/sites-enabled/*;", site, "include /etc/nginx/conf.d/*.conf;", "").Replace(string(conf))
	own := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(own, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var complaints strings.Builder
	cmd := exec.Command("/usr/sbin/nginx", "-c", own, "-e", filepath.Join(dir, "error.log"))
	cmd.Stderr = &complaints
	if err := cmd.Start(); err != nil {
		t.Fatalf("nginx is needed: %v", err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // ended by a signal
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt) // it takes its workers along
		<-ended
	})
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if c, err := net.Dial("tcp", address); err == nil {
			_ = c.Close() // it was only to see whether somebody listens
			return address
		}
		select {
		case <-ended:
			t.Fatalf("nginx does not start: %s", complaints.String())
		case <-tick.C:
		}
	}
}

// heard tells of the pieces of an answer as they are written.
type heard struct {
	http.ResponseWriter
	piece func()
}

// Unwrap leads to what the connection can do beside.
func (h heard) Unwrap() http.ResponseWriter { return h.ResponseWriter }

// Flush implements http.Flusher.
func (h heard) Flush() { _ = http.NewResponseController(h.ResponseWriter).Flush() }

func (h heard) Write(p []byte) (int, error) {
	n, err := h.ResponseWriter.Write(p)
	h.piece()
	return n, err
}

// lateFailure is a midgate whose job fails once two blanks of its answer are on their way, behind nginx; old counts the
// requests that came in HTTP/1.0.
func lateFailure(t *testing.T, lines ...string) (base string, old *atomic.Int64) {
	t.Helper()
	f := newFake()
	f.hold, f.fail = make(chan struct{}), adapter.Errorf(adapter.Failed, "The job failed.")
	server := newServer(t, f, func(c *web.Config) { c.Heartbeat, c.BeatEvery = 10*time.Millisecond, 10*time.Millisecond })
	old = &atomic.Int64{}
	var pieces atomic.Int64
	front := server.HTTP()
	front.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !r.ProtoAtLeast(1, 1) {
			old.Add(1)
		}
		server.ServeHTTP(heard{w, func() {
			if pieces.Add(1) == 2 {
				close(f.hold)
			}
		}}, r)
	})
	return "http://" + nginx(t, serve(t, front), lines...) + "/v1", old
}

// A job that fails after the heartbeat began is an error for every client, also behind an nginx to which nobody has said
// anything: over HTTP/1.0 the end of a connection would be the proper end of the answer, two blanks with the status 200.
func TestALateFailureIsAnErrorBehindNginx(t *testing.T) {
	t.Parallel()
	body := map[string]any{"prompt": "a fox", "model": "midjourney", "response_format": "url"}
	clients := map[string]func(t *testing.T, base string) (failed bool, said string){
		"curl": func(t *testing.T, base string) (bool, string) {
			t.Helper()
			out, err := exec.CommandContext(t.Context(), "curl", "-sS", "-w", "%{http_code}", base+"/images/generations", "-H", "Authorization: Bearer sk-alice",
				"-d", `{"prompt":"a fox"}`).CombinedOutput()
			return err != nil, string(out)
		},
		"fetch": func(t *testing.T, base string) (bool, string) {
			t.Helper()
			got := startNode(t, "openai-7", "openai.mjs").do(t, order{Op: "fetch", Base: base, Key: "sk-alice", Body: body})
			return !got.OK, fmt.Sprintf("%+v", got)
		},
		"openai for Node": func(t *testing.T, base string) (bool, string) {
			t.Helper()
			got := startNode(t, "openai-7", "openai.mjs").do(t, order{Op: "generate", Base: base, Key: "sk-alice", Body: body})
			return !got.OK, fmt.Sprintf("%+v", got)
		},
		"openai for Go": func(t *testing.T, base string) (bool, string) {
			t.Helper()
			c := official.NewClient(option.WithBaseURL(base), option.WithAPIKey("sk-alice"))
			got, err := c.Images.Generate(t.Context(), official.ImageGenerateParams{Prompt: "a fox"})
			return err != nil, fmt.Sprintf("%+v, %v", got, err)
		},
	}
	for site, lines := range map[string][]string{
		"as it is":               nil,
		"that collects anyway":   {"proxy_ignore_headers X-Accel-Buffering;"},
		"that collects nothing":  {"proxy_buffering off;"},
		"as midgate's help says": {"proxy_http_version 1.1;"},
	} {
		for name, ask := range clients {
			t.Run(site+"/"+name, func(t *testing.T) {
				t.Parallel()
				base, old := lateFailure(t, lines...)
				if failed, said := ask(t, base); !failed {
					t.Errorf("a job that failed late looks like an answer: %s", said)
				}
				if n := old.Load(); (n > 0) == (site == "as midgate's help says") {
					t.Errorf("%d requests came in HTTP/1.0", n)
				}
			})
		}
	}
}

// Blanks reach the client through nginx as they are written, so that what stands before it sees life too.
func TestTheHeartbeatPassesNginx(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.hold = make(chan struct{})
	address := nginx(t, listen(t, newServer(t, f, func(c *web.Config) { c.Heartbeat, c.BeatEvery = 10*time.Millisecond, 10*time.Millisecond })))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+generations, strings.NewReader(`{"prompt":"a fox","response_format":"url"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer sk-alice")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	blank := make([]byte, 1)
	for range 3 {
		if _, err := resp.Body.Read(blank); err != nil || blank[0] != ' ' {
			t.Fatalf("while the job runs: %q, %v; want a blank", blank, err)
		}
	}
	close(f.hold)
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answered{resp.StatusCode, resp.Header, body}
	if resp.StatusCode != http.StatusOK || len(a.items(t)) != 1 {
		t.Errorf("the answer = %d %s, want a picture", resp.StatusCode, a.body)
	}
}
