package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/adapter/jsonstream"
)

// Renderer writes the answer for a result into the document.
type Renderer func(ctx context.Context, d *jsonstream.Document, r adapter.Result) error

// Deliver waits for a job and answers with its result; a request that prefers not to wait gets the job itself.
func (s *Server) Deliver(c *gin.Context, t adapter.Ticket, render Renderer) error {
	Announce(c, t)
	if wantsAsync(c.Request.Header) {
		return s.accepted(c, t)
	}
	b := s.startHeartbeat(c)
	defer b.stop() // also when something panics
	result, err := t.Wait(c.Request.Context(), nil)
	if err != nil {
		b.stop()
		return s.Undelivered(c, t, err)
	}
	return s.answer(c, t, b, render, &result)
}

// answer renders a result and sends it.
func (s *Server) answer(c *gin.Context, t adapter.Ticket, b *heartbeat, render Renderer, result *adapter.Result) error {
	doc := &jsonstream.Document{}
	defer func() { _ = doc.Close() }() // files that were only read
	err := render(c.Request.Context(), doc, *result)
	if err == nil {
		err = primed(doc)
	}
	begun := b.stop()
	if err != nil {
		t.Abandoned() // the result is there, and still nobody's
		return err
	}
	if result.Missing > 0 && !begun {
		c.Header("Midgate-Missing", oneLine(strconv.Itoa(result.Missing)+"; "+result.Reason))
	}
	s.send(c, t, doc, begun)
	return nil
}

// send writes the document and tells the ticket what became of it.
func (s *Server) send(c *gin.Context, t adapter.Ticket, doc *jsonstream.Document, begun bool) {
	if !begun {
		c.Header("Content-Type", "application/json")
		c.Header("Content-Length", strconv.FormatInt(doc.Size(), 10))
		stamp(c)
		c.Writer.WriteHeader(http.StatusOK)
	}
	err := doc.Stream(c.Request.Context(), c.Writer, func() { s.Pace(c) })
	if err == nil {
		err = flush(c)
	}
	if err != nil {
		t.Abandoned()
		v := RequestOf(c)
		v.cut, v.cause = true, err
		panic(http.ErrAbortHandler) // an answer that is not whole must not look whole
	}
	t.Answered()
}

// Undelivered is the end of a request whose job failed, still runs, or lost its client. If blanks have gone out, the
// error cannot be told any more: fail cuts the connection, which every SDK reports.
func (s *Server) Undelivered(c *gin.Context, t adapter.Ticket, err error) error {
	gone := c.Request.Context().Err() != nil
	if gone || c.Writer.Written() || adapter.KindOf(err) == adapter.Timeout {
		t.Abandoned()
		return err
	}
	s.fail(c, err)
	if flush(c) != nil {
		t.Abandoned()
	} else {
		t.Answered()
	}
	return nil
}

// accepted answers 202 with the job and where to ask for it.
func (s *Server) accepted(c *gin.Context, t adapter.Ticket) error {
	job := t.Job()
	c.Header("Location", s.below(c)+"/v1/jobs/"+job.ID)
	c.Header("Preference-Applied", "respond-async")
	s.WriteJSON(c, http.StatusAccepted, s.PendingJob(c, job))
	Handed(c, t)
	return nil
}

// Handed tells the ticket of an answer that was written at once whether it went out: a repeat of one that was cut joins.
func Handed(c *gin.Context, t adapter.Ticket) {
	if RequestOf(c).cut || flush(c) != nil {
		t.Abandoned()
		return
	}
	t.Answered()
}

// wantsAsync reports whether the client prefers an answer at once (RFC 7240).
func wantsAsync(h http.Header) bool {
	for _, line := range h.Values("Prefer") {
		for pref := range strings.SplitSeq(line, ",") {
			name, _, _ := strings.Cut(pref, ";")
			if strings.EqualFold(strings.TrimSpace(name), "respond-async") {
				return true
			}
		}
	}
	return false
}

// flush pushes the answer to the connection, so that a client that has left is noticed before its answer counts as given.
func flush(c *gin.Context) error {
	err := http.NewResponseController(c.Writer).Flush()
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}

// oneLine makes a text fit for a header.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return ' '
		}
		return r
	}, text)
}

// primed finds out whether the pictures of an answer can be read, before anything of it is written.
func primed(doc *jsonstream.Document) error {
	if err := doc.Prime(); err != nil {
		return adapter.Wrap(adapter.Storage, err, "A picture of this answer cannot be read at the moment.")
	}
	return nil
}

// Around adds a value in which a mark stands for each of the pictures.
func Around(d *jsonstream.Document, v any, pictures []*adapter.Blob) {
	files := make([]jsonstream.OpenFile, len(pictures))
	for i, p := range pictures {
		files[i] = jsonstream.OpenFile{Body: p, Size: p.Size}
	}
	d.Around(v, files...)
}
