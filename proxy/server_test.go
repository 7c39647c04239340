package proxy

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"midgate/adapter"
	"midgate/proxy/body"
	"midgate/proxy/web"
)

func TestPathsHaveOneSpelling(t *testing.T) {
	for given, want := range map[string]string{
		"/v1/models":                    "/v1/models",
		"/models":                       "/v1/models",
		"/v1/models/":                   "/v1/models",
		"//v1//models//":                "/v1/models",
		"/images/generations":           "/v1/images/generations",
		"/images/generations/":          "/v1/images/generations",
		"/v1/models/a%2Fb%20c":          "/v1/models/a%2Fb%20c",
		"/models//a%2Fb":                "/v1/models/a%2Fb",
		"/images/" + testImage + ".png": "/images/" + testImage + ".png",
		"/images/" + testImage:          "/v1/images/" + testImage,
		"//images/x.webp/":              "/images/x.webp",
		"/images/../../etc/passwd":      "/v1/images/../../etc/passwd",
		"/":                             "/",
		"//":                            "/",
		"/v1/":                          "/v1",
		"/healthz/":                     "/healthz",
	} {
		r := httptest.NewRequest("GET", "http://host"+given, nil)
		normalise(r)
		if got := r.URL.EscapedPath(); got != want {
			t.Errorf("normalise(%q) = %q, want %q", given, got, want)
		}
	}
}

func TestModels(t *testing.T) {
	s := newServer(t, newFake(), func(c *web.Config) { c.Models = []string{"midjourney", "gpt-image-1"} })
	w := send(s, "GET", "/v1/models?api-version=2024-02-01", "")
	golden(t, "models", w.Body.Bytes())
	for path, want := range map[string]string{
		"/v1/models/midjourney":             "midjourney",
		"/models/gpt-image-1":               "gpt-image-1",
		"/v1/models/vendor%2Fmidjourney":    "vendor/midjourney",
		"/v1/models/vendor/midjourney":      "vendor/midjourney",
		"/v1//models/dall-e-3/?api-version": "dall-e-3",
	} {
		w := send(s, "GET", path, "")
		var m modelJSON
		if err := json.Unmarshal(w.Body.Bytes(), &m); err != nil || w.Code != 200 || m != model(want) {
			t.Errorf("GET %s = %d %s, want the model %s", path, w.Code, w.Body, want)
		}
	}
	w = send(s, "GET", "/v1/models/mj-v99", "")
	if _, _, _, code := problemOf(t, w); w.Code != 404 || code != "model_not_found" {
		t.Errorf("an unknown model = %d %q, want 404 model_not_found", w.Code, code)
	}
}

func TestModelsAsAzuresDeployments(t *testing.T) {
	s := newServer(t, newFake(), func(c *web.Config) { c.Models = []string{"midjourney", "gpt-image-1"} })
	const want = `{"object":"list","data":[{"id":"midjourney","model":"midjourney","status":"succeeded","object":"deployment"},{"id":"gpt-image-1","model":"gpt-image-1","status":"succeeded","object":"deployment"}]}`
	if w := send(s, "GET", "/openai/deployments?api-version=2022-12-01", "", "Authorization", "", "Api-Key", "sk-alice"); w.Code != 200 || w.Body.String() != want {
		t.Errorf("%d %s, want %s", w.Code, w.Body, want)
	}
	if w := send(s, "GET", "/openai/deployments/", "", "Authorization", ""); w.Code != 401 {
		t.Errorf("without a key: %d, want 401", w.Code)
	}
}

