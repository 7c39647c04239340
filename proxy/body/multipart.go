package body

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"regexp"
	"slices"
	"strconv"
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
	places []int // the numbers of the pictures, as image[1] has one; -1 without
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
	return f.finish()
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
	if m := inExtra.FindStringSubmatch(d.name); m != nil {
		d.name = m[1] + m[2]
	}
	base, key := splitName(d.name)
	switch {
	case slices.Contains(imageFields, base) || base == "mask" || base == "file" || base == "end_image":
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

// inExtra finds the name of a member of an extra_body, whose members stand beside it.
var inExtra = regexp.MustCompile(`^extra_?[bB]ody(?:\[([^\[\]]+)\]|\.)(.*)$`)

// placeIn is the first number in brackets of a name; -1 if there is none.
func placeIn(name string) int {
	_, rest, _ := strings.Cut(name, "[")
	number, _, closed := strings.Cut(rest, "]")
	if n, err := strconv.Atoi(number); closed && err == nil && n >= 0 {
		return n
	}
	return -1
}

// inOrder puts pictures whose names are numbered, all of them, in that order, whichever came first.
func (f *formReader) inOrder() {
	if slices.Contains(f.places, -1) || slices.IsSorted(f.places) {
		return
	}
	order := make([]int, len(f.places))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return f.places[a] - f.places[b] })
	sorted := make([]Source, 0, len(order))
	for _, i := range order {
		sorted = append(sorted, f.p.Images[i])
	}
	f.p.Images = sorted
	f.note("", HexDigest(fmt.Sprint(order))) // the same parts in another order are another request
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

// twice refuses a field of which only one could be obeyed.
func twice(name string) error {
	return adapter.BadParam(name, "duplicate_parameter", "'%s' was sent twice.", name)
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
func (f *formReader) finish() (*Body, error) {
	for name, members := range f.nested {
		if f.p.Fields[name].Exists() {
			return nil, twice(name)
		}
		if b, err := json.Marshal(members); err == nil {
			f.p.Fields[name] = gjson.ParseBytes(b)
		}
	}
	f.inOrder()
	f.p.Sum = func() string {
		h := sha256.New()
		slices.SortStableFunc(f.digest, func(a, b field) int { return strings.Compare(a.name, b.name) })
		for _, d := range f.digest {
			piece(h, 'f', d.name)
			piece(h, '=', d.sum)
		}
		return hex.EncodeToString(h.Sum(nil))
	}
	return f.p, nil
}
