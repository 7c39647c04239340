package publicnet

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// ErrNotPublic is in the chain of what a request to an address fails with that is neither public nor allowed.
var ErrNotPublic = errors.New("the address is not public")

// ErrURL is what CheckURL refuses an address with.
var ErrURL = errors.New("only plain http and https addresses can be fetched")

// maxRedirects is how often what is asked for may have moved.
const maxRedirects = 3

// NewTransport makes a transport that connects to public addresses on ports 80 and 443, and to what is allowed on any.
// Its limits are for callers to tighten.
func NewTransport(allow Allow) *http.Transport {
	public := ssrf.New()
	free := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	guarded := &net.Dialer{Timeout: free.Timeout, KeepAlive: free.KeepAlive, Control: func(network, address string, raw syscall.RawConn) error {
		if at, err := netip.ParseAddrPort(address); err == nil && allow.network(at.Addr().Unmap()) {
			return nil
		}
		if err := public.Safe(network, address, raw); err != nil {
			return fmt.Errorf("%w: %w", ErrNotPublic, err)
		}
		return nil
	}}
	return &http.Transport{
		Proxy: nil, // a proxy would resolve names where nobody checks them
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if allow.host(address) {
				return free.DialContext(ctx, network, address)
			}
			return guarded.DialContext(ctx, network, address)
		},
		DisableCompression:     true, // a small body must not become a big one, and Content-Length must stay
		TLSHandshakeTimeout:    10 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

// CheckURL refuses what is no plain web address.
func CheckURL(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return ErrURL
	}
	return nil
}

// CheckRedirect is for an http.Client: few redirects, and to plain web addresses.
func CheckRedirect(next *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return errors.New("too many redirects")
	}
	return CheckURL(next.URL)
}