func TestEveryListedModelCanBeAskedFor(t *testing.T) {
	s := newServer(t, newFake())
	var list struct{ Data []modelJSON }
	if err := json.Unmarshal(send(s, "GET", "/v1/models", "").Body.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	for _, m := range list.Data {
		if w := send(s, "GET", "/v1/models/"+m.ID, ""); w.Code != 200 {
			t.Errorf("GET /v1/models/%s = %d, want 200", m.ID, w.Code)
		}
	}
}

func TestUnknownURLsAndWrongMethods(t *testing.T) {
	s := newServer(t, newFake())
	for name, tt := range map[string]struct {
		method, path string
		status       int
		code, allow  string
	}{
		"an unknown path":               {"GET", "/v1/nothing", 404, "unknown_url", ""},
		"an unknown path outside":       {"POST", "/wp-login.php", 404, "unknown_url", ""},
		"up and out":                    {"GET", "/images/../../etc/passwd", 404, "unknown_url", ""},
		"GET on generations":            {"GET", "/v1/images/generations", 405, "method_not_supported", "POST"},
		"GET on edits, short":           {"GET", "/images/edits/", 405, "method_not_supported", "POST"},
		"DELETE on models":              {"DELETE", "/v1/models", 405, "method_not_supported", "GET, HEAD"},
		"PUT on a picture's record":     {"PUT", "/v1/images/" + testImage, 405, "method_not_supported", "GET, HEAD, POST, DELETE"},
		"GET on a picture's actions":    {"GET", "/v1/images/" + testImage + "/actions", 405, "method_not_supported", "POST"},
		"a made-up method":              {"BREW", "/v1/models", 405, "method_not_supported", "GET, HEAD"},
		"POST on the health check":      {"POST", "/healthz", 405, "method_not_supported", "GET, HEAD"},
		"a name that is no picture's":   {"GET", "/images/passwd.png", 404, "image_not_found", ""},
		"a job's name for a picture":    {"GET", "/images/" + testJob + ".png", 404, "image_not_found", ""},
		"a record by a name of no kind": {"GET", "/v1/images/%2e%2e%2fetc", 404, "image_not_found", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := send(s, tt.method, tt.path, "")
			_, typ, _, code := problemOf(t, w)
			if w.Code != tt.status || code != tt.code || typ != "invalid_request_error" || w.Header().Get("Allow") != tt.allow {
				t.Errorf("%d %q %q Allow %q, want %d %q Allow %q", w.Code, typ, code, w.Header().Get("Allow"), tt.status, tt.code, tt.allow)
			}
		})
	}
}

func TestAnUnknownURLNamesTheBaseURL(t *testing.T) {
	for path, want := range map[string]string{
		"/v1/v1/nope":                        "Unknown request URL: GET /v1/v1/nope. Please check the path. The base URL is http://example.com/v1.",
		"/openai/v1/images/generations/nope": "Unknown request URL: GET /openai/v1/images/generations/nope. Please check the path. Clients made for Azure take the endpoint http://example.com, without /openai; all others take the base URL http://example.com/v1.",
		"/v1/mj/submit/imagine":              "Unknown request URL: GET /v1/mj/submit/imagine. Please check the path. Clients of a midjourney-proxy take the base URL http://example.com.",
		"/a%20b?key=sk-alice":                "Unknown request URL: GET /a b. Please check the path. The base URL is http://example.com/v1.",
	} {
		out := &logged{}
		s := newServerThatLogs(t, newFake().core(), slog.New(slog.NewJSONHandler(out, nil)), func(c *web.Config) { c.PublicURL = "" })
		if got, _, _, _ := problemOf(t, send(s, "GET", path, "")); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
		if strings.Contains(out.String(), "MIDGATE_PUBLIC_URL") {
			t.Errorf("%s: the log warns of picture URLs, and there is none: %s", path, out)
		}
	}
	s := newServer(t, newFake(), func(c *web.Config) { c.PublicURL = "https://example.com/mid/" })
	if got, _, _, _ := problemOf(t, send(s, "GET", "/mid/v1/nope", "")); !strings.HasSuffix(got, " GET /mid/v1/nope. Please check the path. The base URL is https://example.com/mid/v1.") {
		t.Errorf("below a path: %q", got)
	}
}

func TestKeys(t *testing.T) {
	for name, tt := range map[string]struct {
		header, value string
		status        int
		code          string
	}{
		"a bearer":                     {"Authorization", "Bearer sk-alice", 200, ""},
		"a bearer in small letters":    {"Authorization", "bearer sk-alice", 200, ""},
		"blanks around the bearer":     {"Authorization", "  BEARER   sk-alice  ", 200, ""},
		"Azure's header":               {"Api-Key", "sk-bare", 200, ""},
		"no key":                       {"X-Nothing", "", 401, ""},
		"an empty bearer":              {"Authorization", "Bearer ", 401, ""},
		"another scheme":               {"Authorization", "Basic sk-alice", 401, ""},
		"a wrong key":                  {"Authorization", "Bearer sk-mallory", 401, "invalid_api_key"},
		"a key that only begins right": {"Authorization", "Bearer sk-alice2", 401, "invalid_api_key"},
		"a name for a key":             {"Authorization", "Bearer alice", 401, "invalid_api_key"},
	} {
		t.Run(name, func(t *testing.T) {
			w := send(newServer(t, newFake()), "GET", "/v1/models", "", "Authorization", "", tt.header, tt.value)
			if w.Code != tt.status {
				t.Fatalf("status = %d, want %d: %s", w.Code, tt.status, w.Body)
			}
			if tt.status != 200 {
				if _, _, _, code := problemOf(t, w); code != tt.code {
					t.Errorf("code = %q, want %q", code, tt.code)
				}
			}
		})
	}
}

