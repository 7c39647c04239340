package config

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/proxy/web"
)

// enough is the least that serve needs.
var enough = []string{"MIDGATE_UPSTREAM_URL=https://up.example.com/", "MIDGATE_UPSTREAM_KEY=up-key", "MIDGATE_API_KEYS=alice:a-key,bare-key"}

func load(t *testing.T, environ ...string) Config {
	t.Helper()
	cfg, err := Load(Source{Environ: environ})
	if err != nil {
		t.Fatalf("Load(%q) fails: %v", environ, err)
	}
	return cfg
}

func TestLoad_SaysWhatReplicasLack(t *testing.T) {
	database, bucket, secret := "MIDGATE_DATABASE_URL=postgres://a/b", "MIDGATE_PICTURES_URL=file:///srv/pictures", "MIDGATE_SECRET="+strings.Repeat("ab", 32)
	for name, c := range map[string]struct {
		environ []string
		lacks   []string
	}{
		"a process alone":             {nil, nil},
		"a database alone":            {[]string{database}, []string{"MIDGATE_PICTURES_URL", "MIDGATE_SECRET"}},
		"a database and a bucket":     {[]string{database, bucket}, []string{"MIDGATE_SECRET"}},
		"a database and a secret":     {[]string{database, secret}, []string{"MIDGATE_PICTURES_URL"}},
		"all three":                   {[]string{database, bucket, secret}, nil},
		"a bucket, state in a folder": {[]string{bucket}, nil},
	} {
		cfg, err := Load(Source{NoUpstream: true, Environ: append(c.environ, "MIDGATE_AUTH=none")})
		var lacks []string
		for _, l := range cfg.Apart() {
			name, _, _ := strings.Cut(l, " ")
			lacks = append(lacks, name)
		}
		if err != nil || !slices.Equal(lacks, c.lacks) {
			t.Errorf("%s: %q, %v", name, cfg.Apart(), err)
		}
	}
}

func TestLoad_SaysWhatAgentsAnswersLack(t *testing.T) {
	for name, c := range map[string]struct {
		environ []string
		lacks   bool
	}{
		"as it comes":               {nil, true},
		"an address":                {[]string{"MIDGATE_PUBLIC_URL=https://pictures.example.com"}, false},
		"no agents":                 {[]string{"MIDGATE_MCP=off"}, false},
		"for this machine alone":    {[]string{"MIDGATE_LISTEN=127.0.0.1:8080"}, false},
		"for this machine, by name": {[]string{"MIDGATE_LISTEN=localhost:8080"}, false},
		"for a network":             {[]string{"MIDGATE_LISTEN=192.168.1.5:8080"}, true},
	} {
		if cfg := load(t, append(c.environ, enough...)...); (cfg.Unnamed() != "") != c.lacks {
			t.Errorf("%s: %q", name, cfg.Unnamed())
		}
	}
}

func TestLoadFillsEveryPackageWithDefaults(t *testing.T) {
	cfg := load(t, enough...)
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	up := cfg.Midjourney.Upstreams[0]
	for name, c := range map[string]struct{ got, want any }{
		"listen":         {cfg.Listen, ":8080"},
		"data folder":    {cfg.DataDir, filepath.Join(here, "data")},
		"pictures":       {cfg.Pictures.URL, "file://" + filepath.Join(here, "data", "pictures")},
		"state":          {cfg.State.Path, filepath.Join(here, "data", "midgate.db")},
		"grace":          {cfg.Grace, 20 * time.Second},
		"log format":     {cfg.LogFormat, "json"},
		"upstream name":  {up.Name, "default"},
		"upstream URL":   {up.URL, "https://up.example.com"},
		"upstream key":   {up.Key, "up-key"},
		"upstream auth":  {string(up.Auth), "bearer"},
		"prefixes":       {up.Prefixes, map[adapter.Speed]string{adapter.Relax: "", adapter.Fast: "/mj-fast", adapter.Turbo: "/mj-turbo"}},
		"speed":          {cfg.Workflow.DefaultSpeed, adapter.Relax},
		"speed limit":    {cfg.Workflow.SpeedLimit, adapter.Turbo},
		"aliases":        {cfg.Workflow.Aliases, map[string]string{"dall-e-*": "midjourney", "gpt-image-*": "midjourney", "chatgpt-image-*": "midjourney", "sora-*": "midjourney"}},
		"grid":           {cfg.Workflow.Grid, "split"},
		"quality":        {cfg.Workflow.QualityHigh, "native"},
		"retention":      {cfg.Jobs.Retention, 720 * time.Hour},
		"job timeout":    {cfg.Jobs.JobTimeout, 590 * time.Second},
		"job deadline":   {cfg.Jobs.JobDeadline, time.Hour},
		"share window":   {cfg.Jobs.ShareWindow, time.Second},
		"in flight":      {cfg.Jobs.MaxInFlight, 64},
		"queue":          {cfg.Jobs.MaxQueue, 1024},
		"heartbeat":      {cfg.Proxy.Heartbeat, 50 * time.Second},
		"body":           {cfg.Proxy.MaxBody, int64(200 << 20)},
		"pixels":         {cfg.Pictures.MaxPixels, 50_000_000},
		"keys":           {cfg.Proxy.Keys, []web.Key{{Name: "alice", Secret: "a-key"}, {Secret: "bare-key"}}},
		"auth":           {cfg.Proxy.Auth, web.AuthKeys},
		"passthrough":    {cfg.Midjourney.Passthrough, false},
		"origins":        {cfg.Proxy.Origins, []string{"*"}},
		"chat tasks":     {cfg.Proxy.ChatTasks, "answer"},
		"secret for now": {len(cfg.Jobs.Secret), 0},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s = %v, want %v", name, c.got, c.want)
		}
	}
}

