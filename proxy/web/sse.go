package web

import (
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/adapter/jsonstream"
)

// Events is an answer of server-sent events: each has its name, one line of data and a blank
// line, and is flushed; a comment goes out where nothing else did for a while. No id: and no retry: line is ever sent.
type Events struct {
	s    *Server
	c    *gin.Context
	bare bool // events have no names: a chat's

	mu    sync.Mutex // held over a write: a comment must not fall into an event
	timer *time.Timer
	over  bool
	err   error // the first write that failed: the client is gone
}

// StartEvents sends the status line and a first comment. What fails from here on is an event.
func (s *Server) StartEvents(c *gin.Context) *Events {
	e := s.OpenEvents(c, false)
	e.comment()
	return e
}

// OpenEvents writes the status line of a stream; it goes out with what is sent first. Bare events have no names.
func (s *Server) OpenEvents(c *gin.Context, bare bool) *Events {
	e := &Events{s: s, c: c, bare: bare}
	h := c.Writer.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no")
	stamp(c)
	c.Writer.WriteHeader(http.StatusOK)
	e.mu.Lock() // the timer may fire before it is assigned
	defer e.mu.Unlock()
	e.timer = time.AfterFunc(s.Config.CommentEvery, e.comment)
	return e
}

// Send writes one event. Of one whose pictures cannot be read nothing is written: another may follow.
func (e *Events) Send(name string, data *jsonstream.Document) error {
	if err := primed(data); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.write(func() error {
		head := "data: "
		if !e.bare {
			head = "event: " + name + "\ndata: "
		}
		if err := e.text(head); err != nil {
			return err
		}
		if err := data.Stream(e.c.Request.Context(), e.c.Writer, func() { e.s.Pace(e.c) }); err != nil {
			return err
		}
		return e.text("\n\n")
	})
	if !e.over {
		e.timer.Reset(e.s.Config.CommentEvery)
	}
	return e.err
}

// SendText writes data that is no document, such as [DONE].
func (e *Events) SendText(data string) {
	d := &jsonstream.Document{}
	d.Text(data)
	_ = e.Send("", d) // that the client has gone is found at the end
}

// Broken reports whether nothing can be written any more.
func (e *Events) Broken() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.err != nil
}

// comment keeps the connection alive.
func (e *Events) comment() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.over {
		return
	}
	e.write(func() error { return e.text(": keep-alive\n\n") })
	if e.err == nil {
		e.timer.Reset(e.s.Config.CommentEvery)
	}
}

// End stops the comments and returns what went wrong with the connection, if anything did.
func (e *Events) End() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.over = true
	e.timer.Stop()
	return e.err
}

// Close ends a stream that no job stands behind.
func (e *Events) Close() error {
	if broken := e.End(); broken != nil {
		v := RequestOf(e.c)
		v.cut, v.cause = true, broken
		panic(http.ErrAbortHandler) // what is not whole must not look whole
	}
	return nil
}

// write does one piece and flushes it; after a failure nothing more is written. The caller holds mu.
func (e *Events) write(piece func() error) {
	if e.err != nil {
		return
	}
	e.s.Pace(e.c)
	if e.err = piece(); e.err == nil {
		e.err = flush(e.c)
	}
}

func (e *Events) text(s string) error {
	_, err := e.c.Writer.WriteString(s)
	return err
}
