package body

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"midgate/adapter"
)

// MaxImages is how many pictures one edit may bring.
const MaxImages = 16

// Source is a picture of a request before it is looked up: text that names or holds it, or an upload that was stored
// while the form was read.
type Source struct {
	Param string
	Text  string
	Ref   *adapter.Reference
	Err   error // why the upload is none
}

// imageFields are the names under which clients send pictures.
var imageFields = []string{"images", "image", "image_url", "image_urls", "input_image", "input_images", "input_reference", "input_references"}

// JSONImages collects the pictures of a JSON body, in all the shapes that are seen. Those of a form have been read with it.
func (p *Body) JSONImages() error {
	if p.Form {
		return nil
	}
	for _, name := range imageFields {
		v, ok := p.Fields[name]
		if !ok || v.Type == gjson.Null {
			continue
		}
		if !v.IsArray() {
			if err := p.AddImage(v, name); err != nil {
				return err
			}
			continue
		}
		for i, e := range v.Array() {
			if err := p.AddImage(e, fmt.Sprintf("%s[%d]", name, i)); err != nil {
				return err
			}
		}
	}
	return p.jsonMask()
}

// NoPictures refuses pictures where none is used, whatever the body.
func (p *Body) NoPictures() error {
	if err := p.JSONImages(); err != nil {
		return err
	}
	return p.Unused()
}

// jsonMask reads the mask of a JSON body.
func (p *Body) jsonMask() error {
	src, err := SourceOf(p.Fields["mask"], "mask")
	if err == nil && src.Text != "" {
		p.Take(&src)
		p.Mask = &src
	}
	return err
}

// AddImage adds one picture of a JSON body.
func (p *Body) AddImage(v gjson.Result, param string) error {
	src, err := SourceOf(v, param)
	if err != nil || src.Text == "" {
		return err
	}
	p.Take(&src)
	if len(p.Images) == MaxImages {
		return TooManyImages()
	}
	p.Images = append(p.Images, src)
	return nil
}

// Take finds the upload that a mark stands for. A client that writes such a mark itself reaches its own uploads only.
func (p *Body) Take(src *Source) {
	number, ok := strings.CutPrefix(src.Text, UploadMark)
	if !ok {
		return
	}
	number, _, _ = strings.Cut(number, ":")
	i, err := strconv.Atoi(number)
	if err != nil || i < 0 || i >= len(p.uploads) {
		return // it is no picture then, and refused as such
	}
	src.Ref, src.Err = &p.uploads[i].ref, p.uploads[i].err
}

// Unused refuses pictures that a route would leave out of what is paid for; takes are the names that it reads.
func (p *Body) Unused(takes ...string) error {
	for _, sent := range []struct {
		name  string
		there bool
	}{{"image", len(p.Images) > 0}, {"mask", p.Mask != nil}, {"end_image", p.End != nil}} {
		if sent.there && !slices.Contains(takes, sent.name) {
			return adapter.BadParam(sent.name, "unknown_upload", "'%s' is not used here: this route would draw without it.", sent.name)
		}
	}
	return nil
}

// TooManyImages refuses more pictures than MaxImages.
func TooManyImages() error {
	return adapter.BadParam("image", "array_above_max_length", "At most %d images may be sent.", MaxImages)
}

// SourceOf reads one picture: text, or an object with exactly one of image_url and file_id.
func SourceOf(v gjson.Result, param string) (Source, error) {
	if v.Type == gjson.Null {
		return Source{}, nil
	}
	if v.Type == gjson.String {
		return Source{Param: param, Text: strings.TrimSpace(v.Str)}, nil
	}
	if !v.IsObject() {
		return Source{}, adapter.BadParam(param, "invalid_type", "'%s' must be a URL, a data URL, or an object with 'image_url' or 'file_id'.", param)
	}
	address, file := MemberText(v, "image_url"), MemberText(v, "file_id")
	if address == "" {
		address = cmp.Or(MemberText(v, "url"), MemberText(v, "b64_json"))
	}
	if file == "" {
		file = MemberText(v, "id")
	}
	switch {
	case address != "" && file != "":
		return Source{}, adapter.BadParam(param, "invalid_value", "'%s' must have either 'image_url' or 'file_id', not both.", param)
	case address != "":
		return Source{Param: param + ".image_url", Text: address}, nil
	case file != "":
		return Source{Param: param + ".file_id", Text: file}, nil
	default:
		return Source{}, adapter.BadParam(param, "missing_required_parameter", "'%s' must have 'image_url' or 'file_id'.", param)
	}
}

// MemberText reads a member that is text, or an object with a url, as chat messages have it.
func MemberText(v gjson.Result, name string) string {
	m := v.Get(name)
	if m.IsObject() {
		m = m.Get("url")
	}
	if m.Type != gjson.String {
		return ""
	}
	return strings.TrimSpace(m.Str)
}

// HasScheme reports whether a text begins as a URL of that scheme does.
func HasScheme(text, scheme string) bool {
	return len(text) > len(scheme) && text[len(scheme)] == ':' && strings.EqualFold(text[:len(scheme)], scheme)
}

// Says reports whether a field has a value that means something: neither null nor false, and not empty.
func Says(v gjson.Result) bool {
	switch v.Type {
	case gjson.Null, gjson.False:
		return false
	case gjson.String:
		text := strings.TrimSpace(v.Str)
		return text != "" && !strings.EqualFold(text, "false")
	case gjson.JSON:
		return v.IsObject() && len(v.Map()) > 0 || v.IsArray() && len(v.Array()) > 0
	default:
		return true
	}
}
