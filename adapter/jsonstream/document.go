package jsonstream

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strconv"
)

// Document is JSON whose strings of base64 are still files: text, a file, text, and so on. The zero value is empty.
type Document struct {
	text  bytes.Buffer
	files []file
}

// file follows the text up to a place.
type file struct {
	at   int // in text
	size int64
	body io.ReadCloser // of one that is open already
	open func(ctx context.Context) (io.ReadCloser, error)
	head []byte // what was read of body already
}

// Text adds text as it is.
func (d *Document) Text(text string) { d.text.WriteString(text) }

// Value adds a value.
func (d *Document) Value(v any) { d.text.Write(marshalled(v)) }

// Members adds the members of a struct's object, without its braces.
func (d *Document) Members(v any) {
	b := marshalled(v)
	d.text.Write(b[1 : len(b)-1])
}

func marshalled(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // only our own structs are marshalled: a mistake in the program
	}
	return b
}

// File adds an open file of so many bytes as a string. The document takes it over: Close closes it.
func (d *Document) File(body io.ReadCloser, size int64) {
	d.add("", file{size: size, body: body})
}

// Mark stands for file i in a value that Around adds.
func Mark(i int) string { return "\x00file:" + strconv.Itoa(i) }

// OpenFile is a file of so many bytes that is open already.
type OpenFile struct {
	Body io.ReadCloser
	Size int64
}

// Around adds a value in whose strings a mark stands for each of the files, in their order. The document takes the files
// over: Close closes them.
func (d *Document) Around(v any, files ...OpenFile) {
	b := marshalled(v)
	for i, f := range files {
		before, after, _ := bytes.Cut(b, []byte(`\u0000`+Mark(i)[1:]))
		d.text.Write(before)
		d.files = append(d.files, file{at: d.text.Len(), size: f.Size, body: f.Body})
		b = after
	}
	d.text.Write(b)
}

// DataURL adds a file of so many bytes as a data URL. It is opened when its turn comes, and closed when it was read.
func (d *Document) DataURL(mime string, size int64, open func(ctx context.Context) (io.ReadCloser, error)) {
	d.add("data:"+mime+";base64,", file{size: size, open: open})
}

func (d *Document) add(prefix string, f file) {
	d.Text(`"` + prefix)
	f.at = d.text.Len()
	d.files = append(d.files, f)
	d.Text(`"`)
}

// String is the document without its files.
func (d *Document) String() string { return d.text.String() }

// Size is how many bytes the whole has.
func (d *Document) Size() int64 {
	n := int64(d.text.Len())
	for _, f := range d.files {
		n += encodedSize(f.size)
	}
	return n
}

// Prime reads the beginning of each open file: one that cannot be read at all is found before anything was written.
func (d *Document) Prime() error {
	for i := range d.files {
		f := &d.files[i]
		if f.body == nil || f.head != nil {
			continue
		}
		head := make([]byte, min(f.size, chunkSize))
		if _, err := io.ReadFull(f.body, head); err != nil {
			return err
		}
		f.head = head
	}
	return nil
}

// Stream writes the document; pace is called before each piece.
func (d *Document) Stream(ctx context.Context, w io.Writer, pace func()) error {
	p := d.pieces(ctx)
	defer func() { _ = p.close() }() // files that were only read
	for {
		piece, err := p.next()
		if err != nil || piece == nil {
			return err
		}
		pace()
		if _, err := w.Write(piece); err != nil {
			return err
		}
	}
}

// Close releases the open files.
func (d *Document) Close() error {
	var errs []error
	for _, f := range d.files {
		if f.body != nil {
			errs = append(errs, f.body.Close())
		}
	}
	d.files = nil
	return errors.Join(errs...)
}
