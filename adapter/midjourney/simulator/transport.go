package simulator

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
)

// Transport is a RoundTripper that reaches the simulator without a socket, so that it works inside a
// testing/synctest bubble. The host in the URL does not matter. A broken connection is io.ErrUnexpectedEOF; a client
// that gives up gets its context's error.
func (s *Simulator) Transport() http.RoundTripper { return transport{s} }

type transport struct{ s *Simulator }

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer func() { _ = r.Body.Close() }()
	}
	out := t.s.respond(r)
	switch {
	case out.hang:
		<-r.Context().Done()
		return nil, r.Context().Err()
	case out.gone:
		return nil, r.Context().Err()
	case out.drop:
		return nil, io.ErrUnexpectedEOF
	}
	return out.response(r), nil
}

// response is the reply as a client receives it.
func (o reply) response(r *http.Request) *http.Response {
	rec := &recorder{header: http.Header{}}
	cut := o.cut
	o.cut = false
	o.write(rec, r)
	var body io.Reader = bytes.NewReader(rec.body.Bytes())
	if cut {
		body = io.MultiReader(bytes.NewReader(rec.body.Bytes()[:min(o.part, rec.body.Len())]), broken{})
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

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

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
