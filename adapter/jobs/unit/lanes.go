package unit

import (
	"context"
	"errors"
	"hash/fnv"
	"time"
)

const (
	// laneWidth is how many attempts of one owner are decided at once where the state is shared. Those at one budget wait in
	// a row there anyway, each with a connection that others need. On a busy machine few at once are slower than many.
	laneWidth = 8
	// lanePatience is how long an attempt waits for its turn: its client would ask again, and stand behind all others.
	lanePatience = 5 * time.Minute

	lanes = 64
)

var errCrowded = errors.New("too many requests of this key wait for the database")

// Lanes let few attempts of an owner at the state at once. Owners share a lane now and then. The zero value lets
// everybody in.
type Lanes struct {
	turns []chan struct{}
}

// NewLanes makes lanes for a state that others use, too.
func NewLanes() Lanes {
	l := Lanes{make([]chan struct{}, lanes)}
	for i := range l.turns {
		l.turns[i] = make(chan struct{}, laneWidth)
	}
	return l
}

// Enter waits for a turn of an owner; leave ends it. The error is ctx's, or one that says that too many wait.
func (l Lanes) Enter(ctx context.Context, owner string) (leave func(), err error) {
	if len(l.turns) == 0 {
		return func() {}, nil
	}
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(owner)) // a hash takes everything
	turn := l.turns[sum.Sum32()%lanes]
	ctx, cancel := context.WithTimeoutCause(ctx, lanePatience, errCrowded)
	defer cancel()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
