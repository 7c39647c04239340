package proxy

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// testLog discards lines: tests that look at them make their own.
func testLog(testing.TB) *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// send asks the server without a socket. Headers come in pairs; alice's key is there unless another one is.
func send(s http.Handler, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer sk-alice")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i+1] == "" {
			r.Header.Del(headers[i])
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// golden compares an answer's JSON, indented, with a file.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, got, "", "  "); err != nil {
		t.Fatalf("%s is not JSON: %v\n%s", name, err, got)
	}
	pretty.WriteByte('\n')
	path := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.WriteFile(path, pretty.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(pretty.Bytes(), want) {
		t.Errorf("%s = %s, want %s", name, pretty.Bytes(), want)
	}
}

// errorBody is an error as clients read it.
type errorBody struct {
	Error struct {
		Message string  `json:"message"`
		Type    string  `json:"type"`
		Param   *string `json:"param"`
		Code    *string `json:"code"`
	} `json:"error"`
}

// problemOf reads the error envelope and checks that it has its four keys.
func problemOf(t *testing.T, w *httptest.ResponseRecorder) (message, typ, param, code string) {
	t.Helper()
	var env map[string]map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &env); err != nil {
		t.Fatalf("status %d, body %q: %v", w.Code, w.Body, err)
	}
	e := env["error"]
	text := func(k string, null bool) string {
		v, ok := e[k]
		s, isText := v.(string)
		if !ok || !isText && !(null && v == nil) {
			t.Errorf("error.%s = %v in %s", k, v, w.Body)
		}
		return s
	}
	if got := w.Header().Get("Content-Type"); !strings.HasPrefix(got, "application/json") {
		t.Errorf("Content-Type = %q, want application/json", got)
	}
	if !strings.HasPrefix(w.Header().Get("X-Request-Id"), "req_") {
		t.Errorf("X-Request-Id = %q, want req_…", w.Header().Get("X-Request-Id"))
	}
	return text("message", false), text("type", false), text("param", true), text("code", true)
}

func orNone(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
