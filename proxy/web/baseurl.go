package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"

	"midgate/adapter/publicnet"
)

// addresses knows under which address the clients of a request see midgate, and whose word on that counts.
type addresses struct {
	public  string         // the configured one
	prefix  string         // its path
	proxies []netip.Prefix // whose forwarded headers count
	warned  sync.Once      // of picture URLs that others cannot open
	log     *slog.Logger
}

func newAddresses(cfg Config, log *slog.Logger) (*addresses, error) {
	a := &addresses{public: cfg.PublicURL, log: log}
	for _, n := range cfg.TrustedProxies {
		p, err := netip.ParsePrefix(n)
		if err != nil {
			ip, err := netip.ParseAddr(n)
			if err != nil {
				return nil, fmt.Errorf("trusted proxies: %q is no network", n)
			}
			p = netip.PrefixFrom(ip, ip.BitLen())
		}
		a.proxies = append(a.proxies, p)
	}
	if u, err := url.Parse(cfg.PublicURL); err == nil {
		a.prefix = strings.TrimRight(u.Path, "/")
	}
	return a, nil
}

// Base is what picture URLs begin with: the configured address, else the one that the request came to. The forwarded
// headers count only if a trusted proxy wrote them.
func (a *addresses) Base(c *gin.Context) string {
	base, host := a.seen(c)
	if a.public == "" {
		a.warnPrivate(host)
	}
	return base
}

// seen is Base for what others do not open; host is the part that names this machine, if nobody configured it.
func (a *addresses) seen(c *gin.Context) (base, host string) {
	if a.public != "" {
		return strings.TrimRight(a.public, "/"), ""
	}
	scheme, prefix := "http", ""
	host = c.Request.Host
	if c.Request.TLS != nil {
		scheme = "https"
	}
	if a.fromTrustedProxy(c.Request) {
		if p := firstOfList(c.GetHeader("X-Forwarded-Proto")); p == "http" || p == "https" {
			scheme = p
		}
		if h := firstOfList(c.GetHeader("X-Forwarded-Host")); publicnet.PlainHost(h) {
			host = h
		}
		if p := firstOfList(c.GetHeader("X-Forwarded-Prefix")); plainPrefix.MatchString(p) {
			prefix = strings.TrimRight(p, "/")
		}
	}
	return scheme + "://" + host + prefix, host
}

// below is the path under which clients see midgate: empty, or that of the base, without a slash at its end.
func (a *addresses) below(c *gin.Context) string {
	u, err := url.Parse(a.Base(c))
	if err != nil {
		return ""
	}
	return u.EscapedPath()
}

// plainPrefix is a path below which a reverse proxy may serve midgate.
var plainPrefix = regexp.MustCompile(`^(/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)+/?$`)

// Unprefix takes the path of the public URL off a request's: a reverse proxy may pass it on or not.
func (a *addresses) Unprefix(r *http.Request) {
	rest, below := strings.CutPrefix(r.URL.Path, a.prefix)
	if a.prefix == "" || !below || rest != "" && rest[0] != '/' {
		return
	}
	u := *r.URL
	u.Path, u.RawPath = rest, strings.TrimPrefix(r.URL.RawPath, a.prefix)
	if u.Path == "" {
		u.Path = "/"
	}
	r.URL = &u
}

// fromTrustedProxy reports whether the connection comes from a network that may speak for others.
func (a *addresses) fromTrustedProxy(r *http.Request) bool {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	for _, p := range a.proxies {
		if p.Contains(at.Addr().Unmap()) {
			return true
		}
	}
	return false
}

// warnPrivate says once that URLs are handed out which only this machine or network can open: other servers, such as
// a chat interface in a container, cannot.
func (a *addresses) warnPrivate(host string) {
	if !private(host) {
		return
	}
	a.warned.Do(func() {
		a.log.Warn("picture URLs name a host that others may not reach; set MIDGATE_PUBLIC_URL", "host", host)
	})
}

// private reports whether a host is an address outside the public internet or a name without a dot.
func private(host string) bool {
	u, err := url.Parse("http://" + host)
	if err != nil {
		return true
	}
	ip, err := netip.ParseAddr(u.Hostname())
	if err != nil {
		return !strings.Contains(strings.TrimRight(u.Hostname(), "."), ".")
	}
	return !ip.IsGlobalUnicast() || ip.IsPrivate()
}

// firstOfList is the first of comma-separated values: the one that the outermost proxy wrote.
func firstOfList(v string) string {
	v, _, _ = strings.Cut(v, ",")
	return strings.TrimSpace(v)
}
