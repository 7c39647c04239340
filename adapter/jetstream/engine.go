package jetstream

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Engine is the state of one replica. Close it.
type Engine struct {
	cfg    Config
	server *embedded // nil in a cluster
	owner  bool      // of server: stops it
	conn   *nats.Conn
	js     jetstream.JetStream

	images, digests, runs, claims, leases *bucket

	kept int // how often state is kept

	store   *Store
	journal *Journal

	life    context.Context // of the goroutines
	end     context.CancelFunc
	work    sync.WaitGroup
	suspect atomic.Bool // a write failed in a way that the embedded server may not recover from by itself
	broken  atomic.Bool // the disk takes no writes, so none are tried

	mu     sync.Mutex
	again  chan struct{} // closed when the connection was lost and is back
	closed bool
}

// New opens the state and returns when it can be used: the buckets exist. The memory indexes are filled meanwhile; lists
// wait for them. An error says in one sentence what is wrong with the directory or the cluster.
func New(ctx context.Context, cfg Config) (*Engine, error) {
	e := blank(ctx, cfg)
	if err := e.begin(ctx); err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

// blank makes an engine without a connection. It lives until Close, not until ctx ends.
func blank(ctx context.Context, cfg Config) *Engine {
	e := &Engine{cfg: cfg.withDefaults(), again: make(chan struct{})}
	e.life, e.end = context.WithCancel(context.WithoutCancel(ctx))
	return e
}

func (e *Engine) begin(ctx context.Context) error {
	var em *embedded
	if e.cfg.URL == "" {
		em = &embedded{cfg: e.cfg}
		if err := em.start(); err != nil {
			return err
		}
		e.server, e.owner = em, true
	}
	if err := e.attach(em); err != nil {
		return err
	}
	if em != nil {
		e.spawn(e.mend)
	}
	return e.start(ctx)
}

// start opens the buckets and begins to fill the indexes.
func (e *Engine) start(ctx context.Context) error {
	js, err := jetstream.New(e.conn, jetstream.WithPublishAsyncTimeout(e.cfg.Timeout))
	if err != nil {
		return err
	}
	e.js = js
	opening, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	if err := e.open(opening); err != nil {
		return fmt.Errorf("the state cannot be opened: %w", err)
	}
	if e.server != nil {
		e.runs.group = newGroup(e)
	}
	e.store = &Store{engine: e, index: newIndex()}
	e.journal = &Journal{engine: e, index: newIndex()}
	e.work.Go(func() { e.images.follow(e.life, e.store.changed, e.store.index.fill) })
	e.work.Go(func() { e.runs.follow(e.life, e.journal.changed, e.journal.index.fill) })
	return nil
}

// attach connects to the embedded server, or to the cluster if there is none. A connection that is lost later is
// sought for ever.
func (e *Engine) attach(em *embedded) error {
	e.server = em
	opts := []nats.Option{
		nats.Name("midgate"),
		nats.NoEcho(),                                 // news is for the other replicas
		nats.MaxReconnects(-1),                        // for ever
		nats.ReconnectWait(250 * time.Millisecond),    // between two tries of one server
		nats.ReconnectJitter(100*time.Millisecond, 0), // so that replicas do not come all at once
		nats.ReconnectBufSize(-1),                     // a write that cannot be sent fails at once
		nats.Timeout(e.cfg.Timeout),
		nats.PingInterval(2 * time.Second), // a silent server is noticed within three of these
		nats.MaxPingsOutstanding(2),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			e.cfg.Log.Warn("state engine", "error", err)
		}),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				e.cfg.Log.Warn("the connection to the state engine is lost; trying to get it back", "error", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { e.reconnected() }),
	}
	if em != nil {
		opts = append(opts, nats.InProcessServer(em))
	}
	conn, err := nats.Connect(e.cfg.URL, opts...)
	if err != nil {
		return fmt.Errorf("no server of the NATS cluster can be reached: %w", err)
	}
	e.conn = conn
	return nil
}

// reconnected wakes the watches: what they waited for may have gone with the old connection.
func (e *Engine) reconnected() {
	e.cfg.Log.Info("the connection to the state engine is back")
	e.mu.Lock()
	defer e.mu.Unlock()
	close(e.again)
	e.again = make(chan struct{})
}

// reconnections returns a channel that is closed when the connection is made anew.
func (e *Engine) reconnections() <-chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.again
}

// Store returns the picture records.
func (e *Engine) Store() *Store { return e.store }

// Journal returns the runs.
func (e *Engine) Journal() *Journal { return e.journal }

// Leases returns the leases.
func (e *Engine) Leases() *Leases { return &Leases{engine: e} }

// Ready reports whether state can be written at this moment, by writing.
func (e *Engine) Ready(ctx context.Context) error {
	_, err := e.claims.put(ctx, readyKey, nil)
	return failure(ctx, "check the state", err)
}

// spawn runs f in a goroutine that Close waits for; false if the engine is closed.
func (e *Engine) spawn(f func()) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.closed {
		e.work.Go(f)
	}
	return !e.closed
}

// Close releases the leases, waits for the goroutines and stops the embedded server. Watches of others must have ended.
func (e *Engine) Close() {
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	e.end()
	e.work.Wait()
	if e.conn != nil {
		e.conn.Close()
	}
	if e.owner {
		e.server.stop()
	}
}

// note remembers that a write failed for no reason of its own.
func (e *Engine) note(err error) {
	if err == nil || conflicting(err) || errors.Is(err, context.Canceled) {
		return
	}
	e.suspect.Store(true)
}
