package jobs

import (
	"context"
	"errors"
	"sync"
	"time"

	"midgate/adapter"
)

// Workflow makes what a job asks for: straight-line code over its execution. Executed again from the top after a crash,
// the steps that were recorded answer at once.
type Workflow func(*Execution) (adapter.Result, error)

// Engine executes jobs, each of its submissions at most once. It is safe for concurrent use.
//
// Accept returns a Ticket once the request was recorded; an error from it means that nothing was recorded and nothing
// was spent.
type Engine struct {
	cfg       Config
	parts     Deps
	workflows map[adapter.JobKind]Workflow // by the kind of a job
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

// New makes an engine that makes each kind of job by its workflow. Start makes it follow what an earlier process
// left.
func New(cfg Config, parts Deps, workflows map[adapter.JobKind]Workflow) *Engine {
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
