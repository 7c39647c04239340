package publicnet

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

func client(t *testing.T, allow ...string) *http.Client {
	t.Helper()
	a, err := ParseAllow(allow)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Transport: NewTransport(a), CheckRedirect: CheckRedirect, Timeout: 5 * time.Second}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// None of these may be dialled: the check is on the address of the connection.
func TestNewTransport_ReachesPublicAddressesOnly(t *testing.T) {
	c := client(t)
	for _, address := range []string{
		"http://127.0.0.1/x.png", "http://127.1.2.3/", "http://[::1]/", "http://0.0.0.0/", "http://169.254.169.254/latest/meta-data",
		"http://[::ffff:169.254.169.254]/", "http://[::ffff:127.0.0.1]/", "http://100.100.100.200/", "http://[fd00:ec2::254]/",
		"http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://[2001:0:7f00:1::]/", "http://[fe80::1]/", "http://[::127.0.0.1]/",
		"http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1/", "http://224.0.0.1/", "http://255.255.255.255/",
		"http://93.184.216.34:22/", "http://93.184.216.34:6379/", "http://localhost/",
	} {
		resp, err := c.Get(address)
		if err == nil {
			_ = resp.Body.Close()
		}
		if !errors.Is(err, ErrNotPublic) {
			t.Errorf("GET %s = %v, want %v", address, err, ErrNotPublic)
		}
	}
	// Spellings of 127.0.0.1 that some resolvers take.
	for _, address := range []string{"http://127.1/", "http://0x7f000001/", "http://2130706433/"} {
		if resp, err := c.Get(address); err == nil {
			_ = resp.Body.Close()
			t.Errorf("GET %s is answered, want an error", address)
		}
	}
}

func TestNewTransport_ReachesWhatIsAllowed(t *testing.T) {
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
		"the network, unmasked":    {"127.9.9.9/8", "127.0.0.1", true},
		"the network, by name":     {"127.0.0.0/8", "localhost", true},
		"the address":              {"127.0.0.1", "127.0.0.1", true},
		"the address and port":     {"127.0.0.1:" + port, "127.0.0.1", true},
		"another port of it":       {"127.0.0.1:1", "127.0.0.1", false},
		"the name":                 {"localhost", "localhost", true},
		"the name and port":        {"localhost:" + port, "LOCALHOST", true},
		"another spelling":         {"LocalHost", "localhost", true},
		"another port of the name": {"localhost:1", "localhost", false},
		"a name, by its address":   {"localhost", "127.0.0.1", false},
		"another network":          {"10.0.0.0/8", "127.0.0.1", false},
	} {
		t.Run(name, func(t *testing.T) {
			resp, err := client(t, tt.allow).Get("http://" + tt.host + ":" + port + "/")
			if err == nil {
				_ = resp.Body.Close()
			}
			if (err == nil) != tt.ok || err != nil && !errors.Is(err, ErrNotPublic) {
				t.Fatalf("err = %v, want success %v", err, tt.ok)
			}
		})
	}
}

func TestAllow_WithAddsOneHost(t *testing.T) {
	a, err := ParseAllow([]string{"files.lan"})
	if err != nil {
		t.Fatal(err)
	}
	more := a.With("Relay.LAN:8080")
	for address, want := range map[string]bool{"files.lan:80": true, "relay.lan:8080": true, "relay.lan:80": false, "other.lan:80": false} {
		if got := more.host(address); got != want {
			t.Errorf("host(%s) = %v, want %v", address, got, want)
		}
	}
	if a.host("relay.lan:8080") {
		t.Error("the list that was there has the host too")
	}
	if !(Allow{}).With("relay.lan:80").host("relay.lan:80") {
		t.Error("a list of nothing takes no host")
	}
}

func TestParseAllow_RefusesWhatIsNoHost(t *testing.T) {
	for _, entry := range []string{"http://x/", "a b", "", "10.0.0.0/64", "user@host", strings.Repeat("x", 300)} {
		if _, err := ParseAllow([]string{entry}); err == nil {
			t.Errorf("ParseAllow(%q) takes it, want an error", entry)
		}
	}
}

func TestCheckURL(t *testing.T) {
	for address, ok := range map[string]bool{
		"http://x.example/a.png": true, "https://x.example": true, "ftp://x.example/": false, "gopher://x.example/": false, "file:///etc/passwd": false,
		"http://": false, "http:///x": false, "http://user:pw@x.example/": false, "/x": false,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckURL(u); (err == nil) != ok || err != nil && !errors.Is(err, ErrURL) {
			t.Errorf("CheckURL(%s) = %v, want it to be taken: %v", address, err, ok)
		}
	}
}

func TestCheckRedirect_FollowsFewAndPlainOnes(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/hop/", func(w http.ResponseWriter, r *http.Request) {
		if left := strings.TrimPrefix(r.URL.Path, "/hop/"); left != "" {
			http.Redirect(w, r, "/hop/"+left[1:], http.StatusFound)
		}
	})
	for path, to := range map[string]string{"/inside": "http://169.254.169.254/latest", "/scheme": "ftp://x.example/", "/user": "http://user:pw@127.0.0.1/"} {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusFound)
		})
	}
	server := httptest.NewServer(mux)
	defer server.Close()
	c := client(t, "127.0.0.1")
	for path, want := range map[string]error{
		"/hop/xxx": nil, "/hop/xxxx": ErrRedirects, "/inside": ErrNotPublic, "/scheme": ErrURL, "/user": ErrURL,
	} {
		resp, err := c.Get(server.URL + path)
		if err == nil {
			_ = resp.Body.Close()
		}
		if !errors.Is(err, want) {
			t.Errorf("GET %s = %v, want %v", path, err, want)
		}
	}
}

// An environment variable must not send requests through a proxy that checks nothing.
func TestNewTransport_IgnoresProxyVariables(t *testing.T) {
	asked := make(chan string, 1)
	proxy := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.URL.String() }))
	defer proxy.Close()
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	if resp, err := client(t).Get("http://10.0.0.1/x.png"); err == nil {
		_ = resp.Body.Close()
	}
	select {
	case u := <-asked:
		t.Errorf("the proxy was asked for %s", u)
	default:
	}
}
