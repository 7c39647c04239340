package config

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"midgate/adapter/spend"
)

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