func TestOwners(t *testing.T) {
	for name, tt := range map[string]struct {
		mode web.AuthMode
		key  string
		want adapter.Caller
	}{
		"a named key belongs to its name":         {web.AuthKeys, "sk-alice", adapter.Caller{Owner: body.HexDigest("name:alice"), Name: "alice"}},
		"a bare key is its own owner":             {web.AuthKeys, "sk-bare", adapter.Caller{Owner: body.HexDigest("sk-bare")}},
		"a key that is passed on is its own":      {web.AuthPassthrough, "up-1", adapter.Caller{Owner: body.HexDigest("up-1"), Key: "up-1"}},
		"without keys everybody is one":           {web.AuthNone, "", adapter.Caller{Owner: body.HexDigest("name:")}},
		"without keys a key that is sent is none": {web.AuthNone, "whatever", adapter.Caller{Owner: body.HexDigest("name:")}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			s := newServer(t, f, func(c *web.Config) { c.Auth = tt.mode })
			send(s, "POST", "/v1/images/generations", `{"prompt":"a","response_format":"url"}`, "Authorization", "Bearer "+tt.key)
			if len(f.attempts) != 1 || f.attempts[0].Caller != tt.want {
				t.Errorf("Attempts = %+v, want one by %+v", f.attempts, tt.want)
			}
		})
	}
}

func TestGuessingKeysIsSlowedDown(t *testing.T) {
	s := newServer(t, newFake())
	try := func(key, remote string) int {
		r := httptest.NewRequest("GET", "/v1/models", nil)
		r.RemoteAddr = remote
		r.Header.Set("Authorization", "Bearer "+key)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Code
	}
	if got := try("wrong", "192.0.2.1:1"); got != 401 {
		t.Fatalf("the first wrong key = %d, want 401", got)
	}
	if got := try("sk-alice", "192.0.2.1:2"); got != 200 {
		t.Fatalf("a right key = %d, want 200", got)
	}
	for range 20 {
		try("wrong", "192.0.2.1:3")
	}
	for name, tt := range map[string]struct {
		key, remote string
		want        int
	}{
		"another wrong key is not looked at":        {"wrong", "192.0.2.1:4", 429},
		"nor is one that would be right":            {"sk-bare", "192.0.2.1:4", 429},
		"who was let in from there before stays in": {"sk-alice", "192.0.2.1:4", 200},
		"another address has guesses of its own":    {"wrong", "192.0.2.2:4", 401},
		"and its right keys work":                   {"sk-bare", "192.0.2.2:4", 200},
	} {
		if got := try(tt.key, tt.remote); got != tt.want {
			t.Errorf("%s: status %d, want %d", name, got, tt.want)
		}
	}
}

func TestBrowsersMayAsk(t *testing.T) {
	wanted := "authorization,content-type,x-stainless-lang,x-title"
	for name, tt := range map[string]struct {
		origins []string
		method  string
		path    string
		key     string
		status  int
		allow   string
	}{
		"a preflight needs no key":                {[]string{"*"}, "OPTIONS", "/v1/images/generations", "", 204, "*"},
		"a preflight of an unknown path":          {[]string{"*"}, "OPTIONS", "/v1/nothing", "", 204, "*"},
		"answers name the origin":                 {[]string{"https://ui.example"}, "GET", "/v1/models", "Bearer sk-alice", 200, "https://ui.example"},
		"errors too":                              {[]string{"*"}, "GET", "/v1/models", "", 401, "*"},
		"unknown paths too":                       {[]string{"*"}, "GET", "/v1/nothing", "", 404, "*"},
		"another origin gets nothing":             {[]string{"https://other.example"}, "GET", "/v1/models", "Bearer sk-alice", 200, ""},
		"none is allowed unless it is said":       {nil, "GET", "/v1/models", "Bearer sk-alice", 200, ""},
		"pictures are for everybody all the same": {nil, "GET", "/images/" + testImage + ".png", "", 404, "*"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, newFake(), func(c *web.Config) { c.Origins = tt.origins })
			headers := []string{"Origin", "https://ui.example", "Authorization", tt.key}
			if tt.method == "OPTIONS" {
				headers = append(headers, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", wanted)
			}
			w := send(s, tt.method, tt.path, "", headers...)
			if w.Code != tt.status || w.Header().Get("Access-Control-Allow-Origin") != tt.allow {
				t.Errorf("%d, origin %q; want %d, %q", w.Code, w.Header().Get("Access-Control-Allow-Origin"), tt.status, tt.allow)
			}
			if got := w.Header().Get("Access-Control-Allow-Headers"); tt.method == "OPTIONS" && got != wanted {
				t.Errorf("allowed headers = %q, want %q", got, wanted)
			}
			if tt.allow != "" && tt.method != "OPTIONS" && !strings.Contains(w.Header().Get("Access-Control-Expose-Headers"), "x-request-id") {
				t.Errorf("exposed headers = %q, want x-request-id among them", w.Header().Get("Access-Control-Expose-Headers"))
			}
		})
	}
}

