package jsonstream

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/cloudwego/base64x"
)

// chunkSize is how many bytes are encoded at a time: a multiple of 3, so that the pieces join
// without padding between them.
const chunkSize = 48 << 10

// ErrSize says that a file does not have as many bytes as it was announced with.
var ErrSize = errors.New("a file's size is not what was announced")

// encodedSize is the length of n bytes in base64.
func encodedSize(n int64) int64 { return (n + 2) / 3 * 4 }

// encoder turns a file into base64, a chunk at a time. It yields exactly encodedSize(left) bytes or an error: the
// document's length has been promised already.
type encoder struct {
	src  io.ReadCloser
	left int64
	bufs *encodeBuffers
}

// encodeBuffers are in use by one encoder at a time.
type encodeBuffers struct {
	in  [chunkSize]byte
	out [chunkSize / 3 * 4]byte
}

var encodePool = sync.Pool{New: func() any { return new(encodeBuffers) }}

func encode(src io.ReadCloser, size int64) *encoder {
	return &encoder{src: src, left: size, bufs: encodePool.Get().(*encodeBuffers)}
}

// next returns the next chunk, nil at the end.
func (e *encoder) next() ([]byte, error) {
	if e.left == 0 {
		return nil, e.atEnd()
	}
	in := e.bufs.in[:min(e.left, chunkSize)]
	if n, err := io.ReadFull(e.src, in); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("%w: it ends %d bytes early", ErrSize, e.left-int64(n))
	} else if err != nil {
		return nil, err
	}
	e.left -= int64(len(in))
	out := e.bufs.out[:encodedSize(int64(len(in)))]
	base64x.StdEncoding.Encode(out, in)
	return out, nil
}

// atEnd makes sure that the file is not longer than it was said to be: half a picture would be paid for.
func (e *encoder) atEnd() error {
	if n, _ := e.src.Read(e.bufs.in[:1]); n > 0 {
		return fmt.Errorf("%w: it goes on", ErrSize)
	}
	return nil
}

// close gives the buffers back and closes the file.
func (e *encoder) close() error {
	encodePool.Put(e.bufs)
	e.bufs = nil
	return e.src.Close()
}
