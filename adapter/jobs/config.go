package jobs

import (
	"log/slog"
	"time"

	"midgate/adapter"
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
	Replica     string         // this process among its peers; the same again after a restart on the same embedded state
	Secret      []byte         // 32 bytes; seals a client's own upstream key in a run's record
	Adoption    time.Duration  // how long a submission of unknown outcome is looked for; 0 means 15 s
	LeaseCheck  time.Duration  // how often dead replicas are looked for; 0 means 1 s
}

// Deps are what the engine stands on.
type Deps struct {
	Accounts adapter.Accounts
	Store    adapter.Store
	Pictures adapter.Pictures
	Journal  adapter.Journal
	Leases   adapter.Leases
	Observer adapter.Observer
	Log      *slog.Logger
}

// standingPatience is how long a request that has submitted nothing yet waits for the lease: far longer than a replica
// that is well takes to get it back.
const standingPatience = 10 * time.Second

// repeatWindow is how long after an attempt was abandoned an equal request without any counter or key counts as
// its repeat.
const repeatWindow = 2 * time.Minute

// pressAgain is that time after a client was told of a failure that Midjourney itself reported: libraries repeat sooner, and
// a person who presses again later wants another try.
const pressAgain = 15 * time.Second

// A client that gives up and repeats at once may be here before its end was noticed: its repeat waits for that, in short
// steps, so that a process that stands still meanwhile loses one of them and not all.
const (
	hesitateFor = 300 * time.Millisecond
	hesitations = 6
)

// maxPreview is how large a preview may be; Midjourney's are far smaller.
const maxPreview = 10 << 20

// How often a job that may still turn up is looked for: the longer it is missing, the rarer.
const (
	lateFirst   = 5 * time.Second
	lateLongest = 5 * time.Minute
)

// resumeLeast is how long a resumed run is followed at least: its deadline passed while nobody followed it, or the clock
// was set meanwhile, and its job may have been done for long.
const resumeLeast = 2 * time.Minute

// resumeAtOnce is how many runs are taken at once: their records are written together then.
const resumeAtOnce = 128

// listenFor is how long the answer to a submission is listened for when its run ends meanwhile: at a stop of midgate, at
// the deadline, or when the job is cancelled. Whoever hung up would never hear of a job that is paid. It is shorter than
// what a stop has left at its end, and than what most stop timeouts leave.
const listenFor = 1500 * time.Millisecond

// How long is waited before a full upstream is asked again: the longer it is full, the rarer.
const (
	shortestWait = time.Second
	longestWait  = 15 * time.Second
)

const (
	// keepTries is how often a run that has ended goes on for one of its tasks, since the upstream says that it is done.
	keepTries = 8
	// obtainFor is how long it may take to learn whether a picture can be fetched now.
	obtainFor = 10 * time.Second
)
