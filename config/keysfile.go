package config

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"midgate/adapter"
	"midgate/adapter/nearest"
	"midgate/adapter/prompt"
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
		return Keys{}, Mistakes{fmt.Sprintf("%s is no file of keys: %s", name, strings.TrimSpace(yaml.FormatError(err, false, false)))}
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

// canonicalModel is a model's name after aliases; one that nobody knows draws as midjourney.
func canonicalModel(name string, aliases map[string]string) string {
	m, err := prompt.ParseModel(name, aliases)
	text := "midjourney"
	if err == nil && m.Niji {
		text = "niji"
	}
	if m.Version != "" && m.Niji {
		text += "-" + m.Version
	} else if m.Version != "" {
		text += "-v" + m.Version
	}
	if m.Speed != "" {
		text += "-" + string(m.Speed)
	}
	return text
}

type keysReader struct {
	file     string
	mistakes Mistakes
}

func (r *keysReader) wrong(where, format string, args ...any) {
	r.mistakes.add("%s in %s %s", where, r.file, fmt.Sprintf(format, args...))
}

func (r *keysReader) zone(name string) *time.Location {
	if name == "" {
		return time.UTC
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		r.wrong("budget_timezone", "is %q, which is no time zone; allowed: a name such as Europe/Berlin, or UTC", shorten(name))
		return time.UTC
	}
	return zone
}

// prices are by upstream, kind and, where they differ, speed.
func (r *keysReader) prices(in map[string]map[string]any) map[string]spend.Prices {
	all := map[string]spend.Prices{}
	for _, upstream := range sorted(in) {
		all[upstream] = spend.Prices{}
		for _, kind := range sorted(in[upstream]) {
			where := "prices." + upstream + "." + kind
			if !slices.Contains(spend.Kinds, kind) {
				near, _ := nearest.Of(kind, spend.Kinds)
				r.wrong(where, "is no kind of job; did you mean %s? allowed: %s", near, strings.Join(spend.Kinds, ", "))
				continue
			}
			all[upstream][kind] = r.bySpeed(where, in[upstream][kind])
		}
	}
	return all
}

func (r *keysReader) bySpeed(where string, value any) map[string]adapter.Money {
	by := map[string]adapter.Money{}
	speeds, several := value.(map[string]any)
	if !several {
		if m, ok := r.money(where, value); ok {
			by[""] = m
		}
		return by
	}
	for _, speed := range sorted(speeds) {
		if !slices.Contains(spend.Speeds, speed) {
			r.wrong(where+"."+speed, "is no speed; allowed: %s", strings.Join(spend.Speeds, ", "))
			continue
		}
		if m, ok := r.money(where+"."+speed, speeds[speed]); ok {
			by[speed] = m
		}
	}
	return by
}

func (r *keysReader) money(where string, value any) (adapter.Money, bool) {
	m, err := adapter.ParseMoney(fmt.Sprint(value))
	if err != nil {
		r.wrong(where, "%v; allowed: dollars, such as 0.056", err)
	}
	return m, err == nil
}

func (r *keysReader) refunds(in map[string]string) map[string]spend.Refunds {
	all := map[string]spend.Refunds{}
	for _, upstream := range sorted(in) {
		switch v := spend.Refunds(in[upstream]); v {
		case spend.RefundsAll, spend.RefundsUnmoderated, spend.RefundsNone:
			all[upstream] = v
		default:
			r.wrong("refunds."+upstream, "is %q, which is not known; allowed: all, unmoderated, none", shorten(in[upstream]))
		}
	}
	return all
}

func (r *keysReader) keys(in []keyYAML) []Key {
	var all []Key
	names, hashes := map[string]bool{}, map[[sha256.Size]byte]string{}
	for i, entry := range in {
		where := fmt.Sprintf("keys[%d]", i)
		if !keyName.MatchString(entry.Name) {
			r.wrong(where+".name", "is %q; allowed: up to 64 letters, digits and . _ @ -", shorten(entry.Name))
		} else {
			where = "key " + entry.Name
		}
		if names[entry.Name] {
			r.wrong(where, "stands there twice; give a name several hashes instead")
		}
		names[entry.Name] = true
		key := Key{Name: entry.Name, Policy: r.policy(where, entry)}
		for _, h := range r.hashes(where, entry.Hash) {
			if other, taken := hashes[h]; taken {
				r.wrong(where, "has a hash that %s has too", other)
			}
			hashes[h] = where
			key.Hashes = append(key.Hashes, h)
		}
		all = append(all, key)
	}
	if len(in) == 0 {
		r.mistakes.add("%s has no keys", r.file)
	}
	return all
}

