package proxy

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/tidwall/gjson"

	"midgate/adapter"
)

// maxImages is how many pictures one edit may bring (openai-surface.md §2.1).
const maxImages = 16

// source is a picture of a request before it is looked up: text that names or holds it, or an upload that was stored
// while the form was read.
type source struct {
	param string
	text  string
	ref   *adapter.Reference
	err   error // why the upload is none
}

// jsonImages collects the pictures of a JSON body, in all the shapes that are seen (openai-surface.md §2.2).
func (p *payload) jsonImages() error {
	for _, name := range []string{"images", "image", "image_url", "image_urls"} {
		v, ok := p.fields[name]
		if !ok || v.Type == gjson.Null {
			continue
		}
		if !v.IsArray() {
			if err := p.addImage(v, name); err != nil {
				return err
			}
			continue
		}
		for i, e := range v.Array() {
			if err := p.addImage(e, fmt.Sprintf("%s[%d]", name, i)); err != nil {
				return err
			}
		}
	}
	return p.jsonMask()
}

func (p *payload) jsonMask() error {
	src, err := sourceOf(p.fields["mask"], "mask")
	if err == nil && src.text != "" {
		p.take(&src)
		p.mask = &src
	}
	return err
}

func (p *payload) addImage(v gjson.Result, param string) error {
	src, err := sourceOf(v, param)
	if err != nil || src.text == "" {
		return err
	}
	p.take(&src)
	if len(p.images) == maxImages {
		return tooManyImages()
	}
	p.images = append(p.images, src)
	return nil
}

// take finds the upload that a mark stands for. A client that writes such a mark itself reaches its own uploads only.
func (p *payload) take(src *source) {
	number, ok := strings.CutPrefix(src.text, uploadMark)
	if !ok {
		return
	}
	number, _, _ = strings.Cut(number, ":")
	i, err := strconv.Atoi(number)
	if err != nil || i < 0 || i >= len(p.uploads) {
		return // it is no picture then, and refused as such
	}
	src.ref, src.err = &p.uploads[i].ref, p.uploads[i].err
}

// unused refuses pictures that a route would leave out of what is paid for; takes are the names that it reads.
func (p *payload) unused(takes ...string) error {
	for _, sent := range []struct {
		name  string
		there bool
	}{{"image", len(p.images) > 0}, {"mask", p.mask != nil}, {"end_image", p.end != nil}} {
		if sent.there && !slices.Contains(takes, sent.name) {
			return adapter.BadParam(sent.name, "unknown_upload", "'%s' is not used here: this route would draw without it.", sent.name)
		}
	}
	return nil
}

func tooManyImages() error {
	return adapter.BadParam("image", "array_above_max_length", "At most %d images may be sent.", maxImages)
}

// sourceOf reads one picture: text, or an object with exactly one of image_url and file_id.
func sourceOf(v gjson.Result, param string) (source, error) {
	if v.Type == gjson.Null {
		return source{}, nil
	}
	if v.Type == gjson.String {
		return source{param: param, text: strings.TrimSpace(v.Str)}, nil
	}
	if !v.IsObject() {
		return source{}, adapter.BadParam(param, "invalid_type", "'%s' must be a URL, a data URL, or an object with 'image_url' or 'file_id'.", param)
	}
	address, file := memberText(v, "image_url"), memberText(v, "file_id")
	if address == "" {
		address = cmp.Or(memberText(v, "url"), memberText(v, "b64_json"))
	}
	if file == "" {
		file = memberText(v, "id")
	}
	switch {
	case address != "" && file != "":
		return source{}, adapter.BadParam(param, "invalid_value", "'%s' must have either 'image_url' or 'file_id', not both.", param)
	case address != "":
		return source{param: param + ".image_url", text: address}, nil
	case file != "":
		return source{param: param + ".file_id", text: file}, nil
	default:
		return source{}, adapter.BadParam(param, "missing_required_parameter", "'%s' must have 'image_url' or 'file_id'.", param)
	}
}

// memberText reads a member that is text, or an object with a url, as chat messages have it.
func memberText(v gjson.Result, name string) string {
	m := v.Get(name)
	if m.IsObject() {
		m = m.Get("url")
	}
	if m.Type != gjson.String {
		return ""
	}
	return strings.TrimSpace(m.Str)
}

// references looks up pictures that a field of the midjourney object names.
func (s *Server) references(c *gin.Context, p *payload, texts []string) ([]adapter.Reference, error) {
	if len(texts) > maxImages {
		return nil, adapter.BadParam("midjourney.reference_images", "array_above_max_length", "At most %d reference images may be sent.", maxImages)
	}
	var refs []adapter.Reference
	for i, t := range texts {
		src := source{param: fmt.Sprintf("midjourney.reference_images[%d]", i), text: t}
		p.take(&src)
		ref, err := s.resolve(c, src)
		if err != nil {
			return nil, err
		}
		refs = append(refs, ref)
	}
	return refs, nil
}

