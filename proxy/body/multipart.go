package body

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
// whatever their size; text is small.
type formReader struct {
	p      *Body
	keep   Receiver
	digest []field
	texts  int // bytes of text and names so far
	nested map[string]map[string]string
}

// field is one part in the digest: its name and the SHA-256 of its value.
type field struct{ name, sum string }

func readForm(from io.Reader, boundary string, keep Receiver) (*Body, error) {
	body, err := skipPreamble(from, boundary)
	if err != nil {
		return nil, err
	}
	form := newEnding(body)
	mr := multipart.NewReader(form, boundary)
	f := &formReader{keep: keep, p: &Body{Fields: map[string]gjson.Result{}, Form: true}, nested: map[string]map[string]string{}}
	for n := 0; ; n++ {
		part, err := mr.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, badForm(err, n)
		}
		if n == maxParts {
			return nil, adapter.BadParam("", "too_many_parts", "The form has more than %d parts.", maxParts)
		}
		if err := f.part(part, n+1); err != nil {
			return nil, badForm(err, n)
		}
	}
	if err := form.drain(boundary); err != nil {
		return nil, err
	}
	return f.finish(), nil
}

// badForm keeps errors that speak for themselves and words the others; read is how many parts came before.
func badForm(err error, read int) error {
	worded := BadBody(err)
	if worded == err { //nolint:errorlint // is it the very same?
		return err
	}
	return adapter.Wrap(adapter.Invalid, err, "The multipart body is damaged or ended early, in part %d.", read+1)
}

// part takes one part in, by its name: a picture, a mask, or text.
func (f *formReader) part(part *multipart.Part, number int) error {
	d, err := readDisposition(part, number)
	if err != nil {
		return err
	}
	if err := f.weigh(len(d.name)); err != nil {
		return err
	}
	base, key := splitName(d.name)
	switch {
	case base == "image" || base == "images" || base == "mask" || base == "file" || base == "input_reference" || base == "end_image":
		return f.picture(base, key, d)
	case base == "video" && d.file != "":
		return &adapter.Error{Kind: adapter.Unsupported, Code: "unsupported", Param: "video",
			Message: "Midjourney continues only its own videos: send video[id], the ID of a video made here."}
	case d.file != "" && knownName(d.name) == "":
		return f.other(d)
	default:
		return f.text(d)
	}
}

