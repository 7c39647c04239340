package web

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/body"
)

// ResolveReferences settles the pictures that a request's midjourney object names. Image prompts are sent along; the upstream
// fetches style, character and omni references by itself, so each becomes an address that it can reach.
func (s sources) ResolveReferences(c *gin.Context, p *body.Body, g *adapter.Generation) (err error) {
	m := &g.Midjourney
	if g.References, err = s.resolveReferences(c, p, m.ReferenceImages); err != nil {
		return err
	}
	m.ReferenceImages = nil // settled; a data URL has no place in a record
	for _, list := range []struct {
		name string
		refs []string
	}{{"style_reference", m.StyleRef}, {"character_reference", m.CharacterRef}} {
		for i := range list.refs {
			param := "midjourney." + list.name
			if len(list.refs) > 1 {
				param = fmt.Sprintf("%s[%d]", param, i)
			}
			if list.refs[i], err = s.referenceAddress(c, p, param, list.refs[i]); err != nil {
				return err
			}
		}
	}
	m.OmniRef, err = s.referenceAddress(c, p, "midjourney.omni_reference", m.OmniRef)
	return err
}

// referenceAddress returns the text that is sent for one reference. Codes, "random" and other people's addresses stay as they are; a
// weight behind a picture stays behind its address.
func (s sources) referenceAddress(c *gin.Context, p *body.Body, param, text string) (string, error) {
	src := body.Source{Param: param, Text: text}
	p.Take(&src)
	if src.Ref == nil && !s.isPictureText(c, text) {
		return text, nil
	}
	weight := ""
	if at := strings.LastIndex(text, "::"); at > 0 && src.Ref == nil {
		src.Text, weight = text[:at], text[at:]
	}
	ref, err := s.Resolve(c, src)
	if err != nil {
		return "", err
	}
	ctx, caller := c.Request.Context(), RequestOf(c).Caller
	address, err := s.pictures.UploadToUpstream(ctx, caller, ref)
	if err == nil {
		return address + weight, nil
	}
	base := s.at.Base(c)
	if u, bad := url.Parse(base); bad != nil || private(u.Host) {
		return "", &adapter.Error{Kind: adapter.Unsupported, Code: "unsupported", Param: param, Err: err,
			Message: "Midjourney has to fetch this picture, this upstream takes no uploads, and midgate's own address cannot be reached from outside: send the picture's public URL, or set MIDGATE_PUBLIC_URL."}
	}
	id, err := s.pictures.Publish(ctx, caller, ref)
	if err != nil {
		return "", body.Blame(err, param)
	}
	return PictureURL(base, id, adapter.PNG) + weight, nil
}

// isPictureText reports whether a reference is a picture that only midgate can see.
func (s sources) isPictureText(c *gin.Context, text string) bool {
	switch {
	case strings.HasPrefix(text, "img_"), strings.HasPrefix(text, "file-"), body.HasScheme(text, "data"):
		return true
	case body.HasScheme(text, "http"), body.HasScheme(text, "https"):
		address, _, _ := strings.Cut(text, "::")
		return s.OwnPicture(c, address) != ""
	default:
		address, _, _ := strings.Cut(text, "::")
		return OwnPath(address) != ""
	}
}
