package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/adapter/spend"
)

const allPrices = `
prices:
  default: {generation: {relax: 0.015, fast: 0.056, turbo: 0.168}, upscale: 0.01, describe: 0, shorten: 0.01, video: 0.8, swap: 0.01}
`

const someHash = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" // of "test"

func TestParseKeys_ReadsEveryField(t *testing.T) {
	k, err := parseKeys([]byte(allPrices+`
refunds: {default: unmoderated}
budget_timezone: Europe/Berlin
keys:
  - name: alice
    hash: [`+someHash+`]
    models: [midjourney*, niji-*]
    speed: fast
    max_in_flight: 3
    budget: {day: {jobs: 40}, month: {usd: 30}, total: {usd: 100.5}}
    per_user: {day: {jobs: 10}}
    expires: 2027-01-31
    admin: true
  - name: bob
    hash: sha256:`+strings.Repeat("0", 64)+`
`), "keys.yaml", Config{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(k.Keys) != 2 || k.Zone.String() != "Europe/Berlin" || k.Refunds["default"] != spend.RefundsUnmoderated {
		t.Fatalf("keys = %+v", k)
	}
	p := k.Keys[0].Policy
	switch {
	case *p.Budget.Day.Jobs != 40 || *p.Budget.Month.Money != 30*adapter.Dollar || *p.Budget.Total.Money != 100_500_000 || *p.PerUser.Day.Jobs != 10:
		t.Errorf("budgets = %+v, %+v", p.Budget, p.PerUser)
	case p.Speed != "fast" || p.MaxInFlight != 3 || !p.Admin:
		t.Errorf("policy = %+v", p)
	case !p.AllowsModel("midjourney-v7") || p.AllowsModel("dall-e-3"):
		t.Error("the globs of models do not decide")
	case p.Expired(time.Date(2027, 1, 31, 23, 59, 0, 0, time.UTC)) || !p.Expired(time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)):
		t.Error("the day of expiry is not the last one")
	}
	if price, ok := k.Prices["default"].Of(spend.Edit, "fast"); !ok || price != 56_000 {
		t.Errorf("an edit costs %v, %v", price, ok)
	}
	if !k.Keys[1].Policy.Budget.None() || !k.Keys[1].Policy.AllowsModel("anything") {
		t.Error("a key without limits is limited")
	}
}

func TestParseKeys_TellsEveryMistake(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"no keys":               {"keys: []", "k.yaml has no keys"},
		"an unknown word":       {"kyes: []", `unknown field "kyes"; did you mean keys?`},
		"what is wrong besides": {"keys: [{name: a, budgets: {day: {jobs: 3}}, speed: warp, hash: " + someHash + "}]", `key a.speed in k.yaml is "warp"`},
		"no hash":               {"keys: [{name: a}]", "key a.hash in k.yaml is missing"},
		"a key for its hash":    {"keys: [{name: a, hash: my-secret-key}]", "key a.hash in k.yaml is no SHA-256 hash"},
		"a name twice":          {"keys: [{name: a, hash: " + someHash + "}, {name: a, hash: sha256:" + strings.Repeat("0", 64) + "}]", "key a in k.yaml stands there twice"},
		"a hash twice":          {"keys: [{name: a, hash: " + someHash + "}, {name: b, hash: " + someHash + "}]", "key b in k.yaml has a hash that key a has too"},
		"a name with blanks":    {"keys: [{name: a b, hash: " + someHash + "}]", `keys[0].name in k.yaml is "a b"`},
		"a speed of none":       {"keys: [{name: a, speed: warp, hash: " + someHash + "}]", `key a.speed in k.yaml is "warp"`},
		"a day of none":         {"keys: [{name: a, expires: soon, hash: " + someHash + "}]", `key a.expires in k.yaml is "soon"`},
		"a kind of none":        {"prices: {default: {genration: 1}}\nkeys: [{name: a, hash: " + someHash + "}]", "did you mean generation?"},
		"a price in words":      {"prices: {default: {generation: cheap}}\nkeys: [{name: a, hash: " + someHash + "}]", "prices.default.generation in k.yaml is no amount of dollars"},
		"a zone of none":        {"budget_timezone: Mars\nkeys: [{name: a, hash: " + someHash + "}]", `budget_timezone in k.yaml is "Mars"`},
		"a refund of none":      {"refunds: {default: some}\nkeys: [{name: a, hash: " + someHash + "}]", `refunds.default in k.yaml is "some"`},
		"money without prices":  {"keys: [{name: a, budget: {month: {usd: 3}}, hash: " + someHash + "}]", "prices.default lacks what it may use: generation, vary, edit"},
		"money, a speed apart":  {"prices: {default: {generation: {relax: 1}, upscale: 1, describe: 1, shorten: 1, video: 1, swap: 1}}\nkeys: [{name: a, speed: fast, budget: {day: {usd: 3}}, hash: " + someHash + "}]", "generation at fast"},
		"a budget below zero":   {"keys: [{name: a, budget: {day: {jobs: -1}}, hash: " + someHash + "}]", "key a.budget.day.jobs in k.yaml is below zero"},
		"a pattern that is bad": {"keys: [{name: a, models: ['[']," + " hash: " + someHash + "}]", "key a.models in k.yaml has"},
	} {
		_, err := parseKeys([]byte(c.file), "k.yaml", Config{}, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error = %v, want %q in it", name, err, c.want)
		} else if strings.Contains(err.Error(), "9f86d0") || strings.Contains(err.Error(), "my-secret-key") {
			t.Errorf("%s: the message shows a secret: %v", name, err)
		}
	}
}

