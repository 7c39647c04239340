package jobs

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/active"
	"midgate/adapter/jobs/clients"
	"midgate/adapter/jobs/ledger"
	"midgate/adapter/jobs/news"
	"midgate/adapter/jobs/queue"
	"midgate/adapter/jobs/reconcile"
	"midgate/adapter/jobs/record"
	"midgate/adapter/jobs/unit"
	"midgate/adapter/spend"
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
	deps      Deps
	workflows map[adapter.JobKind]Workflow // by the kind of a job
	onStart   []StartHook

	clock   record.Clock
	jobs    *active.Registry
	queue   *queue.Queue
	lease   lease
	units   *unit.Writer
	lanes   unit.Lanes
	left    clients.Leavers
	news    *news.News
	lost    *reconcile.Reconciler
	guests  *clients.Guests
	refused clients.Refusals // before they had a job
	alone   onceEach         // what one job at a time may do, by name
	without withoutRules

	life context.Context // of the executions; ends with Close
	end  context.CancelCauseFunc
	work sync.WaitGroup

	spawning sync.Mutex // nothing is added to work once Close waits for it
	closed   bool
}

// Why executions end before their time.
var (
	errStopping = errors.New("midgate is stopping") // at Close: their jobs stay open and are resumed at the next start
	errDeadline = errors.New("the job's deadline is over")
	errPatience = errors.New("the time for one answer is over")
)

// New makes an engine that makes each kind of job by its workflow. Start makes it follow what an earlier process left.
func New(cfg Config, deps Deps, workflows map[adapter.JobKind]Workflow) *Engine {
	if cfg.Adoption == 0 {
		cfg.Adoption = 15 * time.Second
	}
	if cfg.LeaseCheck == 0 {
		cfg.LeaseCheck = time.Second
	}
	if cfg.Replica == "" {
		cfg.Replica = strings.ToLower(adapter.NewID(""))
	}
	if deps.Tracer == nil {
		deps.Tracer = untraced{}
	}
	if deps.Terms == nil {
		deps.Terms = func() *spend.Terms { return nil }
	}
	life, end := context.WithCancelCause(context.Background())
	s := &Engine{
		cfg: cfg, deps: deps, workflows: workflows,
		clock: record.NewClock(), jobs: active.NewRegistry(), guests: clients.NewGuests(),
		queue: queue.New(cfg.MaxInFlight, cfg.InFlightAt, cfg.MaxQueue, deps.Observer.Places),
		units: unit.New(deps.State, deps.Terms),
		life:  life, end: end,
	}
	if deps.State.Shared() {
		s.lanes = unit.NewLanes()
	}
	s.news = news.New(life, news.Deps{Bus: deps.Bus, State: deps.State, Units: s.units, Clock: s.clock, Jobs: s.jobs, Left: &s.left, Spawn: s.spawn, Log: deps.Log})
	s.lost = reconcile.New(life, reconcile.Deps{
		State: deps.State, Units: s.units, Accounts: deps.Accounts, Pictures: deps.Pictures, Jobs: s.jobs, Clock: s.clock,
		Replica: cfg.Replica, Deadline: cfg.JobDeadline, Secret: cfg.Secret, Observer: deps.Observer, Log: deps.Log, Execute: func(j *active.Job, caller adapter.Caller, from reconcile.Start) {
			s.execute(j, caller, execution{Start: from})
		}, Spawn: s.spawn,
	})
	return s
}

// Start takes over what earlier processes left, or dead replicas leave. It returns when the first jobs have been taken;
// the rest goes on until Close.
func (s *Engine) Start(ctx context.Context) error {
	if s.deps.State.Shared() {
		if err := s.keepLease(ctx); err != nil {
			return err
		}
	} else {
		s.lease.forGood()
	}
	if err := s.lost.TakeOver(ctx); err != nil {
		return err
	}
	s.spawn(s.maintain)
	s.spawn(func() { s.units.Run(s.life, s.deps.Log) })
	s.news.Follow()
	return nil
}

// Close stops the executions where they are and waits for them. Whatever they had under way is recorded.
func (s *Engine) Close() {
	s.end(errStopping)
	s.spawning.Lock()
	closed := s.closed
	s.closed = true
	s.spawning.Unlock()
	s.work.Wait()
	if closed {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), unit.PatienceShared)
	defer cancel()
	if err := s.units.Flush(ctx); err != nil {
		s.deps.Log.Warn("what became of the last answers could not be recorded", "error", err)
	}
	if s.deps.State.Shared() {
		_ = s.deps.State.Write(ctx, func(tx adapter.Tx) error { return tx.EndLease(ctx, s.cfg.Replica) }) // it lapses by itself
	}
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

// Ride makes a write part of the next unit of work, whoever writes that. It may be lost in a crash.
func (s *Engine) Ride(write func(ctx context.Context, tx adapter.Tx) error) { s.units.Ride(write) }

// Spending is what keys may spend and have spent.
func (s *Engine) Spending() ledger.Spending {
	return ledger.Spending{State: s.deps.State, Terms: s.deps.Terms, Now: time.Now}
}

// Busy reports how many jobs are executed here at the moment.
func (s *Engine) Busy() int { return s.jobs.Executing() }

// StartHook is told of each job that begins to be executed here, again after a restart. It returns what follows the job
// in a goroutine of the engine's until it has ended; nil if nothing does.
type StartHook func(job adapter.Job) Follower

// Follower follows a job that is executed here, until it has ended or look says that it is another replica's now, at the
// latest until ctx ends.
type Follower func(ctx context.Context, look func() (job adapter.Job, changed <-chan struct{}, ours bool))

// OnStart adds a hook. It must be called before Start.
func (s *Engine) OnStart(hook StartHook) { s.onStart = append(s.onStart, hook) }

// started tells the hooks of a job that begins to be executed here.
func (s *Engine) started(j *active.Job) {
	for _, hook := range s.onStart {
		follow := hook(j.Snapshot())
		if follow == nil {
			continue
		}
		s.spawn(func() {
			follow(s.life, func() (adapter.Job, <-chan struct{}, bool) {
				run, changed := j.Look()
				return run, changed, run.Replica == s.cfg.Replica
			})
		})
	}
}
