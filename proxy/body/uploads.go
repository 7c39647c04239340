package body

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"sync"

	"midgate/adapter"
)

// JSON brings pictures as base64 inside strings: tens of megabytes that would have to stand in memory, some of them
// several times. So a long string that is base64 goes to the core while it arrives, and a short mark takes its place in
// the text that is parsed.
const (
	longString  = 64 << 10 // a string above this is looked at while it arrives
	maxJSONText = 4 << 20  // of all that is kept
	UploadMark  = "\x00upload:"
)

// Upload is what became of a long string: an upload, or why it is none. An ignored field may hold anything.
type Upload struct {
	ref  adapter.Reference
	err  error
	end  int   // of its mark in the text
	gone int64 // how many bytes of the body are not in the text
}

// inBody is the place in a body that a place in its text came from.
func inBody(uploads []Upload, at int) int64 {
	place := int64(at)
	for _, u := range uploads {
		if u.end <= at {
			place += u.gone
		}
	}
	return place
}

// uploadExtractor copies JSON text, without its long base64 strings.
type uploadExtractor struct {
	from    *bufio.Reader
	body    *counter // behind from
	store   Receiver
	text    strings.Builder
	uploads []Upload
}

var longReaders = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, longString) }}

// ExtractUploads reads a body to its end.
func ExtractUploads(body io.Reader, store Receiver) (text string, uploads []Upload, err error) {
	d := &uploadExtractor{from: longReaders.Get().(*bufio.Reader), body: &counter{from: body}, store: store}
	d.from.Reset(d.body)
	defer func() {
		d.from.Reset(nil)
		longReaders.Put(d.from)
	}()
	err = d.run()
	return d.text.String(), d.uploads, err
}

// counter is a body that knows how much of it was read.
type counter struct {
	from io.Reader
	n    int64
}

// Read implements io.Reader.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.n += int64(n)
	return n, err
}

func (d *uploadExtractor) run() (err error) {
	for err == nil {
		err = d.step()
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// step copies up to a quote, and the string behind it.
func (d *uploadExtractor) step() error {
	chunk, err := d.from.ReadSlice('"')
	if kept := d.keep(chunk); kept != nil {
		return kept
	}
	if errors.Is(err, bufio.ErrBufferFull) {
		return nil
	}
	if err != nil {
		return err
	}
	head, err := d.from.Peek(d.from.Size())
	if end := closingQuote(head, 0); end < len(head) {
		_, _ = d.from.Discard(end + 1) // it was peeked at
		return d.keep(head[:end+1])
	}
	if err != nil {
		return err // the body ends within a string
	}
	s := &stringReader{from: d.from}
	if isData(head) {
		return d.upload(s)
	}
	return d.copyString(s)
}

func (d *uploadExtractor) keep(b []byte) error {
	if d.text.Len()+len(b) > maxJSONText {
		return adapter.Errorf(adapter.TooLarge, "The request body, without its pictures, is larger than %d bytes.", maxJSONText)
	}
	d.text.Write(b)
	return nil
}

// isData reports whether the beginning of a long string is a data URL's or base64's.
func isData(head []byte) bool {
	return bytes.EqualFold(head[:5], []byte("data:")) || IsBase64(strings.ReplaceAll(string(head[:512]), `\`, ""))
}

// upload hands a string's bytes over and leaves its mark. The rest of one that is refused is read past.
func (d *uploadExtractor) upload(s *stringReader) error {
	u, before := Upload{}, d.taken()
	data, err := pictureData(s)
	if err == nil {
		u.ref, err = d.store(data, "")
	}
	if _, rest := io.Copy(io.Discard, s); rest != nil {
		return rest // the body's own end, or its limit
	}
	mark := []byte(`\u0000upload:` + strconv.Itoa(len(d.uploads)) + ":" + u.ref.Hash + `"`)
	u.err, u.end, u.gone = err, d.text.Len()+len(mark), d.taken()-before-int64(len(mark))
	d.uploads = append(d.uploads, u)
	return d.keep(mark)
}

// taken is how many bytes of the body were used.
func (d *uploadExtractor) taken() int64 { return d.body.n - int64(d.from.Buffered()) }

// copyString keeps a long string that is no data; its escapes stay as they are.
func (d *uploadExtractor) copyString(s *stringReader) error {
	s.raw = true
	buf := make([]byte, 4<<10)
	for {
		n, err := s.Read(buf)
		if kept := d.keep(buf[:n]); kept != nil {
			return kept
		}
		if errors.Is(err, io.EOF) {
			return d.keep([]byte{'"'})
		}
		if err != nil {
			return err
		}
	}
}

// stringReader reads a JSON string from behind its first quote to its last, which it takes too. Escapes are resolved as
// far as base64 can have them, unless raw.
type stringReader struct {
	from  *bufio.Reader
	raw   bool
	ended error
}

// Read implements io.Reader.
func (s *stringReader) Read(p []byte) (int, error) {
	if s.ended != nil || len(p) == 0 {
		return 0, s.ended
	}
	head, err := s.from.Peek(1)
	switch {
	case err == io.EOF:
		s.ended = io.ErrUnexpectedEOF // of the body, within a string
	case err != nil:
		s.ended = err
	case head[0] == '"':
		_, _ = s.from.Discard(1) // it was peeked at
		s.ended = io.EOF
	case head[0] == '\\':
		return s.escape(p)
	default:
		return s.plain(p), nil
	}
	return 0, s.ended
}

// plain copies what needs no thought.
func (s *stringReader) plain(p []byte) int {
	chunk, _ := s.from.Peek(min(s.from.Buffered(), len(p))) // it is in the buffer
	n := bytes.IndexAny(chunk, `"\`)
	if n < 0 {
		n = len(chunk)
	}
	copy(p, chunk[:n])
	_, _ = s.from.Discard(n) // it was peeked at
	return n
}

// escape resolves one escape; what base64 cannot have becomes a mark that no decoder takes.
func (s *stringReader) escape(p []byte) (int, error) {
	length := 2
	if head, _ := s.from.Peek(2); len(head) == 2 && head[1] == 'u' {
		length = 6
	}
	esc, err := s.from.Peek(length)
	if err != nil {
		s.ended = io.ErrUnexpectedEOF
		return 0, s.ended
	}
	if s.raw {
		n := copy(p, esc[:min(length, len(p))]) // at least two fit: callers bring kilobytes
		_, _ = s.from.Discard(n)
		return n, nil
	}
	p[0] = unescaped(esc)
	_, _ = s.from.Discard(length) // it was peeked at
	return 1, nil
}

func unescaped(esc []byte) byte {
	switch esc[1] {
	case 'n', 'r', 't':
		return '\n'
	case 'u':
		if n, err := strconv.ParseUint(string(esc[2:]), 16, 16); err == nil && n < 0x80 {
			return byte(n)
		}
		return '!'
	default:
		return esc[1]
	}
}
