package web

import (
	"crypto/sha256"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/body"
)

// gatekeeper knows who may use the API. It keeps digests of keys, never keys.
type gatekeeper struct {
	mode     AuthMode
	keys     atomic.Pointer[keyTable] // of this moment
	throttle *keyThrottle
}

// keyTable is all keys by their digests. It never changes; other keys are another table.
type keyTable map[[sha256.Size]byte]admitted

// admitted is what a key stands for.
type admitted struct {
	caller  adapter.Caller
	expires time.Time // zero: never
	perUser bool
}

func newGatekeeper(cfg Config) *gatekeeper {
	g := &gatekeeper{mode: cfg.Auth, throttle: newKeyThrottle()}
	g.set(cfg.Keys)
	return g
}

// set makes these the keys that count from now on.
func (g *gatekeeper) set(keys []Key) {
	table := keyTable{}
	for _, k := range keys {
		digest := k.Hash
		owner := OwnerOf(k.Name)
		if k.Secret != "" {
			digest = sha256.Sum256([]byte(k.Secret))
		}
		if k.Name == "" {
			owner = body.HexDigest(k.Secret)
		}
		table[digest] = admitted{caller: adapter.Caller{Owner: owner, Name: k.Name, Admin: k.Admin}, expires: k.Expires, perUser: k.PerUser}
	}
	g.keys.Store(&table)
}

// OwnerOf is who owns what the keys of a name make, whichever of them is used.
func OwnerOf(name string) string { return body.HexDigest("name:" + name) }

// KeyNames are the names of the keys that count now.
func (s *Server) KeyNames() (names []string) {
	for _, k := range *s.gate.keys.Load() {
		if k.caller.Name != "" {
			names = append(names, k.caller.Name)
		}
	}
	return names
}

// SetKeys makes these the keys that count from now on. Requests that were let in go on.
func (s *Server) SetKeys(keys []Key) { s.gate.set(keys) }

// everybody owns what is made without keys.
var everybody = adapter.Caller{Owner: body.HexDigest("name:"), Name: ""}

// userHeader names the person behind a chat server's one key.
const userHeader = "X-OpenWebUI-User-Id"

// admit finds out who sends the request; remote is charged for wrong keys. trusted says that it comes from a proxy whose
// word on its users counts.
func (g *gatekeeper) admit(h http.Header, remote string, trusted bool) (adapter.Caller, error) {
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
	known, err := g.known(keys, remote)
	if err != nil {
		return adapter.Caller{}, err
	}
	caller := known.caller
	if user := strings.TrimSpace(h.Get(userHeader)); user != "" && known.perUser && trusted {
		caller.User = body.HexDigest("user:" + caller.Owner + ":" + user)
	}
	return caller, nil
}

// known looks keys up: the first that is known counts, and together they are one guess. They are found by their digests,
// and nobody can send a key whose digest is nearly right: how long it takes says nothing.
func (g *gatekeeper) known(keys []string, remote string) (admitted, error) {
	table := *g.keys.Load()
	var found admitted
	for _, key := range keys {
		if k, ok := table[sha256.Sum256([]byte(key))]; ok {
			found = k
			break
		}
	}
	if err := g.throttle.judge(remote, found.caller.Owner); err != nil {
		return admitted{}, err
	}
	switch {
	case found.caller.Owner == "":
		return admitted{}, adapter.Errorf(adapter.Unauthorized, "The API key is not valid.%s", hintOf(keys[0]))
	case !found.expires.IsZero() && !time.Now().Before(found.expires):
		return admitted{}, &adapter.Error{Kind: adapter.Unauthorized, Code: "key_expired", Message: "The API key of " + found.caller.Name + " has expired. Ask whoever gave it to you for another one."}
	}
	return found, nil
}

// isKey reports whether a text is a key that somebody has.
func (g *gatekeeper) isKey(text string) bool {
	_, ok := (*g.keys.Load())[sha256.Sum256([]byte(text))]
	return ok
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
	caller, err := s.gate.admit(c.Request.Header, c.ClientIP(), s.fromTrustedProxy(c.Request))
	if err != nil {
		return err
	}
	RequestOf(c).Caller = caller
	return s.checkOrigin(c)
}