func (r *keysReader) hashes(where string, value any) (all [][sha256.Size]byte) {
	var texts []string
	switch v := value.(type) {
	case string:
		texts = []string{v}
	case []any:
		for _, one := range v {
			texts = append(texts, fmt.Sprint(one))
		}
	}
	for _, text := range texts {
		digits, ok := strings.CutPrefix(strings.TrimSpace(text), "sha256:")
		sum, err := hex.DecodeString(digits)
		if !ok || err != nil || len(sum) != sha256.Size {
			r.wrong(where+".hash", "is no SHA-256 hash; allowed: sha256: and 64 hex digits, in quotes, as `midgate key NAME` prints")
			continue
		}
		all = append(all, [sha256.Size]byte(sum))
	}
	if len(texts) == 0 {
		r.wrong(where+".hash", "is missing; `midgate key NAME` prints a key and its hash")
	}
	return all
}

func (r *keysReader) policy(where string, in keyYAML) spend.Policy {
	p := spend.Policy{Models: in.Models, Speed: in.Speed, MaxInFlight: in.MaxInFlight, Admin: in.Admin,
		Budget: r.budget(where+".budget", in.Budget), PerUser: r.budget(where+".per_user", in.PerUser)}
	for _, pattern := range in.Models {
		if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
			r.wrong(where+".models", "has %q, which is no pattern; allowed: names, with * for any letters", shorten(pattern))
		}
	}
	if in.Speed != "" && !slices.Contains(spend.Speeds, in.Speed) {
		r.wrong(where+".speed", "is %q, which is no speed; allowed: %s", shorten(in.Speed), strings.Join(spend.Speeds, ", "))
	}
	if in.MaxInFlight < 0 {
		r.wrong(where+".max_in_flight", "is below zero; allowed: a number of jobs, or 0 for no limit")
	}
	expires, err := expiry(in.Expires)
	if err != nil {
		r.wrong(where+".expires", "is %q, which %v; allowed: a day such as 2027-01-31, or a time such as 2027-01-31T12:00:00Z", shorten(in.Expires), err)
	}
	p.Expires = expires
	return p
}

// expiry is when a key ends: after the day that is named, in UTC, or at the time that is.
func expiry(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.AddDate(0, 0, 1), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, errors.New("is no day")
	}
	return at, nil
}

func (r *keysReader) budget(where string, in budgetYAML) spend.Budget {
	return spend.Budget{Day: r.limit(where+".day", in.Day), Month: r.limit(where+".month", in.Month), Total: r.limit(where+".total", in.Total)}
}

func (r *keysReader) limit(where string, in limitYAML) spend.Limit {
	l := spend.Limit{Jobs: in.Jobs}
	if in.Jobs != nil && *in.Jobs < 0 {
		r.wrong(where+".jobs", "is below zero")
	}
	if in.USD != nil {
		if m, ok := r.money(where+".usd", in.USD); ok {
			l.Money = &m
		}
	}
	return l
}

// named refuses prices and refunds of upstreams that there are not.
func (r *keysReader) named(k Keys, upstreams []string) {
	known := append([]string{spend.DefaultName}, upstreams...)
	if len(upstreams) == 0 {
		return
	}
	for _, name := range sorted(k.Prices) {
		r.upstream("prices."+name, name, known)
	}
	for _, name := range sorted(k.Refunds) {
		r.upstream("refunds."+name, name, known)
	}
}

func (r *keysReader) upstream(where, name string, known []string) {
	if !slices.Contains(known, name) {
		near, _ := nearest.Of(name, known)
		r.wrong(where, "is no upstream; did you mean %s?", near)
	}
}

// besides refuses what does not fit the settings.
func (r *keysReader) besides(k Keys, c Config) {
	for _, key := range k.Keys {
		for _, other := range c.SettingsKeys {
			if other.Name == key.Name {
				r.wrong("key "+key.Name, "has the name of a key in MIDGATE_API_KEYS; keep one of them")
			}
			if slices.Contains(key.Hashes, sha256.Sum256([]byte(other.Secret))) {
				r.wrong("key "+key.Name, "has a key that stands in MIDGATE_API_KEYS too")
			}
		}
	}
}

// priced refuses budgets in money that cannot be kept: something that the key may do has no price.
func (r *keysReader) priced(k Keys, upstreams []string) {
	tables := map[string]spend.Prices{}
	for _, name := range upstreams {
		if prices, ok := k.Prices[name]; ok {
			tables[name] = prices
		} else {
			tables[spend.DefaultName] = k.Prices[spend.DefaultName]
		}
	}
	if len(upstreams) == 0 {
		tables[spend.DefaultName] = k.Prices[spend.DefaultName]
	}
	for _, key := range k.Keys {
		if !key.Policy.Budget.InMoney() && !key.Policy.PerUser.InMoney() {
			continue
		}
		speeds := spend.Speeds
		if i := slices.Index(speeds, key.Policy.Speed); i >= 0 {
			speeds = speeds[:i+1]
		}
		for _, upstream := range sorted(tables) {
			if missing := tables[upstream].Missing(speeds); len(missing) > 0 {
				r.wrong("key "+key.Name, "has a budget in dollars, but prices.%s lacks what it may use: %s; give it a price, 0 where it is free",
					upstream, strings.Join(missing, ", "))
			}
		}
	}
}
