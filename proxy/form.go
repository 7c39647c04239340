package proxy

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/tidwall/gjson"

	"midgate/adapter"
)

// Limits of a form: parts at all, bytes of a text part, bytes of all text parts and all names together.
const (
	maxParts   = 256
	maxText    = 256 << 10
	maxAllText = 1 << 20
)

// formReader reads a multipart body part by part. Uploads go to the core while they arrive and are never held here,
// whatever their size; text is small (engineering.md §1.2, uploads).
type formReader struct {
	s      *Server
	c      *gin.Context
	p      *payload
	digest []field
	texts  int // bytes of text and names so far
	nested map[string]map[string]string
}

// field is one part in the digest: its name and the SHA-256 of its value.
type field struct{ name, sum string }

func (s *Server) readForm(c *gin.Context) (*payload, error) {
	mr, err := c.Request.MultipartReader()
	if err != nil {
		return nil, adapter.Wrap(adapter.Invalid, err, "The multipart body could not be read.")
	}
	f := &formReader{s: s, c: c, p: &payload{fields: map[string]gjson.Result{}, form: true}, nested: map[string]map[string]string{}}
	for n := 0; ; n++ {
		part, err := mr.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, badForm(err)
		}
		if n == maxParts {
			return nil, adapter.BadParam("", "too_many_parts", "The form has more than %d parts.", maxParts)
		}
		if err := f.part(part); err != nil {
			return nil, badForm(err)
		}
	}
	// What follows the last boundary is drained: while a body is unread, a client that leaves is not noticed.
	if _, err := io.Copy(io.Discard, c.Request.Body); err != nil {
		return nil, badBody(err)
	}
	return f.finish(), nil
}

// badForm keeps errors that speak for themselves and words the others.
func badForm(err error) error {
	worded := badBody(err)
	if worded == err { //nolint:errorlint // is it the very same?
		return err
	}
	return adapter.Wrap(adapter.Invalid, err, "The multipart body is damaged or ended early.")
}

// part takes one part in, by its name: a picture, a mask, or text.
func (f *formReader) part(part *multipart.Part) error {
	name := part.FormName()
	if err := f.weigh(len(name)); err != nil {
		return err
	}
	base, key := splitName(name)
	file := part.Header.Get("Content-Disposition") != "" && part.FileName() != ""
	switch {
	case name == "":
		return f.skip(name, part)
	case base == "image" || base == "images" || base == "mask" || base == "file" || base == "input_reference":
		return f.picture(base, key, file, part)
	case base == "video" && file:
		return &adapter.Error{Kind: adapter.Unsupported, Code: "unsupported", Param: "video",
			Message: "Midjourney continues only its own videos: send video[id], the ID of a video made here."}
	case file:
		return f.skip(name, part) // an upload under a name that means nothing here
	default:
		return f.text(name, part)
	}
}

// splitName reads image[], image[0] and images[][image_url] as a base and the last key that is no index.
func splitName(name string) (base, key string) {
	base, rest, _ := strings.Cut(name, "[")
	for k := range strings.SplitSeq(strings.ReplaceAll(rest, "[", ""), "]") {
		if k != "" && strings.Trim(k, "0123456789") != "" {
			key = k
		}
	}
	return base, key
}

// picture takes a part that may be a file, or text that names a picture. The part's own type and file name are not
// believed: SDKs send octet-stream and "anonymous_file" for good pictures (openai-surface.md §0.4).
func (f *formReader) picture(base, key string, file bool, part *multipart.Part) error {
	arriving := &trap{from: part}
	body := bufio.NewReaderSize(arriving, 4096)
	head, err := body.Peek(64)
	if len(head) == 0 {
		return skipEmpty(err) // an empty part is an absent one
	}
	param := base
	if base == "images" {
		param = "image"
	}
	src := source{param: param}
	if file || isPicture(head) {
		ref, err := f.s.core.Keep.Receive(f.c.Request.Context(), visitOf(f.c).caller, body, hint(part.FileName()))
		if err != nil {
			return arriving.or(blame(err, param))
		}
		src.ref = &ref
		f.note(param, ref.Hash)
	} else if src, err = f.pictureText(src, key, body); err != nil {
		return arriving.or(err)
	}
	return f.add(base, src)
}

// trap remembers that the body itself failed: what was made of a broken picture is not the news then.
type trap struct {
	from io.Reader
	err  error
}

func (t *trap) Read(p []byte) (int, error) {
	n, err := t.from.Read(p)
	if err != nil && err != io.EOF {
		t.err = err
	}
	return n, err
}

