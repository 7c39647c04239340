package midjourney

import (
	"fmt"
	"io"
	"sync"

	"github.com/cloudwego/base64x"
)

// encodeChunk is how many bytes are encoded at a time: a multiple of 3, so that the pieces join
// without padding between them.
const encodeChunk = 48 << 10

// encodedSize is the length of n bytes in base64.
func encodedSize(n int64) int64 { return (n + 2) / 3 * 4 }

// encoder reads a picture as base64. It yields exactly encodedSize(left) bytes or an error: the
// request's Content-Length has been promised already.
type encoder struct {
	src  io.ReadCloser
	left int64
	bufs *encodeBuffers
	out  []byte
}

type encodeBuffers struct {
	in  [encodeChunk]byte
	out [encodeChunk / 3 * 4]byte
}

var encodePool = sync.Pool{New: func() any { return new(encodeBuffers) }}

func encode(src io.ReadCloser, size int64) io.ReadCloser {
	bufs, ok := encodePool.Get().(*encodeBuffers)
	if !ok {
		bufs = new(encodeBuffers)
	}
	return &encoder{src: src, left: size, bufs: bufs}
}

// Read implements io.Reader.
func (e *encoder) Read(p []byte) (int, error) {
	if e.bufs == nil {
		return 0, io.ErrClosedPipe
	}
	if len(e.out) == 0 {
		if e.left == 0 {
			return 0, e.atEnd()
		}
		if err := e.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, e.out)
	e.out = e.out[n:]
	return n, nil
}

func (e *encoder) fill() error {
	in := e.bufs.in[:min(e.left, encodeChunk)]
	if n, err := io.ReadFull(e.src, in); err != nil {
		return fmt.Errorf("picture ends %d bytes early: %w", e.left-int64(n), err)
	}
	e.left -= int64(len(in))
	e.out = e.bufs.out[:encodedSize(int64(len(in)))]
	base64x.StdEncoding.Encode(e.out, in)
	return nil
}

// atEnd makes sure that the picture is not longer than it was said to be: half a picture would
// be paid for.
func (e *encoder) atEnd() error {
	if n, _ := e.src.Read(e.bufs.in[:1]); n > 0 {
		return fmt.Errorf("picture is longer than announced")
	}
	return io.EOF
}

// Close implements io.Closer.
func (e *encoder) Close() error {
	if e.bufs != nil {
		encodePool.Put(e.bufs)
		e.bufs, e.out = nil, nil
	}
	return e.src.Close()
}
