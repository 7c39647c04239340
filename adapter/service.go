package adapter

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// Config is what the translation can be told.
type Config struct {
	DefaultSpeed Speed             // when neither prompt, request nor model names one
	SpeedLimit   Speed             // the dearest speed a client may choose
	Aliases      map[string]string // extra model names, globs, to names of the grammar
	Grid         string            // GridSplit or GridUpscale: how single pictures come out of a grid
	QualityHigh  string            // QualityNative or QualityUpscale: what high quality means
	Retention    time.Duration     // how long records and bytes are kept; 0 for ever
	JobTimeout   time.Duration     // how long one answer waits
	JobDeadline  time.Duration     // how long a job is followed
	ShareWindow  time.Duration     // identical n=1 requests within it share a grid; 0 off
	MaxInFlight  int               // jobs at one upstream at once
	InFlightAt   map[string]int    // the same for upstreams that have a limit of their own, by name
	MaxQueue     int               // requests that may wait for a place
	Replica      string            // this process among its peers; the same again after a restart on the same embedded state
	Secret       []byte            // 32 bytes; seals a client's own upstream key in a run's record
	Adoption     time.Duration     // how long a submission of unknown outcome is looked for; 0 means 15 s
	LeaseCheck   time.Duration     // how often dead replicas are looked for; 0 means 1 s
}

// Parts are what the service stands on.
type Parts struct {
	Accounts   Accounts
	Store      Store
	Pictures   Pictures
	Retoucher  Retoucher
	Recogniser Recogniser
	Journal    Journal
	Leases     Leases
	Observer   Observer
	Notify     Notify // nil: clients' own webhooks are not told
	Log        *slog.Logger
}

// Service answers image requests with Midjourney's pictures. It is safe for concurrent use.
//
// Every method that costs money returns a Ticket once the request was checked and recorded;
// an error from it means that nothing was recorded and nothing was spent.
type Service struct {
	cfg      Config
	parts    Parts
	runs     *runs
	places   *places
	standing standing // the lease that says this replica is alive

	life context.Context // of the sequences; ends with Close
	end  context.CancelCauseFunc
	work sync.WaitGroup

	singles onceEach // quarters that are being made pictures of their own, by image ID

	spawning sync.Mutex // nothing is added to work once Close waits for it
	closed   bool
}

// errStopping is why sequences end at Close: their runs stay unfinished and are resumed at the next start.
var errStopping = errors.New("midgate is stopping")

// New makes a service. Start makes it follow what an earlier process left.
func New(cfg Config, parts Parts) *Service {
	if cfg.Adoption == 0 {
		cfg.Adoption = 15 * time.Second
	}
	if cfg.LeaseCheck == 0 {
		cfg.LeaseCheck = time.Second
	}
	life, end := context.WithCancelCause(context.Background())
	return &Service{
		cfg: cfg, parts: parts,
		runs:   newRuns(cfg.JobDeadline),
		places: newPlaces(cfg.MaxInFlight, cfg.InFlightAt, cfg.MaxQueue, parts.Observer.InFlight),
		life:   life, end: end,
	}
}

// Close stops the sequences where they are and waits for them. Whatever they had under way is in the journal.
func (s *Service) Close() {
	s.end(errStopping)
	s.spawning.Lock()
	s.closed = true
	s.spawning.Unlock()
	s.work.Wait()
}

// spawn runs work in a goroutine that Close waits for; false when it is too late for that.
func (s *Service) spawn(work func()) bool {
	s.spawning.Lock()
	defer s.spawning.Unlock()
	if s.closed {
		return false
	}
	s.work.Go(work)
	return true
}

// Busy reports how many runs are executed here at the moment.
func (s *Service) Busy() int { return s.runs.executing() }

// Model resolves a client's model name (contract.md §3).
func (s *Service) Model(name string) (Model, error) { return ParseModel(name, s.cfg.Aliases) }
