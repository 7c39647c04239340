package web

import (
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
)

// heartbeat keeps a JSON answer alive that takes long: after a while it sends the status 200 and a blank, then a blank every
// few seconds, so that no proxy in between gives up (MIDGATE_HEARTBEAT). A parked request holds a timer
// for it, no goroutine.
type heartbeat struct {
	mu    sync.Mutex // held over a write: the answer must not begin in the middle of a blank
	timer *time.Timer
	begun bool
	over  bool
}

// startHeartbeat begins to count; the headers that the handler has set so far go out with the first blank.
func (s *Server) startHeartbeat(c *gin.Context) *heartbeat {
	b := &heartbeat{}
	if s.Config.Heartbeat <= 0 {
		return b
	}
	b.mu.Lock() // the timer may fire before it is assigned
	defer b.mu.Unlock()
	b.timer = time.AfterFunc(s.Config.Heartbeat, func() { b.send(s, c) })
	return b
}

func (b *heartbeat) send(s *Server, c *gin.Context) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.over {
		return
	}
	s.Pace(c)
	if !b.begun {
		b.begun = true
		c.Writer.Header().Set("Content-Type", "application/json")
		c.Writer.Header().Set("X-Accel-Buffering", "no") // nginx passes the blanks on, and does not collect them
		stamp(c)
		c.Writer.WriteHeader(http.StatusOK)
	}
	_, err := c.Writer.Write([]byte{' '})
	if err == nil {
		err = http.NewResponseController(c.Writer).Flush()
	}
	if err != nil {
		return // the client is gone; the request's context says so to who waits
	}
	b.timer.Reset(s.Config.BeatEvery)
}

// stop ends the blanks, waiting for one that is being written, and tells whether the answer has begun.
func (b *heartbeat) stop() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.over = true
	if b.timer != nil {
		b.timer.Stop()
	}
	return b.begun
}
