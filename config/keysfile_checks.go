package config

import (
	"crypto/sha256"
	"slices"
	"strings"

	"midgate/adapter/nearest"
	"midgate/adapter/spend"
)

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
