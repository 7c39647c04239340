package adapter

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// JobsConfig is what the engine can be told.
type JobsConfig struct {
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

// JobsDeps are what the engine stands on.
type JobsDeps struct {
	Accounts Accounts
	Store    Store
	Pictures Pictures
	Journal  Journal
	Leases   Leases
	Observer Observer
	Log      *slog.Logger
}

// Workflow makes what a job asks for: straight-line code over its execution. Executed again from the top after a crash,
// the steps that were recorded answer at once.
type Workflow func(*Execution) (Result, error)

// Engine executes jobs, each of its submissions at most once. It is safe for concurrent use.
//
// Accept returns a Ticket once the request was recorded; an error from it means that nothing was recorded and nothing
// was spent.
type Engine struct {
	cfg       JobsConfig
	parts     JobsDeps
	workflows map[string]Workflow // by the kind of a job
	onStart   []StartHook

	runs     *runs
	places   *places
	standing standing // the lease that says this replica is alive

	life context.Context // of the sequences; ends with Close
	end  context.CancelCauseFunc
	work sync.WaitGroup

	alone onceEach // what one job at a time may do, by name

	spawning sync.Mutex // nothing is added to work once Close waits for it
	closed   bool
}

// errStopping is why sequences end at Close: their runs stay unfinished and are resumed at the next start.
var errStopping = errors.New("midgate is stopping")

// NewEngine makes an engine that makes each kind of job by its workflow. Start makes it follow what an earlier process
// left.
func NewEngine(cfg JobsConfig, parts JobsDeps, workflows map[string]Workflow) *Engine {
	if cfg.Adoption == 0 {
		cfg.Adoption = 15 * time.Second
	}
	if cfg.LeaseCheck == 0 {
		cfg.LeaseCheck = time.Second
	}
	life, end := context.WithCancelCause(context.Background())
	return &Engine{
		cfg: cfg, parts: parts, workflows: workflows,
		runs:   newRuns(cfg.JobDeadline),
		places: newPlaces(cfg.MaxInFlight, cfg.InFlightAt, cfg.MaxQueue, parts.Observer.InFlight),
		life:   life, end: end,
	}
}

// Close stops the sequences where they are and waits for them. Whatever they had under way is in the journal.
func (s *Engine) Close() {
	s.end(errStopping)
	s.spawning.Lock()
	s.closed = true
	s.spawning.Unlock()
	s.work.Wait()
}

// spawn runs work in a goroutine that Close waits for; false when it is too late for that.
func (s *Engine) spawn(work func()) bool {
	s.spawning.Lock()
	defer s.spawning.Unlock()
	if s.closed {
		return false
	}
	s.work.Go(work)
	return true
}

// Busy reports how many runs are executed here at the moment.
func (s *Engine) Busy() int { return s.runs.executing() }
