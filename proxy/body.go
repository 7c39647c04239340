package proxy

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
)

// leastRate is how fast a body must come in the long run, in bytes per second. The slowest
// mobile network is far above it; a client that trickles to hold a connection is far below.
const leastRate = 512

// limitBody bounds the size of a body, and how long it may take, and undoes its compression.
func (s *Server) limitBody(c *gin.Context) error {
	return limit(c.Writer, c.Request, s.cfg.MaxBody, s.cfg.BodyPatience)
}

// limit bounds the size of a body to most bytes, and how long it may bring nothing, and undoes its compression.
func limit(w http.ResponseWriter, r *http.Request, most int64, patience time.Duration) error {
	if r.ContentLength > most {
		return &http.MaxBytesError{Limit: most}
	}
	r.Body = &patientBody{
		from:     http.MaxBytesReader(w, r.Body, most),
		conn:     http.NewResponseController(w),
		patience: patience,
		begun:    time.Now(),
	}
	return decodeBody(r, most)
}

// boundWait keeps a body from holding its connection where no handler reads it: net/http itself takes up to 256 KB of it
// before it answers, a wrong key's answer too, and would wait for them for ever. Who does read it moves the deadline on.
//
// The small answers that nobody paces have a deadline as well: who asks for many of them and reads none would otherwise
// hold a connection, without any key.
func (s *Server) boundWait(w http.ResponseWriter, r *http.Request) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(s.cfg.WriteTimeout))
	if r.ContentLength != 0 {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(s.cfg.BodyPatience))
	}
}

// patientBody gives a client time for each piece of its body, but not for ever. When the body is
// over it takes the deadline off the connection: left there, it would end the wait for the answer.
type patientBody struct {
	from     io.ReadCloser
	conn     *http.ResponseController
	patience time.Duration
	begun    time.Time
	armed    time.Time // when the deadline was last moved
	read     int64
}

func (b *patientBody) Read(p []byte) (int, error) {
	now := time.Now()
	if now.Sub(b.armed) > b.patience/4 {
		// A connection without deadlines (a test's recorder) answers ErrNotSupported: nothing to bound there.
		_ = b.conn.SetReadDeadline(now.Add(b.patience))
		b.armed = now
	}
	n, err := b.from.Read(p)
	b.read += int64(n)
	if err == nil && b.tooSlow() {
		err = os.ErrDeadlineExceeded
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return n, adapter.BadParam("", "request_timeout", "The request body arrived too slowly.")
	}
	if err != nil {
		_ = b.conn.SetReadDeadline(time.Time{})
	}
	return n, err
}

func (b *patientBody) tooSlow() bool {
	took := time.Since(b.begun)
	return took > b.patience && float64(b.read) < leastRate*took.Seconds()
}

// Close closes the body.
func (b *patientBody) Close() error { return b.from.Close() }

// badBody words what went wrong while a body was read; errors that speak for themselves stay.
func badBody(err error) error {
	var own *adapter.Error
	var tooLarge *http.MaxBytesError
	if errors.As(err, &own) || errors.As(err, &tooLarge) {
		return err
	}
	return adapter.Wrap(adapter.Invalid, err, "The request body ended early or could not be read.")
}
