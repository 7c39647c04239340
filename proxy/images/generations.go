package images

import (
	"context"

	"github.com/gin-gonic/gin"
	"github.com/tidwall/gjson"

	"midgate/adapter"
	"midgate/adapter/jsonstream"
	"midgate/proxy/body"
	"midgate/proxy/web"
)

// Generate serves POST /v1/images/generations.
func (s *Routes) Generate(c *gin.Context) error {
	return s.generateAs(c, false)
}

func (s *Routes) generateAs(c *gin.Context, router bool) error {
	p, err := s.Read(c)
	if err != nil {
		return err
	}
	if router {
		p.Fields["response_format"] = gjson.Result{Type: gjson.String, Str: "b64_json", Raw: `"b64_json"`}
	}
	if err := p.JSONImages(); err != nil {
		return err
	}
	if p.Mask != nil && len(p.Images) == 0 {
		return adapter.BadParam("mask", "invalid_value", "A 'mask' needs the picture that it belongs to: send 'image', too.")
	}
	if p.Mask != nil { // what is to be changed, and where: an edit, whatever its address
		return s.generateEdit(c, p, router)
	}
	t, f, stream, err := s.begin(c, p, router)
	if err != nil {
		return err
	}
	if stream {
		return s.stream(c, t, "image_generation", f)
	}
	return s.Deliver(c, t, s.Render(c, f))
}

// generateEdit is an edit at the address of generations.
func (s *Routes) generateEdit(c *gin.Context, p *body.Body, router bool) error {
	edit := editRoute(s)
	edit.event = "image_generation"
	return s.pictures(c, p, edit, router)
}

// begin asks for the pictures that a body describes. What it read is gone from the stack when somebody waits for them.
func (s *Routes) begin(c *gin.Context, p *body.Body, router bool) (t adapter.Ticket, f web.Echo, stream bool, err error) {
	g, stream, err := readDrawing(p, true)
	web.RequestOf(c).Model = g.Model
	if err != nil {
		return nil, f, stream, err
	}
	if err := p.Unused("image"); err != nil {
		return nil, f, stream, err
	}
	if err := p.Strange(); err != nil {
		return nil, f, stream, err
	}
	if err := s.ResolveReferences(c, p, &g); err != nil {
		return nil, f, stream, err
	}
	if err := s.AttachWords(c, &g); err != nil {
		return nil, f, stream, err
	}
	for _, src := range p.Images { // drawn from as references
		ref, err := s.Resolve(c, src)
		if err != nil {
			return nil, f, stream, err
		}
		g.References = append(g.References, ref)
	}
	f = web.EchoOf(g)
	f.Router = router
	a, err := web.Attempt(c, p, stream, f)
	if err != nil {
		return nil, f, stream, err
	}
	t, err = s.drawer.Generate(c.Request.Context(), a, g)
	return t, f, stream, err
}

// GenerateRouter serves POST /v1/images, OpenRouter's route for the same: its answer holds the pictures themselves, and
// their cost in its own words.
func (s *Routes) GenerateRouter(c *gin.Context) error {
	return s.generateAs(c, true)
}

// Render renders a result as OpenAI's ImagesResponse.
func (s *Routes) Render(c *gin.Context, f web.Echo) web.Renderer {
	caller, base := web.RequestOf(c).Caller, s.Base(c)
	return func(ctx context.Context, d *jsonstream.Document, r adapter.Result) error {
		f.Cost = r.Cost
		return s.images(ctx, d, caller, f, base, r.Images)
	}
}
