package playground

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

var screenshots = flag.String("screenshots", "", "folder for a picture of each step of the tour")

const testKey = "the-right-key"

// TestTour takes a browser through the page, as web/test/tour.mjs says: against midgate demo, behind a reverse proxy
// that serves it below a path.
func TestTour(t *testing.T) {
	needPackages(t)
	gate := demo(t)

	mux := http.NewServeMux()
	mux.Handle("/pictures/", http.StripPrefix("/pictures", front(gate)))
	mux.Handle("/locked/", http.StripPrefix("/locked", keyed(front(gate))))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)

	args := []string{"test/tour.mjs", server.URL + "/pictures/", server.URL + "/locked/", testKey}
	if *screenshots != "" {
		dir, err := filepath.Abs(*screenshots)
		if err != nil {
			t.Fatal(err)
		}
		args = append(args, dir)
	}
	run(t, "node", args...)
}

// front is midgate behind a reverse proxy.
func front(gate *url.URL) http.Handler {
	proxy := httputil.NewSingleHostReverseProxy(gate)
	proxy.FlushInterval = -1 // streams
	return proxy
}

// keyed refuses the API to whoever does not send testKey, in midgate's words.
func keyed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given := r.Header.Get("Authorization")
		if !strings.HasPrefix(r.URL.Path, "/v1/") || given == "Bearer "+testKey {
			next.ServeHTTP(w, r)
			return
		}
		message := "Incorrect API key provided."
		if given == "" {
			message = "You didn't provide an API key."
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{
			"message": message, "type": "invalid_request_error", "param": nil, "code": "invalid_api_key",
		}})
	})
}

// announced is where the demo says that it is.
var announced = regexp.MustCompile(`(http://[0-9.]+:[0-9]+)/v1`)

// demo starts midgate demo on a free port, and ends it with the test.
func demo(t *testing.T) *url.URL {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "midgate")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-race", "-o", binary, "midgate/cmd/midgate").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context())) // the demo ends after the test's last word
	cmd := exec.CommandContext(ctx, binary, "demo", "--pace", "2s", "--pixels", "256")
	cmd.Env = []string{"MIDGATE_LISTEN=127.0.0.1:0", "TMPDIR=" + t.TempDir(), "GORACE=halt_on_error=1"}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 20 * time.Second
	said := &announcement{found: make(chan string, 1)}
	var complaints strings.Builder
	cmd.Stdout, cmd.Stderr = said, &complaints
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		stop()
		var exit *exec.ExitError
		if err := <-ended; errors.As(err, &exit) && exit.ExitCode() == 66 { // the race detector's
			t.Errorf("the demo had a race:\n%s", complaints.String())
		}
		if t.Failed() {
			t.Logf("the demo complained:\n%s", complaints.String())
		}
	})
	select {
	case at := <-said.found:
		gate, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		return gate
	case err := <-ended:
		ended <- err
		t.Fatalf("the demo ended before it said where it is: %v", err)
	}
	return nil
}

// announcement reads what the demo prints, for the line that says where it is.
type announcement struct {
	text  strings.Builder
	found chan string
	done  bool
}

func (a *announcement) Write(p []byte) (int, error) {
	if a.done {
		return len(p), nil
	}
	a.text.Write(p)
	if m := announced.FindStringSubmatch(a.text.String()); m != nil {
		a.found <- m[1]
		a.done = true
	}
	return len(p), nil
}
