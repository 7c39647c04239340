package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMistakesAreToldInOneSentence(t *testing.T) {
	for name, c := range map[string]struct {
		environ []string
		alone   bool // without the least that serve needs
		want    string
	}{
		"a word is no URL": {
			[]string{"MIDGATE_UPSTREAM_URL=nonsense"}, true,
			`MIDGATE_UPSTREAM_URL is "nonsense", which does not begin with http:// or https://; allowed: a base URL without a query, such as https://api.cometapi.com`,
		},
		"a misspelt variable, and not that the right one is missing": {
			[]string{"MIDGATE_UPSTREM_URL=http://up"}, true,
			"MIDGATE_UPSTREM_URL is no setting; did you mean MIDGATE_UPSTREAM_URL?",
		},
		"two letters swapped": {
			[]string{"MIDGATE_LITSEN=:1"}, false, "MIDGATE_LITSEN is no setting; did you mean MIDGATE_LISTEN?",
		},
		"the setting of an earlier version": {
			[]string{"MIDGATE_NATS_URL=nats://n"}, false, "MIDGATE_NATS_URL is no setting; did you mean MIDGATE_DATABASE_URL?",
		},
		"a misspelt file of a secret": {
			[]string{"MIDGATE_UPSTREAM_KEY_FIEL=x"}, false, "MIDGATE_UPSTREAM_KEY_FIEL is no setting; did you mean MIDGATE_UPSTREAM_KEY_FILE?",
		},
		"an upstream key that anybody could spend": {
			[]string{"MIDGATE_UPSTREAM_URL=http://up", "MIDGATE_UPSTREAM_KEY=sk-secret"}, true,
			"MIDGATE_API_KEYS is missing, so anybody could spend the upstream key's credit; set it to the keys that clients may use, such as alice:a-long-random-word (or MIDGATE_AUTH=none to let everybody in)",
		},
		"keys asked for but not there": {
			[]string{"MIDGATE_UPSTREAM_URL=http://up", "MIDGATE_AUTH=keys"}, true,
			`MIDGATE_AUTH is "keys" but there are none; set MIDGATE_API_KEYS or MIDGATE_KEYS_FILE`,
		},
		"a duration without a unit":      {[]string{"MIDGATE_JOB_TIMEOUT=90"}, false, `MIDGATE_JOB_TIMEOUT is "90", which is no time span; allowed: a number with its unit, such as 90s, 10m or 24h`},
		"a negative duration":            {[]string{"MIDGATE_HEARTBEAT=-1s"}, false, `MIDGATE_HEARTBEAT is "-1s", which is too short; allowed: a number with its unit, such as 90s, 10m or 24h, or 0`},
		"a share window of an hour":      {[]string{"MIDGATE_SHARE_WINDOW=1h"}, false, `MIDGATE_SHARE_WINDOW is "1h", which is too long; allowed: a number with its unit, such as 90s, 10m or 24h, or 0, at most 1m0s`},
		"an unknown word":                {[]string{"MIDGATE_GRID=tile"}, false, `MIDGATE_GRID is "tile", which is not known; allowed: split, upscale`},
		"an unknown speed":               {[]string{"MIDGATE_SPEED_LIMIT=warp"}, false, `MIDGATE_SPEED_LIMIT is "warp", which is not known; allowed: relax, fast, turbo`},
		"a limit below the default":      {[]string{"MIDGATE_SPEED_LIMIT=relax", "MIDGATE_UPSTREAM_SPEED=fast"}, false, `MIDGATE_SPEED_LIMIT is "relax", cheaper than the default speed fast of upstream "default"; allowed: that speed or a dearer one`},
		"a speed without its prefix":     {[]string{"MIDGATE_UPSTREAM_PREFIXES=fast=/mj-fast"}, false, `MIDGATE_UPSTREAM_PREFIXES has no prefix for the default speed relax of upstream "default"; add relax=`},
		"a prefix without a slash":       {[]string{"MIDGATE_UPSTREAM_PREFIXES=relax=mj"}, false, `MIDGATE_UPSTREAM_PREFIXES is "relax=mj", which has a path that does not begin with / or is no plain path; allowed: ` + prefixesAllowed},
		"a prefix of no speed":           {[]string{"MIDGATE_UPSTREAM_PREFIXES=slow=/x"}, false, `MIDGATE_UPSTREAM_PREFIXES is "slow=/x", which has a part that is no speed=/path; allowed: ` + prefixesAllowed},
		"a size of nothing":              {[]string{"MIDGATE_MAX_BODY=0"}, false, `MIDGATE_MAX_BODY is "0", which is out of range; allowed: a number of bytes, or one with KB, MB or GB (powers of 1024), such as 200MB`},
		"a size beyond all numbers":      {[]string{"MIDGATE_MAX_BODY=9999999999999GB"}, false, `MIDGATE_MAX_BODY is "9999999999999GB", which is out of range; allowed: a number of bytes, or one with KB, MB or GB (powers of 1024), such as 200MB`},
		"no places at all":               {[]string{"MIDGATE_MAX_IN_FLIGHT=0"}, false, `MIDGATE_MAX_IN_FLIGHT is "0", which is out of range; allowed: a whole number, 1 or more`},
		"a port that is none":            {[]string{"MIDGATE_LISTEN=:99999"}, false, `MIDGATE_LISTEN is ":99999", which has no port from 0 to 65535; allowed: host:port, such as :8080 or 127.0.0.1:8080`},
		"a platform's port that is none": {[]string{"PORT=http"}, false, `PORT is "http", which is no port; allowed: a number from 1 to 65535, or set MIDGATE_LISTEN`},
		"a port without its colon":       {[]string{"MIDGATE_LISTEN=8080"}, false, `MIDGATE_LISTEN is "8080", which is no host:port; allowed: host:port, such as :8080 or 127.0.0.1:8080`},
		"a network that is none":         {[]string{"MIDGATE_TRUSTED_PROXIES=10.0.0.0/33"}, false, `MIDGATE_TRUSTED_PROXIES is "10.0.0.0/33", which is no network; allowed: an address or a network, such as 10.0.0.0/8, several with commas`},
		"an origin with a path":          {[]string{"MIDGATE_CORS_ORIGINS=https://a/b"}, false, `MIDGATE_CORS_ORIGINS is "https://a/b", which is no origin; allowed: *, none, or an origin such as https://chat.example.com, several with commas`},
		"a relative bucket":              {[]string{"MIDGATE_PICTURES_URL=file://pictures"}, false, `MIDGATE_PICTURES_URL is "file://pictures", which is no absolute folder; allowed: a bucket URL such as s3://bucket?region=eu-central-1 or file:///absolute/folder`},
		"a host that is none":            {[]string{"MIDGATE_FETCH_ALLOW=http://x"}, false, `MIDGATE_FETCH_ALLOW is "http://x", which is no host or network; allowed: a host, host:port or network, such as files.lan or 10.0.0.0/8, several with commas`},
		"a pattern without its model":    {[]string{"MIDGATE_MODEL_ALIASES=a-*"}, false, `MIDGATE_MODEL_ALIASES is "a-*", which ends with a pattern that has no =model; allowed: patterns=model, such as dall-e-*,gpt-image-*=midjourney, or none`},
		"an alias for no model":          {[]string{"MIDGATE_MODEL_ALIASES=a=flux"}, false, `MIDGATE_MODEL_ALIASES sends "a" to "flux", which is no model; allowed: ` + modelAllowed},
		"a listed model that is none":    {[]string{"MIDGATE_MODELS_LISTED=flux"}, false, `MIDGATE_MODELS_LISTED names "flux", which is no model; allowed: ` + modelAllowed},
		"an answer longer than a job":    {[]string{"MIDGATE_JOB_TIMEOUT=2h"}, false, "MIDGATE_JOB_TIMEOUT is longer than MIDGATE_JOB_DEADLINE; an answer cannot wait longer than its job is followed"},
		"a log level that is none":       {[]string{"MIDGATE_LOG_LEVEL=info+2"}, false, `MIDGATE_LOG_LEVEL is "info+2", which is not known; allowed: debug, info, warn, error`},
		"a base URL with a query":        {[]string{"MIDGATE_PUBLIC_URL=https://a/?x=1"}, false, `MIDGATE_PUBLIC_URL is "https://a/?…", which has a ? or # in it; allowed: a base URL without a query, such as https://api.cometapi.com`},
		"a file that is not there":       {[]string{"MIDGATE_CONFIG=/nowhere/midgate.yaml"}, false, `the configuration file "/nowhere/midgate.yaml" does not exist`},
		"a secret's file not there":      {[]string{"MIDGATE_SECRET_FILE=/nowhere/s"}, false, `MIDGATE_SECRET_FILE is "/nowhere/s", which does not exist; allowed: a file with the value`},
		"webhooks of several replicas":   {[]string{"MIDGATE_DATABASE_URL=postgres://a/b", "MIDGATE_WEBHOOK_URL=https://m"}, false, "MIDGATE_SECRET is missing; replicas on one database must share it with MIDGATE_AUTH=passthrough or MIDGATE_WEBHOOK_URL; set " + secretAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			environ := c.environ
			if !c.alone {
				environ = append(append([]string{}, enough...), c.environ...)
			}
			_, err := Load(Source{Environ: environ})
			if err == nil || err.Error() != c.want {
				t.Errorf("Load(%q) =\n%v, want\n%s", c.environ, err, c.want)
			}
		})
	}
}

