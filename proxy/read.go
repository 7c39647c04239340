package proxy

import (
	"io"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/body"
)

// limitBody bounds the size of a body, and how long it may take, and undoes its compression.
func (s *Server) limitBody(c *gin.Context) error {
	return body.Limit(c.Writer, c.Request, s.cfg.MaxBody, s.cfg.BodyPatience)
}

// read decodes a request's body. A deployment that the path names stands for the body's model.
func (s *Server) read(c *gin.Context) (*body.Body, error) {
	p, err := body.Read(c.Request, s.receive(c))
	if name := deploymentOf(c.Request); err == nil && name != "" {
		err = p.Deploy(s.core.Draw.Model, name, c.Request.URL.Path == responsesRoute)
	}
	return p, err
}

// receive stores an upload of this request's client.
func (s *Server) receive(c *gin.Context) body.Receiver {
	return func(r io.Reader, name string) (adapter.Reference, error) {
		return s.core.Keep.Receive(c.Request.Context(), visitOf(c).caller, r, name)
	}
}
