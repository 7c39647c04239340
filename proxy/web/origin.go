package web

import (
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
)

// origins knows which web pages may use the API.
type origins struct {
	auth    AuthMode
	allowed []string // "*" is all
	at      *addresses
}

// AllowedOrigin returns what to allow, empty if the origin may not use the API. Picture bytes are everybody's.
func (o origins) AllowedOrigin(origin, path string) string {
	if strings.HasPrefix(path, "/images/") || slices.Contains(o.allowed, "*") {
		return "*"
	}
	if slices.Contains(o.allowed, origin) {
		return origin
	}
	return ""
}

// plainForms are the media types that a page of any origin may send without asking first (the Fetch standard's
// CORS-safelisted ones); a body is read as JSON whatever it calls itself, so these are enough to spend money.
var plainForms = []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"}

// checkOrigin keeps web pages from using a midgate without keys behind their visitor's back: that the page may not read the
// answer, which is all that CORS sees to, does not keep the job from being paid for. What a browser asks about first is
// CORS's business, and programs send no Origin.
func (o origins) checkOrigin(c *gin.Context) error {
	r := c.Request
	origin := r.Header.Get("Origin")
	if o.auth != AuthNone || origin == "" || r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil
	}
	if o.AllowedOrigin(origin, r.URL.Path) != "" || o.sameOrigin(c, origin) || asksFirst(r.Header) {
		return nil
	}
	return &adapter.Error{Kind: adapter.Forbidden, Code: "origin_not_allowed",
		Message: "Web pages of other origins cannot use this midgate, which asks for no key: name them in MIDGATE_CORS_ORIGINS."}
}

// CheckPage is checkOrigin for a route that programs use and pages hardly do: a page that is not named may not use it,
// whatever it sends. Without keys the name that midgate was asked for counts as well: a page's own name may have been
// made to lead to this machine (DNS rebinding), and its origin is the same then.
func (o origins) CheckPage(c *gin.Context) error {
	origin := c.GetHeader("Origin")
	if origin != "" && o.AllowedOrigin(origin, c.Request.URL.Path) == "" && !o.sameOrigin(c, origin) {
		return &adapter.Error{Kind: adapter.Forbidden, Code: "origin_not_allowed",
			Message: "Web pages of this origin cannot use this midgate: name them in MIDGATE_CORS_ORIGINS."}
	}
	if o.auth != AuthNone || !onLoopback(c.Request) || loopbackName(c.Request.Host) || o.at.fromTrustedProxy(c.Request) {
		return nil
	}
	if own, err := url.Parse(o.at.public); err == nil && own.Host != "" && strings.EqualFold(own.Host, c.Request.Host) {
		return nil
	}
	return &adapter.Error{Kind: adapter.Forbidden, Code: "host_not_allowed",
		Message: "This midgate asks for no key, so it answers on this machine to its own names only: localhost, the host of MIDGATE_PUBLIC_URL, or whatever a proxy of MIDGATE_TRUSTED_PROXIES says."}
}

// onLoopback reports whether a connection stays within this machine.
func onLoopback(r *http.Request) bool {
	local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return local != nil && loopbackName(local.String())
}

// loopbackName reports whether a host, with or without a port, is a name of this machine for itself.
func loopbackName(host string) bool {
	u, err := url.Parse("http://" + host)
	if err != nil {
		return false
	}
	name := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	ip, err := netip.ParseAddr(name)
	return err == nil && ip.Unmap().IsLoopback() || name == "localhost" || strings.HasSuffix(name, ".localhost")
}

// sameOrigin reports whether a page came from here. The browser's own word counts, where it gives it: a reverse proxy may
// have changed the host.
func (o origins) sameOrigin(c *gin.Context, origin string) bool {
	if c.GetHeader("Sec-Fetch-Site") == "same-origin" {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	own, err := url.Parse(o.at.Base(c))
	return strings.EqualFold(u.Host, c.Request.Host) || err == nil && strings.EqualFold(u.Host, own.Host)
}

// asksFirst reports whether a browser would not have sent such a request to another origin without a preflight.
func asksFirst(h http.Header) bool {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil && h.Get("Content-Type") != "" {
		kind = "" // it may be anything
	}
	return len(SentKeys(h)) > 0 || !slices.Contains(plainForms, kind)
}
