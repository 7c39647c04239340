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

// ErrNotPublic is the error of a connection to an address that is neither public nor allowed.
var ErrNotPublic = errors.New("the address is not public")

// NewTransport returns a transport that reaches public addresses on ports 80 and 443, and what the list allows. The check
// sits where the connection is made, on the address it is really made to, so that neither a name that resolves
// differently the second time nor a redirect gets around it. Proxies from the environment are not used: they would
// resolve names where nobody checks them. Nothing is decompressed: a small body must not become a big one.
func NewTransport(allow Allow) *http.Transport {
	public := ssrf.New()
	guarded := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second, Control: func(network, address string, raw syscall.RawConn) error {
		if at, err := netip.ParseAddrPort(address); err == nil && allow.address(at.Addr()) {
			return nil
		}
		if err := public.Safe(network, address, raw); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrNotPublic, address, err)
		}
		return nil
	}}
	free := &net.Dialer{Timeout: guarded.Timeout, KeepAlive: guarded.KeepAlive}
	return &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if allow.host(address) {
				return free.DialContext(ctx, network, address)
			}
			return guarded.DialContext(ctx, network, address)
		},
		DisableCompression:  true,
		TLSHandshakeTimeout: 10 * time.Second,
	}
}

// The errors of addresses that are not followed.
var (
	ErrURL       = errors.New("only plain http and https addresses can be fetched")
	ErrRedirects = errors.New("too many redirects")
)

// maxRedirects is how often a file may have moved.
const maxRedirects = 3

// CheckURL refuses what is no plain web address with ErrURL.
func CheckURL(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return ErrURL
	}
	return nil
}

// CheckRedirect is for http.Client: it follows few redirects, and only to plain web addresses.
func CheckRedirect(next *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return ErrRedirects
	}
	return CheckURL(next.URL)
}
