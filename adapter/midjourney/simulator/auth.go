package simulator

import (
	"net/http"
	"strings"

	"midgate/adapter/midjourney/simulator/reply"
)

// authenticate finds the key of a request, in the configured style or the dialect's own, and refuses a wrong one.
// Without a configured key any will do; none will do only where no style is configured.
func (s *Simulator) authenticate(h http.Header) (user string, refusal *reply.Reply) {
	key, given := s.keyOf(h)
	switch {
	case s.cfg.Key == "" && (given || s.cfg.Auth == ""), s.cfg.Key != "" && given && key == s.tidy(s.cfg.Key):
		return key, nil
	}
	out := s.habits.Unauthorized(given)
	return "", &out
}

// keyOf is the key as this upstream reads it.
func (s *Simulator) keyOf(h http.Header) (key string, given bool) {
	style := s.cfg.Auth
	if style == "" {
		style = s.habits.Auth
	}
	authorization, secret := h.Get("Authorization"), h.Get("Mj-Api-Secret")
	switch style {
	case "mj-api-secret":
		return s.tidy(secret), secret != ""
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
			return s.tidy(secret), secret != ""
		}
	}
	return s.tidy(bearer(authorization)), strings.HasPrefix(authorization, "Bearer ")
}

func bearer(value string) string { return strings.TrimPrefix(value, "Bearer ") }

// tidy is what a relay of the new-api family makes of a key: without "sk-", cut at the next dash.
func (s *Simulator) tidy(key string) string {
	if !s.habits.Copies {
		return key
	}
	key = strings.TrimPrefix(bearer(key), "sk-")
	key, _, _ = strings.Cut(key, "-")
	return key
}
