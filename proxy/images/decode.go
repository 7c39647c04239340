package images

import (
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"midgate/adapter"
	"midgate/proxy/body"
	"midgate/proxy/web"
)

// maxN is how many pictures one request may ask for; a stream carries one grid's worth.
const (
	maxN       = 10
	maxNStream = 4
)

// ReadGeneration reads what every route that draws has in common; prompted says whether a prompt must be there, also which
// members of the midjourney object the route reads by itself.
func ReadGeneration(p *body.Body, prompted bool, also ...string) (g adapter.Generation, stream bool, err error) {
	var read body.Steps
	read.Do(func() (err error) { g.Prompt, err = p.Prompt(prompted); return })
	read.Do(func() (err error) { g.Model, err = p.Model(); return })
	read.Do(func() (err error) { g.N, err = readCount(p); return })
	read.Do(func() (err error) { g.Size, err = readSize(p); return })
	read.Do(func() (err error) { stream, err = p.Truth("stream"); return })
	read.Do(func() (err error) { g.Output, err = readOutput(p, g.Model); return })
	read.Do(func() (err error) { g.Midjourney, err = readMidjourney(p, also); return })
	read.Do(func() error { return onlyTexts(p, "quality", "style", "input_fidelity") })
	read.Do(func() error { return onlyInBody(p) })
	if read.Err != nil {
		return g, false, read.Err
	}
	if stream && g.N > maxNStream {
		return g, false, adapter.BadParam("n", "invalid_value", "'n' must be at most %d in a stream.", maxNStream)
	}
	g.Quality, g.Style = p.Hint("quality"), p.Hint("style")
	g.Background, g.Moderation, g.User = p.Hint("background"), p.Hint("moderation"), p.Hint("user")
	return g, stream, nil
}

// onlyTexts refuses objects and lists of several where a word is read, which may be any.
func onlyTexts(p *body.Body, names ...string) error {
	for _, name := range names {
		if v := p.Fields[name]; v.Type == gjson.JSON && body.Says(v) && p.Hint(name) == "" {
			return adapter.BadParam(name, "invalid_type", "'%s' must be a string.", name)
		}
	}
	return nil
}

// inBody are parameters of a body that are no setting and no shape.
var inBody = []string{"n", "prompt", "model", "quality", "style", "seed", "negative_prompt", "negativePrompt", "response_format", "output_format", "image", "images", "mask", "midjourney",
	"stream", "input_fidelity", "action", "seconds"}

// onlyInBody refuses parameters in the address, where nobody reads them; the body's own may stand there, too.
func onlyInBody(p *body.Body) error {
	for _, name := range slices.Sorted(maps.Keys(p.Query)) {
		v := gjson.Result{Type: gjson.String, Str: p.Query.Get(name)}
		read := slices.Contains(inBody, name) || slices.Contains(shapeNames, name) || slices.Contains(countNames, name) || name == "width" || name == "height" || IsSetting(name) && ours(name, v)
		if read && v.Str != "" && v.Str != strings.TrimSpace(p.Fields[name].String()) {
			return adapter.BadParam(body.Shortened(name, 100), "invalid_value", "'%s' is not read from the address: send it in the body.", name)
		}
	}
	return nil
}

// readDrawing is ReadGeneration for what makes pictures: clips are refused.
func readDrawing(p *body.Body, prompted bool) (g adapter.Generation, stream bool, err error) {
	if g, stream, err = ReadGeneration(p, prompted); err == nil {
		err = noClips(g)
	}
	return g, stream, err
}

func noClips(g adapter.Generation) error {
	if g.Midjourney.BatchSize > 1 {
		return adapter.BadParam("midjourney.batch_size", "invalid_value", "'midjourney.batch_size' is how many clips a video has; 'n' is how many pictures are made.")
	}
	return nil
}

// countNames are what other image APIs call n.
var countNames = []string{"num_images", "numImages", "num_outputs", "num_samples", "number_of_images", "numberOfImages", "samples", "sample_count", "sampleCount"}

// readCount reads n, whatever it is called: absent, null, 0 and "" mean 1. Of two, 1 is taken for what a client sends
// unasked; other ones that differ are refused.
func readCount(p *body.Body) (int, error) {
	count, as := 1, ""
	for _, path := range shapeHolders {
		for _, name := range append([]string{"n"}, countNames...) {
			param := strings.Join(append(slices.Clip(path), name), ".")
			v := valueAt(p, path, name)
			if f, given, err := body.NumberOf(v, param); err == nil && (!given || f == 0) || param != "n" && v.Type == gjson.JSON {
				continue
			}
			n, err := body.WholeOf(v, param, 1, maxN)
			switch {
			case err != nil:
				return 1, err
			case n == nil || *n == 1:
			case as != "" && int(*n) != count:
				return 1, adapter.BadParam(param, "invalid_value", "'%s' is %d, but '%s' is %d: send one of them.", param, *n, as, count)
			default:
				count, as = int(*n), param
			}
		}
	}
	return count, nil
}

