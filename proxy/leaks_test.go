package proxy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"midgate/adapter"
	"midgate/proxy/body"
	"midgate/proxy/metrics"
	"midgate/proxy/web"
)

// logged collects log lines of any level.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// Canaries: a client sends each of them somewhere, and none may show up in a log line or a metric.
const (
	canaryKey    = "sk-canary-key-7f3a"
	canaryWrong  = "sk-canary-wrong-91bc"
	canaryPrompt = "canaryprompt"
	canaryQuery  = "canaryquery"
	canaryUser   = "canaryuser"
	canaryCookie = "canarycookie"
	canaryFile   = "canaryfile"
	canaryPath   = "canarypath"
	canaryInPath = "sk-canary-path-55ac"
)

func TestNoSecretGetsIntoLogsOrMetrics(t *testing.T) {
	for name, spoil := range map[string]func(*fake){
		"when all goes well":  func(*fake) {},
		"when it is refused":  func(f *fake) { f.refuse = adapter.BadParam("prompt", "invalid_value", "%s is bad", canaryPrompt) },
		"when the job fails":  func(f *fake) { f.fail = adapter.Wrap(adapter.Failed, errors.New("status 500"), "no %s", canaryPrompt) },
		"when something odd":  func(f *fake) { f.refuse = errors.New("odd") },
		"when a handler dies": func(f *fake) { f.refuse = panicking{canaryPrompt} },
	} {
		t.Run(name, func(t *testing.T) {
			f, out := newFake(), &logged{}
			spoil(f)
			f.add(testImage, tiny)
			s := newServerThatLogs(t, f.core(), slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug})),
				func(c *web.Config) { c.Keys = append(c.Keys, web.Key{Name: "alice", Secret: canaryKey}) })
			headers := []string{"Authorization", "Bearer " + canaryKey, "Cookie", canaryCookie, "X-OpenWebUI-User-Email", canaryUser,
				"User-Agent", canaryUser, "Referer", canaryUser, "X-Title", canaryUser, "Origin", "https://" + canaryUser}
			asked := fmt.Sprintf(`{"prompt":%q,"user":%q,"image":%q,"stream":"%s"}`, canaryPrompt, canaryUser, testImage, "false")
			var answers string
			for _, path := range []string{"/v1/images/generations", "/v1/images/edits", "/v1/images/" + testImage + "/actions", "/" + canaryInPath + "/prompt/" + canaryPrompt} {
				answers += send(s, "POST", path+"?key="+canaryQuery, asked, headers...).Body.String()
			}
			form, contentType := writeForm(file("image", canaryFile+".png", "", picture("x")), text("prompt", canaryPrompt))
			answers += send(s, "POST", "/v1/images/edits", form, append(headers, "Content-Type", contentType)...).Body.String()
			answers += send(s, "POST", "/v1/images/generations", `{"prompt":"`+canaryPrompt, headers...).Body.String()
			answers += send(s, "GET", "/v1/models/"+canaryPath, "", "Authorization", "Bearer "+canaryWrong).Body.String()
			answers += send(s, "GET", "/images/"+testImage+".png?sig="+canaryQuery, "", headers...).Body.String()
			answers += send(s, canaryUser, "/v1/models", "", headers...).Body.String()
			metrics := send(s, "GET", "/metrics", "", "Authorization", "").Body.String()
			for _, canary := range []string{canaryKey, canaryWrong, canaryPrompt, canaryQuery, canaryUser, canaryCookie, canaryFile, canaryPath, canaryInPath, testImage, body.HexDigest(canaryKey)} {
				if strings.Contains(strings.ToLower(out.String()), strings.ToLower(canary)) {
					t.Errorf("the log has %q: %s", canary, out)
				}
				if strings.Contains(metrics, canary) {
					t.Errorf("the metrics have %q", canary)
				}
			}
			for _, canary := range []string{canaryKey, canaryWrong, canaryCookie, "odd", "status 500"} {
				if strings.Contains(answers, canary) {
					t.Errorf("an answer has %q: %s", canary, answers)
				}
			}
			if n := strings.Count(out.String(), `"msg":"request"`); n != 10 {
				t.Errorf("%d access lines, want one for each of 10 requests: %s", n, out)
			}
		})
	}
}

// panicking is an error that the fake dies with.
type panicking struct{ words string }

func (p panicking) Error() string { return p.words }

func TestAPanicIsA500WithARequestID(t *testing.T) {
	f := newFake()
	f.refuse = panicking{"secret"}
	out := &logged{}
	s := newServerThatLogs(t, f.core(), slog.New(slog.NewJSONHandler(out, nil)))
	w := send(s, "POST", "/v1/images/generations", `{"prompt":"x"}`)
	if message, typ, _, _ := problemOf(t, w); w.Code != 500 || typ != "server_error" || message != "Internal server error." {
		t.Errorf("%d %q %q, want 500 server_error %q", w.Code, typ, message, "Internal server error.")
	}
	if !strings.Contains(out.String(), `"msg":"panic"`) || !strings.Contains(out.String(), w.Header().Get("X-Request-Id")) {
		t.Errorf("the log does not tell of the panic: %s", out)
	}
}

