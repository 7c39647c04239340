package body

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"midgate/adapter"
)

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

// picture takes a part that may be a file, or text that names a picture. The part's own type and file name are not
// believed: SDKs send octet-stream and "anonymous_file" for good pictures.
func (f *formReader) picture(base, key string, d disposition) error {
	param := base
	if slices.Contains(imageFields, base) && base != "input_reference" {
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
	return f.add(base, src, placeIn(d.name))
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

func (f *formReader) add(base string, src Source, place int) error {
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
		f.p.Images, f.places = append(f.p.Images, src), append(f.places, place)
	}
	return nil
}

// pictureName is a name that speaks of a picture and of nothing else, and may be told to the log.
var pictureName = regexp.MustCompile(`^(?i:(?:[a-z]{1,12}[_-])?(?:image|img|mask|picture|photo)s?(?:[._-]?(?:[0-9]{1,3}|[a-z]{1,12}))?(?:\[[0-9]{0,3}\])?)$`)

// unusedUpload refuses a picture that means nothing under its name.
func unusedUpload(name string) error {
	param := knownName(name)
	if pictureName.MatchString(name) {
		param = name
	}
	return adapter.BadParam(param, "unknown_upload", "The form has a picture in its part %q. Pictures are read from 'image', 'image[]' and 'mask', "+
		"those of a video from 'input_reference' and 'end_image', those of /v1/files from 'file'.", Shortened(name, 100))
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
