package midjourney

import (
	"context"
	"math/rand/v2"
	"slices"

	"midgate/adapter"
)

// Choose implements adapter.Accounts: by weight among the upstreams that offer the speed, can be
// reached and have a place; among the full ones only if all are full.
func (f *Fleet) Choose(ctx context.Context, c adapter.Caller, speed adapter.Speed) (adapter.Account, error) {
	return f.Other(ctx, c, speed, nil)
}

// Other implements adapter.Others: Choose among the upstreams that were not tried.
func (f *Fleet) Other(_ context.Context, c adapter.Caller, speed adapter.Speed, tried []string) (adapter.Account, error) {
	var offered, free []*upstream
	var alive []*upstream
	for _, u := range f.upstreams {
		if !u.offers(speed) {
			continue
		}
		offered = append(offered, u)
		if u.broken() || slices.Contains(tried, u.cfg.Name) {
			continue
		}
		alive = append(alive, u)
		if f.hasPlace(u, c) {
			free = append(free, u)
		}
	}
	switch {
	case len(offered) == 0:
		return adapter.Account{}, adapter.Errorf(adapter.Unsupported, "No upstream offers the speed %q.", string(speed))
	case len(alive) == 0:
		return adapter.Account{}, adapter.Errorf(adapter.Unavailable, "No upstream can be reached.")
	case len(free) == 0:
		free = alive
	}
	return f.account(draw(free), c)
}

// offers reports whether the upstream has a prefix for a speed.
func (u *upstream) offers(speed adapter.Speed) bool {
	if speed == "" {
		speed = u.cfg.Speed
	}
	_, ok := u.cfg.Prefixes[speed]
	return ok
}

// hasPlace reports whether an account waits for fewer tasks than it may.
func (f *Fleet) hasPlace(u *upstream, c adapter.Caller) bool {
	if u.cfg.MaxInFlight <= 0 {
		return true
	}
	id := accountKey{upstream: u.cfg.Name}
	if f.shared.cfg.Passthrough {
		id.key = c.Key
	}
	f.mu.Lock()
	a, ok := f.accounts[id]
	f.mu.Unlock()
	return !ok || a.poller.Open() < u.cfg.MaxInFlight
}

// draw picks one at random, by weight.
func draw(from []*upstream) *upstream {
	total := 0
	for _, u := range from {
		total += max(u.cfg.Weight, 1)
	}
	n := rand.IntN(total)
	for _, u := range from {
		if n -= max(u.cfg.Weight, 1); n < 0 {
			return u
		}
	}
	return from[len(from)-1]
}
