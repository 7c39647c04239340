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
	if err := diskWorks(em.cfg.Dir); err != nil {
		return fmt.Errorf("the state in %s cannot be written: %w", em.cfg.Dir, err)
	}
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
	log := serverLog{log: em.cfg.Log, fatal: make(chan string, 1)}
	s.SetLoggerV2(log, false, false, false)
	s.Start()
	select {
	case why := <-log.fatal:
		err = errors.New(why)
	default:
		if !s.ReadyForConnections(startTime) || !s.JetStreamEnabled() {
			err = errors.New("the server did not start in time")
		}
	}
	if err != nil {
		s.Shutdown()
		s.WaitForShutdown()
		return fmt.Errorf("the state in %s cannot be opened: %w", em.cfg.Dir, err)
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
