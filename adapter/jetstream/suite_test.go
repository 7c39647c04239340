package jetstream

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
	"midgate/adapter/jetstream/clustertest"
)

// start opens an engine that ends with the test.
func start(t testing.TB, cfg Config) *Engine {
	t.Helper()
	e, err := New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// join opens a second engine on the embedded server of the first, as another replica would be.
func join(t testing.TB, first *Engine) *Engine {
	t.Helper()
	e := blank(t.Context(), first.cfg)
	t.Cleanup(e.Close)
	if err := e.attach(first.server); err != nil {
		t.Fatal(err)
	}
	if err := e.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return e
}

// pair makes two replicas on new, empty state.
type pair func(t *testing.T) (here, there *Engine)

func embeddedPair(t *testing.T) (here, there *Engine) {
	here = start(t, Config{Dir: t.TempDir(), LeaseTTL: 2 * time.Second})
	return here, join(t, here)
}

var prefixes atomic.Int64

// clusterPair returns a maker of replicas on one cluster; each test has its own buckets there.
func clusterPair(c *clustertest.Cluster) pair {
	return func(t *testing.T) (here, there *Engine) {
		cfg := Config{URL: c.URL(), Prefix: fmt.Sprint("test", prefixes.Add(1)), LeaseTTL: 2 * time.Second}
		here = start(t, cfg)
		t.Cleanup(func() { dropBuckets(t, c.URL(), cfg.Prefix) })
		return here, start(t, cfg)
	}
}

// dropBuckets keeps a cluster small while many tests use it.
func dropBuckets(t *testing.T, url, prefix string) {
	conn, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"images", "digests", "runs", "claims", "leases"} {
		if err := js.DeleteKeyValue(t.Context(), prefix+"_"+name); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	}
}

func suites(t *testing.T, make pair) {
	t.Run("Store", func(t *testing.T) {
		adaptertest.Store(t, func(t *testing.T) (adapter.Store, adapter.Store) {
			here, there := make(t)
			return here.Store(), there.Store()
		})
	})
	t.Run("Journal", func(t *testing.T) {
		adaptertest.Journal(t, func(t *testing.T) (adapter.Journal, adapter.Journal) {
			here, there := make(t)
			return here.Journal(), there.Journal()
		})
	})
	t.Run("Leases", func(t *testing.T) {
		adaptertest.Leases(t, func(t *testing.T) adaptertest.Replicas {
			here, there := make(t)
			return adaptertest.Replicas{Here: here.Leases(), There: there.Leases(), Kill: here.conn.Close}
		})
	})
}

func TestEmbedded(t *testing.T) {
	t.Parallel()
	suites(t, embeddedPair)
}

func TestCluster(t *testing.T) {
	t.Parallel()
	suites(t, clusterPair(clustertest.Start(t)))
}
