package midjourney

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/poll"
)

// maxHook is how many characters a notifyHook may have: trueai refuses longer ones.
const maxHook = 2000

// hook is the address that the upstream is told to report a submission's progress to; empty
// without a state or if none are wanted.
func (u *upstream) hook(state string) string {
	cfg := u.shared.cfg
	if cfg.WebhookURL == "" || state == "" {
		return ""
	}
	h := strings.TrimRight(cfg.WebhookURL, "/") + "/hooks/" + token(cfg.Secret, state)
	if len(h) > maxHook {
		return ""
	}
	return h
}

// token is a state with its proof: who does not know the secret cannot make one, and one that is
// learnt from a task speaks for that task only.
func token(secret []byte, state string) string {
	enc := base64.RawURLEncoding
	return enc.EncodeToString([]byte(state)) + "." + enc.EncodeToString(proofOf(secret, state))
}

func proofOf(secret []byte, state string) []byte {
	m := hmac.New(sha256.New, secret)
	m.Write([]byte("midgate webhook\n" + state))
	return m.Sum(nil)[:18]
}

// stateOf reads a token; false if it is not one of ours.
func stateOf(secret []byte, tok string) (string, bool) {
	left, right, ok := strings.Cut(tok, ".")
	if !ok || len(secret) == 0 {
		return "", false
	}
	state, err := base64.RawURLEncoding.Strict().DecodeString(left)
	if err != nil {
		return "", false
	}
	mac, err := base64.RawURLEncoding.Strict().DecodeString(right)
	if err != nil || !hmac.Equal(mac, proofOf(secret, string(state))) {
		return "", false
	}
	return string(state), true
}

// Hint takes a webhook: token is the last part of the address it was sent to, body what it carried.
// adapter.ErrNotFound if the token is not one of ours. The body is believed nothing: it makes the
// poller ask for the task now, and tells Find which task a lost submission became. Webhooks that
// are forged, early, late, repeated or out of order therefore do no harm.
func (f *Fleet) Hint(token string, body []byte) error {
	state, ok := stateOf(f.shared.cfg.Secret, token)
	if !ok {
		f.shared.cfg.Observe.Hook("", false)
		return adapter.ErrNotFound
	}
	if r, err := decodeTask(body, ""); err == nil { // else it is an address of ours with a body that is none
		f.hint(state, r)
	}
	return nil
}

// hint remembers what a webhook says and wakes the poller that waits for its task.
func (f *Fleet) hint(state string, r poll.Row) {
	final := r.Status == adapter.Success || r.Failure != nil
	f.shared.hints.park(state, r.ID, final, time.Now())
	f.mu.Lock()
	accounts := slices.Collect(maps.Values(f.accounts))
	f.mu.Unlock()
	for _, a := range accounts {
		if a.poller.Hint(state, r.ID, final) {
			f.shared.cfg.Observe.Hook(a.client.cfg.Name, true)
			return
		}
	}
	f.shared.cfg.Observe.Hook("", true)
}

// hints are the webhooks that came lately, by state: some arrive before the answer to their
// submission, and some are all that is left of one.
type hints struct {
	mu    sync.Mutex
	known map[string]hint
	order []string
}

type hint struct {
	id    string
	final bool
	at    time.Time
}

// hintsKept bounds the hints, hintsAge their life.
const (
	hintsKept = 4096
	hintsAge  = time.Hour
)

func newHints() *hints { return &hints{known: map[string]hint{}} }

// park remembers a hint; what was final stays final.
func (h *hints) park(state, id string, final bool, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	old, ok := h.known[state]
	if !ok {
		if len(h.order) >= hintsKept {
			delete(h.known, h.order[0])
			h.order = h.order[1:]
		}
		h.order = append(h.order, state)
	}
	h.known[state] = hint{id: id, final: final || old.final && old.id == id, at: now}
}

// seen returns the task that a state became.
func (h *hints) seen(state string) (id string, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	k, ok := h.known[state]
	if !ok || time.Since(k.at) > hintsAge {
		return "", false
	}
	return k.id, true
}

// finished reports whether a task was said to be over before anybody waited for it.
func (h *hints) finished(state, id string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	k, ok := h.known[state]
	return ok && k.id == id && k.final
}
