package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
	"midgate/adapter/adaptertest/harness"
)

// process is one life of a replica. All that it does to the world goes through await: there it is killed or stopped.
type process struct {
	w     *world
	name  string
	gate  *harness.Gate
	skew  time.Duration // of its clock
	luck  *stream
	broke adaptertest.Faults
	slow  chan struct{} // holds a token while commits take 3 s

	mu     sync.Mutex
	dead   bool
	ends   bool // by SIGTERM
	dying  chan struct{}
	goes   chan struct{} // closed while it runs
	awaits int           // left until it is killed; negative: it is not
	closed chan struct{}
}

var errDead = errors.New("the process is dead")

// replica is a place where one process after the other runs.
type replica struct {
	mu   sync.Mutex
	now  *process // nil while none runs
	life int
}

func (r *replica) current() *process {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

// boot starts a process, again until it has started.
func (w *world) boot(i int) {
	r := w.replicas[i]
	for {
		r.mu.Lock()
		r.life++
		life := r.life
		r.mu.Unlock()
		p := w.newProcess(fmt.Sprintf("r%d.%d", i+1, life))
		w.log.note("%s starts, its clock is %s off", p.name, p.skew)
		err := p.gate.Start(context.Background())
		if err == nil {
			r.mu.Lock()
			r.now = p
			r.mu.Unlock()
			return
		}
		w.log.note("%s does not start: %v", p.name, err)
		p.kill()
		<-p.closed
		<-time.After(time.Second)
	}
}

func (w *world) newProcess(name string) *process {
	luck := w.dice.of("process", name)
	p := &process{w: w, name: name, luck: &stream{r: luck}, slow: make(chan struct{}, 1), dying: make(chan struct{}), goes: make(chan struct{}), awaits: -1, closed: make(chan struct{})}
	close(p.goes)
	if w.plan.clocks {
		p.skew = pick(luck, 0, between(luck, -time.Minute, time.Minute), between(luck, -10*time.Minute, 10*time.Minute))
	}
	cfg := w.cfg
	cfg.Replica = name
	p.gate = harness.Wire(cfg, harness.Parts{Accounts: accounts{p}, State: p.door(), Bus: wire{p}, Pictures: shelfOf{w.shelf, p}, Terms: w.terms, Log: slog.New(logOf{w.log, name})})
	p.gate.Without(w.without.rules)
	if w.plan.shared {
		ctx, end := context.WithCancel(context.Background())
		go func() { <-p.dying; end() }()
		go func() { _ = p.gate.Store.Hear(ctx) }()
	}
	return p
}

// await is where the process meets the world: the error says that it is dead by now.
func (p *process) await() error {
	p.mu.Lock()
	if p.awaits--; p.awaits == 0 {
		p.w.log.note("%s is killed at an await", p.name)
		p.die()
	}
	dead, goes := p.dead, p.goes
	p.mu.Unlock()
	if dead {
		return errDead
	}
	select {
	case <-goes:
	default:
		select {
		case <-goes:
		case <-p.dying:
		}
	}
	select {
	case <-p.dying:
		return errDead
	default:
		return nil
	}
}

// pass is await, and a moment on the way.
func (p *process) pass(ctx context.Context, takes time.Duration) error {
	if err := p.await(); err != nil {
		return err
	}
	if !adapter.Pause(ctx, takes) {
		return context.Cause(ctx)
	}
	return p.await()
}

// kill ends the process where it is.
func (p *process) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.die()
}

func (p *process) die() {
	if p.dead {
		return
	}
	p.dead = true
	close(p.dying)
	go func() { // its goroutines go; nothing that they do reaches the world
		p.gate.Close()
		close(p.closed)
	}()
}

// stop ends the process as SIGTERM does.
func (p *process) stop() {
	p.mu.Lock()
	p.ends = true
	p.mu.Unlock()
	p.gate.Close()
	p.kill()
	<-p.closed
}

// stopping reports whether it is ending.
func (p *process) stopping() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ends || p.dead
}

// freeze stops the process as SIGSTOP does, for a while.
func (p *process) freeze(d time.Duration) {
	p.mu.Lock()
	goes := make(chan struct{})
	p.goes = goes
	p.mu.Unlock()
	<-time.After(d)
	close(goes)
}

// wire is a process's way to the news of others: they come late, and some do not come.
type wire struct{ p *process }

func (b wire) Tell(topic string, news []byte) {
	select {
	case <-b.p.dying:
	default:
		b.p.w.base.Tell(topic, news)
	}
}

func (b wire) Hear(ctx context.Context, hear func(topic string, news []byte)) error {
	return b.p.w.base.Hear(ctx, func(topic string, news []byte) {
		if b.p.w.troubled(b.p.w.plan.process) && topic != "" && b.p.luck.chance(0.2) {
			return
		}
		if b.p.pass(ctx, b.p.luck.between(0, 10*time.Millisecond)) == nil {
			hear(topic, news)
		}
	})
}