func TestParseKeys_AKeyThatIsRelaxedNeedsNoOtherPrices(t *testing.T) {
	_, err := parseKeys([]byte("prices: {default: {generation: {relax: 1}, upscale: 1, describe: 1, shorten: 1, video: 1, swap: 1}}\n"+
		"keys: [{name: a, speed: relax, budget: {day: {usd: 3}}, hash: "+someHash+"}]"), "k.yaml", Config{}, nil)
	if err != nil {
		t.Error(err)
	}
}

func TestLoad_KeysOfAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "k.yaml")
	load := func(text string, more ...string) (Config, error) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return Load(Source{Environ: append([]string{"MIDGATE_UPSTREAM_URL=http://up", "MIDGATE_UPSTREAM_KEY=k", "MIDGATE_KEYS_FILE=" + file}, more...)})
	}
	c, err := load(allPrices + "keys: [{name: alice, budget: {month: {usd: 3}}, admin: true, hash: ['" + someHash + "', 'sha256:" + strings.Repeat("0", 64) + "']}]")
	if err != nil || c.Proxy.Auth != "keys" || len(c.Proxy.Keys) != 2 || !c.Proxy.Keys[1].Admin || *c.Spend.Policy("alice").Budget.Month.Money != 3*adapter.Dollar {
		t.Fatalf("config = %+v, %v", c.Proxy, err)
	}
	for model, want := range map[string]string{"dall-e-3": "midjourney", "Niji-7-fast": "niji-7-fast", "midjourney-v7": "midjourney-v7", "gpt-5": "midjourney"} {
		if got := c.Spend.Canonical(model); got != want {
			t.Errorf("%s is %s, want %s", model, got, want)
		}
	}
	one := "keys: [{name: alice, hash: " + someHash + "}]"
	for name, bad := range map[string]struct {
		text, more, want string
	}{
		"a name of the settings too": {one, "MIDGATE_API_KEYS=alice:x", "has the name of a key in MIDGATE_API_KEYS"},
		"an upstream of none":        {"prices: {defalt: {upscale: 1}}\n" + one, "", "prices.defalt in k.yaml is no upstream; did you mean default?"},
		"no file":                    {one, "MIDGATE_KEYS_FILE=/nowhere/k.yaml", "does not exist"},
	} {
		if _, err := load(bad.text, bad.more); err == nil || !strings.Contains(err.Error(), bad.want) || strings.Contains(err.Error(), "anybody could spend") {
			t.Errorf("%s: %v, want %q", name, err, bad.want)
		}
	}
	if c, err := load("keys: [{name: alice, expires: 2020-01-01, hash: " + someHash + "}]"); err != nil || !c.Spend.Policy("alice").Expired(time.Now()) {
		t.Errorf("an expired key keeps midgate from starting: %v", err)
	}
}
