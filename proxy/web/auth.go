package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/body"
)

// gatekeeper knows who may use the API. It keeps digests of keys, never keys.
type gatekeeper struct {
	mode     AuthMode
	digests  [][sha256.Size]byte
	callers  []adapter.Caller // of the digest at the same place
	throttle *keyThrottle
}

func newGatekeeper(cfg Config) *gatekeeper {
	g := &gatekeeper{mode: cfg.Auth, throttle: newKeyThrottle()}
	for _, k := range cfg.Keys {
		owner := body.HexDigest(k.Secret)
		if k.Name != "" {
			owner = body.HexDigest("name:" + k.Name)
		}
		g.digests = append(g.digests, sha256.Sum256([]byte(k.Secret)))
		g.callers = append(g.callers, adapter.Caller{Owner: owner, Name: k.Name})
	}
	return g
}

// everybody owns what is made without keys.
var everybody = adapter.Caller{Owner: body.HexDigest("name:"), Name: ""}

// admit finds out who sends the request; remote is charged for wrong keys.
func (g *gatekeeper) admit(h http.Header, remote string) (adapter.Caller, error) {
	if g.mode == AuthNone {
		return everybody, nil
	}
	keys := SentKeys(h)
	if len(keys) == 0 {
		return adapter.Caller{}, adapter.Errorf(noKey, "No API key was sent. Send it as 'Authorization: Bearer KEY' or as 'api-key: KEY'.")
	}
	if g.mode == AuthPassthrough {
		return adapter.Caller{Owner: body.HexDigest(keys[0]), Key: keys[0]}, nil
	}
	return g.known(keys, remote)
}

// known looks keys up: the first that is known counts, and together they are one guess. Every digest is compared, each in
// constant time: how long it takes says nothing.
func (g *gatekeeper) known(keys []string, remote string) (adapter.Caller, error) {
	found := -1
	for _, key := range keys {
		if sent := sha256.Sum256([]byte(key)); found < 0 {
			for i := range g.digests {
				if subtle.ConstantTimeCompare(sent[:], g.digests[i][:]) == 1 {
					found = i
				}
			}
		}
	}
	if err := g.throttle.judge(remote, found); err != nil {
		return adapter.Caller{}, err
	}
	if found < 0 {
		return adapter.Caller{}, adapter.Errorf(adapter.Unauthorized, "The API key is not valid.%s", hintOf(keys[0]))
	}
	return g.callers[found], nil
}

// hintOf says what may be wrong with a key: the name of the setting's name:key is not part of it.
func hintOf(key string) string {
	if strings.Contains(key, ":") {
		return " A key is the part behind the name and the colon."
	}
	return ""
}

// SentKeys are the keys that a request shows, the bearer first, in any case and with blanks around it: clients made for
// Azure, Anthropic or Google send theirs in a header of its own, and some send two.
func SentKeys(h http.Header) (keys []string) {
	scheme, bearer, _ := strings.Cut(strings.TrimSpace(h.Get("Authorization")), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		bearer = ""
	}
	for _, key := range []string{bearer, h.Get("Api-Key"), h.Get("X-Api-Key"), h.Get("X-Goog-Api-Key")} {
		if key = strings.TrimSpace(key); key != "" && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// Keyed lets only those pass who may use the API.
func (s *Server) Keyed(c *gin.Context) error {
	caller, err := s.gate.admit(c.Request.Header, c.ClientIP())
	if err != nil {
		return err
	}
	RequestOf(c).Caller = caller
	return s.checkOrigin(c)
}
