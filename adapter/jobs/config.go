package jobs

import (
	"log/slog"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/dedup"
	"midgate/adapter/spend"
)

// Config is what the engine can be told.
type Config struct {
	Retention   time.Duration  // how long jobs are kept; 0 for ever
	JobTimeout  time.Duration  // how long one answer waits
	JobDeadline time.Duration  // how long a job is followed
	ShareWindow time.Duration  // identical n=1 requests within it share a grid; 0 off
	MaxInFlight int            // jobs at one upstream at once
	InFlightAt  map[string]int // the same for upstreams that have a limit of their own, by name
	MaxQueue    int            // requests that may wait for a place
	Replica     string         // this process, under a name that no other has or had; empty: a random one
	Secret      []byte         // 32 bytes; seals a client's own upstream key in a job's record
	Adoption    time.Duration  // how long a submission of unknown outcome is looked for at once; 0 means 15 s
	LeaseCheck  time.Duration  // how often dead replicas and lost jobs are looked for; 0 means 1 s
}

// Deps are what the engine stands on.
type Deps struct {
	Accounts adapter.Accounts
	State    adapter.State
	Bus      adapter.Bus // nil where the state is not shared
	Pictures adapter.Pictures
	Observer adapter.Observer
	Tracer   adapter.Tracer      // nil: jobs are not traced
	Terms    func() *spend.Terms // what keys may do and what jobs cost, at this moment; nil: everything, for nothing
	// Stored is told of the records that a job's end has stored, again if they may have been there. It may be nil.
	Stored func(again bool, images ...adapter.Image)
	Log    *slog.Logger
}

const (
	// goneWait is how long an equal request waits for the client of an earlier one to turn out gone.
	goneWait = 300 * time.Millisecond
	// proofWait is how long it waits for the replica of an earlier one to say that it is alive, or to count as dead; it looks
	// each proofLook.
	proofWait = leaseLength + time.Second
	proofLook = 150 * time.Millisecond
	// claimKept is how long an Idempotency-Key names its job.
	claimKept = 24 * time.Hour
	// candidates is how many jobs of one body are looked at.
	candidates = 48

	// leaseLength is how long a replica counts as alive after it last said so; leaseSafe is how much of that it may use
	// itself, by its own clock.
	leaseLength = 4 * time.Second
	leaseSafe   = 3 * time.Second
	// leasePatience is how long a job that has submitted nothing yet waits for the lease.
	leasePatience = 10 * time.Second

	// listenFor is how long the answer to a submission is listened for when its job ends meanwhile: at a stop of midgate,
	// at the deadline, or when the job is cancelled. Whoever hung up would never hear of a job that is paid. It is shorter
	// than what a stop has left at its end, and than what most stop timeouts leave.
	listenFor = 1500 * time.Millisecond

	// maxPreview is how large a preview may be; Midjourney's are far smaller.
	maxPreview = 10 << 20
)

// withoutRules are rules of what may be submitted that a test has switched off, to see that their lack is found. In
// production none is.
type withoutRules struct {
	dedup.Without
	deserted bool // a job that nobody waits for is not submitted
	onePress bool // what several need is pressed once
	inUnit   bool // budgets are looked at where they are taken
}
