package web

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/body"
	"midgate/proxy/metrics"
)

// UnknownURL refuses a path at which nothing is served.
func UnknownURL(c *gin.Context) error { return Misspelt(c, "Please check the path.") }

// Misspelt is UnknownURL with a hint of what may be meant.
func Misspelt(c *gin.Context, hint string) error {
	return adapter.Errorf(NoRoute, "Unknown request URL: %s %s. %s", metrics.KnownMethod(c.Request.Method), body.Excerpt(c.Request.URL.Path), hint)
}

// UnknownRoute is UnknownURL where no route is known at all: most often the client's base URL is wrong, so it is told the
// right one, and the path as it was sent.
func (a *addresses) UnknownRoute(c *gin.Context) error {
	sent := askedPath(c.Request)
	if plain, err := url.PathUnescape(sent); err == nil {
		sent = plain
	}
	base, _ := a.seen(c)
	return adapter.Errorf(NoRoute, "Unknown request URL: %s %s. Please check the path. %s",
		metrics.KnownMethod(c.Request.Method), body.Excerpt(sent), baseURLs(base, sent))
}

// baseURLs says which base URL the kind of client takes that asks for such a path; base is midgate's own address.
func baseURLs(base, path string) string {
	switch parts := strings.Split(path, "/"); {
	case slices.ContainsFunc(parts, func(p string) bool { return p == "mj" || strings.HasPrefix(p, "mj-") }):
		return "Clients of a midjourney-proxy take the base URL " + base + "."
	case slices.Contains(parts, "openai") || slices.Contains(parts, "deployments"):
		return "Clients made for Azure take the endpoint " + base + ", without /openai; all others take the base URL " + base + "/v1."
	default:
		return "The base URL is " + base + "/v1."
	}
}

// Nobody can tell what a client did wrong from the word "unmatched": the log of a request that no route serves shows its
// path. Clients put keys, ids and prompts into paths by mistake, so only what looks like a route's word is shown of it.

const (
	longestPath  = 200   // bytes of a path in the log
	mostSegments = 32    // of it; what follows is not shown
	hidden       = "***" // stands for a segment that is not shown
)

// askedPath is the path as the client sent it, still escaped: nothing taken away or put in front, and no query.
func askedPath(r *http.Request) string {
	if u, err := url.ParseRequestURI(r.RequestURI); err == nil {
		return u.EscapedPath()
	}
	return r.URL.EscapedPath()
}

var (
	// routeWord is a segment that could be part of a route: nothing that is escaped, and nothing long.
	routeWord = regexp.MustCompile(`^[A-Za-z0-9._:-]{0,32}$`)
	// likeKey is how keys begin, whatever follows.
	likeKey = regexp.MustCompile(`^(?i:sk|pk|rk|key|token|bearer|midgate)[-_:]`)
	// beforeSecrets are segments behind which something follows that is nobody else's business.
	beforeSecrets = regexp.MustCompile(`^(?i:prompt|hooks|key|token)$`)
)

// shownPath is what a log may show of a path. isKey knows the keys that clients may use.
func shownPath(escaped string, isKey func(string) bool) string {
	parts := strings.SplitN(escaped, "/", mostSegments)
	secret := false
	for i, part := range parts {
		next := beforeSecrets.MatchString(part)
		if part != "" && (secret || !routeWord.MatchString(part) || likeKey.MatchString(part) || random(part) || isKey(part)) {
			parts[i] = hidden
		}
		secret = next
	}
	return body.Shortened(strings.Join(parts, "/"), longestPath)
}

// random reports whether a segment has a piece that nobody calls a route: an id, a token, a number of a task.
func random(segment string) bool {
	for piece := range strings.FieldsFuncSeq(segment, func(r rune) bool { return strings.ContainsRune("._:-", r) }) {
		digits := 0
		for _, r := range piece {
			if r >= '0' && r <= '9' {
				digits++
			}
		}
		if len(piece) >= 24 || digits >= 3 && len(piece) >= 8 {
			return true
		}
	}
	return false
}
