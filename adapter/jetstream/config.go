package jetstream

import (
	"cmp"
	"log/slog"
	"time"
)

// Config says where the state is and how long it is kept. Only Dir or URL is required.
type Config struct {
	Dir       string        // of the embedded server, usually DATA_DIR/state; only one process may use it
	URL       string        // of a NATS cluster, comma-separated addresses; empty: embedded
	Prefix    string        // of all bucket and subject names; empty: midgate
	Replicas  int           // copies in a cluster; 0: three where there are three nodes, else one
	Retention time.Duration // how long digests are kept; 0 for ever. Records say themselves when they expire
	ClaimTTL  time.Duration // how long an Idempotency-Key stays taken; 0: 24 h (contract.md §7.1 a)
	LeaseTTL  time.Duration // after which a silent holder's lease is free; 0: 4 s
	Timeout   time.Duration // of one operation; 0: 5 s
	Sweep     time.Duration // between two looks for expired records; 0: a minute
	Log       *slog.Logger  // nil: nothing is logged
}

// withDefaults fills what is zero.
func (c Config) withDefaults() Config {
	c.Prefix = cmp.Or(c.Prefix, "midgate")
	c.ClaimTTL = cmp.Or(c.ClaimTTL, 24*time.Hour)
	c.LeaseTTL = cmp.Or(c.LeaseTTL, 4*time.Second)
	c.Timeout = cmp.Or(c.Timeout, 5*time.Second)
	c.Sweep = cmp.Or(c.Sweep, time.Minute)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}
