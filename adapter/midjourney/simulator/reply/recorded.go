package reply

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
)

// Response is the reply as a client receives it.
func (o Reply) Response(r *http.Request) *http.Response {
	rec := &recorder{header: http.Header{}}
	cut := o.Cut
	o.Cut = false
	o.Write(rec, r)
	var body io.Reader = bytes.NewReader(rec.body.Bytes())
	if cut {
		body = io.MultiReader(bytes.NewReader(rec.body.Bytes()[:min(o.Part, rec.body.Len())]), broken{})
	}
	if r.Method == http.MethodHead {
		body = http.NoBody
	}
	length, err := strconv.ParseInt(rec.header.Get("Content-Length"), 10, 64)
	if err != nil {
		length = -1
	}
	for name, values := range rec.header {
		if values == nil {
			delete(rec.header, name)
		}
	}
	return &http.Response{
		Status: strconv.Itoa(rec.status) + " " + http.StatusText(rec.status), StatusCode: rec.status, Proto: "HTTP/1.1",
		ProtoMajor: 1, ProtoMinor: 1, Header: rec.header, Body: io.NopCloser(body), ContentLength: length, Request: r,
	}
}

// broken is the end of a body whose connection broke.
type broken struct{}

// recorder collects what a reply writes.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *recorder) Write(p []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(p)
}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
