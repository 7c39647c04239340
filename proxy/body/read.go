package body

import (
	"io"
	"mime"
	"net/http"
	"strings"

	"midgate/adapter"
)

// Receiver stores an upload while it arrives, under a name that may be empty, and says what it is known by.
type Receiver func(r io.Reader, name string) (adapter.Reference, error)

// Read decodes a body: a form if the content type says so, JSON in every other case. Its uploads go to keep.
func Read(r *http.Request, keep Receiver) (*Body, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		body := &firstByteReader{from: r.Body}
		p, err := readJSON(body, r.ContentLength, keep)
		return p, wrongForm(err, kind, body.first)
	}
	if params["boundary"] == "" {
		return nil, adapter.Errorf(adapter.Invalid, "The multipart body's content type names no boundary.")
	}
	return readForm(r.Body, params["boundary"], keep)
}

// firstByteReader is a body that remembers what it begins with.
type firstByteReader struct {
	from  io.Reader
	first byte // that is no blank; 0 before there is one
}

// Read implements io.Reader.
func (o *firstByteReader) Read(p []byte) (int, error) {
	n, err := o.from.Read(p)
	for i := 0; o.first == 0 && i < n; i++ {
		if !strings.ContainsRune(" \t\r\n", rune(p[i])) {
			o.first = p[i]
		}
	}
	return n, err
}

// wrongForm says what is accepted to who sent another kind of form. What begins like JSON is broken JSON, and what is
// empty is empty, whatever it calls itself: curl -d calls everything a form.
func wrongForm(err error, kind string, first byte) error {
	if err == nil {
		return nil
	}
	form := strings.HasPrefix(kind, "application/x-www-form-urlencoded") && first != 0 && first != '{' && first != '['
	if e := Typed(err); form && e.Kind == adapter.Invalid && e.Code == "" {
		return adapter.BadParam("", "unsupported_content_type", "Send the body as application/json or multipart/form-data.")
	}
	return err
}
