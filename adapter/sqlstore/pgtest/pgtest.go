package pgtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Cluster is a running PostgreSQL.
type Cluster struct {
	dir  string
	bin  string
	port int
	as   *syscall.SysProcAttr

	mu      sync.Mutex
	server  *exec.Cmd
	stopped chan struct{}
}

var (
	shared  func() (*Cluster, error) = sync.OnceValues(start)
	started atomic.Bool
	numbers atomic.Int64
)

// URL makes an empty database in a cluster that all tests of the package share, and returns its address. The package's
// TestMain must call Stop.
func URL(t testing.TB) string {
	t.Helper()
	started.Store(true)
	c, err := shared()
	if err != nil {
		t.Fatalf("PostgreSQL does not start (make prepare installs it): %v", err)
	}
	return c.Database(t)
}

// Stop ends the shared cluster, if a test has used it.
func Stop() {
	if !started.Load() {
		return
	}
	if c, err := shared(); err == nil {
		c.remove()
	}
}

// New starts a cluster for one test, which may stop and start it.
func New(t testing.TB) *Cluster {
	t.Helper()
	c, err := start()
	if err != nil {
		t.Fatalf("PostgreSQL does not start (make prepare installs it): %v", err)
	}
	t.Cleanup(c.remove)
	return c
}

// Database makes an empty database and returns its address.
func (c *Cluster) Database(t testing.TB) string {
	t.Helper()
	name := "test" + strconv.FormatInt(numbers.Add(1), 10)
	conn, err := pgx.Connect(context.Background(), c.url("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(context.Background(), "CREATE DATABASE "+name+" STRATEGY file_copy"); err != nil {
		if _, err := conn.Exec(context.Background(), "CREATE DATABASE "+name); err != nil {
			t.Fatal(err)
		}
	}
	return c.url(name)
}

func (c *Cluster) url(database string) string {
	return fmt.Sprintf("postgres://postgres@%s/%s?sslmode=disable", c.Address(), database)
}

// Address is where the server listens.
func (c *Cluster) Address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(c.port)) }

func start() (*Cluster, error) {
	bins, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if len(bins) == 0 {
		return nil, errors.New("there is no /usr/lib/postgresql/*/bin")
	}
	dir, err := os.MkdirTemp("", "pgtest")
	if err != nil {
		return nil, err
	}
	c := &Cluster{dir: dir, bin: slices.Max(bins)}
	if err := c.prepare(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := c.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return c, nil
}

// prepare makes the cluster's files, owned by an ordinary user: PostgreSQL refuses to run as root.
func (c *Cluster) prepare() error {
	c.as = &syscall.SysProcAttr{}
	if os.Geteuid() == 0 {
		nobody, err := user.Lookup("nobody")
		if err != nil {
			return err
		}
		uid, _ := strconv.Atoi(nobody.Uid)
		gid, _ := strconv.Atoi(nobody.Gid)
		c.as.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(c.dir, uid, gid); err != nil {
			return err
		}
	}
	initdb := exec.Command( //nolint:gosec // the path of Debian's package
		filepath.Join(c.bin, "initdb"), "-D", filepath.Join(c.dir, "data"), "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8")
	initdb.SysProcAttr, initdb.Dir = c.as, c.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	c.port = freePort()
	return nil
}

// freePort is one that nobody listens at, and that the system gives nobody by itself: its own choice begins at 32768.
func freePort() int {
	const first, last = 20000, 32000
	for {
		port := first + rand.IntN(last-first)
		if l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err == nil {
			_ = l.Close() // it was only to see that it is free
			return port
		}
	}
}

// Start starts the server, which was stopped, and returns when it answers.
func (c *Cluster) Start() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	// No sync: the machine does not crash in tests, and the server's own crash loses nothing.
	server := exec.Command( //nolint:gosec // the path of Debian's package
		filepath.Join(c.bin, "postgres"), "-D", filepath.Join(c.dir, "data"), "-k", c.dir, "-h", "127.0.0.1", "-p", strconv.Itoa(c.port),
		"-c", "fsync=off", "-c", "max_connections=300", "-c", "shared_buffers=64MB", "-c", "autovacuum=off")
	attr := *c.as
	attr.Pdeathsig = syscall.SIGQUIT // when the tests are killed
	server.SysProcAttr, server.Dir = &attr, c.dir
	log, err := os.OpenFile(filepath.Join(c.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	server.Stdout, server.Stderr = log, log
	begun, stopped := make(chan error, 1), make(chan struct{})
	go func() {
		runtime.LockOSThread() // the signal is sent when the thread that began the server ends
		err := server.Start()
		begun <- err
		if err == nil {
			_ = server.Wait()
		}
		_ = log.Close()
		close(stopped)
	}()
	if err := <-begun; err != nil {
		return err
	}
	c.server, c.stopped = server, stopped
	return c.answers()
}

// answers waits until the server takes connections.
func (c *Cluster) answers() error {
	pace := time.NewTicker(20 * time.Millisecond)
	defer pace.Stop()
	for end := time.Now().Add(time.Minute); ; <-pace.C {
		conn, err := pgx.Connect(context.Background(), c.url("postgres"))
		if err == nil {
			return conn.Close(context.Background())
		}
		select {
		case <-c.stopped:
			log, _ := os.ReadFile(filepath.Join(c.dir, "log"))
			return fmt.Errorf("the server ended: %s", log)
		default:
		}
		if time.Now().After(end) {
			return err
		}
	}
}

// Signal sends the server a signal: SIGINT ends it at once and cleanly, SIGQUIT as a crash does.
func (c *Cluster) Signal(t testing.TB, sig syscall.Signal) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.server.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	<-c.stopped
}

// Again starts a server that was stopped.
func (c *Cluster) Again(t testing.TB) {
	t.Helper()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
}

// remove ends the server and removes its files.
func (c *Cluster) remove() {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.server.Process.Signal(syscall.SIGQUIT) // it may have ended
	<-c.stopped
	_ = os.RemoveAll(c.dir)
}
