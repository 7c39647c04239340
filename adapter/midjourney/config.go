package midjourney

import (
	"log/slog"
	"net/http"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/poll"
)

// Auth is how a key is shown to an upstream. Exactly one header is sent: some origins prefer
// Authorization and refuse a request that carries both.
type Auth string

// The ways to show a key.
const (
	AuthBearer Auth = "bearer"            // Authorization: Bearer KEY
	AuthSecret Auth = "mj-api-secret"     // mj-api-secret: KEY
	AuthRaw    Auth = "authorization-raw" // Authorization: KEY
)

// Config says which upstreams there are and how they are treated.
type Config struct {
	Upstreams   []UpstreamConfig // at least one
	Passthrough bool             // the caller's key is used instead of the upstream's own; 401 and 403 are then the caller's affair

	SubmitTimeout  time.Duration // of one submission, pictures included; default 120 s
	ReadTimeout    time.Duration // of one poll or other small read; default 20 s
	PictureTimeout time.Duration // of one picture's or video's download; default 120 s
	PictureRetry   time.Duration // pause before the second try of a download, growing with each further one; default 1 s
	FeatureTTL     time.Duration // how long the presence or absence of an optional route is believed; default 1 h
	Idle           time.Duration // passthrough: an unused account is forgotten after this long; default 10 min

	Poll poll.Tuning // the zero value is Default()

	BreakAfter int           // connection failures in a row that stop new submissions to an upstream; default 5
	BreakFor   time.Duration // how long they stay stopped before one is let through; default 15 s

	WebhookURL string // public base URL for notifyHook; empty: none is sent
	Secret     []byte // signs webhook tokens; needed with WebhookURL

	HTTP         http.RoundTripper // carries the API's requests; nil: a transport of its own, HTTP/1.1, without proxies
	Downloads    http.RoundTripper // carries downloads of pictures; nil: one that reaches public addresses and upstream hosts only
	TrustedHosts []string          // hosts beside the upstreams' own that downloads may reach though they are private, as host, host:port or network

	Log     *slog.Logger // nil: silent
	Observe Observer     // told of what happens, for metrics
}

// UpstreamConfig is one midjourney-proxy server and the key for it.
type UpstreamConfig struct {
	Name        string                   // unique; records name it, so it must not change
	URL         string                   // base URL without the speed prefix and without /mj
	Key         string                   // unused with Passthrough
	Auth        Auth                     // default AuthBearer
	Speed       adapter.Speed            // of jobs that name none; default Relax
	Prefixes    map[adapter.Speed]string // path prefix per speed; nil: relax "", fast "/mj-fast", turbo "/mj-turbo"; a speed that is missing is not offered
	Weight      int                      // share of new jobs; default 1
	MaxInFlight int                      // an account with this many waiting tasks is chosen only when all are full; 0: no limit
}

// Observer is told of what happens at the upstreams. Every function may be nil, must be safe for
// concurrent use and must not block.
type Observer struct {
	Submit  func(upstream, command string, took time.Duration, err error)
	Poll    func(upstream, how string, ids int, took time.Duration, err error) // how: "list" or "single"
	Error   func(upstream string, kind adapter.Kind)                           // of a submission that was refused or lost
	Picture func(upstream string, took time.Duration, err error)               // of a download's start
	Hook    func(upstream string, accepted bool)                               // upstream is empty while nobody waits for the task
}

// withDefaults fills what was left out.
func (c Config) withDefaults() Config {
	c.SubmitTimeout = orDefault(c.SubmitTimeout, 120*time.Second)
	c.ReadTimeout = orDefault(c.ReadTimeout, 20*time.Second)
	c.PictureTimeout = orDefault(c.PictureTimeout, 120*time.Second)
	c.PictureRetry = orDefault(c.PictureRetry, time.Second)
	c.FeatureTTL = orDefault(c.FeatureTTL, time.Hour)
	c.Idle = orDefault(c.Idle, 10*time.Minute)
	c.BreakAfter = orDefault(c.BreakAfter, 5)
	c.BreakFor = orDefault(c.BreakFor, 15*time.Second)
	c.Poll = orDefault(c.Poll, poll.Default())
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Observe = c.Observe.withDefaults()
	return c
}

func (u UpstreamConfig) withDefaults() UpstreamConfig {
	u.Auth = orDefault(u.Auth, AuthBearer)
	u.Speed = orDefault(u.Speed, adapter.Relax)
	u.Weight = orDefault(u.Weight, 1)
	if u.Prefixes == nil {
		u.Prefixes = map[adapter.Speed]string{adapter.Relax: "", adapter.Fast: "/mj-fast", adapter.Turbo: "/mj-turbo"}
	}
	return u
}

func (o Observer) withDefaults() Observer {
	if o.Submit == nil {
		o.Submit = func(string, string, time.Duration, error) {}
	}
	if o.Poll == nil {
		o.Poll = func(string, string, int, time.Duration, error) {}
	}
	if o.Error == nil {
		o.Error = func(string, adapter.Kind) {}
	}
	if o.Picture == nil {
		o.Picture = func(string, time.Duration, error) {}
	}
	if o.Hook == nil {
		o.Hook = func(string, bool) {}
	}
	return o
}

func orDefault[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}
