package jetstream

import (
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// embedded is the server inside this process. It can be replaced by a new one on the same directory: after a failed
// write JetStream refuses all further writes to a stream until it is opened again.
type embedded struct {
	cfg     Config
	current atomic.Pointer[server.Server]
}

// startTime bounds the start of the embedded server, which reads the whole state if it was not stopped in order.
const startTime = time.Minute

func (em *embedded) start() error {
	torn, err := verify(em.cfg.Dir)
	if err != nil {
		return err
	}
	for _, file := range torn {
		em.cfg.Log.Warn("an interrupted write, which was acknowledged to nobody, is dropped", "file", file)
	}
	s, err := server.NewServer(&server.Options{
		ServerName:        "midgate",
		DontListen:        true,
		NoSigs:            true,
		JetStream:         true,
		StoreDir:          em.cfg.Dir,
		SyncAlways:        true, // an acknowledged write survives a power failure
		JetStreamMaxStore: 1 << 50,
		// The default would be read from the machine's memory; only leases are kept there.
		JetStreamMaxMemory: 64 << 20,
	})
	if err != nil {
		return err
	}
	s.SetLoggerV2(serverLog{em.cfg.Log}, false, false, false)
	s.Start()
	if !s.ReadyForConnections(startTime) || !s.JetStreamEnabled() {
		s.Shutdown()
		s.WaitForShutdown()
		return fmt.Errorf("the state in %s cannot be opened: is the directory writable?", em.cfg.Dir)
	}
	em.current.Store(s)
	return nil
}

// InProcessConn makes nats.go connect, and reconnect, to whatever server runs at that moment.
func (em *embedded) InProcessConn() (net.Conn, error) {
	s := em.current.Load()
	if s == nil || !s.Running() {
		return nil, errors.New("the embedded server is not running")
	}
	return s.InProcessConn()
}

func (em *embedded) stop() {
	if s := em.current.Swap(nil); s != nil {
		s.Shutdown()
		s.WaitForShutdown()
	}
}
