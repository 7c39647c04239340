package config

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"midgate/adapter"
	"midgate/adapter/midjourney"
	"midgate/proxy/web"
)

const example = `
listen: 127.0.0.1:9000
api_keys:
  - alice:a-key
  - bob: b-key
model_aliases: {draw-*: niji-7}
max_pixels: 1000000
retention: 0
trusted_proxies: [10.0.0.0/8, 192.168.1.1]
upstream_auth: mj-api-secret
upstreams:
  - name: comet
    url: https://api.cometapi.com/
    key: k1
    auth: bearer
    speed: fast
    weight: 3
    max_in_flight: 10
  - name: own
    url: http://10.0.0.5:8080/base
    key_file: KEYFILE
    prefixes: {relax: /mj-relax, turbo: /mj-turbo}
`

func TestLoadReadsAFile(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "key"), "k2\n")
	file := filepath.Join(dir, "midgate.yaml")
	write(t, file, strings.ReplaceAll(example, "KEYFILE", filepath.Join(dir, "key")))
	cfg, err := Load(Source{Environ: []string{"MIDGATE_LISTEN=:9001"}, File: file})
	if err != nil {
		t.Fatal(err)
	}
	all := map[adapter.Speed]string{adapter.Relax: "", adapter.Fast: "/mj-fast", adapter.Turbo: "/mj-turbo"}
	for name, c := range map[string]struct{ got, want any }{
		"the environment wins": {cfg.Listen, ":9001"},
		"keys":                 {cfg.Proxy.Keys, []web.Key{{Name: "alice", Secret: "a-key"}, {Name: "bob", Secret: "b-key"}}},
		"aliases":              {cfg.Workflow.Aliases, map[string]string{"draw-*": "niji-7"}},
		"a number":             {cfg.Pictures.MaxPixels, 1000000},
		"nought is a value":    {int64(cfg.Jobs.Retention), int64(0)},
		"a list":               {cfg.Proxy.TrustedProxies, []string{"10.0.0.0/8", "192.168.1.1"}},
		"upstreams": {cfg.Midjourney.Upstreams, []midjourney.UpstreamConfig{
			{Name: "comet", URL: "https://api.cometapi.com", Key: "k1", Auth: midjourney.AuthBearer, Speed: adapter.Fast, Prefixes: all, Weight: 3, MaxInFlight: 10},
			{Name: "own", URL: "http://10.0.0.5:8080/base", Key: "k2", Auth: midjourney.AuthSecret, Speed: adapter.Relax,
				Prefixes: map[adapter.Speed]string{adapter.Relax: "/mj-relax", adapter.Turbo: "/mj-turbo"}, MaxInFlight: 64},
		}},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: got %v, want %v", name, c.got, c.want)
		}
	}
}

func TestMistakesInAFile(t *testing.T) {
	for name, c := range map[string]struct{ yaml, want string }{
		"an unknown key":               {"upstream_url: http://a\nlistne: x", "listne in f.yaml is no setting; did you mean listen?"},
		"a variable's name as a key":   {"upstream_url: http://a\nLISTEN: x", "LISTEN in f.yaml is no setting; did you mean listen?"},
		"a value of the wrong kind":    {"upstream_url: http://a\ngrid: 4", `grid in f.yaml is "4", which is not known; allowed: split, upscale`},
		"no mapping":                   {"- a\n- b", "f.yaml holds no settings; allowed: lines such as upstream_url: https://api.cometapi.com\nMIDGATE_UPSTREAM_URL is missing; allowed: " + baseURL.allowed + " (midgate demo needs no settings)"},
		"upstreams that are no list":   {"upstream_url: http://a\nupstreams: {a: b}", "upstreams in f.yaml is no list; allowed: items with name, url and key"},
		"an upstream that is a word":   {"upstreams: [a]", "upstreams[0] in f.yaml is no mapping; allowed: name, url, key and more"},
		"an upstream without a name":   {"upstreams: [{url: http://a}]", "upstreams[0] in f.yaml has no name or no url; both are needed"},
		"an unknown key of upstreams":  {"upstreams: [{name: a, url: http://a, wieght: 2}]", "upstreams[0].wieght in f.yaml is no setting; did you mean weight?"},
		"two upstreams of one name":    {"upstreams: [{name: a, url: http://a}, {name: a, url: http://b}]", `upstreams[1].name in f.yaml is "a", which another upstream has; allowed: a name of its own`},
		"an upstream's bad weight":     {"upstreams: [{name: a, url: http://a, weight: 0}]", `upstreams[0].weight in f.yaml is "0", which is out of range; allowed: a whole number, 1 or more`},
		"two ways to name an upstream": {"upstream_url: http://a\nupstreams: [{name: a, url: http://a}]", "MIDGATE_UPSTREAM_URL or MIDGATE_UPSTREAM_KEY is given beside upstreams in f.yaml; set one of them"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "f.yaml")
			write(t, file, c.yaml)
			_, err := Load(Source{File: file})
			if err == nil || err.Error() != c.want {
				t.Errorf("Load(%q) =\n%v, want\n%s", c.yaml, err, c.want)
			}
		})
	}
}

func TestSecretsComeFromFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "keys"), "alice:one\nbob:two\n")
	write(t, filepath.Join(dir, "empty"), "\n")
	cfg := load(t, enough[0], "MIDGATE_API_KEYS_FILE="+filepath.Join(dir, "keys"))
	if want := []web.Key{{Name: "alice", Secret: "one"}, {Name: "bob", Secret: "two"}}; !reflect.DeepEqual(cfg.Proxy.Keys, want) {
		t.Errorf("keys = %v, want %v", cfg.Proxy.Keys, want)
	}
	for name, environ := range map[string][]string{
		"both are given": {"MIDGATE_UPSTREAM_KEY=x", "MIDGATE_UPSTREAM_KEY_FILE=" + filepath.Join(dir, "keys"), "MIDGATE_API_KEYS=k"},
		"it is empty":    {"MIDGATE_API_KEYS_FILE=" + filepath.Join(dir, "empty")},
		"it is a folder": {"MIDGATE_API_KEYS_FILE=" + dir},
	} {
		_, err := Load(Source{Environ: append([]string{enough[0]}, environ...)})
		if m, ok := err.(Mistakes); !ok || len(m) != 1 || !strings.Contains(m[0], "_FILE ") {
			t.Errorf("%s: Load = %v, want one mistake about the file", name, err)
		}
	}
}

func TestSecretIsMadeOnceAndKept(t *testing.T) {
	dir := t.TempDir()
	first, err := load(t, append([]string{"MIDGATE_DATA_DIR=" + dir}, enough...)...).WithSecret()
	if err != nil {
		t.Fatal(err)
	}
	again, err := load(t, append([]string{"MIDGATE_DATA_DIR=" + dir}, enough...)...).WithSecret()
	if err != nil {
		t.Fatal(err)
	}
	if len(first.Jobs.Secret) != 32 || !bytes.Equal(first.Jobs.Secret, again.Jobs.Secret) || !bytes.Equal(first.Jobs.Secret, first.Midjourney.Secret) {
		t.Error("the secret is not 32 bytes that stay the same in both packages")
	}
	info, err := os.Stat(filepath.Join(dir, "secret"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode of the secret = %v, %v, want 0600", info.Mode(), err)
	}
	shared, err := load(t, append([]string{"MIDGATE_DATA_DIR=" + t.TempDir(), "MIDGATE_SECRET_FILE=" + filepath.Join(dir, "secret")}, enough...)...).WithSecret()
	if err != nil || !bytes.Equal(first.Jobs.Secret, shared.Jobs.Secret) {
		t.Errorf("a replica that is given the file has another secret, %v", err)
	}
	write(t, filepath.Join(dir, "secret"), "short")
	if _, err := load(t, append([]string{"MIDGATE_DATA_DIR=" + dir}, enough...)...).WithSecret(); err == nil {
		t.Error("a damaged secret is used")
	}
	given, err := load(t, append([]string{"MIDGATE_DATA_DIR=" + dir, "MIDGATE_SECRET=0123456789abcdef0123456789abcdef"}, enough...)...).WithSecret()
	if err != nil || len(given.Jobs.Secret) != 32 {
		t.Errorf("a given secret: %d bytes, %v", len(given.Jobs.Secret), err)
	}
}

// A secret that an earlier version made, 32 bytes that are no text, is what it was, in its place and for replicas.
func TestSecretOfAnEarlierVersionIsKept(t *testing.T) {
	dir := t.TempDir()
	bytesOf := "\x00\x91raw bytes, as they were made.\xff"
	write(t, filepath.Join(dir, "secret"), bytesOf)
	for _, environ := range [][]string{{"MIDGATE_DATA_DIR=" + dir}, {"MIDGATE_DATA_DIR=" + t.TempDir(), "MIDGATE_SECRET_FILE=" + filepath.Join(dir, "secret")}} {
		cfg, err := load(t, append(environ, enough...)...).WithSecret()
		if err != nil || string(cfg.Jobs.Secret) != bytesOf {
			t.Errorf("%q: %q, %v", environ, cfg.Jobs.Secret, err)
		}
	}
}
