package sqlstore_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/adapter/sqlstore"
	"midgate/adapter/sqlstore/pgtest"
)

var birth = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// cutter stands between midgate and PostgreSQL and breaks a connection at its next commit.
type cutter struct {
	net.Listener
	to      string
	cut     atomic.Bool
	deliver bool // the server sees the commit
	work    sync.WaitGroup
}

func newCutter(t *testing.T, to string, deliver bool) *cutter {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{Listener: l, to: to, deliver: deliver}
	c.work.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			c.work.Go(func() { c.serve(conn) })
		}
	})
	t.Cleanup(func() { _ = l.Close(); c.work.Wait() })
	return c
}

func (c *cutter) serve(client net.Conn) {
	defer func() { _ = client.Close() }()
	server, err := net.Dial("tcp", c.to)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	var answers atomic.Bool
	answers.Store(true)
	done := make(chan struct{})
	go func() {
		defer close(done)
		buffer := make([]byte, 64<<10)
		for {
			n, err := server.Read(buffer)
			if n > 0 && answers.Load() {
				_, _ = client.Write(buffer[:n])
			} else if n > 0 {
				_ = client.Close()
			}
			if err != nil {
				_ = client.Close()
				return
			}
		}
	}()
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			break
		}
		if bytes.Contains(buffer[:n], []byte("commit")) && c.cut.CompareAndSwap(true, false) {
			answers.Store(false)
			if !c.deliver {
				break
			}
		}
		if _, err := io.Copy(server, bytes.NewReader(buffer[:n])); err != nil {
			break
		}
	}
	_ = client.Close()
	_ = server.Close()
	<-done
}

// When the connection breaks at a commit nobody knows whether it happened: that is told apart from every other failure.
func TestPostgres_TellsACommitOfUnknownOutcome(t *testing.T) {
	for name, deliver := range map[string]bool{"the server got it": true, "the server did not get it": false} {
		t.Run(name, func(t *testing.T) {
			url := pgtest.URL(t)
			at := strings.TrimPrefix(url[:strings.LastIndex(url, "/")], "postgres://postgres@")
			c := newCutter(t, at, deliver)
			s := open(t, sqlstore.Config{URL: strings.Replace(url, at, c.Addr().String(), 1)})
			put(t, s, "img_before")
			c.cut.Store(true)
			err := tryPut(t.Context(), s, "img_cut")
			if !errors.Is(err, adapter.ErrCommitUnknown) {
				t.Fatalf("Write() = %v, want ErrCommitUnknown", err)
			}
			_, err = s.Image(t.Context(), "img_cut")
			if found := err == nil; found != deliver {
				t.Fatalf("Image() = %v; was the commit delivered? %v", err, deliver)
			}
			put(t, s, "img_after")
		})
	}
}

// A server that goes away fails the units meanwhile, and is used again when it is back.
func TestPostgres_IsUsedAgainWhenItIsBack(t *testing.T) {
	cluster := pgtest.New(t)
	s := open(t, sqlstore.Config{URL: cluster.Database(t)})
	put(t, s, "img_before")
	cluster.Signal(t, 3)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	err := tryPut(ctx, s, "img_away")
	if err == nil || errors.Is(err, adapter.ErrCommitUnknown) {
		t.Fatalf("Write() without a server = %v, want an error that says nothing was written", err)
	}
	if err := s.Ready(ctx); err == nil {
		t.Fatal("Ready() = nil without a server")
	}
	cluster.Again(t)
	put(t, s, "img_after")
	for id, want := range map[string]bool{"img_before": true, "img_away": false, "img_after": true} {
		if _, err := s.Image(t.Context(), id); (err == nil) != want {
			t.Errorf("Image(%s) = %v", id, err)
		}
	}
}
