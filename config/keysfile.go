package config

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"midgate/adapter/nearest"
	"midgate/adapter/spend"
	"midgate/proxy/web"
)

// Keys are what a file of keys says: who may use midgate, for how much, and what upstreams take.
type Keys struct {
	Keys    []Key
	Prices  map[string]spend.Prices  // by the upstream's name; "default" for those that are not named
	Refunds map[string]spend.Refunds // the same
	Zone    *time.Location           // whose days and months budgets count; UTC where none is named
}

// Key is one name with its keys: several while they are being replaced.
type Key struct {
	Name   string
	Hashes [][sha256.Size]byte
	Policy spend.Policy
}

// keysYAML is the file as it is written.
type keysYAML struct {
	Prices  map[string]map[string]any `yaml:"prices"`
	Refunds map[string]string         `yaml:"refunds"`
	Zone    string                    `yaml:"budget_timezone"`
	Keys    []keyYAML                 `yaml:"keys"`
}

type keyYAML struct {
	Name        string     `yaml:"name"`
	Hash        any        `yaml:"hash"` // one or several
	Models      []string   `yaml:"models"`
	Speed       string     `yaml:"speed"`
	MaxInFlight int        `yaml:"max_in_flight"`
	Budget      budgetYAML `yaml:"budget"`
	PerUser     budgetYAML `yaml:"per_user"`
	Expires     string     `yaml:"expires"`
	Admin       bool       `yaml:"admin"`
}

type budgetYAML struct {
	Day   limitYAML `yaml:"day"`
	Month limitYAML `yaml:"month"`
	Total limitYAML `yaml:"total"`
}

type limitYAML struct {
	Jobs *int `yaml:"jobs"`
	USD  any  `yaml:"usd"`
}

// keyWords are the words of the file, for the one that was meant. What upstreams and kinds are called is checked elsewhere.
var keyWords = []string{
	"prices", "refunds", "budget_timezone", "keys", "name", "hash", "models", "speed", "max_in_flight", "budget", "per_user", "expires", "admin",
	"day", "month", "total", "jobs", "usd",
}

// ReadKeys reads the file of keys that MIDGATE_KEYS_FILE names; without one there is nothing in it. The error is Mistakes
// and names everything that is wrong; what the file holds is not used then. It never shows a hash: who finds one in a log
// could try keys against it.
func (c Config) ReadKeys() (Keys, error) {
	if c.KeysFile == "" {
		return Keys{Zone: time.UTC}, nil
	}
	raw, err := os.ReadFile(c.KeysFile)
	if err != nil {
		return Keys{}, Mistakes{fmt.Sprintf("MIDGATE_KEYS_FILE is %q, which %v", shorten(c.KeysFile), unreadable(err))}
	}
	var upstreams []string
	for _, u := range c.Midjourney.Upstreams {
		upstreams = append(upstreams, u.Name)
	}
	return parseKeys(raw, filepath.Base(c.KeysFile), c, upstreams)
}

// parseKeys reads what a file of keys holds; name is its name, for messages.
func parseKeys(raw []byte, name string, c Config, upstreams []string) (Keys, error) {
	var in keysYAML
	r := keysReader{file: name}
	if err := yaml.UnmarshalWithOptions(raw, &in, yaml.Strict()); err != nil {
		wrong := fmt.Sprintf("%s (MIDGATE_KEYS_FILE) cannot be read as a file of keys, at [line:column] %s", name, strings.TrimSpace(yaml.FormatError(err, false, false)))
		unknown, ok := errors.AsType[*yaml.UnknownFieldError](err)
		if !ok {
			return Keys{}, Mistakes{wrong}
		}
		near, _ := nearest.Of(unknown.Token.Value, keyWords)
		r.mistakes.add("%s; did you mean %s?", wrong, near)
		in = keysYAML{}
		if yaml.Unmarshal(raw, &in) != nil {
			return Keys{}, r.mistakes
		}
	}
	out := Keys{Zone: r.zone(in.Zone), Prices: r.prices(in.Prices), Refunds: r.refunds(in.Refunds), Keys: r.keys(in.Keys)}
	r.named(out, upstreams)
	r.priced(out, upstreams)
	r.besides(out, c)
	if len(r.mistakes) > 0 {
		return Keys{}, r.mistakes
	}
	return out, nil
}

// WebKeys are all keys that clients may use: those of the settings and those of the file.
func (c Config) WebKeys(k Keys) []web.Key {
	all := slices.Clone(c.SettingsKeys)
	for _, key := range k.Keys {
		for _, h := range key.Hashes {
			all = append(all, web.Key{Name: key.Name, Hash: h, Expires: key.Policy.Expires, Admin: key.Policy.Admin, PerUser: !key.Policy.PerUser.None()})
		}
	}
	return all
}

// Terms are the prices and policies that the file says.
func (c Config) Terms(k Keys) *spend.Terms {
	t := &spend.Terms{Prices: k.Prices, Refunds: k.Refunds, Zone: k.Zone, Policies: map[string]spend.Policy{}, Canonical: func(model string) string {
		return canonicalModel(model, c.Workflow.Aliases)
	}}
	for _, key := range k.Keys {
		t.Policies[key.Name] = key.Policy
	}
	return t
}

type keysReader struct {
	file     string
	mistakes Mistakes
}

func (r *keysReader) wrong(where, format string, args ...any) {
	r.mistakes.add("%s in %s %s", where, r.file, fmt.Sprintf(format, args...))
}