func (t *trap) or(err error) error {
	if t.err != nil {
		return t.err
	}
	return err
}

// pictureText reads text in the place of a picture. A data URL goes to the core as it arrives; an address is short.
func (f *formReader) pictureText(src source, key string, body *bufio.Reader) (source, error) {
	if head, _ := body.Peek(5); strings.EqualFold(string(head), "data:") {
		return f.pictureData(src, body)
	}
	text, err := readText(body, maxText)
	if err != nil {
		return src, err
	}
	src.text = strings.TrimSpace(string(text))
	if slices.Contains(pictureKeys, key) { // any other is the client's own, and params are logged
		src.param += "." + key
	}
	f.note(src.param, hexDigest(src.text))
	return src, nil
}

// pictureKeys are the names that a picture's text has in JSON.
var pictureKeys = []string{"image_url", "file_id", "url", "id", "b64_json"}

func (f *formReader) pictureData(src source, body *bufio.Reader) (source, error) {
	data, err := pictureData(body)
	if err != nil {
		return src, blame(err, src.param)
	}
	ref, err := f.s.receive(f.c)(data)
	if err != nil {
		return src, blame(err, src.param)
	}
	src.ref = &ref
	f.note(src.param, ref.Hash)
	return src, nil
}

func (f *formReader) add(base string, src source) error {
	if src.ref == nil && src.text == "" {
		return nil
	}
	if base == "mask" {
		f.p.mask = &src
		return nil
	}
	if len(f.p.images) == maxImages {
		return tooManyImages()
	}
	f.p.images = append(f.p.images, src)
	return nil
}

// text takes a text part in; midjourney[version] becomes a member of the midjourney object.
func (f *formReader) text(name string, part *multipart.Part) error {
	value, err := readText(part, maxText)
	if err != nil {
		return err
	}
	if err := f.weigh(len(value)); err != nil {
		return err
	}
	f.note(name, hexDigest(string(value)))
	base, key := splitName(name)
	if base == "midjourney" && name != base {
		if f.nested[base] == nil {
			f.nested[base] = map[string]string{}
		}
		if old := f.nested[base][key]; old != "" {
			value = []byte(old + ", " + string(value))
		}
		f.nested[base][key] = string(value)
		return nil
	}
	f.p.fields[name] = gjson.Result{Type: gjson.String, Str: string(value), Raw: "-"}
	return nil
}

// weigh counts what is held until the form is over: a name may be megabytes long.
func (f *formReader) weigh(n int) error {
	if f.texts += n; f.texts > maxAllText {
		return adapter.Errorf(adapter.TooLarge, "The form's text parts and names are larger than %d bytes together.", maxAllText)
	}
	return nil
}

// skip reads a part that means nothing, so that the digest knows it.
func (f *formReader) skip(name string, part io.Reader) error {
	h := sha256.New()
	if _, err := io.Copy(h, part); err != nil {
		return err
	}
	f.note(name, hex.EncodeToString(h.Sum(nil)))
	return nil
}

func (f *formReader) note(name, sum string) { f.digest = append(f.digest, field{name, sum}) }

// finish puts the members of objects together and fixes the digest: names in order, equal names in theirs,
// no boundaries and no file names.
func (f *formReader) finish() *payload {
	for name, members := range f.nested {
		if b, err := json.Marshal(members); err == nil {
			f.p.fields[name] = gjson.ParseBytes(b)
		}
	}
	f.p.sum = func() string {
		h := sha256.New()
		slices.SortStableFunc(f.digest, func(a, b field) int { return strings.Compare(a.name, b.name) })
		for _, d := range f.digest {
			piece(h, 'f', d.name)
			piece(h, '=', d.sum)
		}
		return hex.EncodeToString(h.Sum(nil))
	}
	return f.p
}

func readText(r io.Reader, limit int) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err == nil && len(b) > limit {
		err = adapter.Errorf(adapter.TooLarge, "A text part of the form is larger than %d bytes.", limit)
	}
	return b, err
}

func skipEmpty(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// hint keeps a file name only if it could be a picture's own: what go-openai and browsers make up says nothing.
func hint(name string) string {
	if name == "." || len(name) > 200 {
		return ""
	}
	return name
}

// isPicture looks at the first bytes: PNG, JPEG, GIF or WebP.
func isPicture(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")) || bytes.HasPrefix(head, []byte("\xff\xd8\xff")) ||
		bytes.HasPrefix(head, []byte("GIF8")) || len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP"
}
