package web

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/body"
)

// sources turns what requests name as a picture into references to stored ones.
type sources struct {
	pictures Pictures
	files    Files
	fetch    *fetcher
	at       *addresses
}

// uploaded looks up a file that was sent to /v1/files before.
func (s sources) uploaded(c *gin.Context, id string) (adapter.Reference, error) {
	f, err := s.files.File(c.Request.Context(), RequestOf(c).Caller, strings.TrimSpace(id))
	if adapter.KindOf(err) == adapter.NotFound {
		return adapter.Reference{}, &adapter.Error{Kind: adapter.NotFound, Code: "file_not_found", Message: "There is no file with this ID."} // whoever reads the body names the parameter
	}
	return f.Contents, err
}

// resolveReferences looks up pictures that a field of the midjourney object names.
func (s sources) resolveReferences(c *gin.Context, p *body.Body, texts []string) ([]adapter.Reference, error) {
	if len(texts) > body.MaxImages {
		return nil, adapter.BadParam("midjourney.reference_images", "array_above_max_length", "At most %d reference images may be sent.", body.MaxImages)
	}
	var refs []adapter.Reference
	for i, t := range texts {
		src := body.Source{Param: fmt.Sprintf("midjourney.reference_images[%d]", i), Text: t}
		p.Take(&src)
		ref, err := s.Resolve(c, src)
		if err != nil {
			return nil, err
		}
		refs = append(refs, ref)
	}
	return refs, nil
}

// Resolve turns a source into something that the core can use: one of our pictures, or a stored upload.
func (s sources) Resolve(c *gin.Context, src body.Source) (adapter.Reference, error) {
	if src.Ref != nil {
		return *src.Ref, body.Blame(src.Err, src.Param)
	}
	ref, err := s.resolveText(c, src.Text)
	return ref, body.Blame(err, src.Param)
}

func (s sources) resolveText(c *gin.Context, text string) (adapter.Reference, error) {
	caller, ctx := RequestOf(c).Caller, c.Request.Context()
	switch {
	case strings.HasPrefix(text, "img_"):
		_, err := s.pictures.Image(ctx, caller, text)
		return adapter.Reference{Image: text}, err
	case strings.HasPrefix(text, "file"):
		return s.uploaded(c, text)
	case body.HasScheme(text, "data"):
		r, err := body.DataURL(text)
		if err != nil {
			return adapter.Reference{}, err
		}
		return s.pictures.Receive(ctx, caller, r, "")
	case body.HasScheme(text, "http"), body.HasScheme(text, "https"):
		if id := s.OwnPicture(c, text); id != "" {
			_, err := s.pictures.Image(ctx, caller, id)
			return adapter.Reference{Image: id}, err
		}
		body, err := s.fetch.open(ctx, text)
		if err != nil {
			return adapter.Reference{}, err
		}
		defer func() { _ = body.Close() }() // only read
		return s.pictures.Receive(ctx, caller, body, path.Base(text))
	case OwnPath(text) != "":
		id := OwnPath(text)
		_, err := s.pictures.Image(ctx, caller, id)
		return adapter.Reference{Image: id}, err
	case len(text) >= 64 && body.IsBase64(text[:64]):
		return s.pictures.Receive(ctx, caller, body.Base64Reader(text), "")
	default:
		return adapter.Reference{}, adapter.BadParam("", "invalid_value", "Not a picture: an http(s) URL, a data URL, base64, a picture's ID or a file's ID is expected.")
	}
}

// ownPath is how the path of a picture's address ends, whatever a proxy puts before it.
var ownPath = regexp.MustCompile(`/images/(` + body.OwnID + `)(?:\.[a-z]+)?$`)

// longestAddress is more than any address of a picture has; a text that begins with a slash may be one of megabytes in base64.
const longestAddress = 2048

// OwnPath returns the ID in an address of ours that has lost its scheme, or its host too, as pages write them; empty for any
// other text. There is nowhere else to look for such a picture.
func OwnPath(text string) string {
	if !strings.HasPrefix(text, "/") || len(text) > longestAddress {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	m := ownPath.FindStringSubmatch(u.Path)
	if m == nil {
		return ""
	}
	return m[1]
}

// OwnPicture returns the ID in a URL that midgate handed out, empty for any other. It may have been handed out under another
// name of the same midgate (localhost, a public name): an ID that the caller has a picture of cannot be guessed by others.
func (s sources) OwnPicture(c *gin.Context, address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	m := ownPath.FindStringSubmatch(u.Path)
	if m == nil {
		return ""
	}
	if own, err := url.Parse(s.at.Base(c)); err == nil && (strings.EqualFold(u.Host, own.Host) || strings.EqualFold(u.Host, c.Request.Host)) {
		return m[1]
	}
	if _, err := s.pictures.Image(c.Request.Context(), RequestOf(c).Caller, m[1]); err != nil {
		return "" // somebody else's, to be fetched as any other
	}
	return m[1]
}
