package web

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"midgate/adapter"
)

// How many wrong keys one address may send: a burst, then one every few seconds.
const (
	guessBurst  = 20
	guessEvery  = 3 * time.Second
	guessersMax = 4096 // addresses remembered at once
)

// keyThrottle slows down who tries keys. An address that has used up its guesses is told to wait without its key being
// looked at, unless that key has worked from there since the guessing began: behind a shared address the guests of
// one guesser keep working.
type keyThrottle struct {
	mu  sync.Mutex
	all map[string]*guesser
}

type guesser struct {
	left   *rate.Limiter
	worked map[string]bool // owners whose keys were right from this address
}

func newKeyThrottle() *keyThrottle { return &keyThrottle{all: map[string]*guesser{}} }

// judge takes note of a key that was looked up; found is its owner, empty for a wrong one.
func (g *keyThrottle) judge(remote, found string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	from := g.all[neighbourhood(remote)]
	if from == nil {
		if found != "" {
			return nil
		}
		from = g.remember(neighbourhood(remote))
	}
	switch {
	case found != "" && from.worked[found]:
		return nil
	case from.left.Tokens() < 1:
		return &adapter.Error{Kind: throttled, RetryAfter: guessEvery, Message: "Too many wrong API keys came from this address. Please wait a little."}
	case found != "":
		from.worked[found] = true
		return nil
	default:
		from.left.Allow()
		return nil
	}
}

// remember makes room for one more address: those that have all their guesses back are forgotten, else any one is.
func (g *keyThrottle) remember(remote string) *guesser {
	if len(g.all) >= guessersMax {
		for name, old := range g.all {
			if old.left.Tokens() >= guessBurst {
				delete(g.all, name)
			}
		}
	}
	for name := range g.all {
		if len(g.all) < guessersMax {
			break
		}
		delete(g.all, name)
	}
	from := &guesser{left: rate.NewLimiter(rate.Every(guessEvery), guessBurst), worked: map[string]bool{}}
	g.all[remote] = from
	return from
}

// neighbourhood is the address itself, or an IPv6 address's /64: one customer has them all.
func neighbourhood(remote string) string {
	ip, err := netip.ParseAddr(remote)
	if err != nil || ip.Unmap().Is4() {
		return remote
	}
	p, _ := ip.Prefix(64) // 64 bits are always within an IPv6 address
	return p.String()
}
