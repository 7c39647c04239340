package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"midgate/adapter/jobs"
	"midgate/adapter/midjourney"
	"midgate/adapter/pictures"
	"midgate/adapter/prompt"
	"midgate/adapter/spend"
	"midgate/adapter/sqlstore"
	"midgate/adapter/workflow"
	"midgate/proxy/web"
)

// Config is everything that midgate can be told, in the words of the packages that use it.
type Config struct {
	Listen    string        // host:port of the API; port 0 takes a free one
	Metrics   string        // host:port of /metrics; empty: it is on the API's
	DataDir   string        // absolute; state and pictures of the embedded engines, the lock and the secret
	Grace     time.Duration // how long a stopping process lets running requests finish
	LogLevel  slog.Level    // what is logged, and everything above
	LogFormat string        // text or json
	Traced    bool          // requests and jobs are traced, as OpenTelemetry's own variables say
	Untraced  string        // why they are not, although somebody seems to want it

	KeysFile     string       // of keys with hashes, limits and prices; empty: none
	SettingsKeys []web.Key    // the keys of MIDGATE_API_KEYS; Proxy.Keys holds those of the file too
	Spend        *spend.Terms // what the file of keys says of prices and budgets

	Jobs       jobs.Config // Replica is left to the caller
	Workflow   workflow.Config
	Midjourney midjourney.Config // at least one upstream, unless Source.NoUpstream
	State      sqlstore.Config
	Pictures   pictures.Config
	Proxy      web.Config
}

// OnlyUpstream is the name of the upstream that variables describe, which has none of its own.
const OnlyUpstream = "default"

// Source is where settings come from.
type Source struct {
	Environ    []string // as os.Environ gives it: NAME=value, the last one of a name counts
	File       string   // YAML file; empty: the one that MIDGATE_CONFIG names, if any
	Terminal   bool     // the log goes to a terminal: text rather than json
	NoUpstream bool     // the upstream need not be named
}

// Load reads all settings: the environment wins over the file, the file over the defaults. An empty value counts as
// not given. The error is Mistakes and names everything that is wrong.
func Load(src Source) (Config, error) {
	in := read(src)
	d := &draft{Config: Config{LogFormat: "json"}, given: map[string]bool{}, upstream: midjourney.UpstreamConfig{Name: OnlyUpstream}}
	if src.Terminal {
		d.LogFormat = "text"
	}
	for _, s := range Settings {
		d.apply(s, in, &in.mistakes)
	}
	d.Traced, d.Untraced = tracing(src.Environ)
	d.finish(src, in)
	if len(in.mistakes) > 0 {
		return Config{}, in.mistakes
	}
	return d.Config, nil
}

// draft is a Config under construction.
type draft struct {
	Config
	given    map[string]bool           // settings that somebody gave, by variable
	auth     web.AuthMode              // as given
	upstream midjourney.UpstreamConfig // the one that variables describe; its parts are the defaults of the file's list
}

// apply parses one setting's value, or its default.
func (d *draft) apply(s Setting, in *input, mistakes *Mistakes) {
	raw, where := in.value(s)
	if raw == "" {
		if s.Default != "" {
			if err := s.parse(d, s.Default); err != nil {
				panic(fmt.Sprintf("config: default of %s: %v", s.Name, err)) // found by any test that loads
			}
		}
		return
	}
	d.given[s.Name] = true
	if err := s.parse(d, raw); err != nil {
		mistakes.value(s, where, raw, err)
	}
}

// finish sets what depends on several settings and checks what only fits together.
func (d *draft) finish(src Source, in *input) {
	d.paths(in)
	d.upstreams(src, in)
	d.keys(in)
	d.Midjourney.TrustedHosts = d.Proxy.FetchAllow // an upstream of one's own may keep its pictures beside it
	d.access(src, in)
	d.times(in)
	d.models(in)
	d.Proxy.MetricsApart = d.Metrics != ""
}

// paths makes the data folder absolute and places state and pictures in it.
func (d *draft) paths(in *input) {
	dir, err := filepath.Abs(d.DataDir)
	if err != nil {
		in.mistakes.add("MIDGATE_DATA_DIR: the working directory is unknown: %v", err)
		return
	}
	d.DataDir = dir
	d.State.Path = filepath.Join(dir, "midgate.db")
	d.Pictures.TempDir = filepath.Join(dir, "tmp")
	if d.Pictures.URL == "" {
		d.Pictures.URL = d.ownPictures()
	}
}

// ownPictures is where pictures are if nothing is set: in the data folder, which is one process's.
func (c Config) ownPictures() string {
	return "file://" + filepath.ToSlash(filepath.Join(c.DataDir, "pictures"))
}

// Alone reports whether pictures are kept in the data folder, where no other replica finds them.
func (c Config) Alone() bool { return c.Pictures.URL == c.ownPictures() }

// Apart says, where state is shared but pictures or the secret are not, what other replicas lack.
func (c Config) Apart() (lacks []string) {
	if c.State.URL == "" {
		return nil
	}
	if c.Alone() {
		lacks = append(lacks, "MIDGATE_PICTURES_URL is not set: replicas on the same database would not find each other's pictures; one process alone needs nothing")
	}
	if len(c.Jobs.Secret) == 0 {
		lacks = append(lacks, "MIDGATE_SECRET is not set: a replica on the same database could not read the keys of jobs that it takes over from another, nor its webhooks; one process alone needs nothing")
	}
	return lacks
}

