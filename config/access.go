package config

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"midgate/proxy/web"
)

var keyName = regexp.MustCompile(`^[A-Za-z0-9._@-]{1,64}$`)

// ValidKeyName reports whether a key may have a name.
func ValidKeyName(name string) bool { return keyName.MatchString(name) }

// apiKeys are name:key pairs or bare keys, with commas or line breaks between them.
var apiKeys = kind{"name:key or bare keys, several with commas", func(d *draft, v string) error {
	seen := map[string]bool{}
	entries := strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == '\n' || r == '\r' })
	for i, entry := range entries {
		if entry = strings.TrimSpace(entry); entry == "" {
			continue
		}
		k, err := apiKey(entry)
		if err != nil {
			return fmt.Errorf("has a mistake in entry %d: %w", i+1, err)
		}
		if seen["key "+k.Secret] || k.Name != "" && seen["name "+k.Name] {
			return fmt.Errorf("has the name or key of entry %d twice", i+1)
		}
		seen["key "+k.Secret], seen["name "+k.Name] = true, true
		d.SettingsKeys = append(d.SettingsKeys, k)
	}
	if len(d.SettingsKeys) == 0 {
		return errors.New("holds no key")
	}
	return nil
}}

func apiKey(entry string) (web.Key, error) {
	name, secret, named := strings.Cut(entry, ":")
	if !named {
		name, secret = "", entry
	}
	name, secret = strings.TrimSpace(name), strings.TrimSpace(secret)
	switch {
	case secret == "":
		return web.Key{}, errors.New("no key behind the name")
	case named && !keyName.MatchString(name):
		return web.Key{}, errors.New("a name may have up to 64 letters, digits and . _ @ -")
	}
	if _, err := plainWord(secret); err != nil {
		return web.Key{}, errors.New("a blank inside the key")
	}
	return web.Key{Name: name, Secret: secret}, nil
}

// authMode is only set when somebody gave it: what applies otherwise depends on the keys.
var authMode = oneOf(func(d *draft) *web.AuthMode { return &d.auth }, web.AuthKeys, web.AuthPassthrough, web.AuthNone)

const secretAllowed = "a random text of 32 characters or more, such as `openssl rand -hex 32` prints"

// secret is any long text; its digest has the 32 bytes that are needed.
var secret = kind{secretAllowed, func(d *draft, v string) error {
	if len(v) < secretSize {
		return errors.New("is too short")
	}
	setSecret(&d.Config, sealing(v))
	return nil
}}

// setSecret hands the secret to everything that seals or signs.
func setSecret(c *Config, s []byte) { c.Jobs.Secret, c.Midjourney.Secret = s, s }
