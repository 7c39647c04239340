package proxy

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"sync"

	"github.com/cloudwego/base64x"

	"midgate/adapter"
)

// document is a JSON answer whose pictures are still files: text, a picture in base64, text, and so on. It is never
// put together in memory: four pictures of a grid are 20 MB of base64 (engineering.md §1.2).
type document struct {
	text  bytes.Buffer
	parts []part
}

// part is a picture that follows the text up to a place.
type part struct {
	at   int // in text
	blob *adapter.Blob
	head []byte // what was read of it already
}

// json adds a value.
func (d *document) json(v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // only our own structs are marshalled: a mistake in the program
	}
	d.text.Write(b)
}

// members adds the members of a struct's object, without its braces.
func (d *document) members(v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	d.text.Write(b[1 : len(b)-1])
}

// picture adds a picture as a JSON string and takes the blob over.
func (d *document) picture(blob *adapter.Blob) {
	d.text.WriteByte('"')
	d.parts = append(d.parts, part{at: d.text.Len(), blob: blob})
	d.text.WriteByte('"')
}

// Size is how many bytes WriteTo will write.
func (d *document) Size() int64 {
	n := int64(d.text.Len())
	for _, p := range d.parts {
		n += int64(base64.StdEncoding.EncodedLen(int(p.blob.Size)))
	}
	return n
}

// Close releases the pictures.
func (d *document) Close() error {
	var errs []error
	for _, p := range d.parts {
		errs = append(errs, p.blob.Close())
	}
	d.parts = nil
	return errors.Join(errs...)
}

// prime reads the beginning of each picture: what cannot be read at all is found before anything was written.
func (d *document) prime() error {
	for i := range d.parts {
		p := &d.parts[i]
		head := make([]byte, min(p.blob.Size, rawChunk))
		if _, err := io.ReadFull(p.blob, head); err != nil {
			return adapter.Wrap(adapter.Storage, err, "A picture of this answer cannot be read at the moment.")
		}
		p.head = head
	}
	return nil
}

// writeTo writes the document; pace is called before each piece.
func (d *document) writeTo(w io.Writer, pace func()) error {
	text, from := d.text.Bytes(), 0
	for _, p := range d.parts {
		pace()
		if _, err := w.Write(text[from:p.at]); err != nil {
			return err
		}
		if err := writeBase64(w, io.MultiReader(bytes.NewReader(p.head), p.blob), p.blob.Size, pace); err != nil {
			return err
		}
		from = p.at
	}
	pace()
	_, err := w.Write(text[from:])
	return err
}

// Sizes of the buffers between a picture and its base64: a multiple of three, so that only the last piece is padded.
const (
	rawChunk     = 48 << 10
	encodedChunk = rawChunk / 3 * 4
)

// scratch is a pair of buffers in use by one writer at a time.
type scratch struct {
	raw     [rawChunk]byte
	encoded [encodedChunk]byte
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// errSize says that a picture did not have as many bytes as it was announced with.
var errSize = errors.New("a picture's size is not what its record says")

// writeBase64 writes exactly size bytes of r in base64.
func writeBase64(w io.Writer, r io.Reader, size int64, pace func()) error {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	for left := size; left > 0; {
		n := int(min(left, rawChunk))
		if _, err := io.ReadFull(r, s.raw[:n]); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return errSize
			}
			return err
		}
		m := base64x.StdEncoding.EncodedLen(n)
		base64x.StdEncoding.Encode(s.encoded[:m], s.raw[:n])
		pace()
		if _, err := w.Write(s.encoded[:m]); err != nil {
			return err
		}
		left -= int64(n)
	}
	return nil
}