func TestSecretsAreNeverShown(t *testing.T) {
	file := filepath.Join(t.TempDir(), "midgate.yaml")
	write(t, file, "upstream_key: \"hush hush\"\nsecret: hush\nupstreams:\n- {name: a, url: http://a, key: \"hush hush\"}\n- {name: b, url: http://b, key: [hush, {a: hush hush}]}\n")
	for name, environ := range map[string][]string{
		"an upstream key with a blank":  {"MIDGATE_UPSTREAM_KEY=hush hush"},
		"a client's key with a blank":   {"MIDGATE_API_KEYS=a:hush hush"},
		"the same key twice":            {"MIDGATE_API_KEYS=a:hush,b:hush"},
		"a name that is a key with ://": {"MIDGATE_API_KEYS=hush/hush:x"},
		"a short secret":                {"MIDGATE_SECRET=hush"},
		"a database's password":         {"MIDGATE_DATABASE_URL=http://u:hush@n"},
		"an upstream's login":           {"MIDGATE_UPSTREAM_URL=https://u:hush@up"},
		"a login with an @ in it":       {"MIDGATE_UPSTREAM_URL=https://u:x@hush@up"},
		"an upstream's key in a query":  {"MIDGATE_UPSTREAM_URL=https://up/?key=hush"},
		"a bucket's secret":             {"MIDGATE_PICTURES_URL=file://x?secret=hush"},
		"a file of them":                {"MIDGATE_CONFIG=" + file},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(Source{Environ: append([]string{enough[0]}, environ...)})
			if err == nil || strings.Contains(err.Error(), "hush") {
				t.Errorf("Load(%q) = %v, want a mistake without the secret", environ, err)
			}
		})
	}
}

