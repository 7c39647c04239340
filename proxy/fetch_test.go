package proxy

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"midgate/adapter"
)

func newTestFetcher(t *testing.T, allow ...string) *fetcher {
	t.Helper()
	f, err := newFetcher(allow, 1<<10, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// None of these may be dialled: the check is on the address of the connection (engineering.md §3.3, G1).
func TestPrivateAddressesAreNotFetched(t *testing.T) {
	f := newTestFetcher(t)
	for _, address := range []string{
		"http://127.0.0.1/x.png", "http://127.1.2.3/", "http://[::1]/", "http://0.0.0.0/", "http://169.254.169.254/latest/meta-data",
		"http://[::ffff:169.254.169.254]/", "http://[::ffff:127.0.0.1]/", "http://100.100.100.200/", "http://[fd00:ec2::254]/",
		"http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://[2001:0:7f00:1::]/", "http://[fe80::1]/", "http://[::127.0.0.1]/",
		"http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1/", "http://224.0.0.1/", "http://255.255.255.255/",
		"http://93.184.216.34:22/", "http://93.184.216.34:6379/",
	} {
		_, err := f.open(context.Background(), address)
		if e := typed(err); e.Kind != adapter.Invalid || !errors.Is(err, errNotPublic) {
			t.Errorf("open(%s) = %v, want a refusal of an address that is not public", address, err)
		}
	}
	for _, address := range []string{
		"http://127.1/", "http://0x7f000001/", "http://2130706433/", "http://user:pw@93.184.216.34/", "ftp://93.184.216.34/", "gopher://93.184.216.34/",
		"http://", "http:///x", "file:///etc/passwd", "http://localhost/", "http://[::1",
	} {
		if _, err := f.open(context.Background(), address); adapter.KindOf(err) != adapter.Invalid {
			t.Errorf("open(%s) = %v, want a refusal", address, err)
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

func TestFetchAllowsWhatItIsTold(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "x") }))
	defer server.Close()
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		allow string
		host  string
		ok    bool
	}{
		"the network":              {"127.0.0.0/8", "127.0.0.1", true},
		"the address":              {"127.0.0.1", "127.0.0.1", true},
		"the name":                 {"localhost", "localhost", true},
		"the name and port":        {"localhost:" + port, "LOCALHOST", true},
		"another port of the name": {"localhost:1", "localhost", false},
		"another network":          {"10.0.0.0/8", "127.0.0.1", false},
	} {
		t.Run(name, func(t *testing.T) {
			body, err := newTestFetcher(t, tt.allow).open(context.Background(), "http://"+tt.host+":"+port+"/")
			if (err == nil) != tt.ok {
				t.Fatalf("err = %v, want success %v", err, tt.ok)
			}
			if err == nil {
				_ = body.Close()
			}
		})
	}
	if _, err := newFetcher([]string{"http://x/"}, 1, time.Second); err == nil {
		t.Error("a URL in the list of hosts is taken, want an error")
	}
}

// An environment variable must not send client-given URLs through a proxy that checks nothing.
func TestFetchIgnoresProxyVariables(t *testing.T) {
	asked := make(chan string, 1)
	proxy := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.URL.String() }))
	defer proxy.Close()
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	_, _ = newTestFetcher(t).open(context.Background(), "http://10.0.0.1/x.png")
	select {
	case u := <-asked:
		t.Errorf("the proxy was asked for %s", u)
	default:
	}
}

func TestEditFetchesPublicPicturesOnly(t *testing.T) {
	dialled := make(chan struct{}, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		dialled <- struct{}{}
		_, _ = w.Write(picture("fetched"))
	}))
	defer server.Close()
	body := `{"prompt":"x","images":[{"image_url":"` + server.URL + `/fox.png"}]}`
	f := newFake()
	w := send(newServer(t, f), "POST", "/v1/images/edits", body)
	if _, _, param, code := problemOf(t, w); w.Code != 400 || param != "images[0].image_url" || code != "invalid_value" {
		t.Errorf("%d %q %q, want 400 images[0].image_url invalid_value", w.Code, param, code)
	}
	if len(dialled) != 0 || len(f.attempts) != 0 {
		t.Error("the private address was fetched")
	}
	w = send(newServer(t, f, func(c *Config) { c.FetchAllow = []string{"127.0.0.1"} }), "POST", "/v1/images/edits", body)
	if w.Code != 200 || len(f.uploads) != 1 || f.edited[0].Images[0].Name != "fox.png" {
		t.Errorf("an allowed address: %d, %d uploads: %s", w.Code, len(f.uploads), w.Body)
	}
}
