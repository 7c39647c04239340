package images

import (
	"github.com/gin-gonic/gin"

	"midgate/proxy/web"
)

// Shorten serves POST /v1/prompts/shorten.
func (s *Routes) Shorten(c *gin.Context) error {
	p, err := s.Read(c)
	if err != nil {
		return err
	}
	g, _, err := ReadGeneration(p, true)
	web.RequestOf(c).Model = g.Model
	if err != nil {
		return err
	}
	if err := onlyWords(p, g, "Shortening"); err != nil {
		return err
	}
	if err := p.NoPictures(); err != nil {
		return err
	}
	if err := p.Strange(); err != nil {
		return err
	}
	if err := s.ReachableWords(c, &g.Prompt); err != nil {
		return err
	}
	a, err := web.Attempt(c, p, false, web.EchoOf(g))
	if err != nil {
		return err
	}
	t, err := s.drawer.Shorten(c.Request.Context(), a, g)
	if err != nil {
		return err
	}
	return s.Deliver(c, t, s.RenderTexts(t.Job().Created.Unix()))
}
