package jetstream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"midgate/adapter"
	"midgate/adapter/jetstream/clustertest"
)

// until repeats a question until its answer is yes. It is for what the engine tells nobody of.
func until(t *testing.T, what string, yes func() bool) {
	t.Helper()
	pace := time.NewTicker(2 * time.Millisecond)
	defer pace.Stop()
	for end := time.Now().Add(time.Minute); !yes(); <-pace.C {
		if time.Now().After(end) {
			t.Fatalf("%s: not within a minute", what)
		}
	}
}

func TestAnUnreachableClusterIsToldAtOnce(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close() // nobody listens there any more
	began := time.Now()
	e, err := New(t.Context(), Config{URL: "nats://" + l.Addr().String()})
	if err == nil {
		e.Close()
		t.Fatal("New found a cluster that is not there")
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("New took %s to fail, want about the time limit of one operation", took)
	}
}

func TestStateIsKeptThreeTimes(t *testing.T) {
	t.Parallel()
	c := clustertest.Start(t)
	e := start(t, Config{URL: c.URL()})
	for _, b := range []*bucket{e.images, e.digests, e.runs, e.claims, e.leases} {
		s, err := e.js.Stream(t.Context(), "KV_"+b.name)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.CachedInfo().Config.Replicas; got != 3 {
			t.Errorf("%s is kept %d times, want 3", b.name, got)
		}
	}
}

func TestAReplicaStartsWithoutOneNode(t *testing.T) {
	t.Parallel()
	c := clustertest.Start(t)
	first := start(t, Config{URL: c.URL()})
	if err := first.Store().Put(t.Context(), adapter.Image{ID: "img_1", Owner: "me"}); err != nil {
		t.Fatal(err)
	}
	c.Stop(2)
	var second *Engine
	until(t, "a second replica", func() bool { // an election may be going on
		e, err := New(t.Context(), Config{URL: c.URL()})
		second = e
		return err == nil
	})
	t.Cleanup(second.Close)
	list, err := second.Store().List(t.Context(), "me", 0, "")
	if err != nil || len(list) != 1 {
		t.Errorf("List = %d records, %v, want 1", len(list), err)
	}
	s, err := second.js.Stream(t.Context(), "KV_midgate_images")
	if err != nil || s.CachedInfo().Config.Replicas != 3 {
		t.Errorf("the records are kept %d times, %v, want 3", s.CachedInfo().Config.Replicas, err)
	}
}

