package playground

import (
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
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
	at := begin(t, build(t), announced, []string{"MIDGATE_LISTEN=127.0.0.1:0", "TMPDIR=" + t.TempDir()}, "demo", "--pace", "2s", "--pixels", "256")
	gate, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	return gate
}
