package main

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"midgate/adapter/adaptertest"
)

// between is a TCP proxy in front of a gate that cuts connections, as load balancers and CDNs do.
type between struct {
	listen net.Listener
	to     string
	life   time.Duration // of a connection, whatever happens on it; 0: no limit
	quiet  time.Duration // for which neither side says anything; 0: no limit
	work   sync.WaitGroup

	mu   sync.Mutex
	open map[net.Conn]bool
	cuts int
}

// putBetween starts a proxy in front of the gate at url, and returns where it listens.
func putBetween(t *testing.T, url string, life, quiet time.Duration) (*between, string) {
	t.Helper()
	return putBetweenAt(t, adaptertest.Address(), url, life, quiet)
}

// putBetweenAt does so at an address, which the one before may just have given up.
func putBetweenAt(t *testing.T, address, url string, life, quiet time.Duration) (*between, string) {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	b := &between{listen: l, to: url[len("http://"):], life: life, quiet: quiet, open: map[net.Conn]bool{}}
	b.work.Go(b.accept)
	t.Cleanup(b.close)
	return b, "http://" + l.Addr().String()
}

func (b *between) accept() {
	for {
		c, err := b.listen.Accept()
		if err != nil {
			return
		}
		s, err := net.Dial("tcp", b.to)
		if err != nil {
			_ = c.Close()
			continue
		}
		b.work.Go(func() { b.carry(c, s) })
	}
}

// carry passes bytes on until one side ends or the connection is cut.
func (b *between) carry(c, s net.Conn) {
	b.mu.Lock()
	b.open[c], b.open[s] = true, true
	b.mu.Unlock()
	said := make(chan struct{}, 1)
	over := make(chan struct{}, 2)
	pass := func(to, from net.Conn) {
		_, _ = io.Copy(to, noticed{from, said})
		over <- struct{}{}
	}
	b.work.Go(func() { pass(s, c) })
	b.work.Go(func() { pass(c, s) })
	b.watch(said, over)
	for _, x := range []net.Conn{c, s} {
		if tcp, ok := x.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // a reset, not a polite end
		}
		_ = x.Close()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.open, c)
	delete(b.open, s)
}

func (b *between) watch(said, over <-chan struct{}) {
	life, quiet := limit(b.life), limit(b.quiet)
	defer life.Stop()
	defer quiet.Stop()
	for {
		select {
		case <-over:
			return
		case <-said:
			if b.quiet > 0 {
				quiet.Reset(b.quiet)
			}
			continue
		case <-life.C:
		case <-quiet.C:
		}
		b.mu.Lock()
		b.cuts++
		b.mu.Unlock()
		return
	}
}

func limit(d time.Duration) *time.Timer {
	if d <= 0 {
		d = time.Hour
	}
	return time.NewTimer(d)
}

// cut counts the connections that were cut.
func (b *between) cut() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.cuts
}

func (b *between) close() {
	_ = b.listen.Close()
	b.mu.Lock()
	for c := range b.open {
		_ = c.Close()
	}
	b.mu.Unlock()
	b.work.Wait()
}

// noticed tells of every read.
type noticed struct {
	net.Conn
	said chan<- struct{}
}

func (n noticed) Read(p []byte) (int, error) {
	k, err := n.Conn.Read(p)
	select {
	case n.said <- struct{}{}:
	default:
	}
	return k, err
}
