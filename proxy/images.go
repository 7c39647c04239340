package proxy

import (
	"context"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
)

// generate serves POST /v1/images/generations.
func (s *Server) generate(c *gin.Context) error {
	p, err := s.read(c)
	if err != nil {
		return err
	}
	g, stream, err := p.generation(true)
	visitOf(c).model = g.Model
	if err != nil {
		return err
	}
	if err := p.unused(); err != nil {
		return err
	}
	if err := s.borrow(c, p, &g); err != nil {
		return err
	}
	a, err := s.attempt(c, p, stream, formOf(g))
	if err != nil {
		return err
	}
	t, err := s.core.Draw.Generate(c.Request.Context(), a, g)
	if err != nil {
		return err
	}
	if stream {
		return s.streamPictures(c, t, "image_generation", formOf(g))
	}
	return s.deliver(c, t, s.pictures(c, formOf(g)))
}

// pictures renders a result as OpenAI's ImagesResponse.
func (s *Server) pictures(c *gin.Context, f form) renderer {
	caller, base := visitOf(c).caller, s.base(c)
	return func(ctx context.Context, d *document, r adapter.Result) error {
		return s.images(ctx, d, caller, f, base, r.Images)
	}
}
