package sqlstore

import (
	"context"
	"database/sql/driver"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"midgate/adapter"
)

// channel is PostgreSQL's name for what replicas tell each other; maxNews is what one notification holds.
const (
	channel = "midgate"
	maxNews = 7900
)

var errBad = driver.ErrBadConn

// teller sends news. What is told while it sends goes out together.
type teller struct {
	mu    sync.Mutex
	queue []string
	more  chan struct{}
	end   context.CancelFunc
	done  sync.WaitGroup
}

// maxTold is how many news wait at most: they are worth nothing when they are old.
const maxTold = 1000

// Tell implements adapter.Bus.
func (t *teller) Tell(topic string, news []byte) {
	said := topic + "\n" + string(news)
	if len(said) > maxNews {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.queue) >= maxTold {
		return
	}
	t.queue = append(t.queue, said)
	select {
	case t.more <- struct{}{}:
	default:
	}
}

func (e *postgresEngine) startTelling() {
	ctx, end := context.WithCancel(context.Background())
	e.more, e.end = make(chan struct{}, 1), end
	e.done.Go(func() {
		for {
			select {
			case <-e.more:
				e.tellAll(ctx)
			case <-ctx.Done():
				return
			}
		}
	})
}

func (e *postgresEngine) stopTelling() {
	e.end()
	e.done.Wait()
}

func (e *postgresEngine) tellAll(ctx context.Context) {
	e.mu.Lock()
	news := e.queue
	e.queue = nil
	e.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, unitTime)
	defer cancel()
	if _, err := e.pool.ExecContext(ctx, "SELECT pg_notify($1, said) FROM unnest($2::text[]) AS said", channel, news); err != nil {
		e.log.Debug("the other replicas could not be told", "error", err)
	}
}

// Hear implements adapter.Bus.
func (e *postgresEngine) Hear(ctx context.Context, hear func(topic string, news []byte)) error {
	for ctx.Err() == nil {
		err := e.listen(ctx, hear)
		if ctx.Err() != nil {
			break
		}
		e.log.Debug("news of the other replicas are not heard; connecting again", "error", err)
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
		}
	}
	return context.Cause(ctx)
}

// listen hears on one connection until it breaks.
func (e *postgresEngine) listen(ctx context.Context, hear func(topic string, news []byte)) error {
	conn, err := pgx.ConnectConfig(ctx, e.settings)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return err
	}
	hear("", nil)
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		topic, news, _ := strings.Cut(n.Payload, "\n")
		hear(topic, []byte(news))
	}
}

var _ adapter.Bus = (*postgresEngine)(nil)