// other reads past an upload whose name means nothing here, so that the digest knows it; a picture is refused, since it would
// be left out of what is paid for.
func (f *formReader) other(d disposition) error {
	arriving := &bodyErrReader{from: d.body}
	body := bufio.NewReaderSize(arriving, 4096)
	if head, _ := body.Peek(64); d.picture || seemsPicture(head) {
		return unusedUpload(d.name)
	}
	h := sha256.New()
	if _, err := io.Copy(h, body); err != nil {
		return arriving.or(err)
	}
	f.note(d.name, hex.EncodeToString(h.Sum(nil)))
	return nil
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
// believed: SDKs send octet-stream and "anonymous_file" for good pictures.
func (f *formReader) picture(base, key string, d disposition) error {
	param := base
	if base == "images" {
		param = "image"
	}
	arriving := &bodyErrReader{from: d.body}
	body := bufio.NewReaderSize(arriving, 4096)
	head, err := body.Peek(64)
	if len(head) == 0 {
		return arriving.or(emptyPicture(err, param, d.file))
	}
	src := Source{Param: param}
	if d.file != "" || isPicture(head) {
		ref, err := f.keep(body, hint(d.file))
		if err != nil {
			return arriving.or(Blame(err, param))
		}
		src.Ref = &ref
		f.note(param, ref.Hash)
	} else if src, err = f.pictureText(src, key, body); err != nil {
		return arriving.or(err)
	}
	return f.add(base, src)
}

// bodyErrReader remembers that the body itself failed: what was made of a broken picture is not the news then.
type bodyErrReader struct {
	from io.Reader
	err  error
}

// Read implements io.Reader.
func (t *bodyErrReader) Read(p []byte) (int, error) {
	n, err := t.from.Read(p)
	if err != nil && err != io.EOF {
		t.err = err
	}
	return n, err
}

func (t *bodyErrReader) or(err error) error {
	if t.err != nil {
		return t.err
	}
	return err
}

// pictureText reads text in the place of a picture. A data URL goes to the core as it arrives; an address is short.
func (f *formReader) pictureText(src Source, key string, body *bufio.Reader) (Source, error) {
	if head, _ := body.Peek(5); strings.EqualFold(string(head), "data:") {
		return f.pictureData(src, body)
	}
	text, err := readText(body, maxText)
	if err != nil {
		return src, err
	}
	src.Text = strings.TrimSpace(string(text))
	if slices.Contains(pictureKeys, key) { // any other is the client's own, and params are logged
		src.Param += "." + key
	}
	f.note(src.Param, HexDigest(src.Text))
	return src, nil
}

// pictureKeys are the names that a picture's text has in JSON.
var pictureKeys = []string{"image_url", "file_id", "url", "id", "b64_json"}

func (f *formReader) pictureData(src Source, body *bufio.Reader) (Source, error) {
	data, err := pictureData(body)
	if err != nil {
		return src, Blame(err, src.Param)
	}
	ref, err := f.keep(data, "")
	if err != nil {
		return src, Blame(err, src.Param)
	}
	src.Ref = &ref
	f.note(src.Param, ref.Hash)
	return src, nil
}

func (f *formReader) add(base string, src Source) error {
	if src.Ref == nil && src.Text == "" {
		return nil
	}
	single := map[string]**Source{"mask": &f.p.Mask, "end_image": &f.p.End}[base]
	switch {
	case single != nil && *single != nil:
		return twice(base)
	case single != nil:
		*single = &src
	case len(f.p.Images) == MaxImages:
		return TooManyImages()
	default:
		f.p.Images = append(f.p.Images, src)
	}
	return nil
}

// twice refuses a field of which only one could be obeyed.
func twice(name string) error {
	return adapter.BadParam(name, "duplicate_parameter", "'%s' was sent twice.", name)
}

// text takes a text part in; midjourney[version] becomes a member of the midjourney object. A text may be sent as a file.
func (f *formReader) text(d disposition) error {
	value, err := f.readText(d)
	if err != nil {
		return err
	}
	if err := f.weigh(len(value)); err != nil {
		return err
	}
	f.note(d.name, HexDigest(value))
	base, key := splitName(d.name)
	if base == "midjourney" && d.name != base {
		if f.nested[base] == nil {
			f.nested[base] = map[string]string{}
		}
		if old := f.nested[base][key]; old != "" {
			value = old + ", " + value
		}
		f.nested[base][key] = value
		return nil
	}
	if old := f.p.Fields[d.name].Str; old != "" && value != "" && old != value && slices.Contains(words, d.name) {
		return twice(d.name)
	}
	f.p.Fields[d.name] = gjson.Result{Type: gjson.String, Str: value, Raw: "-"}
	return nil
}

// words are the fields that a request is made of, each of them once.
var words = []string{"prompt", "model", "n", "size", "midjourney", "seed", "negative_prompt", "stream", "seconds", "action", "index"}

// readText reads the text of a part, which may be a file.
func (f *formReader) readText(d disposition) (string, error) {
	arriving := &bodyErrReader{from: d.body}
	body := bufio.NewReaderSize(arriving, 4096)
	if head, _ := body.Peek(64); d.picture || seemsPicture(head) {
		return "", unusedUpload(d.name)
	}
	raw, err := readText(body, maxText)
	if err != nil {
		return "", arriving.or(err)
	}
	text, ok := decoded(raw, d.charset)
	if !ok {
		return "", notUTF8(d.name, raw)
	}
	return text, nil
}

// unusedUpload refuses a picture that means nothing under its name.
func unusedUpload(name string) error {
	return adapter.BadParam(knownName(name), "unknown_upload", "The form has a picture in its part %q. Pictures are read from 'image', 'image[]' and 'mask', "+
		"those of a video from 'input_reference' and 'end_image', those of /v1/files from 'file'.", Shortened(name, 100))
}

// weigh counts what is held until the form is over: a name may be megabytes long.
func (f *formReader) weigh(n int) error {
	if f.texts += n; f.texts > maxAllText {
		return adapter.Errorf(adapter.TooLarge, "The form's text parts and names are larger than %d bytes together.", maxAllText)
	}
	return nil
}

func (f *formReader) note(name, sum string) { f.digest = append(f.digest, field{name, sum}) }

// finish puts the members of objects together and fixes the digest: names in order, equal names in theirs,
// no boundaries and no file names.
func (f *formReader) finish() *Body {
	for name, members := range f.nested {
		if b, err := json.Marshal(members); err == nil {
			f.p.Fields[name] = gjson.ParseBytes(b)
		}
	}
	f.p.Sum = func() string {
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

// emptyPicture is what a part without any bytes means: nothing where a browser sends a field that nobody filled, but a
// file that has a name was meant to be there.
func emptyPicture(err error, param, file string) error {
	switch {
	case !errors.Is(err, io.EOF):
		return err
	case file != "":
		return adapter.BadParam(param, "empty_file", "The file that was sent as '%s' is empty.", param)
	default:
		return nil
	}
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

// seemsPicture is isPictureHead for all kinds of pictures, also those that are not taken.
func seemsPicture(head []byte) bool {
	if len(head) >= 12 && string(head[4:8]) == "ftyp" {
		return slices.Contains([]string{"avif", "avis", "heic", "heix", "heif", "mif1", "msf1"}, string(head[8:12]))
	}
	return isPicture(head) || bytes.HasPrefix(head, []byte("II*\x00")) || bytes.HasPrefix(head, []byte("MM\x00*"))
}
