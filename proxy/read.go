package proxy

import (
	"io"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/body"
)

// limitBody bounds the size of a body, and how long it may take, and undoes its compression.
func (s *webServer) limitBody(c *gin.Context) error {
	return body.Limit(c.Writer, c.Request, s.cfg.MaxBody, s.cfg.BodyPatience)
}

// read decodes a request's body. A deployment that the path names stands for the body's model.
func (s *webServer) read(c *gin.Context) (*body.Body, error) {
	return s.decode(c, false)
}

// readAnyModel is read for a route that takes whatever model is named.
func (s *webServer) readAnyModel(c *gin.Context) (*body.Body, error) {
	return s.decode(c, true)
}

func (s *webServer) decode(c *gin.Context, anyModel bool) (*body.Body, error) {
	p, err := body.Read(c.Request, s.receive(c))
	if name := deploymentOf(c.Request); err == nil && name != "" {
		err = p.Deploy(s.use.models.Model, name, anyModel)
	}
	return p, err
}

// receive stores an upload of this request's client.
func (s *webServer) receive(c *gin.Context) body.Receiver {
	return func(r io.Reader, name string) (adapter.Reference, error) {
		return s.use.pictures.Receive(c.Request.Context(), visitOf(c).caller, r, name)
	}
}
