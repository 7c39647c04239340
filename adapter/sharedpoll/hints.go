package sharedpoll

import (
	"encoding/json"

	"midgate/adapter"
)

// Hinter takes the upstreams' webhooks: token is the last part of the address that one was sent to, body what it
// carried. ErrNotFound means that midgate gave out no such address. It is cheap and safe to call again.
type Hinter interface {
	Hint(token string, body []byte) error
}

// hintJSON is a webhook on its way to the other replicas.
type hintJSON struct {
	From  string `json:"from"`
	Token string `json:"token"`
	Body  []byte `json:"body"`
}

// Hint implements Hinter: the webhook is taken here, and by every other replica, since any of them may be the one that
// polls. Passing it on is best effort: a hint only saves time.
func (s *Shared) Hint(token string, body []byte) error {
	if s.hinted == nil {
		return adapter.ErrNotFound
	}
	if err := s.hinted.Hint(token, body); err != nil {
		return err
	}
	data, err := json.Marshal(hintJSON{From: s.replica, Token: token, Body: body})
	if err == nil {
		err = s.journal.Tell(s.life, hintTopic, data)
	}
	if err != nil && s.life.Err() == nil {
		s.log.Debug("a webhook could not be passed on", "error", err)
	}
	return nil
}

// hearHints takes the webhooks that reached other replicas.
func (s *Shared) hearHints() {
	for s.life.Err() == nil {
		err := s.journal.Hear(s.life, hintTopic, func(data []byte) {
			var h hintJSON
			if json.Unmarshal(data, &h) == nil && h.From != s.replica {
				_ = s.hinted.Hint(h.Token, h.Body) // the replica that it reached has answered for it
			}
		})
		if err != nil && s.life.Err() == nil {
			s.log.Warn("the webhooks of other replicas cannot be heard; trying again", "error", err)
		}
		adapter.Pause(s.life, tryToLead)
	}
}
