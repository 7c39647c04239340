package simulator

import (
	"io"
	"net/http"
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
	case out.Hang:
		<-r.Context().Done()
		return nil, r.Context().Err()
	case out.Gone:
		return nil, r.Context().Err()
	case out.Drop:
		return nil, io.ErrUnexpectedEOF
	}
	return out.Response(r), nil
}
