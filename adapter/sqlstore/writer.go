package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"midgate/adapter"
)

// writer is SQLite's one connection that writes. It commits the units that wait together: see group.
type writer struct {
	db *sql.DB
	on *prepared

	mu     sync.Mutex
	queue  []*unit
	closed bool
	more   chan struct{}
	done   chan struct{}
}

// unit is work that waits for its turn, or is done.
type unit struct {
	work  func(adapter.Tx) error
	err   error
	panic any
	done  chan struct{} // closed when err is known
}

// maxGroup is how many units one commit serves at most.
const maxGroup = 512

var errClosed = errors.New("the database is closed")

func newWriter(db *sql.DB, conn *sql.Conn) *writer {
	w := &writer{db: db, on: newPrepared(conn), more: make(chan struct{}, 1), done: make(chan struct{})}
	go w.run()
	return w
}

// Write implements adapter.State.
func (w *writer) Write(ctx context.Context, work func(adapter.Tx) error) error {
	u := &unit{work: work, done: make(chan struct{})}
	if !w.enter(u) {
		return errClosed
	}
	select {
	case <-u.done:
	case <-ctx.Done():
		if w.leave(u) {
			return context.Cause(ctx)
		}
		<-u.done // it is being written
	}
	if u.panic != nil {
		panic(u.panic)
	}
	return u.err
}

func (w *writer) enter(u *unit) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return false
	}
	w.queue = append(w.queue, u)
	select {
	case w.more <- struct{}{}:
	default:
	}
	return true
}

// leave takes a unit out of the queue; false if it is there no more.
func (w *writer) leave(u *unit) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, q := range w.queue {
		if q == u {
			w.queue = append(w.queue[:i:i], w.queue[i+1:]...)
			return true
		}
	}
	return false
}

func (w *writer) take() (group []*unit, closed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := min(len(w.queue), maxGroup)
	group, w.queue = w.queue[:n:n], w.queue[n:]
	return group, w.closed
}

func (w *writer) run() {
	defer close(w.done)
	for {
		group, closed := w.take()
		switch {
		case len(group) > 0:
			w.group(group)
			for _, u := range group {
				close(u.done)
			}
		case closed:
			return
		default:
			<-w.more
		}
	}
}

// stop lets the units that wait be written, then closes the connection.
func (w *writer) stop() error {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return nil
	}
	w.closed = true
	w.mu.Unlock()
	select {
	case w.more <- struct{}{}:
	default:
	}
	<-w.done
	return errors.Join(w.on.close(), w.db.Close())
}

// group writes units in one transaction. One that fails is undone by itself; what makes the transaction fail makes all
// of them fail.
func (w *writer) group(units []*unit) {
	if err := w.do("BEGIN IMMEDIATE"); err != nil {
		fail(units, err)
		return
	}
	written := 0
	for _, u := range units {
		broken := w.one(u, len(units) > 1)
		if broken != nil {
			_ = w.do("ROLLBACK") // it may have been rolled back by the failure itself
			fail(units, broken)
			return
		}
		if u.err == nil {
			written++
		}
	}
	end := "COMMIT"
	if written == 0 {
		end = "ROLLBACK"
	}
	if err := w.do(end); err != nil {
		_ = w.do("ROLLBACK")
		fail(units, err)
	}
}

// fail gives an error to all units that have none.
func fail(units []*unit, err error) {
	for _, u := range units {
		if u.err == nil {
			u.err = err
		}
	}
}

// one does a unit's work, inside a savepoint where it shares the transaction. broken is why the transaction cannot go on.
func (w *writer) one(u *unit, shares bool) (broken error) {
	if shares {
		if err := w.do("SAVEPOINT unit"); err != nil {
			return err
		}
	}
	u.err = u.call(newTables(&sqlite, w.on))
	if !shares {
		return nil
	}
	if u.err != nil {
		if err := w.do("ROLLBACK TO unit"); err != nil {
			return fmt.Errorf("%w, after %w", err, u.err)
		}
	}
	return w.do("RELEASE unit")
}

// call does the work. A panic in it is its caller's.
func (u *unit) call(tx adapter.Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			u.panic, err = p, errors.New("panic")
		}
	}()
	return u.work(tx)
}

func (w *writer) do(statement string) error {
	_, err := w.on.exec(context.Background(), statement, nil)
	return told(err)
}
