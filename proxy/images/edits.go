package images

import (
	"cmp"
	"context"
	"strings"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/body"
	"midgate/proxy/web"
)

// pictureRoute serves a route that begins with pictures; begin hands the checked request to the core.
type pictureRoute struct {
	prompted   bool // a prompt must be there
	masked     bool // a mask may be there
	wordless   bool // there is no place for words and settings
	least      int  // pictures
	most       int
	answerText bool   // the answer is words
	event      string // what a stream's events are called; empty: image_edit
	begin      func(context.Context, adapter.Attempt, adapter.Edit) (adapter.Ticket, error)
}

// Edit serves POST /v1/images/edits: pictures, and words for what to make of them.
func (s *Routes) Edit(c *gin.Context) error {
	return s.withPictures(c, editRoute(s))
}

func editRoute(s *Routes) pictureRoute {
	return pictureRoute{prompted: true, masked: true, least: 1, most: body.MaxImages, begin: s.editor.Edit}
}

// Vary serves POST /v1/images/variations.
func (s *Routes) Vary(c *gin.Context) error {
	return s.withPictures(c, pictureRoute{least: 1, most: 1, begin: s.editor.Vary})
}

// Blend serves POST /v1/images/blends.
func (s *Routes) Blend(c *gin.Context) error {
	return s.withPictures(c, pictureRoute{wordless: true, least: 2, most: 5, begin: s.editor.Blend})
}

// Describe serves POST /v1/images/descriptions.
func (s *Routes) Describe(c *gin.Context) error {
	return s.withPictures(c, pictureRoute{least: 1, most: 1, answerText: true, begin: s.editor.Describe})
}

func (s *Routes) withPictures(c *gin.Context, r pictureRoute) error {
	p, err := s.Read(c)
	if err != nil {
		return err
	}
	if err := p.JSONImages(); err != nil {
		return err
	}
	return s.pictures(c, p, r, false)
}

// pictures does what a body asks for that begins with pictures.
func (s *Routes) pictures(c *gin.Context, p *body.Body, r pictureRoute, router bool) error {
	e, stream, err := s.decodeEdit(c, p, r)
	if err != nil {
		return err
	}
	f := web.EchoOf(e.Generation)
	f.Router = router
	a, err := web.Attempt(c, p, stream, f)
	if err != nil {
		return err
	}
	t, err := r.begin(c.Request.Context(), a, e)
	if err != nil {
		return err
	}
	if r.answerText {
		return s.Deliver(c, t, s.RenderTexts(t.Job().Created.Unix()))
	}
	if stream {
		return s.stream(c, t, cmp.Or(r.event, "image_edit"), f)
	}
	return s.Deliver(c, t, s.Render(c, f))
}

// onlyWords refuses settings and further pictures of what only answers words: nothing is drawn with them.
func onlyWords(p *body.Body, g adapter.Generation, what string) error {
	looks := given(p)
	if len(g.Midjourney.ReferenceImages) > 0 {
		looks = append(looks, "midjourney.reference_images")
	}
	if len(looks) > 0 {
		return adapter.BadParam(looks[0], "invalid_value", "%s draws nothing: '%s' cannot be used for it.", what, looks[0])
	}
	return nil
}

// onlyBlends refuses words and settings of a blend: Midjourney has no place for them.
func onlyBlends(p *body.Body, words string) error {
	if strings.TrimSpace(words) != "" {
		return adapter.BadParam("prompt", "invalid_value", "A blend takes no words: POST /v1/images/edits takes several pictures with a prompt.")
	}
	if looks := given(p); len(looks) > 0 {
		return adapter.BadParam(looks[0], "invalid_value", "A blend has no '%s': POST /v1/images/edits takes several pictures with a prompt and settings.", looks[0])
	}
	if name := foreignSetting(p); name != "" {
		return adapter.BadParam(name, "invalid_value", "A blend has no '%s': POST /v1/images/edits takes several pictures with a prompt and settings.", name)
	}
	return nil
}

// decodeEdit checks everything that costs nothing first; pictures are looked up and fetched last.
func (s *Routes) decodeEdit(c *gin.Context, p *body.Body, r pictureRoute) (e adapter.Edit, stream bool, err error) {
	e.Generation, stream, err = readDrawing(p, r.prompted)
	web.RequestOf(c).Model = e.Model
	if err != nil {
		return e, false, err
	}
	if r.wordless {
		if err := onlyBlends(p, e.Prompt); err != nil {
			return e, false, err
		}
	}
	if r.answerText {
		if err := onlyWords(p, e.Generation, "A description"); err != nil {
			return e, false, err
		}
		if strings.TrimSpace(e.Prompt) != "" {
			return e, false, adapter.BadParam("prompt", "invalid_value", "A description takes no words: it says what is to be seen in the picture. POST /v1/images/edits changes one.")
		}
	}
	e.Fidelity = p.Hint("input_fidelity")
	switch n := len(p.Images); {
	case n == 0:
		return e, false, adapter.BadParam("image", "missing_required_parameter", "Missing required parameter: 'image'.")
	case n < r.least || n > r.most:
		return e, false, adapter.BadParam("image", "invalid_value", "From %d to %d images are expected here, not %d.", r.least, r.most, n)
	}
	takes := []string{"image"}
	if r.masked {
		takes = append(takes, "mask")
	}
	if err := p.Unused(takes...); err != nil {
		return e, false, err
	}
	if err := p.Strange(); err != nil {
		return e, false, err
	}
	for _, src := range p.Images {
		ref, err := s.Resolve(c, src)
		if err != nil {
			return e, false, err
		}
		e.Images = append(e.Images, ref)
	}
	if p.Mask != nil {
		ref, err := s.Resolve(c, *p.Mask)
		if err != nil {
			return e, false, err
		}
		e.Mask = &ref
	}
	if err := s.ResolveReferences(c, p, &e.Generation); err != nil {
		return e, false, err
	}
	if r.prompted && e.Mask == nil {
		return e, stream, s.AttachWords(c, &e.Generation)
	}
	return e, stream, s.ReachableWords(c, &e.Prompt)
}
