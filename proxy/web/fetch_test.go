package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/adapter/publicnet"
	"midgate/proxy/body"
)

func newTestFetcher(t *testing.T, allow ...string) *fetcher {
	t.Helper()
	f, err := newFetcher(allow, 1<<10, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAddressesThatAreNotFetched(t *testing.T) {
	f := newTestFetcher(t)
	for address, public := range map[string]bool{
		"http://127.0.0.1/x.png": false, "http://169.254.169.254/latest/meta-data": false, "http://[::ffff:127.0.0.1]/": false, "http://93.184.216.34:22/": false,
		"http://user:pw@93.184.216.34/": true, "ftp://93.184.216.34/": true, "file:///etc/passwd": true, "http://": true, "http://[::1": true,
	} {
		_, err := f.open(context.Background(), address)
		if e := body.Typed(err); e.Kind != adapter.Invalid || errors.Is(err, publicnet.ErrNotPublic) == public || strings.Contains(e.Message, "public") == public {
			t.Errorf("open(%s) = %v, want a refusal; of an address that is not public: %v", address, err, !public)
		}
	}
}

func TestFetching(t *testing.T) {
	web := http.NewServeMux()
	web.HandleFunc("/ok", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" {
			t.Error("a fetch carries credentials")
		}
		_, _ = io.WriteString(w, "picture") // to a test's client
	})
	web.HandleFunc("/hop/", func(w http.ResponseWriter, r *http.Request) {
		left := strings.TrimPrefix(r.URL.Path, "/hop/")
		if left == "" {
			http.Redirect(w, r, "/ok", http.StatusFound)
			return
		}
		http.Redirect(w, r, "/hop/"+left[1:], http.StatusFound)
	})
	web.HandleFunc("/inside", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://169.254.169.254/latest", http.StatusFound)
	})
	web.HandleFunc("/scheme", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", "ftp://example.com/")
		w.WriteHeader(http.StatusFound)
	})
	web.HandleFunc("/big", func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(make([]byte, 2<<10)) })
	web.HandleFunc("/liar", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "900")
		_, _ = w.Write(make([]byte, 10))
	})
	web.HandleFunc("/gone", func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) })
	server := httptest.NewServer(web)
	defer server.Close()
	f := newTestFetcher(t, "127.0.0.1/32")
	for name, tt := range map[string]struct {
		path, want string
		kind       adapter.Kind
	}{
		"a picture":                    {"/ok", "picture", adapter.Internal},
		"after three redirects":        {"/hop/xx", "picture", adapter.Internal},
		"after four":                   {"/hop/xxx", "", adapter.Invalid},
		"a redirect to the inside":     {"/inside", "", adapter.Invalid},
		"a redirect to another scheme": {"/scheme", "", adapter.Invalid},
		"more than the limit":          {"/big", "", adapter.TooLarge},
		"less than was promised":       {"/liar", "", adapter.Invalid},
		"a page that is gone":          {"/gone", "", adapter.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			body, err := f.open(context.Background(), server.URL+tt.path)
			var got []byte
			if err == nil {
				got, err = io.ReadAll(body)
				_ = body.Close()
			}
			if tt.kind != adapter.Internal {
				if adapter.KindOf(err) != tt.kind {
					t.Errorf("err = %v, want kind %s", err, tt.kind)
				}
				return
			}
			if err != nil || string(got) != tt.want {
				t.Errorf("%q, %v; want %q", got, err, tt.want)
			}
		})
	}
}