func TestLoadDefaultsThatDependOnOthers(t *testing.T) {
	for name, c := range map[string]struct {
		environ []string
		term    bool
		got     func(Config) any
		want    any
	}{
		"no keys and no upstream key pass the client's key through": {
			[]string{"MIDGATE_UPSTREAM_URL=http://up:8080"}, false,
			func(c Config) any { return []any{c.Proxy.Auth, c.Midjourney.Passthrough} }, []any{web.AuthPassthrough, true},
		},
		"none is taken when it is said": {
			[]string{"MIDGATE_UPSTREAM_URL=http://up", "MIDGATE_UPSTREAM_KEY=k", "MIDGATE_AUTH=none"}, false,
			func(c Config) any { return []any{c.Proxy.Auth, c.Proxy.Origins} }, []any{web.AuthNone, []string(nil)},
		},
		"origins said with none are kept": {
			append([]string{"MIDGATE_AUTH=none", "MIDGATE_CORS_ORIGINS=https://A.example.com/"}, enough...), false,
			func(c Config) any { return c.Proxy.Origins }, []string{"https://a.example.com"},
		},
		"origins can be closed although keys are needed": {
			append([]string{"MIDGATE_CORS_ORIGINS=none"}, enough...), false,
			func(c Config) any { return c.Proxy.Origins }, []string(nil),
		},
		"without a heartbeat answers wait less than Node does": {
			append([]string{"MIDGATE_HEARTBEAT=0"}, enough...), false,
			func(c Config) any { return c.Jobs.JobTimeout }, 280 * time.Second,
		},
		"a timeout that was said stays without a heartbeat": {
			append([]string{"MIDGATE_HEARTBEAT=0s", "MIDGATE_JOB_TIMEOUT=10m"}, enough...), false,
			func(c Config) any { return c.Jobs.JobTimeout }, 10 * time.Minute,
		},
		"an answer never waits longer than the job is followed": {
			append([]string{"MIDGATE_JOB_DEADLINE=5m"}, enough...), false,
			func(c Config) any { return c.Jobs.JobTimeout }, 5 * time.Minute,
		},
		"a terminal gets text": {enough, true, func(c Config) any { return c.LogFormat }, "text"},
		"a terminal gets json when that was said": {
			append([]string{"MIDGATE_LOG_FORMAT=json"}, enough...), true,
			func(c Config) any { return c.LogFormat }, "json",
		},
		"an empty value counts as not given": {
			append([]string{"MIDGATE_LISTEN="}, enough...), false, func(c Config) any { return c.Listen }, ":8080",
		},
		"a platform's PORT is listened on": {
			append([]string{"PORT=10000"}, enough...), false, func(c Config) any { return c.Listen }, ":10000",
		},
		"an address that was said wins over PORT": {
			append([]string{"PORT=10000", "MIDGATE_LISTEN=:1"}, enough...), false, func(c Config) any { return c.Listen }, ":1",
		},
		"an empty PORT is none": {
			append([]string{"PORT="}, enough...), false, func(c Config) any { return c.Listen }, ":8080",
		},
		"the last of two values counts": {
			append([]string{"MIDGATE_LISTEN=:1", "MIDGATE_LISTEN=:2"}, enough...), false, func(c Config) any { return c.Listen }, ":2",
		},
		"sizes are powers of 1024": {
			append([]string{"MIDGATE_MAX_BODY=3 kB"}, enough...), false, func(c Config) any { return c.Proxy.MaxBody }, int64(3072),
		},
		"no aliases": {
			append([]string{"MIDGATE_MODEL_ALIASES=none"}, enough...), false, func(c Config) any { return len(c.Workflow.Aliases) }, 0,
		},
		"aliases have targets of their own": {
			append([]string{"MIDGATE_MODEL_ALIASES=a-*, b=niji-7,c=midjourney-v7-fast"}, enough...), false,
			func(c Config) any { return c.Workflow.Aliases },
			map[string]string{"a-*": "niji-7", "b": "niji-7", "c": "midjourney-v7-fast"},
		},
		"listed models may be aliases": {
			append([]string{"MIDGATE_MODELS_LISTED=gpt-image-1, niji-7"}, enough...), false,
			func(c Config) any { return c.Proxy.Models }, []string{"gpt-image-1", "niji-7"},
		},
		"keys may stand one on a line": {
			[]string{enough[0], enough[1], "MIDGATE_API_KEYS=a:1\nb:2\n"}, false,
			func(c Config) any { return c.Proxy.Keys }, []web.Key{{Name: "a", Secret: "1"}, {Name: "b", Secret: "2"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, err := Load(Source{Environ: c.environ, Terminal: c.term})
			if err != nil {
				t.Fatal(err)
			}
			if got := c.got(cfg); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestLoadWithoutUpstreamOnlyWhereThatIsFine(t *testing.T) {
	if _, err := Load(Source{NoUpstream: true}); err != nil {
		t.Errorf("Load of nothing, without an upstream: %v", err)
	}
	_, err := Load(Source{})
	if want := "MIDGATE_UPSTREAM_URL is missing; allowed: a base URL without a query, such as https://api.cometapi.com (midgate demo needs no settings)"; err == nil || err.Error() != want {
		t.Errorf("Load of nothing = %v, want %s", err, want)
	}
}

func TestSettingsAreNamedOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Settings {
		if seen[s.Name] || !strings.HasPrefix(s.Name, prefix) || s.Meaning == "" || s.allowed == "" {
			t.Errorf("setting %+v is named twice or lacks a part", s)
		}
		seen[s.Name] = true
	}
}