func TestOneServerKeepsStateOnce(t *testing.T) {
	t.Parallel()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true, JetStream: true, StoreDir: t.TempDir(), SyncAlways: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	var log bytes.Buffer
	e := start(t, Config{URL: s.ClientURL(), Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err := e.Ready(t.Context()); err != nil {
		t.Errorf("Ready = %v", err)
	}
	if !strings.Contains(log.String(), "one NATS server only") {
		t.Errorf("log = %q, want a warning that state is kept once", log.String())
	}
}

// TestALostNode stops the node that leads the runs while a replica writes, and asks the other what became of them.
func TestALostNode(t *testing.T) {
	t.Parallel()
	c := clustertest.Start(t)
	cfg := Config{URL: c.URL(), Timeout: 2 * time.Second, LeaseTTL: 2 * time.Second}
	here, there := start(t, cfg), start(t, cfg)
	seen := make(chan adapter.Job, 10000)
	ctx, cancel := context.WithCancel(t.Context())
	watched := make(chan error, 1)
	go func() { watched <- there.Journal().Watch(ctx, func(r adapter.Job) { seen <- r }, func() {}) }()
	t.Cleanup(func() { cancel(); <-watched })

	run, err := here.Journal().Create(t.Context(), adapter.Job{ID: "job_1", Owner: "me"})
	if err != nil {
		t.Fatal(err)
	}
	acknowledged := 0
	save := func() error {
		next := run
		next.N++
		saved, err := here.Journal().Save(t.Context(), next)
		switch {
		case err == nil:
			run, acknowledged = saved, next.N
		case errors.Is(err, adapter.ErrConflict): // an earlier try was stored although its answer was lost
			if newest, err := here.Journal().Get(t.Context(), run.ID); err == nil {
				run = newest
			}
		case adapter.KindOf(err) != adapter.Storage:
			t.Errorf("Save = %v, want a Storage error", err)
		}
		return err
	}
	for range 50 {
		if err := save(); err != nil {
			t.Fatal(err)
		}
	}
	leader := c.Leads("KV_midgate_runs")
	if leader < 0 {
		t.Fatal("nobody leads the runs")
	}
	c.Stop(leader)
	for range 50 { // one that was lost may be stored yet, and be in the way of the next
		until(t, "a save after the loss of a node", func() bool { return save() == nil })
	}
	got, err := there.Journal().Get(t.Context(), "job_1")
	if err != nil || got.N != run.N || got.N < acknowledged {
		t.Errorf("Get by the other replica = version %d, %v, want %d", got.N, err, run.N)
	}
	for r := range seen {
		if r.N == run.N {
			break
		}
	}
	if err := here.Ready(t.Context()); err != nil {
		t.Errorf("Ready with two of three nodes = %v", err)
	}
}

func TestWithoutAMajorityNothingIsWritten(t *testing.T) {
	t.Parallel()
	c := clustertest.Start(t)
	e := start(t, Config{URL: c.URL(), Timeout: time.Second})
	if _, err := e.Journal().Create(t.Context(), adapter.Job{ID: "job_1"}); err != nil {
		t.Fatal(err)
	}
	c.Stop(0)
	c.Stop(1)
	began := time.Now()
	_, err := e.Journal().Create(t.Context(), adapter.Job{ID: "job_2"})
	if adapter.KindOf(err) != adapter.Storage {
		t.Errorf("Create = %v, want a Storage error", err)
	}
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("Create took %s to fail, want about the time limit of one operation", took)
	}
	if err := e.Ready(t.Context()); err == nil {
		t.Error("Ready = nil without a majority")
	}
	c.Run(0)
	c.Run(1)
	n := 2
	until(t, "a run after the majority is back", func() bool {
		n++
		_, err := e.Journal().Create(t.Context(), adapter.Job{ID: fmt.Sprint("job_", n)})
		return err == nil
	})
	until(t, "what was acknowledged before", func() bool { // whoever leads now may have to catch up first
		_, err := e.Journal().Get(t.Context(), "job_1")
		if errors.Is(err, adapter.ErrNotFound) {
			t.Fatal("what was acknowledged before is lost")
		}
		return err == nil
	})
}

func TestWithoutAConnectionEverythingFailsAtOnce(t *testing.T) {
	t.Parallel()
	c := clustertest.Start(t)
	e := start(t, Config{URL: c.URL()})
	for i := range clustertest.Nodes {
		c.Stop(i)
	}
	until(t, "the loss of the connection", func() bool { return !e.conn.IsConnected() })
	began := time.Now()
	if err := e.Store().Put(t.Context(), adapter.Image{ID: "img_1"}); adapter.KindOf(err) != adapter.Storage {
		t.Errorf("Put = %v, want a Storage error", err)
	}
	if _, err := e.Store().Get(t.Context(), "img_1"); adapter.KindOf(err) != adapter.Storage {
		t.Errorf("Get = %v, want a Storage error", err)
	}
	if took := time.Since(began); took > e.cfg.Timeout {
		t.Errorf("two operations took %s to fail, want no waiting", took)
	}
	for i := range clustertest.Nodes {
		c.Run(i)
	}
	until(t, "a record after the cluster is back", func() bool {
		return e.Store().Put(t.Context(), adapter.Image{ID: "img_2", Owner: "me"}) == nil
	})
	until(t, "the watch after the cluster is back", func() bool {
		it, ok := e.store.index.find("img_2")
		return ok && it.revision > 0
	})
}
