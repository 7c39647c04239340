package body

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"midgate/adapter"
)

// A form's parts stand between its boundaries. The words before the first and after the last of them mean nothing,
// unless a part is among them that a client put in the wrong place: it would be left out.

// errOutside says that a part would be left out.
var errOutside = adapter.BadParam("", "invalid_form_part", "The multipart body has a part before its first boundary or after its last one.")

// skipPreamble returns a form from its first boundary on.
func skipPreamble(body io.Reader, boundary string) (io.Reader, error) {
	r, delimiter, empty := bufio.NewReader(body), []byte("--"+boundary), true
	for begins := true; ; {
		line, err := r.ReadSlice('\n')
		empty = empty && len(bytes.TrimSpace(line)) == 0
		if begins && bytes.HasPrefix(line, delimiter) {
			if rest := strings.TrimSpace(string(line[len(delimiter):])); rest != "" && rest != "--" {
				return nil, adapter.BadParam("", "invalid_form_part", "The first boundary of the multipart body is followed by something else on its line.")
			}
			return io.MultiReader(bytes.NewReader(bytes.Clone(line)), r), nil
		}
		if begins && isDisposition(line) {
			return nil, errOutside
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			if err = ended(err); err == nil {
				err = without(boundary, empty)
			}
			return nil, err
		}
		begins = err == nil
	}
}

// without refuses a form that has not even its first boundary.
func without(boundary string, empty bool) error {
	if empty {
		return adapter.Errorf(adapter.Invalid, "The request body is empty; a multipart form is expected.")
	}
	return adapter.BadParam("", "invalid_form_part", "The boundary that the Content-Type names, '%s', is nowhere in the body.", Excerpt(boundary))
}

// ended is nil for the end of a body.
func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return BadBody(err)
}

// errCut says that a form ends before its last boundary.
var errCut = adapter.BadParam("", "invalid_form_part", "The multipart body ended early: its last boundary is missing.")

func isDisposition(line []byte) bool {
	const header = "content-disposition"
	return len(line) >= len(header) && strings.EqualFold(string(line[:len(header)]), header)
}

// ending is a form that remembers its last bytes: its reader takes in more than it uses.
type ending struct {
	from io.Reader
	last []byte
}

// ahead is more than mime/multipart reads ahead.
const ahead = 8 << 10

func newEnding(from io.Reader) *ending {
	return &ending{from: from, last: append(make([]byte, 0, 4*ahead), '\n')}
}

// Read implements io.Reader.
func (e *ending) Read(p []byte) (int, error) {
	n, err := e.from.Read(p)
	e.keep(p[:n])
	return n, err
}

func (e *ending) keep(b []byte) {
	b = b[max(0, len(b)-ahead):]
	if len(e.last)+len(b) > cap(e.last) {
		e.last = e.last[:copy(e.last, e.last[len(e.last)-ahead:])]
	}
	e.last = append(e.last, b...)
}

// drain reads what follows the last boundary, and refuses it if a part is among it. The bytes are read in any case: while
// a body is unread, a client that leaves is not noticed.
func (e *ending) drain(boundary string) error {
	delimiter := []byte("\n--" + boundary)
	_, behind, closed := bytes.Cut(e.last, append(bytes.Clone(delimiter), "--"...)) // the form's reader stopped at the first one
	if !closed {
		return errCut // in front of a part's header: for the form's reader that is an end like any other
	}
	found := bytes.Contains(behind, delimiter)
	buf := append(make([]byte, 0, ahead+len(delimiter)), behind[max(0, len(behind)-len(delimiter)):]...)
	for {
		n, err := e.from.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		found = found || bytes.Contains(buf, delimiter)
		buf = buf[:copy(buf, buf[max(0, len(buf)-len(delimiter)):])]
		if err != nil {
			err = ended(err)
			if err == nil && found {
				err = errOutside
			}
			return err
		}
	}
}
