package proxy

import "github.com/gin-gonic/gin"

// shorten serves POST /v1/prompts/shorten.
func (s *Server) shorten(c *gin.Context) error {
	p, err := s.read(c)
	if err != nil {
		return err
	}
	g, _, err := readGeneration(p, true)
	visitOf(c).model = g.Model
	if err != nil {
		return err
	}
	if err := p.Unused(); err != nil {
		return err
	}
	a, err := s.attempt(c, p, false, formOf(g))
	if err != nil {
		return err
	}
	t, err := s.core.Draw.Shorten(c.Request.Context(), a, g)
	if err != nil {
		return err
	}
	return s.deliver(c, t, s.texts(t.Job().Created.Unix()))
}
