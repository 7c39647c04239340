package web

import (
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"

	"midgate/adapter/publicnet"
)

// Base is what picture URLs begin with: the configured address, else the one that the request came to. The forwarded
// headers count only if a trusted proxy wrote them.
func (s *Server) Base(c *gin.Context) string {
	if s.Config.PublicURL != "" {
		return strings.TrimRight(s.Config.PublicURL, "/")
	}
	scheme, host, prefix := "http", c.Request.Host, ""
	if c.Request.TLS != nil {
		scheme = "https"
	}
	if s.fromTrustedProxy(c.Request) {
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
	s.warnPrivate(host)
	return scheme + "://" + host + prefix
}

// below is the path under which clients see midgate: empty, or that of the base, without a slash at its end.
func (s *Server) below(c *gin.Context) string {
	u, err := url.Parse(s.Base(c))
	if err != nil {
		return ""
	}
	return u.EscapedPath()
}

// plainPrefix is a path below which a reverse proxy may serve midgate.
var plainPrefix = regexp.MustCompile(`^(/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)+/?$`)

// Unprefix takes the path of the public URL off a request's: a reverse proxy may pass it on or not.
func (s *Server) Unprefix(r *http.Request) {
	rest, below := strings.CutPrefix(r.URL.Path, s.prefix)
	if s.prefix == "" || !below || rest != "" && rest[0] != '/' {
		return
	}
	u := *r.URL
	u.Path, u.RawPath = rest, strings.TrimPrefix(r.URL.RawPath, s.prefix)
	if u.Path == "" {
		u.Path = "/"
	}
	r.URL = &u
}

// fromTrustedProxy reports whether the connection comes from a network that may speak for others.
func (s *Server) fromTrustedProxy(r *http.Request) bool {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	for _, p := range s.proxies {
		if p.Contains(at.Addr().Unmap()) {
			return true
		}
	}
	return false
}

// warnPrivate says once that URLs are handed out which only this machine or network can open: other servers, such as
// a chat interface in a container, cannot.
func (s *Server) warnPrivate(host string) {
	if !private(host) {
		return
	}
	s.warned.Do(func() {
		s.Log.Warn("picture URLs name a host that others may not reach; set MIDGATE_PUBLIC_URL", "host", host)
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
