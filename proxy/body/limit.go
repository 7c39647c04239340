package body

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"midgate/adapter"
)

// leastRate is how fast a body must come in the long run, in bytes per second. The slowest
// mobile network is far above it; a client that trickles to hold a connection is far below.
const leastRate = 512

// Limit bounds the size of a body to most bytes, and how long it may bring nothing, and undoes its compression.
func Limit(w http.ResponseWriter, r *http.Request, most int64, patience time.Duration) error {
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

// Read implements io.Reader.
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

// BadBody words what went wrong while a body was read; errors that speak for themselves stay.
func BadBody(err error) error {
	var own *adapter.Error
	var tooLarge *http.MaxBytesError
	if errors.As(err, &own) || errors.As(err, &tooLarge) {
		return err
	}
	return adapter.Wrap(adapter.Invalid, err, "The request body ended early or could not be read.")
}