func TestTheAccessLineTellsWhatHappened(t *testing.T) {
	f, out := newFake(), &logged{}
	f.fail = adapter.Wrap(adapter.Failed, errors.New("task 7 vanished"), "It failed.")
	s := newServerThatLogs(t, f.core(), slog.New(slog.NewJSONHandler(out, nil)))
	w := send(s, "POST", "/v1/images/generations", `{"prompt":"x"}`)
	var line struct {
		Level, Msg, Method, Route, Key, Job, Kind, Error, Remote string
		RequestID                                                string `json:"request_id"`
		Status, Bytes                                            int
	}
	if err := json.NewDecoder(strings.NewReader(out.String())).Decode(&line); err != nil {
		t.Fatal(err)
	}
	if line.Level != "ERROR" || line.Method != "POST" || line.Route != "/v1/images/generations" || line.Key != "alice" || line.Job != testJob ||
		line.Kind != "failed" || !strings.Contains(line.Error, "task 7 vanished") || line.Status != 502 || line.Bytes != w.Body.Len() ||
		line.RequestID != w.Header().Get("X-Request-Id") || line.Remote != "192.0.2.1" {
		t.Errorf("line = %+v", line)
	}
}

func TestTheAccessLineOfAnUnknownPathShowsIt(t *testing.T) {
	for asked, want := range map[string]string{
		"POST /openai/v1/images/generations/nope?key=sk-alice": "/openai/v1/images/generations/nope", // as it was sent, not as it was understood
		"GET /sk-alice/v1//models":                             "/***/v1//models",
		"PUT /v1/images/generations":                           "/v1/images/generations",
		"GET /v1/models":                                       "",
		"GET /v1/files/file-AAAAAAAAAAAAAAAAAAAAAA":            "",
	} {
		out := &logged{}
		s := newServerThatLogs(t, newFake().core(), slog.New(slog.NewJSONHandler(out, nil)))
		method, path, _ := strings.Cut(asked, " ")
		send(s, method, path, "")
		var line struct{ Path string }
		if err := json.NewDecoder(strings.NewReader(out.String())).Decode(&line); err != nil || line.Path != want {
			t.Errorf("%s is logged with the path %q, want %q", asked, line.Path, want)
		}
	}
}

// Forwarded headers count only from proxies that are trusted.
func TestForwardedHeadersAreNotBelieved(t *testing.T) {
	forwarded := []string{"X-Forwarded-For", "203.0.113.9", "X-Real-Ip", "203.0.113.9", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "pictures.example"}
	for name, tt := range map[string]struct {
		trusted      []string
		host         string
		remote, base string
	}{
		"from anybody":               {nil, "", "192.0.2.1", "http://example.com"},
		"from a trusted network":     {[]string{"192.0.2.0/24"}, "", "203.0.113.9", "https://pictures.example"},
		"from another network":       {[]string{"10.0.0.0/8"}, "", "192.0.2.1", "http://example.com"},
		"a host that is no host":     {[]string{"192.0.2.1"}, `evil/"<x>`, "203.0.113.9", "https://example.com"},
		"the first of several hosts": {[]string{"192.0.2.1"}, "one.example, two.example", "203.0.113.9", "https://one.example"},
	} {
		t.Run(name, func(t *testing.T) {
			out := &logged{}
			s := newServerThatLogs(t, newFake().core(), slog.New(slog.NewJSONHandler(out, nil)),
				func(c *web.Config) { c.TrustedProxies, c.PublicURL = tt.trusted, "" })
			headers := forwarded
			if tt.host != "" {
				headers = append(forwarded[:6:6], "X-Forwarded-Host", tt.host)
			}
			w := send(s, "POST", "/v1/images/generations", `{"prompt":"x","response_format":"url"}`, headers...)
			if !strings.Contains(w.Body.String(), `"url":"`+tt.base+`/images/img_`) {
				t.Errorf("answer = %s, want URLs under %s", w.Body, tt.base)
			}
			if !strings.Contains(out.String(), `"remote":"`+tt.remote+`"`) {
				t.Errorf("log = %s, want remote %s", out, tt.remote)
			}
		})
	}
	if _, err := New(web.Config{TrustedProxies: []string{"everywhere"}}, newFake().core(), metrics.New(), testLog(t)); err == nil {
		t.Error("a network that is none is taken, want an error")
	}
}

func TestPrivatePictureURLsAreWarnedOfOnce(t *testing.T) {
	out := &logged{}
	s := newServerThatLogs(t, newFake().core(), slog.New(slog.NewJSONHandler(out, nil)), func(c *web.Config) { c.PublicURL = "" })
	for range 2 {
		send(s, "POST", "http://midgate:8080/v1/images/generations", `{"prompt":"x"}`)
	}
	if n := strings.Count(out.String(), "MIDGATE_PUBLIC_URL"); n != 1 {
		t.Errorf("%d warnings, want 1: %s", n, out)
	}
}
