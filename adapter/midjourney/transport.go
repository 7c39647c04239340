package midjourney

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// maxRedirects is how often a download may be sent on.
const maxRedirects = 3

// How long connections are kept that nobody uses. A submission that meets the end of one on its way is one of which
// nobody knows, so theirs go before any server closes them: those that are quickest do so after two seconds.
const (
	readIdle   = time.Minute
	submitIdle = time.Second
)

// apiTransport carries the API's requests: HTTP/1.1, so that nothing below us ever repeats one,
// over connections that count what they send. Proxies from the environment are not used.
func apiTransport(idle time.Duration) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			return &countedConn{Conn: conn}, nil
		},
		TLSHandshakeTimeout: 10 * time.Second,
		MaxIdleConnsPerHost: 32,
		IdleConnTimeout:     idle,
		DisableCompression:  false,
	}
}

// apiClient never follows a redirect: a POST would arrive as a GET (upstream-protocol.md §3.4).
func apiClient(rt http.RoundTripper, idle time.Duration) *http.Client {
	if rt == nil {
		rt = apiTransport(idle)
	}
	return &http.Client{Transport: rt, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// guard carries downloads. A task's imageUrl is the upstream's word, so it may only lead to public
// addresses, unless its host or network is an upstream's own or a trusted one (engineering.md §3.3 row G4).
// Every redirect passes here again, and the address is checked when it is dialled.
type guard struct {
	trusted map[string]bool
	open    http.RoundTripper
	public  http.RoundTripper
}

// newGuard makes the transport for downloads; hosts are host, host:port, an address or a network.
func newGuard(upstreams []*url.URL, hosts []string) *guard {
	g := &guard{trusted: map[string]bool{}, open: downloadTransport(nil)}
	for _, u := range upstreams {
		g.trusted[hostPort(u)] = true
	}
	var networks []netip.Prefix
	for _, h := range hosts {
		if p, err := netip.ParsePrefix(h); err == nil {
			networks = append(networks, p.Masked())
		}
		g.trusted[strings.ToLower(h)] = true
	}
	g.public = downloadTransport(publicOr(networks))
	return g
}

// publicOr allows connections to public addresses and to those of some networks.
func publicOr(networks []netip.Prefix) func(network, address string, raw syscall.RawConn) error {
	public := ssrf.New()
	return func(network, address string, raw syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err == nil && slices.ContainsFunc(networks, func(n netip.Prefix) bool { return n.Contains(at.Addr().Unmap()) }) {
			return nil
		}
		return public.Safe(network, address, raw)
	}
}

// RoundTrip implements http.RoundTripper.
func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	if g.trusted[hostPort(req.URL)] || g.trusted[strings.ToLower(req.URL.Hostname())] {
		return g.open.RoundTrip(req)
	}
	return g.public.RoundTrip(req)
}

// CloseIdleConnections lets http.Client reach the transports.
func (g *guard) CloseIdleConnections() {
	for _, rt := range []http.RoundTripper{g.open, g.public} {
		if t, ok := rt.(*http.Transport); ok {
			t.CloseIdleConnections()
		}
	}
}

func downloadTransport(check func(network, address string, raw syscall.RawConn) error) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second, Control: check}
	return &http.Transport{
		DialContext:           dialer.DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: 60 * time.Second,
		MaxIdleConnsPerHost:   8,
		IdleConnTimeout:       30 * time.Second,
		ForceAttemptHTTP2:     true,
		DisableCompression:    true, // pictures are compressed already, and Content-Length must stay
	}
}

// downloadClient follows few redirects and only to http and https.
func downloadClient(rt http.RoundTripper) *http.Client {
	return &http.Client{Transport: rt, CheckRedirect: func(req *http.Request, via []*http.Request) error {
		switch {
		case len(via) > maxRedirects:
			return errRedirects
		case req.URL.Scheme != "http" && req.URL.Scheme != "https":
			return errScheme
		}
		req.Header.Del("Referer")
		return nil
	}}
}

// hostPort is an address's host and port in one spelling, for comparison.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = "80"
		if u.Scheme == "https" {
			port = "443"
		}
	}
	return strings.ToLower(u.Hostname()) + ":" + port
}