func TestBrokenYAMLIsNotQuoted(t *testing.T) {
	file := filepath.Join(t.TempDir(), "midgate.yaml")
	write(t, file, "upstream_key: hush\nlisten: [\nupstream_url: \"hush\n")
	_, err := Load(Source{File: file})
	if err == nil || strings.Contains(err.Error(), "hush") || !strings.Contains(err.Error(), "midgate.yaml is no YAML") {
		t.Errorf("Load(broken file) = %v, want where it breaks without its text", err)
	}
}

func TestAllMistakesAreToldTogether(t *testing.T) {
	_, err := Load(Source{Environ: []string{"MIDGATE_UPSTREAM_URL=ftp://x", "MIDGATE_GRID=x", "MIDGATE_MAX_QUEUE=-1", "MIDGATE_NOSUCH=1"}})
	if err == nil {
		t.Fatal("Load accepts four mistakes")
	}
	if got := strings.Count(err.Error(), "\n") + 1; got != 4 {
		t.Errorf("Load tells %d mistakes, want 4:\n%v", got, err)
	}
}

func FuzzLoad(f *testing.F) {
	for _, s := range Settings {
		f.Add(s.Name, s.Default)
	}
	f.Add("MIDGATE_API_KEYS", "a:b,,:c,d:")
	f.Add("MIDGATE_MODEL_ALIASES", "[=midjourney")
	f.Fuzz(func(t *testing.T, name, value string) {
		if strings.HasSuffix(name, "_FILE") || name == "MIDGATE_CONFIG" || strings.Contains(name, "=") {
			return // those name files of this machine
		}
		_, err := Load(Source{Environ: []string{enough[0], name + "=" + value}})
		if m, ok := err.(Mistakes); err != nil && (!ok || len(m) == 0) {
			t.Errorf("Load(%s=%q) fails without a mistake: %v", name, value, err)
		}
	})
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
