package proxy

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"midgate/adapter"
)

// maxN is how many pictures one request may ask for; a stream carries one grid's worth (contract.md §5).
const (
	maxN       = 10
	maxNStream = 4
)

// generation reads what every route that draws has in common; prompted says whether a prompt must be there.
func (p *payload) generation(prompted bool) (g adapter.Generation, stream bool, err error) {
	var read reading
	read.do(func() (err error) { g.Prompt, err = p.prompt(prompted); return })
	read.do(func() (err error) { g.Model, err = p.modelName(); return })
	read.do(func() (err error) { g.N, err = p.count(); return })
	read.do(func() (err error) { g.Size, err = p.size(); return })
	read.do(func() (err error) { stream, err = p.truth("stream"); return })
	read.do(func() (err error) { g.Output, err = p.output(g.Model); return })
	read.do(func() (err error) { g.Midjourney, err = p.midjourney(); return })
	if read.err != nil {
		return g, false, read.err
	}
	if stream && g.N > maxNStream {
		return g, false, adapter.BadParam("n", "invalid_value", "'n' must be at most %d in a stream.", maxNStream)
	}
	g.Quality, g.Style = p.hint("quality"), p.hint("style")
	g.Background, g.Moderation, g.User = p.hint("background"), p.hint("moderation"), p.hint("user")
	return g, stream, nil
}

// reading stops at the first thing that is wrong.
type reading struct{ err error }

func (r *reading) do(step func() error) {
	if r.err == nil {
		r.err = step()
	}
}

// object reads a field that is an object, null where it is absent.
func (p *payload) object(name string) (gjson.Result, error) {
	o := p.fields[name]
	if o.Type == gjson.String { // a form's text part, or a client that encodes twice
		text := strings.TrimSpace(o.Str)
		if text != "" && (!modest(text) || !gjson.Valid(text)) {
			return o, adapter.BadParam(name, "invalid_type", "'%s' must be a JSON object.", name)
		}
		if at := halfCharacter(text); at >= 0 {
			return o, adapter.BadParam(name, "invalid_utf8", "'%s' is not valid UTF-8: the escape %s is half a character, at byte offset %d.", name, text[at:at+6], at)
		}
		o = gjson.Parse(text)
	}
	if o.Type != gjson.Null && !o.IsObject() {
		return o, adapter.BadParam(name, "invalid_type", "'%s' must be a JSON object.", name)
	}
	return o, nil
}

// modelName reads the model; what no model could be called is refused before it is looked up.
func (p *payload) modelName() (string, error) {
	name, err := p.text("model")
	if err == nil && len(name) > 256 {
		err = adapter.BadParam("model", "string_above_max_length", "'model' must have at most 256 characters.")
	}
	return name, err
}

// count reads n: absent, null, 0 and "" mean 1.
func (p *payload) count() (int, error) {
	if f, given, err := numberOf(p.fields["n"], "n"); err == nil && given && f == 0 {
		return 1, nil
	}
	n, err := p.whole("n", 1, maxN)
	if n == nil || err != nil {
		return 1, err
	}
	return int(*n), nil
}

// sizes are WIDTHxHEIGHT in the spellings that clients use, or a bare ratio (clients.md §10).
var sizes = regexp.MustCompile(`^([1-9][0-9]{0,4})\s*([xX*×:])\s*([1-9][0-9]{0,4})$`)

// size reads size as "WxH", "W:H" or "auto". The shape may stand in the fields of other image APIs instead, also beside
// an "auto".
func (p *payload) size() (string, error) {
	v, err := p.text("size")
	if err != nil {
		return "", err
	}
	if v == "" || strings.EqualFold(v, "auto") {
		if shape := p.shape(); shape != "" {
			return shape, nil
		}
		return strings.ToLower(v), nil
	}
	shape := spelled(v)
	if shape == "" {
		return "", adapter.BadParam("size", "invalid_value", "'size' must be 'auto', WIDTHxHEIGHT such as '1536x1024', or a ratio such as '3:2'.")
	}
	return shape, nil
}

