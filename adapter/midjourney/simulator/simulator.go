package simulator

import (
	"context"
	"net/http"
	"sync"
	"time"

	"midgate/adapter/midjourney/simulator/course"
	"midgate/adapter/midjourney/simulator/dialect"
	"midgate/adapter/midjourney/simulator/reply"
	"midgate/adapter/midjourney/simulator/studio"
)

// Dialect names one of the upstream implementations the simulator can speak like.
type Dialect string

// The dialects, by the family of servers they stand for.
const (
	Comet    Dialect = "comet"    // a commercial relay: own picture route, live status, a modal answers a new id
	TrueAI   Dialect = "trueai"   // an origin: rich tasks, raw picture addresses, the modal keeps its id
	NewAPI   Dialect = "newapi"   // a relay over stale copies that it refreshes every 15 s
	NoviceZK Dialect = "novicezk" // the first origin: no buttons, only submit/change
)

// Dialects lists every dialect that New knows, the default first.
func Dialects() []Dialect { return []Dialect{Comet, TrueAI, NewAPI, NoviceZK} }

// Config says which upstream to imitate and how fast it works. The zero value is a usable comet.
type Config struct {
	Dialect Dialect // "" or an unknown name is Comet
	Key     string  // key required from clients; "" accepts any key, or none where Auth is "" too
	Auth    string  // "bearer", "mj-api-secret" or "authorization-raw"; "" is the dialect's own habit

	// Leave these optional routes out, in the dialect's way of lacking a route. Without NoVideo's, Animate makes one
	// animated WebP, as accounts on Discord do.
	NoList, NoEdits, NoVideo bool

	// TakesAnything makes a job of every body that is posted to /mj/submit/, also of {} and of what cannot be read, as
	// some servers do with some routes.
	TakesAnything bool

	Lag     time.Duration // every answer is held this long after the request was worked on
	Pace    time.Duration // how long a fast imagine renders, default 6s; everything else in proportion
	Jitter  float64       // 0…1: durations vary by ± this share, decided by the task's seed
	Pixels  int           // edge of a square cell, default 1024; even, at least 16
	Refresh time.Duration // newapi: how often its copies are refreshed, default 15s

	DefaultVersion string // model version of prompts that name none, default "7"
	Partner        bool   // trueai: a partner account: four separate pictures, instant U, edits
	Remix          bool   // variation, reroll, pan and vary open a dialog (code 21)

	MaxRunning, MaxQueue int // jobs at once, and jobs that may wait; 0 is unlimited

	HookClient  *http.Client // posts webhooks; nil is http.DefaultClient
	HookLoss    float64      // 0…1: share of webhook posts that are lost
	HookDup     bool         // every webhook is posted twice
	HookReorder bool         // neighbouring webhooks swap places
}

// withDefaults fills what the caller left out.
func (c Config) withDefaults() Config {
	if c.Pace <= 0 {
		c.Pace = 6 * time.Second
	}
	if c.Refresh <= 0 {
		c.Refresh = 15 * time.Second
	}
	if c.Pixels <= 0 {
		c.Pixels = 1024
	}
	c.Pixels = min(max(c.Pixels/2*2, 16), 4096)
	c.Jitter = min(max(c.Jitter, 0), 1)
	if c.HookClient == nil {
		c.HookClient = http.DefaultClient
	}
	return c
}

// Simulator is one upstream: its tasks, its ledger, its faults. It is safe for concurrent use and shares nothing with
// other simulators.
type Simulator struct {
	cfg    Config
	habits dialect.Habits
	studio *studio.Studio

	keys     keys
	dice     *dice
	copies   copies
	planner  planner
	composer composer
	gallery  gallery
	panel    panel
	hooks    webhooks
	tally    tally
	faults   faultList

	mu       sync.Mutex
	register register
	queue    course.Queue
	ledger   []Charge
}

// New builds a simulator; nothing runs until requests come.
func New(cfg Config) *Simulator {
	cfg = cfg.withDefaults()
	running, stop := context.WithCancel(context.Background())
	habits, studio, dice := habitsOf(cfg), studio.New(cfg.Pixels, cfg.model()), &dice{}
	s := &Simulator{
		cfg: cfg, habits: habits, studio: studio, dice: dice,
		keys:     keys{key: cfg.Key, style: cfg.Auth, habits: habits},
		copies:   copies{born: time.Now(), every: cfg.Refresh},
		planner:  planner{cfg: cfg, habits: habits},
		composer: composer{studio: studio, masks: habits.Relay},
		gallery:  gallery{studio: studio, partner: cfg.Partner && habits.Partner},
		panel:    panel{rerollsSingles: habits.RerollsSingles, none: habits.NoButtons},
		hooks:    webhooks{client: cfg.HookClient, reorder: cfg.HookReorder, twice: cfg.HookDup, running: running, stop: stop},
		faults:   faultList{dice: dice},
		register: register{dice: dice},
	}
	s.hooks.event = s.event
	s.reset()
	return s
}

// Close ends the webhooks and waits for their goroutines. Requests still get answers afterwards.
func (s *Simulator) Close() {
	s.hooks.close()
}

// reset forgets all tasks, charges, counts and faults.
func (s *Simulator) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.register.reset()
	s.queue = course.NewQueue(s.cfg.MaxRunning, s.cfg.MaxQueue)
	s.ledger = nil
	s.tally.reset()
	s.faults.clear()
}

// ServeHTTP answers one request of the upstream protocol, or of the simulator's own pages under /sim/.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.respond(r).Write(w, r)
}

// respond works a request out completely, faults and lag included, before a byte of the answer is written.
func (s *Simulator) respond(r *http.Request) reply.Reply {
	if isControl(r.URL.Path) {
		return pages{s}.answer(r)
	}
	c := s.read(r)
	fault := s.faults.next(c)
	out := reply.Reply{}
	if fault == nil || fault.accepts() {
		out = s.answer(c)
	}
	if fault != nil {
		out = fault.spoil(s, out)
	}
	if !hold(r.Context(), s.cfg.Lag+out.Delay) {
		return reply.Reply{Gone: true}
	}
	return out
}

// hold waits for d, or for the client to leave: then it reports false.
func hold(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
