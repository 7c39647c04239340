package spend

import (
	"path"
	"time"
)

// Policy is what a key may do. The zero value allows everything.
type Policy struct {
	Models      []string  // globs over the names that requests may use, after aliases; empty: all
	Speed       string    // the dearest speed; empty: the installation's limit
	MaxInFlight int       // jobs at once; 0: no limit
	Budget      Budget    // of the key
	PerUser     Budget    // of each user that a trusted proxy names
	Expires     time.Time // zero: never
	Admin       bool      // may read what everybody spent
}

// AllowsModel reports whether a key may use a model, by any of the names that it has: as the client wrote it, or after
// aliases.
func (p Policy) AllowsModel(names ...string) bool {
	if len(p.Models) == 0 {
		return true
	}
	for _, pattern := range p.Models {
		for _, name := range names {
			if ok, err := path.Match(pattern, name); err == nil && ok {
				return true
			}
		}
	}
	return false
}

// Unlimited reports whether nothing limits how many jobs are done, or what they cost.
func (p Policy) Unlimited() bool { return p.MaxInFlight == 0 && p.Budget.None() && p.PerUser.None() }

// Expired reports whether the key's time is over. A day that is named is included.
func (p Policy) Expired(at time.Time) bool { return !p.Expires.IsZero() && !at.Before(p.Expires) }

// Refunds says which failed tasks an upstream gives back.
type Refunds string

// What upstreams do: most give back whatever failed, some keep what moderation refused, a few keep all.
const (
	RefundsAll         Refunds = "all"
	RefundsUnmoderated Refunds = "unmoderated"
	RefundsNone        Refunds = "none"
)
