package jetstream

import (
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"midgate/adapter"
)

// A lease lives in the memory of a server. Whoever lost it with a restart of that server must be able to take it again.
func TestALeaseIsTakenAgainAfterItsServerWasRestarted(t *testing.T) {
	t.Parallel()
	servers := map[string]func(t *testing.T) (e *Engine, restart func()){
		"embedded": func(t *testing.T) (*Engine, func()) {
			e := start(t, Config{Dir: t.TempDir(), LeaseTTL: time.Second})
			return e, func() { e.restart(false) }
		},
		"single": func(t *testing.T) (*Engine, func()) {
			opts := &server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true, JetStream: true, StoreDir: t.TempDir(), SyncAlways: true}
			s := lone(t, opts)
			e := start(t, Config{URL: s.ClientURL(), LeaseTTL: time.Second})
			return e, func() {
				s.Shutdown()
				s.WaitForShutdown()
				lone(t, opts) // on the same port: the first start has written it into opts
			}
		},
	}
	for name, begin := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, restart := begin(t)
			lost, held, err := e.Leases().Hold(t.Context(), "replica.one", "one")
			if !held || err != nil {
				t.Fatalf("Hold() = %v, %v", held, err)
			}
			restart()
			<-lost
			until(t, "the lease is taken again", func() bool {
				_, held, err := e.Leases().Hold(t.Context(), "replica.one", "one")
				if err != nil && adapter.KindOf(err) != adapter.Storage {
					t.Errorf("Hold() = %v, want a Storage error while the server is away", err)
				}
				return held && err == nil
			})
			if holder, err := e.Leases().Holder(t.Context(), "replica.one"); holder != "one" || err != nil {
				t.Errorf("Holder() = %q, %v, want one", holder, err)
			}
		})
	}
}

// lone is a NATS server without a cluster.
func lone(t *testing.T, opts *server.Options) *server.Server {
	t.Helper()
	s, err := server.NewServer(opts)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(startTime) {
		t.Fatal("the server does not start")
	}
	return s
}
