package midjourney

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"midgate/adapter/publicnet"
)

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

// apiClient never follows a redirect: a POST would arrive as a GET.
func apiClient(rt http.RoundTripper, idle time.Duration) *http.Client {
	if rt == nil {
		rt = apiTransport(idle)
	}
	return &http.Client{Transport: rt, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// downloadTransport carries downloads. A task's imageUrl is the upstream's word, so it may only lead to public
// addresses, unless its host or network is an upstream's own or a trusted one.
func downloadTransport(upstreams []*url.URL, trusted publicnet.Allow) *http.Transport {
	for _, u := range upstreams {
		trusted = trusted.With(u.Hostname()) // on any port: a server of one's own keeps its files beside it
	}
	t := publicnet.NewTransport(trusted)
	t.ResponseHeaderTimeout = 60 * time.Second
	t.MaxIdleConnsPerHost = 8
	t.IdleConnTimeout = 30 * time.Second
	t.ForceAttemptHTTP2 = true
	return t
}

// downloadClient follows few redirects and only to plain web addresses.
func downloadClient(rt http.RoundTripper) *http.Client {
	return &http.Client{Transport: rt, CheckRedirect: func(req *http.Request, via []*http.Request) error {
		req.Header.Del("Referer")
		return publicnet.CheckRedirect(req, via)
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
