package midjourney

import (
	"context"
	"errors"
	"net"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
)

// tracer watches one request to tell whether a byte of it can have left. It never says "unsent"
// without proof: a transport that does not trace leaves the question open.
type tracer struct {
	mu      sync.Mutex
	asked   bool         // a connection was asked for
	got     bool         // and one was given
	conn    *countedConn // which, if it counts
	written int64        // by it, before this request
}

// watch returns a context whose request is traced.
func (t *tracer) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) {
			t.mu.Lock()
			defer t.mu.Unlock()
			t.asked = true
		},
		GotConn: func(info httptrace.GotConnInfo) {
			t.mu.Lock()
			defer t.mu.Unlock()
			t.got = true
			if t.conn = counted(info.Conn); t.conn != nil {
				t.written = t.conn.written.Load()
			}
		},
	})
}

// unsent reports whether the request certainly did not reach anybody: no connection came about, or
// nothing was written to it.
func (t *tracer) unsent(err error) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.got:
		return t.conn != nil && t.conn.written.Load() == t.written
	case t.asked:
		return true
	default:
		var dial *net.OpError
		return errors.As(err, &dial) && dial.Op == "dial"
	}
}

// countedConn counts what is written, so that a kept-alive connection which was dead already is
// told from one that died with the request in it.
type countedConn struct {
	net.Conn
	written atomic.Int64
}

// Write implements net.Conn. The bytes count before they are handed over: an error may follow
// although some of them left.
func (c *countedConn) Write(p []byte) (int, error) {
	c.written.Add(int64(len(p)))
	return c.Conn.Write(p)
}

// counted finds the counting connection, also below TLS.
func counted(conn net.Conn) *countedConn {
	for conn != nil {
		switch c := conn.(type) {
		case *countedConn:
			return c
		case interface{ NetConn() net.Conn }:
			conn = c.NetConn()
		default:
			return nil
		}
	}
	return nil
}
