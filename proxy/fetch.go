package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"

	"midgate/adapter"
)

// fetcher reads pictures from addresses that clients name. It reaches public addresses on ports 80 and 443 only: the
// check sits where the connection is made, on the address it is really made to, so that neither a name that resolves
// differently the second time nor a redirect gets around it (engineering.md §3.3, G1–G3).
type fetcher struct {
	client *http.Client
	limit  int64
}

// maxRedirects is how often a picture may have moved.
const maxRedirects = 3

var errNotPublic = errors.New("the address is not public")

// newFetcher reads the list of hosts (name or name:port) and networks that are reachable although they are not public.
func newFetcher(allow []string, limit int64, patience time.Duration) (*fetcher, error) {
	networks, hosts, err := allowed(allow)
	if err != nil {
		return nil, err
	}
	guard := ssrf.New()
	guarded := &net.Dialer{Timeout: 10 * time.Second, Control: func(network, address string, raw syscall.RawConn) error {
		if at, err := netip.ParseAddrPort(address); err == nil && contained(networks, at.Addr().Unmap()) {
			return nil
		}
		if err := guard.Safe(network, address, raw); err != nil {
			return fmt.Errorf("%w: %w", errNotPublic, err)
		}
		return nil
	}}
	free := &net.Dialer{Timeout: 10 * time.Second}
	transport := &http.Transport{
		Proxy: nil, // a proxy would resolve names where nobody checks them
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			host, _, _ := net.SplitHostPort(address) // the transport always adds a port
			if hosts[strings.ToLower(host)] || hosts[strings.ToLower(address)] {
				return free.DialContext(ctx, network, address)
			}
			return guarded.DialContext(ctx, network, address)
		},
		DisableCompression:     true, // a small body must not become a big one
		DisableKeepAlives:      true, // a connection is checked when it is made
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  15 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
	return &fetcher{limit: limit, client: &http.Client{
		Transport: transport, Timeout: patience,
		CheckRedirect: func(next *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return errors.New("too many redirects")
			}
			return fetchable(next.URL)
		},
	}}, nil
}

// allowed sorts the entries of the list.
func allowed(list []string) (networks []netip.Prefix, hosts map[string]bool, err error) {
	hosts = map[string]bool{}
	for _, entry := range list {
		if p, err := netip.ParsePrefix(entry); err == nil {
			networks = append(networks, p.Masked())
		} else if ip, err := netip.ParseAddr(entry); err == nil {
			networks = append(networks, netip.PrefixFrom(ip, ip.BitLen()))
		} else if plainHost(entry) {
			hosts[strings.ToLower(entry)] = true
		} else {
			return nil, nil, fmt.Errorf("%q is neither a host nor a network", entry)
		}
	}
	return networks, hosts, nil
}

func contained(networks []netip.Prefix, ip netip.Addr) bool {
	for _, n := range networks {
		if n.Contains(ip) {
			return true
		}
	}
	return false
}

// fetchable refuses what is no plain web address.
func fetchable(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return errors.New("only plain http and https addresses can be fetched")
	}
	return nil
}

// open fetches a picture. The caller closes it; reading more than the limit is a TooLarge *Error.
func (f *fetcher) open(ctx context.Context, address string) (io.ReadCloser, error) {
	u, err := url.Parse(address)
	if err == nil {
		err = fetchable(u)
	}
	if err != nil {
		return nil, unfetched(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, unfetched(err)
	}
	req.Header.Set("User-Agent", "midgate")
	req.Header.Set("Accept", "image/*")
	resp, err := f.client.Do(req)
	if err != nil {
		return nil, unfetched(err)
	}
	if resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close() // nothing of it is read
		return nil, unfetched(fmt.Errorf("status %d", resp.StatusCode))
	}
	return &cappedBody{from: resp.Body, left: f.limit, limit: f.limit}, nil
}

// unfetched words a failed fetch. What the network said stays private: it would let a client look around in it.
func unfetched(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	message := "The picture could not be fetched from this URL."
	if errors.Is(err, errNotPublic) {
		message = "This URL does not point to a public address, so it is not fetched."
	}
	return &adapter.Error{Kind: adapter.Invalid, Code: "invalid_value", Message: message, Err: err}
}

// cappedBody ends with an error where a limit is passed; io.LimitReader would make a broken picture of a big one.
type cappedBody struct {
	from        io.ReadCloser
	left, limit int64
}

func (b *cappedBody) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, adapter.Errorf(adapter.TooLarge, "The picture at this URL is larger than the %d bytes that are fetched.", b.limit)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = unfetched(err)
	}
	return n, err
}

// Close ends the transfer.
func (b *cappedBody) Close() error { return b.from.Close() }