// Unnamed says, where agents are served and nobody said at which address browsers reach midgate, what their chats may lack;
// empty where all is well, and where only this machine is served.
func (c Config) Unnamed() string {
	host, _, err := net.SplitHostPort(c.Listen)
	ip, no := netip.ParseAddr(host)
	if c.Proxy.MCP == "off" || c.Proxy.PublicURL != "" || err != nil || host == "localhost" || no == nil && ip.IsLoopback() {
		return ""
	}
	return "MIDGATE_PUBLIC_URL is not set: answers to agents name pictures at the address that the agent uses; browsers that cannot reach that one show them broken"
}

// keys adds the keys of the file to those of the settings.
func (d *draft) keys(in *input) {
	fromFile, err := d.ReadKeys()
	if wrong, ok := errors.AsType[Mistakes](err); ok {
		in.mistakes = append(in.mistakes, wrong...)
		in.guessed["MIDGATE_API_KEYS"] = true // there are keys, though nobody knows which
	}
	d.Proxy.Keys, d.Spend = d.WebKeys(fromFile), d.Terms(fromFile)
}

// access decides who may use the API and from which pages.
func (d *draft) access(src Source, in *input) {
	hasKey := false
	for _, u := range d.Midjourney.Upstreams {
		hasKey = hasKey || u.Key != ""
	}
	switch {
	case d.auth == web.AuthKeys && len(d.Proxy.Keys) == 0 && !in.bad("MIDGATE_API_KEYS"):
		in.mistakes.add("MIDGATE_AUTH is \"keys\" but there are none; set MIDGATE_API_KEYS or MIDGATE_KEYS_FILE")
	case d.auth != "":
	case len(d.Proxy.Keys) > 0 || in.bad("MIDGATE_API_KEYS"):
		d.auth = web.AuthKeys
	case !hasKey:
		d.auth = web.AuthPassthrough
	case !src.NoUpstream:
		in.mistakes.add("MIDGATE_API_KEYS is missing, so anybody could spend the upstream key's credit; " +
			"set it to the keys that clients may use, such as alice:a-long-random-word (or MIDGATE_AUTH=none to let everybody in)")
	}
	d.Proxy.Auth = d.auth
	d.Midjourney.Passthrough = d.auth == web.AuthPassthrough
	if !d.given["MIDGATE_CORS_ORIGINS"] && d.auth != web.AuthNone {
		d.Proxy.Origins = []string{"*"}
	}
	if d.State.URL != "" && !d.given["MIDGATE_SECRET"] && (d.Midjourney.Passthrough || d.Midjourney.WebhookURL != "") {
		in.mistakes.add("MIDGATE_SECRET is missing; replicas on one database must share it with MIDGATE_AUTH=passthrough or MIDGATE_WEBHOOK_URL; set %s", secretAllowed)
	}
}

// Time limits that depend on the heartbeat: without it Node clients give up after 300 s.
const withoutHeartbeat = 280 * time.Second

// times settles the limits that depend on one another.
func (d *draft) times(in *input) {
	if !d.given["MIDGATE_JOB_TIMEOUT"] {
		if d.Proxy.Heartbeat == 0 {
			d.Jobs.JobTimeout = withoutHeartbeat
		}
		d.Jobs.JobTimeout = min(d.Jobs.JobTimeout, d.Jobs.JobDeadline)
	}
	if d.Jobs.JobTimeout > d.Jobs.JobDeadline {
		in.mistakes.add("MIDGATE_JOB_TIMEOUT is longer than MIDGATE_JOB_DEADLINE; an answer cannot wait longer than its job is followed")
	}
}

// models checks the names that are listed: each must be one that requests may use.
func (d *draft) models(in *input) {
	for _, name := range d.Proxy.Models {
		if _, err := prompt.ParseModel(name, d.Workflow.Aliases); err != nil {
			in.mistakes.add("MIDGATE_MODELS_LISTED names %q, which is no model; allowed: %s", name, modelAllowed)
		}
	}
	for pattern, target := range d.Workflow.Aliases {
		if _, err := prompt.ParseModel(target, nil); err != nil {
			in.mistakes.add("MIDGATE_MODEL_ALIASES sends %q to %q, which is no model; allowed: %s", pattern, target, modelAllowed)
		}
	}
}

const modelAllowed = "midjourney or niji, with -v7, -6 and the like and -relax, -fast or -turbo behind it, or an alias"

// Mistakes are everything that is wrong with the settings: one plain sentence each, without any secret.
type Mistakes []string

// Error lists them, one a line.
func (m Mistakes) Error() string { return strings.Join(m, "\n") }

func (m *Mistakes) add(format string, args ...any) { *m = append(*m, fmt.Sprintf(format, args...)) }

// value reports a value that does not fit its setting. A secret's value is not shown.
func (m *Mistakes) value(s Setting, where, raw string, err error) {
	if s.Secret {
		m.add("%s %v; allowed: %s", where, err, s.allowed)
		return
	}
	m.add("%s is %q, which %v; allowed: %s", where, shorten(withoutLogin(raw)), err, s.allowed)
}

// Where a URL may hold a secret although none belongs there: a login before its host, or a query.
var (
	login = regexp.MustCompile(`://[^/\s]*@`)
	query = regexp.MustCompile(`(://[^?]*\?).*`)
)

// withoutLogin takes those out: the message goes to a log.
func withoutLogin(v string) string {
	return query.ReplaceAllString(login.ReplaceAllString(v, "://…@"), "$1…")
}

// shorten keeps a message readable whatever was pasted into a variable.
func shorten(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}
