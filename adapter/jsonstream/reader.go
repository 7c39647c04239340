package jsonstream

import (
	"context"
	"errors"
	"io"
	"sync"
)

// Reader reads a document once. It remembers a failure of a file: a request that could not be read to its end cannot have
// arrived whole, whatever the connection says. A transport may close it from another goroutine than the one that reads.
type Reader struct {
	mu     sync.Mutex
	pieces *pieces
	rest   []byte // of the present piece
	err    error  // of a file
}

// Reader starts a reader over the whole document; files are opened when their turn comes.
func (d *Document) Reader(ctx context.Context) *Reader { return &Reader{pieces: d.pieces(ctx)} }

// Read implements io.Reader.
func (r *Reader) Read(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.rest) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		piece, err := r.pieces.next()
		switch {
		case errors.Is(err, io.EOF): // of a file: it must not look like the document's
			r.err = io.ErrUnexpectedEOF
		case err != nil:
			r.err = err
		case piece == nil:
			return 0, io.EOF
		}
		r.rest = piece
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// Failed returns what kept the document from being read to its end, if it was a file.
func (r *Reader) Failed() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Close implements io.Closer.
func (r *Reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rest = nil
	return r.pieces.close()
}