// resolve turns a source into something that the core can use: one of our pictures, or a stored upload.
func (s *Server) resolve(c *gin.Context, src source) (adapter.Reference, error) {
	if src.ref != nil {
		return *src.ref, blame(src.err, src.param)
	}
	ref, err := s.resolveText(c, src.text)
	return ref, blame(err, src.param)
}

func (s *Server) resolveText(c *gin.Context, text string) (adapter.Reference, error) {
	caller, ctx := visitOf(c).caller, c.Request.Context()
	switch {
	case strings.HasPrefix(text, "img_"):
		_, err := s.core.Keep.Image(ctx, caller, text)
		return adapter.Reference{Image: text}, err
	case strings.HasPrefix(text, "file"):
		return s.uploaded(c, text)
	case hasScheme(text, "data"):
		r, err := dataURL(text)
		if err != nil {
			return adapter.Reference{}, err
		}
		return s.core.Keep.Receive(ctx, caller, r, "")
	case hasScheme(text, "http"), hasScheme(text, "https"):
		if id := s.ownPicture(c, text); id != "" {
			_, err := s.core.Keep.Image(ctx, caller, id)
			return adapter.Reference{Image: id}, err
		}
		body, err := s.fetch.open(ctx, text)
		if err != nil {
			return adapter.Reference{}, err
		}
		defer func() { _ = body.Close() }() // only read
		return s.core.Keep.Receive(ctx, caller, body, path.Base(text))
	case len(text) >= 64 && isBase64(text[:64]):
		return s.core.Keep.Receive(ctx, caller, base64Reader(text), "")
	default:
		return adapter.Reference{}, adapter.BadParam("", "invalid_value", "Not a picture: an http(s) URL, a data URL, base64, a picture's ID or a file's ID is expected.")
	}
}

// ownPicture returns the ID in a URL that midgate handed out, empty for any other.
func (s *Server) ownPicture(c *gin.Context, address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	own, err := url.Parse(s.base(c))
	if err != nil || !strings.EqualFold(u.Host, own.Host) && !strings.EqualFold(u.Host, c.Request.Host) {
		return ""
	}
	name, ok := strings.CutPrefix(u.Path, strings.TrimRight(own.Path, "/")+"/images/")
	id, _, _ := strings.Cut(name, ".")
	if !ok || !adapter.ValidID(id) {
		return ""
	}
	return id
}

// blame names the parameter of an error that does not know it, or knows a picture's ID only.
func blame(err error, param string) error {
	e := new(adapter.Error)
	if err == nil {
		return nil
	}
	if own := typed(err); own.Kind != adapter.Internal {
		*e = *own
		if (e.Param == "" || e.Param == "id") && e.Kind != clientGone {
			e.Param = param
		}
		return e
	}
	return err
}

func hasScheme(text, scheme string) bool {
	return len(text) > len(scheme) && text[len(scheme)] == ':' && strings.EqualFold(text[:len(scheme)], scheme)
}

// dataURL opens the bytes of a data URL; its media type is not believed, the bytes are looked at.
func dataURL(text string) (io.Reader, error) {
	head, data, ok := strings.Cut(text, ",")
	if !ok || !strings.HasSuffix(strings.ToLower(strings.TrimSpace(head)), ";base64") {
		return nil, adapter.BadParam("", "invalid_value", "The data URL must be of the form data:image/png;base64,….")
	}
	if strings.Contains(data, "%") {
		if plain, err := url.PathUnescape(data); err == nil {
			data = plain
		}
	}
	return base64Reader(data), nil
}

// base64Reader decodes either alphabet, with and without padding, ignoring line breaks.
func base64Reader(data string) io.Reader {
	return streamedBase64(strings.NewReader(data))
}

// streamedBase64 decodes base64 as it arrives, padded or not, of either alphabet.
func streamedBase64(r io.Reader) io.Reader {
	return &wordedReader{base64.NewDecoder(base64.RawStdEncoding, &plainAlphabet{r})}
}

// plainAlphabet turns the URL alphabet into the standard one and drops padding and blanks.
type plainAlphabet struct{ r io.Reader }

func (a *plainAlphabet) Read(p []byte) (int, error) {
	for {
		n, err := a.r.Read(p)
		kept := 0
		for _, b := range p[:n] {
			switch b {
			case '=', '\r', '\n', ' ', '\t':
				continue
			case '-':
				b = '+'
			case '_':
				b = '/'
			}
			p[kept] = b
			kept++
		}
		if kept > 0 || err != nil {
			return kept, err
		}
	}
}

// wordedReader says in plain words that base64 is broken.
type wordedReader struct{ r io.Reader }

func (w *wordedReader) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	var broken base64.CorruptInputError
	if errors.As(err, &broken) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = adapter.BadParam("", "invalid_base64", "The picture's base64 is broken.")
	}
	return n, err
}

func isBase64(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("+/-_=\r\n", r))
	}) < 0
}
