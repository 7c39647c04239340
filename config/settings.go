package config

import (
	"strings"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney"
)

// Setting is one line of the table of settings: an environment variable and a YAML key.
type Setting struct {
	Name    string // of the variable
	Default string // what applies when nothing is given, written as a value; empty: none
	Depends string // the default in words, where it depends on other settings
	Meaning string // for the README and `midgate help settings`
	Secret  bool   // its value is never shown; NAME_FILE may name a file that holds it
	kind
}

// Key is the setting's name in a YAML file.
func (s Setting) Key() string { return key(s.Name) }

func key(name string) string { return strings.ToLower(strings.TrimPrefix(name, prefix)) }

// Settings are all settings in the order of `midgate help settings`, which a test compares with it.
var Settings = []Setting{
	{
		Name: "MIDGATE_LISTEN", Default: ":8080", kind: text(address, func(d *draft) *string { return &d.Listen }),
		Meaning: "address to listen on; where it is not set, `:$PORT` if the platform sets `PORT`",
	},
	{
		Name: "MIDGATE_UPSTREAM_URL", Depends: "required by `serve`", kind: text(baseURL, func(d *draft) *string { return &d.upstream.URL }),
		Meaning: "base URL of the midjourney-proxy server, e.g. `https://api.cometapi.com`",
	},
	{
		Name: "MIDGATE_UPSTREAM_KEY", Secret: true, kind: text(header, func(d *draft) *string { return &d.upstream.Key }),
		Meaning: "key for the upstream",
	},
	{
		Name: "MIDGATE_UPSTREAM_AUTH", Default: "bearer", kind: oneOf(func(d *draft) *midjourney.Auth { return &d.upstream.Auth },
			midjourney.AuthBearer, midjourney.AuthSecret, midjourney.AuthRaw),
		Meaning: "how midgate sends the key to the upstream: `bearer` (`Authorization: Bearer KEY`), `mj-api-secret` (a header of that name) or `authorization-raw` (`Authorization: KEY`)",
	},
	{
		Name: "MIDGATE_UPSTREAM_SPEED", Default: "relax", kind: oneOf(func(d *draft) *adapter.Speed { return &d.upstream.Speed }, speeds...),
		Meaning: "speed used when the request names none: `relax`, `fast`, `turbo`",
	},
	{
		Name: "MIDGATE_UPSTREAM_PREFIXES", Default: "relax=,fast=/mj-fast,turbo=/mj-turbo", kind: prefixes,
		Meaning: "the upstream's path prefix per speed; a speed left out is not offered",
	},
	{
		Name: "MIDGATE_API_KEYS", Secret: true, kind: apiKeys,
		Meaning: "comma-separated `name:key` (or bare keys) that clients may use",
	},
	{
		Name: "MIDGATE_KEYS_FILE", kind: text(anyFile, func(d *draft) *string { return &d.KeysFile }),
		Meaning: "YAML file of keys with hashes, limits, budgets and prices (`midgate help money`); read again when it changes",
	},
	{
		Name: "MIDGATE_AUTH", Depends: "`keys` if there are keys, else `passthrough` if there is no upstream key, else refuse to start", kind: authMode,
		Meaning: "`keys`; `passthrough`: the client's key is the upstream's; `none`: everybody may use it",
	},
	{
		Name: "MIDGATE_SECRET", Depends: "`DATA_DIR/secret`, made at the first start", Secret: true, kind: secret,
		Meaning: "seals clients' upstream keys at rest and signs webhook addresses; replicas share it",
	},
	{
		Name: "MIDGATE_PUBLIC_URL", Depends: "from the request", kind: text(baseURL, func(d *draft) *string { return &d.Proxy.PublicURL }),
		Meaning: "base of the picture URLs that are handed out",
	},
	{
		Name: "MIDGATE_TRUSTED_PROXIES", kind: list(network, func(d *draft) *[]string { return &d.Proxy.TrustedProxies }),
		Meaning: "networks whose `X-Forwarded-*` headers count",
	},
	{
		Name: "MIDGATE_DATA_DIR", Default: "./data", kind: text(anyPath, func(d *draft) *string { return &d.DataDir }),
		Meaning: "state and pictures of the embedded engines",
	},
	{ //nolint:gosec // the form of an address, no password
		Name: "MIDGATE_DATABASE_URL", Depends: "SQLite in `DATA_DIR/midgate.db`", Secret: true, kind: text(databaseURL, func(d *draft) *string { return &d.State.URL }),
		Meaning: "`postgres://user:password@host/database`: a PostgreSQL database (14 or newer) shared by many replicas",
	},
	{
		Name: "MIDGATE_PICTURES_URL", Depends: "`DATA_DIR/pictures`", kind: text(bucketURL, func(d *draft) *string { return &d.Pictures.URL }),
		Meaning: "bucket for pictures, a Go CDK URL: `s3://bucket?region=…`, `file:///absolute`",
	},
	{
		Name: "MIDGATE_RETENTION", Default: "720h", kind: duration(0, 0, func(d *draft) *time.Duration { return &d.Jobs.Retention }),
		Meaning: "how long records and pictures are kept; `0` for ever",
	},
	{
		Name: "MIDGATE_MODEL_ALIASES", Default: "dall-e-*,gpt-image-*,chatgpt-image-*,sora-*=midjourney", kind: aliases,
		Meaning: "extra model names, as patterns; `none` for none",
	},
	{
		Name: "MIDGATE_MODELS_LISTED", Depends: "`midjourney` in its speeds, the current versions, OpenAI's image models", kind: list(word, func(d *draft) *[]string { return &d.Proxy.Models }),
		Meaning: "what `GET /v1/models` lists",
	},
	{
		Name: "MIDGATE_GRID", Default: adapter.GridSplit, kind: oneOf(func(d *draft) *string { return &d.Workflow.Grid }, adapter.GridSplit, adapter.GridUpscale),
		Meaning: "how single pictures come out of a 2×2 grid: `split` cuts it here, `upscale` presses U1–U4 (a job each)",
	},
	{
		Name: "MIDGATE_QUALITY_HIGH", Default: adapter.QualityNative, kind: oneOf(func(d *draft) *string { return &d.Workflow.QualityHigh }, adapter.QualityNative, adapter.QualityUpscale),
		Meaning: "what `quality: high` means: `native` (`--hd` or `--q 2`, as the version has it), `upscale` (up to three jobs a picture)",
	},
	{
		Name: "MIDGATE_JOB_TIMEOUT", Default: "590s", Depends: "`590s` (`280s` when the heartbeat is off)", kind: duration(time.Millisecond, 0, func(d *draft) *time.Duration { return &d.Jobs.JobTimeout }),
		Meaning: "how long one answer waits; the job goes on",
	},
	{
		Name: "MIDGATE_JOB_DEADLINE", Default: "60m", kind: duration(time.Millisecond, 0, func(d *draft) *time.Duration { return &d.Jobs.JobDeadline }),
		Meaning: "how long a job is followed",
	},
	{
		Name: "MIDGATE_HEARTBEAT", Default: "50s", kind: duration(0, 0, func(d *draft) *time.Duration { return &d.Proxy.Heartbeat }),
		Meaning: "an answer still waiting after this long starts with `200` and blanks, so that nothing in between gives up; `0` off",
	},
	{
		Name: "MIDGATE_SHARE_WINDOW", Default: "1s", kind: duration(0, time.Minute, func(d *draft) *time.Duration { return &d.Jobs.ShareWindow }),
		Meaning: "identical `n: 1` requests of one key within this time share one grid; `0` off",
	},
	{
		Name: "MIDGATE_WEBHOOK_URL", kind: text(baseURL, func(d *draft) *string { return &d.Midjourney.WebhookURL }),
		Meaning: "public base URL of midgate that the upstream can reach; empty: no webhooks, polling only",
	},
	{
		Name: "MIDGATE_MAX_IN_FLIGHT", Default: "64", kind: count(1, func(d *draft) *int { return &d.Jobs.MaxInFlight }),
		Meaning: "jobs at one upstream at once",
	},
	{
		Name: "MIDGATE_MAX_QUEUE", Default: "1024", kind: count(0, func(d *draft) *int { return &d.Jobs.MaxQueue }),
		Meaning: "requests that may wait for a place; beyond: 429",
	},
	{
		Name: "MIDGATE_MAX_BODY", Default: "200MB", kind: size(func(d *draft) *int64 { return &d.Proxy.MaxBody }),
		Meaning: "bytes per request; beyond: 413",
	},
	{
		Name: "MIDGATE_MAX_PIXELS", Default: "50000000", kind: count(1, func(d *draft) *int { return &d.Pictures.MaxPixels }),
		Meaning: "pixels per uploaded picture",
	},
	{
		Name: "MIDGATE_SPEED_LIMIT", Default: "turbo", kind: oneOf(func(d *draft) *adapter.Speed { return &d.Workflow.SpeedLimit }, speeds...),
		Meaning: "the dearest speed a client may choose; beyond: 400",
	},
	{
		Name: "MIDGATE_CHAT_TASKS", Default: "answer", kind: oneOf(func(d *draft) *string { return &d.Proxy.ChatTasks }, "answer", "draw"),
		Meaning: "chat clients' background requests (titles, tags, follow-ups): `answer` them without a job, or `draw`",
	},
	{
		Name: "MIDGATE_FETCH_ALLOW", kind: list(hostOrNetwork, func(d *draft) *[]string { return &d.Proxy.FetchAllow }),
		Meaning: "hosts or networks that client-given URLs, and the pictures of an upstream of your own, may reach although they are not public",
	},
	{
		Name: "MIDGATE_CORS_ORIGINS", Depends: "`*` where callers need a key, none with `MIDGATE_AUTH=none`", kind: list(origin, func(d *draft) *[]string { return &d.Proxy.Origins }),
		Meaning: "web pages that may use the API, or `none`; picture bytes: always all. Without keys, other pages are refused also where a browser would not have asked first",
	},
	{
		Name: "MIDGATE_MCP", Default: "on", kind: oneOf(func(d *draft) *string { return &d.Proxy.MCP }, "on", "off"),
		Meaning: "agents and chat programs use midgate's tools at `/mcp` (Model Context Protocol)",
	},
	{
		Name: "MIDGATE_MCP_WAIT", Default: "45s", kind: duration(time.Second, 10*time.Minute, func(d *draft) *time.Duration { return &d.Proxy.MCPWait }),
		Meaning: "how long a tool's call waits for its job before it is answered with the job's ID; `?wait=` in the address says otherwise for one client",
	},
	{
		Name: "MIDGATE_MCP_JOBS", Default: "60", kind: count(0, func(d *draft) *int { return &d.Proxy.MCPJobs }),
		Meaning: "paid jobs per key and hour through tools, so that a model that loops is stopped; `0` for no limit",
	},
	{
		Name: "MIDGATE_SHUTDOWN_GRACE", Default: "20s", kind: duration(0, time.Hour, func(d *draft) *time.Duration { return &d.Grace }),
		Meaning: "how long a stopping process finishes what it can; the rest is resumed at the next start",
	},
	{
		Name: "MIDGATE_METRICS_LISTEN", Depends: "on the API's port", kind: text(address, func(d *draft) *string { return &d.Metrics }),
		Meaning: "address of `/metrics` alone, for a network that clients do not reach: it shows the names of keys and what they spent",
	},
	{
		Name: "MIDGATE_LOG_LEVEL", Default: "info", kind: logLevel,
		Meaning: "`debug`, `info`, `warn` or `error`",
	},
	{
		Name: "MIDGATE_LOG_FORMAT", Depends: "`text` on a terminal, else `json`", kind: oneOf(func(d *draft) *string { return &d.LogFormat }, "text", "json"),
		Meaning: "form of the log",
	},
}

// speeds, cheapest first.
var speeds = []adapter.Speed{adapter.Relax, adapter.Fast, adapter.Turbo}
