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
)

func parsed(t *testing.T, list ...string) Allow {
	t.Helper()
	a, err := ParseAllow(list)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// get asks for an address through a transport of its own.
func get(address string, allow Allow) (string, error) {
	client := &http.Client{Transport: NewTransport(allow), CheckRedirect: CheckRedirect}
	defer client.CloseIdleConnections()
	resp, err := client.Get(address)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

// TestPrivateAddressesAreNotDialled: the check is on the address of the connection, in whatever form it comes.
func TestPrivateAddressesAreNotDialled(t *testing.T) {
	for _, address := range []string{
		"http://127.0.0.1/x.png", "http://127.1.2.3/", "http://[::1]/", "http://0.0.0.0/", "http://169.254.169.254/latest/meta-data",
		"http://[::ffff:169.254.169.254]/", "http://[::ffff:127.0.0.1]/", "http://100.100.100.200/", "http://[fd00:ec2::254]/",
		"http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://[2001:0:7f00:1::]/", "http://[fe80::1]/", "http://[::127.0.0.1]/",
		"http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1/", "http://224.0.0.1/", "http://255.255.255.255/",
		"http://93.184.216.34:22/", "http://93.184.216.34:6379/", "http://localhost/",
	} {
		for name, allow := range map[string]Allow{"nothing": {}, "others": parsed(t, "198.18.0.0/15", "inside.example", "[::2]:80")} {
			if _, err := get(address, allow); !errors.Is(err, ErrNotPublic) {
				t.Errorf("get(%s) where %s is allowed = %v, want %v", address, name, err, ErrNotPublic)
			}
		}
	}
}

func TestWhatIsAllowedIsReached(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "x") }))
	defer server.Close()
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		allow Allow
		host  string
		ok    bool
	}{
		"the network":              {parsed(t, "127.0.0.0/8"), "127.0.0.1", true},
		"the address":              {parsed(t, "127.0.0.1"), "127.0.0.1", true},
		"the address and port":     {parsed(t, "127.0.0.1:"+port), "127.0.0.1", true},
		"the name":                 {parsed(t, "localhost"), "localhost", true},
		"the name and port":        {parsed(t, "localhost:"+port), "LOCALHOST", true},
		"a host beside the list":   {Allow{}.With("LocalHost:" + port), "localhost", true},
		"the network of the name":  {parsed(t, "127.0.0.0/8", "::1"), "localhost", true},
		"another port of the name": {parsed(t, "localhost:1"), "localhost", false},
		"the name of an address":   {parsed(t, "localhost"), "127.0.0.1", false},
		"another network":          {parsed(t, "10.0.0.0/8"), "127.0.0.1", false},
		"nothing":                  {Allow{}, "127.0.0.1", false},
	} {
		if body, err := get("http://"+tt.host+":"+port+"/", tt.allow); (err == nil) != tt.ok || (body == "x") != tt.ok {
			t.Errorf("%s: get = %q, %v; want success: %v", name, body, err, tt.ok)
		}
	}
	for _, bad := range []string{"http://x/", "", "a b", "x/8", "bücher.example"} {
		if _, err := ParseAllow([]string{bad}); err == nil {
			t.Errorf("ParseAllow(%q) = nil, want an error", bad)
		}
	}
}

// TestARedirectIsCheckedAsItsBeginningIs, also over a connection that is kept.
func TestARedirectIsCheckedAsItsBeginningIs(t *testing.T) {
	inside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "secret") }))
	defer inside.Close()
	to := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch left, hops := strings.CutPrefix(r.URL.Path, "/hop/"); {
		case hops && left != "":
			http.Redirect(w, r, "/hop/"+left[1:], http.StatusFound)
		case hops || r.URL.Path == "/ok":
			_, _ = io.WriteString(w, "x")
		default:
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusFound)
		}
	}))
	defer server.Close()
	allow := Allow{}.With(strings.TrimPrefix(server.URL, "http://"))
	for path, want := range map[string]string{"/ok": "x", "/hop/xxx": "x", "/hop/xxxx": ""} {
		if got, err := get(server.URL+path, allow); got != want || (err == nil) != (want != "") {
			t.Errorf("get(%s) = %q, %v; want %q", path, got, err, want)
		}
	}
	for address, want := range map[string]error{
		inside.URL: ErrNotPublic, "http://169.254.169.254/latest": ErrNotPublic, "ftp://example.com/": ErrURL, "http://user:pw@example.com/": ErrURL, "file:///etc/passwd": ErrURL,
	} {
		to = address
		if got, err := get(server.URL+"/away", allow); got != "" || !errors.Is(err, want) {
			t.Errorf("get(a redirect to %s) = %q, %v; want %v", address, got, err, want)
		}
	}
}

func TestCheckURL(t *testing.T) {
	for address, ok := range map[string]bool{
		"http://93.184.216.34/": true, "https://example.com/a?b": true, "http://user:pw@93.184.216.34/": false, "ftp://93.184.216.34/": false,
		"gopher://93.184.216.34/": false, "http://": false, "http:///x": false, "file:///etc/passwd": false, "": false, "example.com/x": false,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckURL(u); (err == nil) != ok || err != nil && !errors.Is(err, ErrURL) {
			t.Errorf("CheckURL(%s) = %v, want nil: %v", address, err, ok)
		}
	}
}

// An environment variable must not send requests through a proxy that checks nothing.
func TestProxyVariablesAreIgnored(t *testing.T) {
	asked := make(chan string, 1)
	proxy := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.URL.String() }))
	defer proxy.Close()
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	_, _ = get("http://10.0.0.1/x.png", Allow{})
	select {
	case u := <-asked:
		t.Errorf("the proxy was asked for %s", u)
	default:
	}
}
