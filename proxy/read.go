package proxy

import (
	"io"
	"mime"
	"strings"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
)

// read decodes a body: a form if the content type says so, JSON in every other case (contract.md §5).
func (s *Server) read(c *gin.Context) (*payload, error) {
	kind, params, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		p, err := readJSON(c.Request.Body, c.Request.ContentLength, s.receive(c))
		return p, wrongForm(err, kind)
	}
	if params["boundary"] == "" {
		return nil, adapter.Errorf(adapter.Invalid, "The multipart body's content type names no boundary.")
	}
	return s.readForm(c)
}

// wrongForm says what is accepted to who sent another kind of form.
func wrongForm(err error, kind string) error {
	if err == nil {
		return nil
	}
	if e := typed(err); e.Kind == adapter.Invalid && e.Code == "" && strings.HasPrefix(kind, "application/x-www-form-urlencoded") {
		return adapter.BadParam("", "unsupported_content_type", "Send the body as application/json or multipart/form-data.")
	}
	return err
}

// receive stores an upload of this request's client.
func (s *Server) receive(c *gin.Context) func(io.Reader) (adapter.Reference, error) {
	return func(r io.Reader) (adapter.Reference, error) {
		return s.core.Keep.Receive(c.Request.Context(), visitOf(c).caller, r, "")
	}
}