func TestHealth(t *testing.T) {
	f := newFake()
	s := newServer(t, f)
	for _, path := range []string{"/healthz", "/readyz", "/", "/v1", "/health"} {
		for _, method := range []string{"GET", "HEAD"} {
			w := send(s, method, path, "", "Authorization", "")
			if w.Code != 200 || w.Header().Get("Content-Type") != "application/json" || method == "HEAD" && w.Body.Len() != 0 {
				t.Errorf("%s %s = %d %q %s, want 200 JSON", method, path, w.Code, w.Header().Get("Content-Type"), w.Body)
			}
		}
	}
	f.notReady = adapter.Errorf(adapter.Storage, "The data directory is full.")
	w := send(s, "GET", "/readyz", "")
	if w.Code != 503 || !strings.Contains(w.Body.String(), "The data directory is full.") {
		t.Errorf("/readyz = %d %s, want 503 with the reason", w.Code, w.Body)
	}
	s.core.Upstream = func(_ context.Context, ask bool) (string, bool) {
		return map[bool]string{false: "was not asked yet", true: "answered 0s ago"}[ask], !ask
	}
	for path, want := range map[string]string{"/readyz": "was not asked yet", "/readyz?ask=upstream": "answered 0s ago"} {
		if w := send(s, "GET", path, ""); !strings.Contains(w.Body.String(), `"upstream":"`+want+`"`) {
			t.Errorf("%s = %s, want the upstream's state %q", path, w.Body, want)
		} else if told := strings.Contains(w.Body.String(), `"cancel":"not offered"`); told != (want == "answered 0s ago") {
			t.Errorf("%s = %s; the upstream is known to stop nothing: %v", path, w.Body, !told)
		}
	}
}

func TestMetricsCountWhatHappened(t *testing.T) {
	s := newServer(t, newFake())
	send(s, "GET", "/v1/models", "")
	send(s, "GET", "/v1/models", "", "Authorization", "Bearer wrong")
	send(s, "BREW", "/v1/secret-path", "")
	o := s.Metrics.Observer()
	o.JobStarted("generation", "main", adapter.Fast)
	o.JobEnded("generation", "main", adapter.Fast, "completed", 0)
	o.Places("main", 3, 2)
	o.Join("repeat")
	s.Metrics.Polled("main", "list", 40)
	s.Metrics.UpstreamFailed("main", adapter.Ambiguous)
	s.Metrics.Downloaded("main", nil)
	s.Metrics.Hooked("", false)
	got := send(s, "GET", "/metrics", "", "Authorization", "").Body.Bytes()
	for _, line := range []string{
		`midgate_http_requests_total{method="GET",route="/v1/models",status="200"} 1`,
		`midgate_http_requests_total{method="GET",route="/v1/models",status="401"} 1`,
		`midgate_http_requests_total{method="other",route="unmatched",status="404"} 1`,
		`midgate_errors_total{kind="unauthorized"} 1`,
		`midgate_http_in_flight 1`,
		`midgate_jobs_started_total{kind="generation",speed="fast",upstream="main"} 1`,
		`midgate_jobs_total{kind="generation",outcome="completed",speed="fast",upstream="main"} 1`,
		`midgate_jobs_in_flight{upstream="main"} 3`,
		`midgate_queue_waiting{upstream="main"} 2`,
		`midgate_joined_total{how="repeat"} 1`,
		`midgate_joined_total{how="shared"} 0`,
		`midgate_upstream_polls_total{route="list",upstream="main"} 1`,
		`midgate_upstream_polled_tasks_total{upstream="main"} 40`,
		`midgate_upstream_errors_total{kind="ambiguous",upstream="main"} 1`,
		`midgate_upstream_downloads_total{outcome="ok",upstream="main"} 1`,
		`midgate_webhooks_total{taken="false",upstream=""} 1`,
	} {
		if !bytes.Contains(got, []byte(line+"\n")) {
			t.Errorf("/metrics lacks %s", line)
		}
	}
	if bytes.Contains(got, []byte("secret-path")) {
		t.Error("/metrics shows a path that a client made up")
	}
}
