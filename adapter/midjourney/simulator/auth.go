package simulator

import (
	"net/http"
	"strings"

	"midgate/adapter/midjourney/simulator/dialect"
	"midgate/adapter/midjourney/simulator/reply"
)

// keys knows which key clients have to send, and how.
type keys struct {
	key    string // "" takes any
	style  string // "" is the dialect's own
	habits dialect.Habits
}

// check finds the key of a request, in the configured style or the dialect's own, and refuses a wrong one.
// Without a configured key any will do; none will do only where no style is configured.
func (k keys) check(h http.Header) (user string, refusal *reply.Reply) {
	key, given := k.of(h)
	switch {
	case k.key == "" && (given || k.style == ""), k.key != "" && given && key == k.tidy(k.key):
		return key, nil
	}
	out := k.habits.Unauthorized(given)
	return "", &out
}

// of is the key as this upstream reads it.
func (k keys) of(h http.Header) (key string, given bool) {
	style := k.style
	if style == "" {
		style = k.habits.Auth
	}
	authorization, secret := h.Get("Authorization"), h.Get("Mj-Api-Secret")
	switch style {
	case "mj-api-secret":
		return k.tidy(secret), secret != ""
	case "authorization-raw":
		return authorization, authorization != ""
	case "raw-or-secret":
		// An Authorization header wins whatever it says, and "Bearer " is part of the key.
		if authorization != "" {
			return authorization, true
		}
		return secret, secret != ""
	case "bearer-or-secret":
		if authorization == "" || bearer(authorization) == "midjourney-proxy" {
			return k.tidy(secret), secret != ""
		}
	}
	return k.tidy(bearer(authorization)), strings.HasPrefix(authorization, "Bearer ")
}

func bearer(value string) string { return strings.TrimPrefix(value, "Bearer ") }

// tidy is what a relay of the new-api family makes of a key: without "sk-", cut at the next dash.
func (k keys) tidy(key string) string {
	if !k.habits.Copies {
		return key
	}
	key = strings.TrimPrefix(bearer(key), "sk-")
	key, _, _ = strings.Cut(key, "-")
	return key
}
