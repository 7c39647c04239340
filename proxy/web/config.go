package web

import (
	"time"

	"midgate/adapter"
)

// AuthMode says who may use the API (MIDGATE_AUTH).
type AuthMode string

// The modes.
const (
	AuthKeys        AuthMode = "keys"        // one of Config.Keys
	AuthPassthrough AuthMode = "passthrough" // any key: it is the upstream's
	AuthNone        AuthMode = "none"        // everybody, as one owner
)

// Key is one key that clients may use. Pictures and jobs belong to the name, or to the key itself if it has none.
type Key struct {
	Name    string
	Secret  string
	Hash    [32]byte  // SHA-256 of the key, where Secret is empty
	Expires time.Time // zero: never
	Admin   bool      // may read what everybody spent
	PerUser bool      // the people behind it are told apart
}

// Config is what the HTTP face can be told. Zero durations and sizes mean the defaults named here.
type Config struct {
	Auth           AuthMode
	Keys           []Key         // for AuthKeys
	PublicURL      string        // base of the picture URLs that are handed out; empty: from the request
	TrustedProxies []string      // networks whose X-Forwarded-* counts; empty: none
	Models         []string      // what GET /v1/models lists; empty: adapter.DefaultListed
	MaxBody        int64         // bytes per request, 413 beyond; 0: 200 MB
	Origins        []string      // allowed origins of the API, "*" for all; empty: none. Picture bytes: always all
	Heartbeat      time.Duration // a JSON answer still waiting after this long starts with a blank; 0: off
	ChatTasks      string        // "draw": chat clients' background requests are drawn; else they are answered without a job
	FetchAllow     []string      // hosts or networks that client-given URLs may reach although they are not public
	FetchLimit     int64         // bytes of a picture that is fetched for a client; 0: 50 MB
	FetchTimeout   time.Duration // for such a fetch, redirects included; 0: 30 s
	MCP            string        // "off": agents are not served
	MCPWait        time.Duration // how long a tool's call waits for its job; 0: 45 s
	MCPJobs        int           // jobs that a key may pay by tools within an hour; 0: no bound
	Version        string        // of midgate, for clients that show it
	MetricsApart   bool          // /metrics is served elsewhere
	Tracer         Tracer        // nil: requests are not traced

	HeaderTimeout time.Duration // for a request's header; 0: 10 s
	BodyPatience  time.Duration // how long a body may bring nothing, and before its rate is judged; 0: 20 s
	WriteTimeout  time.Duration // for each piece of an answer; 0: 30 s
	CommentEvery  time.Duration // between comments of a stream that has nothing to say; 0: 10 s
	BeatEvery     time.Duration // between blanks once the heartbeat began; 0: 10 s, or Heartbeat if that is shorter
}

// withDefaults fills in what was left out.
func (c Config) withDefaults() Config {
	c.MaxBody = orDefault(c.MaxBody, 200<<20)
	c.FetchLimit = orDefault(c.FetchLimit, 50<<20)
	c.FetchTimeout = orDefault(c.FetchTimeout, 30*time.Second)
	c.HeaderTimeout = orDefault(c.HeaderTimeout, 10*time.Second)
	c.BodyPatience = orDefault(c.BodyPatience, 20*time.Second)
	c.CommentEvery = orDefault(c.CommentEvery, 10*time.Second)
	c.MCPWait = orDefault(c.MCPWait, 45*time.Second)
	c.WriteTimeout = orDefault(c.WriteTimeout, 30*time.Second)
	if c.Heartbeat > 0 { // who sets a short one has something in between that is impatient
		c.BeatEvery = orDefault(c.BeatEvery, min(10*time.Second, c.Heartbeat))
	}
	if len(c.Models) == 0 {
		c.Models = adapter.DefaultListed
	}
	return c
}

func orDefault[T int64 | time.Duration](v, def T) T {
	if v == 0 {
		return def
	}
	return v
}
