// Package clustertest runs a NATS cluster of three nodes inside a test, on loopback.
package clustertest

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// Nodes is how many servers a cluster has: it survives the loss of one.
const Nodes = 3

// patience bounds the start of a cluster, which has to elect a leader first.
const patience = time.Minute

// Cluster is a running cluster. Its methods are for one goroutine.
type Cluster struct {
	t       testing.TB
	options [Nodes]*server.Options
	nodes   [Nodes]*server.Server
}

// Start starts a cluster that ends with the test, and returns when it has a leader.
func Start(t testing.TB) *Cluster {
	t.Helper()
	c := &Cluster{t: t}
	var dirs [Nodes]string
	for i := range dirs {
		dirs[i] = folder(t)
	}
	t.Cleanup(func() { // before the folders are removed
		for i := range Nodes {
			c.Stop(i)
		}
	})
	ports := freePorts(t, 2*Nodes)
	var routes []*url.URL
	for _, port := range ports[:Nodes] {
		routes = append(routes, &url.URL{Scheme: "nats", Host: fmt.Sprintf("127.0.0.1:%d", port)})
	}
	for i := range Nodes {
		c.options[i] = &server.Options{
			ServerName: fmt.Sprintf("node%d", i+1),
			Host:       "127.0.0.1", Port: ports[Nodes+i],
			NoSigs: true, NoLog: true,
			JetStream: true, StoreDir: dirs[i], SyncAlways: true,
			JetStreamMaxMemory: 64 << 20, JetStreamMaxStore: 1 << 40,
			Cluster: server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: ports[i]},
			Routes:  routes,
		}
		c.Run(i)
	}
	c.await("a leader", func() bool {
		for _, n := range c.nodes {
			if n.JetStreamIsLeader() {
				return len(n.JetStreamClusterPeers()) == Nodes
			}
		}
		return false
	})
	return c
}

// URL returns the addresses of all nodes, as MIDGATE_NATS_URL takes them.
func (c *Cluster) URL() string {
	var urls []string
	for _, o := range c.options {
		urls = append(urls, fmt.Sprintf("nats://127.0.0.1:%d", o.Port))
	}
	return strings.Join(urls, ",")
}

// Run starts node i, or starts it again on what it had stored.
func (c *Cluster) Run(i int) {
	c.t.Helper()
	s, err := server.NewServer(c.options[i].Clone())
	if err != nil {
		c.t.Fatal(err)
	}
	s.Start()
	c.nodes[i] = s
	if !s.ReadyForConnections(patience) {
		c.t.Fatalf("node %d does not accept connections", i)
	}
}

// Stop ends node i, if it runs.
func (c *Cluster) Stop(i int) {
	if s := c.nodes[i]; s != nil {
		s.Shutdown()
		s.WaitForShutdown()
		c.nodes[i] = nil
	}
}

// Node returns the server of node i, nil while it is stopped.
func (c *Cluster) Node(i int) *server.Server { return c.nodes[i] }

// Leads returns the node that leads a stream, -1 if none does.
func (c *Cluster) Leads(stream string) int {
	for i, s := range c.nodes {
		if s != nil && s.JetStreamIsStreamLeader(server.DEFAULT_GLOBAL_ACCOUNT, stream) {
			return i
		}
	}
	return -1
}

// await asks until the answer is yes. The servers tell nobody of an election, so it has to be asked for.
func (c *Cluster) await(what string, yes func() bool) {
	c.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !yes(); <-tick.C {
		if time.Now().After(end) {
			c.t.Fatalf("the cluster has no %s within %s", what, patience)
		}
	}
}

// folder makes a folder for a node's state. A server that was shut down may write there for a moment still, which
// t.TempDir would make a failure of the test.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "midgate-cluster-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range 100 {
			if os.RemoveAll(dir) == nil {
				return
			}
		}
		t.Logf("%s could not be removed", dir)
	})
	return dir
}

// freePorts finds ports that nobody listens on: the nodes must know each other's before they start.
func freePorts(t testing.TB, n int) []int {
	t.Helper()
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }() // the port is all that was wanted
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}