// readOutput reads how the answer is to be rendered. Without response_format the model's family decides.
func readOutput(p *body.Body, model string) (o adapter.Output, err error) {
	form := ""
	if !p.Fields["response_format"].IsObject() { // chat's json_object and the like say nothing about pictures
		if form, err = p.Word("response_format", "url", "b64_json"); err != nil {
			return o, err
		}
	}
	switch {
	case form == "url":
		o.URL = true
	case form == "b64_json", web.IsGPTImage(model):
		o.Base64 = true
	default:
		o.URL, o.Base64 = true, true
	}
	format, err := p.Word("output_format", "png", "jpeg", "webp", "jpg")
	if err != nil {
		return o, err
	}
	if format == "jpg" {
		format = "jpeg"
	}
	o.Format = adapter.Format(format)
	compression, err := p.Whole("output_compression", 0, 100)
	if err != nil {
		return o, err
	}
	if compression != nil {
		o.Compression = int(max(*compression, 1)) // 0 is the least quality that there is, and means "absent" inside
	}
	partials, err := p.Whole("partial_images", 0, 3)
	if err != nil {
		return o, err
	}
	if partials != nil {
		o.Partials = int(*partials)
	}
	return o, nil
}

// readMidjourney reads the midjourney object, and the fields of other APIs that mean the same.
func readMidjourney(p *body.Body, also []string) (m adapter.Midjourney, err error) {
	if m, err = readSettings(p, also); err != nil {
		return m, err
	}
	if strings.EqualFold(p.Hint("style"), "raw") {
		inside, _ := p.Object("midjourney") // read before
		for other, v := range map[string]gjson.Result{"raw": p.Fields["raw"], "midjourney.raw": inside.Map()["raw"]} {
			if denies(v) {
				return m, twoSettings("style", other)
			}
		}
		if !m.Raw {
			p.Call("midjourney.raw", "style")
		}
		m.Raw = true
	}
	return m, addForeign(p, &m)
}

// anySeed are words for a seed that anybody may choose.
var anySeed = []string{"random", "auto", "none", "null"}

// readSeed reads other APIs' seed, which clients send without being asked: one below 0 is any, and of one that is larger than
// Midjourney's the lower 32 bits count, so that it names one drawing, too.
func readSeed(v gjson.Result, param string) (*int64, error) {
	text := strings.TrimSpace(v.String())
	if !body.Says(v) || slices.Contains(anySeed, strings.ToLower(text)) {
		return nil, nil //nolint:nilnil // absent
	}
	f, _, err := body.NumberOf(v, param)
	if err != nil || f != math.Trunc(f) {
		return nil, adapter.BadParam(param, "invalid_type", "'%s' must be a whole number from 0 to %d, or -1 for any.", param, math.MaxUint32)
	}
	if f < 0 {
		return nil, nil //nolint:nilnil // any
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil { // 7.0, or longer than that
		n = uint64(math.Mod(f, 1<<32))
	}
	return new(int64(n % (1 << 32))), nil
}

// addForeign takes over seed and negative_prompt from other image APIs, of any length and in a list, too.
func addForeign(p *body.Body, m *adapter.Midjourney) error {
	for param, v := range map[string]gjson.Result{"seed": p.Fields["seed"], "parameters.seed": valueAt(p, []string{"parameters"}, "seed")} {
		seed, err := readSeed(v, param)
		switch {
		case err != nil:
			return err
		case seed == nil:
		case m.Seed == nil:
			m.Seed, m.Unasked = seed, append(m.Unasked, "seed")
			p.Call("midjourney.seed", param)
		case *m.Seed != *seed:
			return twoSettings(param, "midjourney.seed")
		}
	}
	asked := m.No != ""
	for _, at := range [][]string{{"negative_prompt"}, {"negativePrompt"}, {"parameters", "negative_prompt"}, {"parameters", "negativePrompt"}} {
		v := valueAt(p, at[:len(at)-1], at[len(at)-1])
		if !body.Says(v) {
			continue
		}
		words, err := body.ListOf(v, strings.Join(at, "."))
		if err != nil {
			return err
		}
		more := strings.TrimSpace(strings.Join(words, ", "))
		if more == "" || strings.Contains(m.No, more) {
			continue
		}
		if !asked {
			p.Call("midjourney.no", strings.Join(at, "."))
		}
		if m.No != "" {
			more = m.No + ", " + more
		}
		m.No = more
	}
	if !asked && m.No != "" {
		m.Unasked = append(m.Unasked, "no")
	}
	return nil
}

// sizes are WIDTHxHEIGHT, or a ratio.
var sizes = regexp.MustCompile(`^[1-9][0-9]{0,4}([x:])[1-9][0-9]{0,4}$`)

// PixelSize is a size that names pixels; empty for any other.
func PixelSize(size string) string {
	if m := sizes.FindStringSubmatch(size); m != nil && m[1] == "x" {
		return size
	}
	return ""
}