// spelled is a shape in our spelling: "WxH" or "W:H"; empty if it is none.
func spelled(v string) string {
	m := sizes.FindStringSubmatch(strings.TrimSpace(v))
	switch {
	case m == nil:
		return ""
	case m[2] == ":":
		return m[1] + ":" + m[3]
	default:
		return m[1] + "x" + m[3]
	}
}

// shape reads what other image APIs call the size: a ratio, in several spellings, or a width and a height. What makes no
// sense is ignored, since clients send such fields without being asked.
func (p *payload) shape() string {
	for _, name := range []string{"aspect_ratio", "aspectRatio", "ratio"} {
		if m := sizes.FindStringSubmatch(p.hint(name)); m != nil {
			return m[1] + ":" + m[3]
		}
	}
	for _, object := range []string{"image_config", "imageConfig"} {
		config := p.fields[object]
		if config.Type == gjson.String { // a form's
			config = gjson.Parse(config.Str)
		}
		for _, name := range []string{"aspect_ratio", "aspectRatio"} {
			if m := sizes.FindStringSubmatch(config.Get(name).String()); m != nil {
				return m[1] + ":" + m[3]
			}
		}
	}
	width, err := p.whole("width", 1, 99999)
	if err != nil || width == nil {
		return ""
	}
	height, err := p.whole("height", 1, 99999)
	if err != nil || height == nil {
		return ""
	}
	return strconv.FormatInt(*width, 10) + "x" + strconv.FormatInt(*height, 10)
}

// output reads how the answer is to be rendered. Without response_format the model's family decides (clients.md §2).
func (p *payload) output(model string) (o adapter.Output, err error) {
	form := ""
	if !p.fields["response_format"].IsObject() { // chat's json_object and the like say nothing about pictures
		if form, err = p.word("response_format", "url", "b64_json"); err != nil {
			return o, err
		}
	}
	switch {
	case form == "url":
		o.URL = true
	case form == "b64_json", isGPTImage(model):
		o.Base64 = true
	default:
		o.URL, o.Base64 = true, true
	}
	format, err := p.word("output_format", "png", "jpeg", "webp", "jpg")
	if err != nil {
		return o, err
	}
	if format == "jpg" {
		format = "jpeg"
	}
	o.Format = adapter.Format(format)
	compression, err := p.whole("output_compression", 0, 100)
	if err != nil {
		return o, err
	}
	if compression != nil {
		o.Compression = int(max(*compression, 1)) // 0 is the least quality that there is, and means "absent" inside
	}
	partials, err := p.whole("partial_images", 0, 3)
	if err != nil {
		return o, err
	}
	if partials != nil {
		o.Partials = int(*partials)
	}
	return o, nil
}

// midjourney reads the midjourney object, and the fields of other APIs that mean the same.
func (p *payload) midjourney() (m adapter.Midjourney, err error) {
	o, err := p.object("midjourney")
	if err != nil {
		return m, err
	}
	if m, err = mjMembers(o); err != nil {
		return m, err
	}
	p.foreign(&m)
	return m, nil
}

// foreign takes over seed and negative_prompt from other image APIs; values that make no sense are ignored, since
// clients send them without being asked (clients.md §10).
func (p *payload) foreign(m *adapter.Midjourney) {
	if seed, err := p.whole("seed", 0, math.MaxUint32); err == nil && seed != nil && m.Seed == nil {
		m.Seed = seed
	}
	if m.No == "" {
		m.No = p.hint("negative_prompt")
	}
}

// decimal reads a number, nil if it is absent.
func decimal(v gjson.Result, param string) (*float64, error) {
	f, given, err := numberOf(v, param)
	if err != nil || !given {
		return nil, err
	}
	return &f, nil
}
