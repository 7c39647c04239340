package body

import (
	"bufio"
	"bytes"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strings"

	"midgate/adapter"
)

// Receiver stores an upload while it arrives, under a name that may be empty, and says what it is known by.
type Receiver func(r io.Reader, name string) (adapter.Reference, error)

// Read decodes a body: a form if the content type says so, JSON in every other case. Its uploads go to keep.
func Read(r *http.Request, keep Receiver) (*Body, error) {
	p, err := read(r, keep)
	if err == nil {
		err = p.unwrap()
	}
	return p, err
}

func read(r *http.Request, keep Receiver) (*Body, error) {
	said := r.Header.Get("Content-Type")
	kind, _, _ := strings.Cut(strings.ToLower(said), ";")
	kind = strings.TrimSpace(kind)
	arriving := bufio.NewReaderSize(r.Body, 4096)
	head, _ := arriving.Peek(peeked) // what went wrong is told to whoever reads on
	boundary, form := "", kind == "multipart/form-data"
	if form {
		boundary = boundaryIn(said)
	}
	if wrong := misnamed(kind, head); wrong != nil {
		return nil, wrong
	}
	switch isJSON := strings.Contains(kind, "json") || isObject(head, boundary); {
	case isJSON:
	case boundary != "":
		if wrong := otherBoundary(head, boundary); wrong != nil {
			return nil, wrong
		}
		return readForm(arriving, boundary, keep)
	case boundaryOf(head) != "":
		return readForm(arriving, boundaryOf(head), keep)
	case form:
		return nil, adapter.BadParam("", "invalid_form_part", "The multipart body's content type names no boundary, and the body begins with none.")
	}
	body := &firstByteReader{from: arriving}
	p, err := readJSON(body, r.ContentLength, keep)
	return p, wrongForm(err, kind, body.first)
}

// looseBoundary finds a boundary that stands there without the quotation marks that its characters ask for.
var looseBoundary = regexp.MustCompile(`(?i);\s*boundary\s*=\s*([^;\r\n]+)`)

// boundaryIn is the boundary that a content type names; empty if it names none.
func boundaryIn(contentType string) string {
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["boundary"] != "" {
		return params["boundary"]
	}
	m := looseBoundary.FindStringSubmatch(contentType)
	if m == nil {
		return ""
	}
	return strings.Trim(strings.TrimSpace(m[1]), `"`)
}

// boundaryOf is the boundary of a form that its client forgot to name: the first line, where a part's header follows it.
func boundaryOf(head []byte) string {
	first, rest, _ := bytes.Cut(bytes.TrimLeft(head, "\r\n"), []byte("\n"))
	boundary, dashes := bytes.CutPrefix(bytes.TrimRight(first, "\r"), []byte("--"))
	if !dashes || len(boundary) == 0 || len(boundary) > 200 || !isDisposition(rest) && !bytes.HasPrefix(bytes.ToLower(rest), []byte("content-type")) {
		return ""
	}
	return string(boundary)
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
