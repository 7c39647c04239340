package jetstream

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"maps"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// groupLeast is from how many waiting writes on one synced batch is cheaper than syncing each: the server stages
	// a batch in files of its own.
	groupLeast = 12
	groupMost  = 256
)

// group makes the writes of many runs durable together: the embedded server syncs every message by itself, but a
// batch only once. While one lot is written the next one gathers; a write that comes alone does not wait.
type group struct {
	engine *Engine
	queue  chan *grouped
}

// grouped is a write and how it came out.
type grouped struct {
	ctx  context.Context
	msg  *nats.Msg
	done chan struct{}
	seq  uint64
	err  error
}

func newGroup(e *Engine) *group {
	g := &group{engine: e, queue: make(chan *grouped, groupMost)}
	e.spawn(g.run)
	return g
}

// publish writes one message, with others or alone. When ctx ends first nobody knows whether it was written.
func (g *group) publish(ctx context.Context, msg *nats.Msg) (uint64, error) {
	w := &grouped{ctx: ctx, msg: msg, done: make(chan struct{})}
	select {
	case g.queue <- w:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	select {
	case <-w.done:
		return w.seq, w.err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func (g *group) run() {
	for {
		select {
		case first := <-g.queue:
			g.write(g.gather(first))
		case <-g.engine.life.Done():
			return
		}
	}
}

// gather takes what waits, without waiting for more. What nobody waits for any more is left out.
func (g *group) gather(first *grouped) []*grouped {
	lot := []*grouped{first}
	for len(lot) < groupMost {
		select {
		case next := <-g.queue:
			if next.ctx.Err() == nil {
				lot = append(lot, next)
			}
		default:
			return lot
		}
	}
	return lot
}

func (g *group) write(lot []*grouped) {
	ctx, cancel := context.WithTimeout(g.engine.life, g.engine.cfg.Timeout)
	defer cancel()
	if len(lot) < groupLeast || !g.batch(ctx, lot) {
		g.each(ctx, lot)
	}
	for _, w := range lot {
		close(w.done)
	}
}

// each sends all messages and then waits for their answers.
func (g *group) each(ctx context.Context, lot []*grouped) {
	answers := make([]jetstream.PubAckFuture, len(lot))
	for i, w := range lot {
		answers[i], w.err = g.engine.js.PublishMsgAsync(w.msg, jetstream.WithRetryAttempts(0))
	}
	for i, w := range lot {
		if w.err != nil {
			continue
		}
		select {
		case ack := <-answers[i].Ok():
			w.seq = ack.Sequence
		case w.err = <-answers[i].Err():
		case <-ctx.Done():
			w.err = ctx.Err()
		}
	}
}

// batch writes all messages or none, synced once. It returns false when the server refused the batch, which one lost
// race among its messages is enough for: none of them was written then.
func (g *group) batch(ctx context.Context, lot []*grouped) bool {
	id, last := rand.Text(), len(lot)-1
	for i, w := range lot {
		msg := &nats.Msg{Subject: w.msg.Subject, Data: w.msg.Data, Header: nats.Header{
			"Nats-Batch-Id":       {id},
			"Nats-Batch-Sequence": {strconv.Itoa(i + 1)},
		}}
		maps.Copy(msg.Header, w.msg.Header)
		if i < last {
			if err := g.engine.conn.PublishMsg(msg); err != nil {
				return false // the batch has no end, so it is dropped
			}
			continue
		}
		msg.Header.Set("Nats-Batch-Commit", "1")
		answer, err := g.engine.conn.RequestMsgWithContext(ctx, msg)
		if err != nil {
			return settle(lot, 0, err)
		}
		var ack struct {
			Seq   uint64              `json:"seq"`
			Count int                 `json:"count"`
			Error *jetstream.APIError `json:"error"`
		}
		if err := json.Unmarshal(answer.Data, &ack); err != nil {
			return settle(lot, 0, err)
		}
		if ack.Error != nil || ack.Count != len(lot) {
			return false
		}
		return settle(lot, ack.Seq, nil)
	}
	return false
}

// settle gives every write of a batch its outcome: a batch is stored in one piece, so that the sequences are known
// from the last.
func settle(lot []*grouped, last uint64, err error) bool {
	for i, w := range lot {
		w.seq, w.err = last-uint64(len(lot)-1-i), err
	}
	return true
}
