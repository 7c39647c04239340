package simulator

import (
	"net/http"
	"testing"
)

// TestAuthenticate tries every way to show a key on every dialect, by the status of a fetch of nothing.
func TestAuthenticate(t *testing.T) {
	for name, test := range map[string]struct {
		dialect       Dialect
		auth          string
		authorization string
		secret        string
		want          bool
	}{
		"comet takes bearer":                  {Comet, "", "Bearer k", "", true},
		"comet wants the word Bearer":         {Comet, "", "k", "", false},
		"comet does not look at the secret":   {Comet, "", "", "k", false},
		"trueai takes the raw value":          {TrueAI, "", "k", "", true},
		"trueai keeps the word Bearer":        {TrueAI, "", "Bearer k", "", false},
		"trueai takes the secret":             {TrueAI, "", "", "k", true},
		"trueai lets Authorization win":       {TrueAI, "", "Bearer k", "k", false},
		"novicezk takes the secret":           {NoviceZK, "", "", "k", true},
		"novicezk ignores Authorization":      {NoviceZK, "", "Bearer k", "", false},
		"newapi takes bearer":                 {NewAPI, "", "Bearer sk-k", "", true},
		"newapi takes the secret":             {NewAPI, "", "", "k", true},
		"newapi lets Authorization win":       {NewAPI, "", "Bearer x", "k", false},
		"newapi cuts a key at the dash":       {NewAPI, "", "Bearer sk-k-7", "", true},
		"newapi knows the placeholder":        {NewAPI, "", "Bearer midjourney-proxy", "k", true},
		"a style of its own: secret":          {Comet, "mj-api-secret", "", "k", true},
		"a style of its own: not bearer then": {Comet, "mj-api-secret", "Bearer k", "", false},
		"a style of its own: raw":             {Comet, "authorization-raw", "k", "", true},
		"a style of its own: bearer":          {TrueAI, "bearer", "Bearer k", "", true},
		"a wrong key":                         {Comet, "", "Bearer other", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(Config{Dialect: test.dialect, Auth: test.auth, Key: "k"})
			h := http.Header{}
			if test.authorization != "" {
				h.Set("Authorization", test.authorization)
			}
			if test.secret != "" {
				h.Set("Mj-Api-Secret", test.secret)
			}
			_, refusal := s.keys.check(h)
			if got := refusal == nil; got != test.want {
				t.Errorf("accepted = %v, want %v", got, test.want)
			}
		})
	}
}

// A style without a key takes every key that is shown in it, and refuses whoever shows none, in the dialect's own way.
func TestAStyleWantsSomeKey(t *testing.T) {
	for dialect, status := range map[Dialect]int{Comet: 401, NewAPI: 401, NoviceZK: 401, TrueAI: 401} {
		s := New(Config{Dialect: dialect, Auth: "mj-api-secret"})
		if _, refusal := s.keys.check(http.Header{"Mj-Api-Secret": {"whoever"}}); refusal != nil {
			t.Errorf("%s refuses a key with %d", dialect, refusal.Status)
		}
		for name, h := range map[string]http.Header{"no key": {}, "a key in another style": {"Authorization": {"Bearer k"}}} {
			if _, refusal := s.keys.check(h); refusal == nil || refusal.Status != status {
				t.Errorf("%s with %s = %+v, want %d", dialect, name, refusal, status)
			}
		}
	}
}

func TestNoKeyAcceptsAnybody(t *testing.T) {
	for _, dialect := range Dialects() {
		s := New(Config{Dialect: dialect})
		if _, refusal := s.keys.check(http.Header{}); refusal != nil {
			t.Errorf("%s without a key refuses with %d", dialect, refusal.Status)
		}
	}
}
