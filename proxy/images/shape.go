package images

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"midgate/adapter"
	"midgate/proxy/body"
)

// Other image APIs have other names for the shape of a picture, and other ways to say it: all of them are read, for the
// picture would be paid in another shape than the one that was asked for.

// shape is a picture's shape as a client named it.
type shape struct {
	param string
	text  string  // in our spelling: "WxH" or "W:H"
	ratio float64 // width to height
}

// shapeNames are the names of one value that says it all, size first.
var shapeNames = []string{"size", "aspect_ratio", "aspectRatio", "aspect", "ar", "ratio", "image_size", "imageSize", "resolution", "dimensions", "imageDimensions",
	"image_aspect_ratio", "imageAspectRatio", "aspectratio", "AspectRatio", "orientation"}

// pixelNames are those of them that may as well say how many pixels there are to be.
var pixelNames = []string{"size", "image_size", "imageSize", "resolution"}

// shapeHolders are the objects in which such names may stand.
var shapeHolders = [][]string{
	{}, {"image_config"}, {"imageConfig"}, {"parameters"}, {"generationConfig"}, {"generationConfig", "imageConfig"}, {"generation_config"}, {"generation_config", "image_config"},
	{"google"}, {"google", "image_config"}, {"options"},
}

// unshaped are words that ask for no shape.
var unshaped = []string{"", "auto", "default", "none", "null", "false", "undefined", "original", "custom", "adaptive", "smart", "match", "keep", "match_input_image", "aspect_ratio_unspecified"}

// fineness is what some of these names say of the number of pixels alone, which nobody here can choose: 1K, 720p, hd.
var fineness = regexp.MustCompile(`^(?i:[0-9.]+ ?(k|p|mp|dpi|ppi)|[a-z_ ]+|[0-9.]+)$`)

// pixelCount is what size itself may say of it.
var pixelCount = regexp.MustCompile(`^(?i:[0-9.]+ ?(k|p|mp)?|small|medium|large|hd|full ?hd|fhd|uhd)$`)

// ratioWords are shapes that have a name of their own.
var ratioWords = map[string]string{"landscape": "3:2", "portrait": "2:3", "square": "1:1", "square_hd": "1:1", "wide": "16:9", "widescreen": "16:9", "tall": "9:16", "vertical": "2:3", "horizontal": "3:2"}

// sides are two numbers in the spellings that clients use.
var sides = regexp.MustCompile(`^(?i:([0-9]{1,5}(?:\.[0-9]{1,4})?)\s*([xX*×:/])\s*([0-9]{1,5}(?:\.[0-9]{1,4})?))$`)

// namedSides are a word and two numbers, such as fal's landscape_16_9 and portrait_4_3, or Ideogram's ASPECT_16_9.
var namedSides = regexp.MustCompile(`^(landscape|portrait|square|widescreen|aspect|ratio|resolution)[_ -]([1-9][0-9]{0,4})[_:x-]([1-9][0-9]{0,4})$`)

// commonRatios are what a decimal fraction is meant to be that comes near one of them.
var commonRatios = [][2]float64{{1, 1}, {5, 4}, {4, 3}, {7, 5}, {3, 2}, {8, 5}, {16, 9}, {2, 1}, {21, 9}, {3, 1}, {4, 1}}

// readSize reads the shape, whatever it is called: "WxH", "W:H", or "auto" as it was sent. Of two, a square is taken for
// what a client sends unasked; other ones that differ are refused.
func readSize(p *body.Body) (string, error) {
	all, err := readShapes(p)
	if err != nil {
		return "", err
	}
	var meant *shape
	for i := range all {
		switch s := &all[i]; {
		case meant == nil, meant.ratio == 1 && s.ratio != 1:
			meant = s
		case s.ratio != 1 && !alike(s.ratio, meant.ratio):
			return "", adapter.BadParam(s.param, "invalid_value", "'%s' is %s, but '%s' is %s: send one of them.", s.param, s.text, meant.param, meant.text)
		}
	}
	if meant != nil {
		p.Call("size", meant.param)
		return meant.text, nil
	}
	return strings.ToLower(p.Hint("size")), nil
}

// ShapeBeside is a shape that a body names in other words than OpenAI's size, and its parameter; a square may be unasked.
func ShapeBeside(p *body.Body) (text, param string) {
	shapes, _ := readShapes(p) // what cannot be read was refused before
	for _, s := range shapes {
		if s.param != "size" && s.ratio != 1 {
			return s.text, s.param
		}
	}
	return "", ""
}

// alike reports whether two shapes can be meant to be the same: 1792x1024 is what some models have for 16:9.
func alike(a, b float64) bool { return math.Abs(a-b) <= 0.05*max(a, b) }

func readShapes(p *body.Body) (all []shape, err error) {
	for _, path := range shapeHolders {
		for _, name := range shapeNames {
			param := strings.Join(append(slices.Clip(path), name), ".")
			s, err := readShape(param, valueAt(p, path, name))
			if err != nil {
				return nil, err
			}
			if s.text != "" {
				all = append(all, s)
			}
		}
	}
	s, err := pixelShape(p)
	switch {
	case err != nil && len(all) > 0: // a side alone beside a shape that says it all
		err = nil
	case err == nil && s.text != "":
		all = append(all, s)
	}
	return all, err
}

// valueAt is a field, or a member of an object that may be text in a form; a form may name it a[b], too.
func valueAt(p *body.Body, path []string, name string) gjson.Result {
	if len(path) == 0 {
		return p.Fields[name]
	}
	v := p.Fields[path[0]]
	if v.Type == gjson.String {
		v = gjson.Parse(v.Str)
	}
	for _, step := range append(slices.Clip(path[1:]), name) {
		v = v.Map()[step]
	}
	if v.Exists() {
		return v
	}
	return p.Fields[path[0]+"["+strings.Join(append(slices.Clip(path[1:]), name), "][")+"]"]
}

// readShape reads one value; its text is empty where it asks for no shape.
func readShape(param string, v gjson.Result) (s shape, err error) {
	name := param[strings.LastIndexByte(param, '.')+1:]
	pixels := slices.Contains(pixelNames, name)
	if v.Type == gjson.String && strings.HasPrefix(strings.TrimSpace(v.Str), "{") { // a form's
		v = gjson.Parse(v.Str)
	}
	switch {
	case v.IsObject():
		return objectShape(param, v)
	case v.Type == gjson.Null, v.Type == gjson.False, v.Type == gjson.Number && (v.Num == 0 || pixels && v.Num == math.Trunc(v.Num)):
		return s, nil
	case v.Type == gjson.JSON, v.Type == gjson.True:
		return s, unreadShape(param)
	}
	text := strings.TrimSpace(v.String())
	if slices.Contains(unshaped, strings.ToLower(text)) {
		return s, nil
	}
	if s, ok := spelled(text); ok {
		s.param = param
		if name != "size" && !pixels { // 16x9 is no picture of sixteen by nine pixels
			s.text = strings.Replace(s.text, "x", ":", 1)
		}
		return s, s.check()
	}
	if pixels && fineness.MatchString(text) && (name != "size" || pixelCount.MatchString(text)) {
		return s, nil
	}
	return s, unreadShape(param)
}

func unreadShape(param string) error {
	if param == "size" {
		return adapter.BadParam(param, "invalid_value", "'size' must be 'auto', WIDTHxHEIGHT such as '1536x1024', or a ratio such as '3:2'.")
	}
	return adapter.BadParam(param, "invalid_value", "'%s' must be a ratio such as '16:9' or '1.78', WIDTHxHEIGHT such as '1536x1024', 'landscape', 'portrait', 'square' or 'auto'.", param)
}

// check refuses what no picture can have, under the name that it was sent by.
func (s shape) check() error {
	if s.param != "size" && (s.ratio > 14 || s.ratio < 1.0/14) { // size itself is the core's business
		return adapter.BadParam(s.param, "invalid_value", "'%s' is too long a shape: a side may be at most 14 times the other.", s.param)
	}
	return nil
}

// spelled reads a shape in any spelling.
func spelled(text string) (shape, bool) {
	word := strings.ToLower(text)
	if ratio, ok := ratioWords[word]; ok {
		return spelled(ratio)
	}
	if m := namedSides.FindStringSubmatch(word); m != nil {
		a, b := number(m[2]), number(m[3])
		if m[1] == "landscape" && a < b || m[1] == "portrait" && a > b {
			a, b = b, a
		}
		return ratioOf(a, b), m[1] != "square" || a == b
	}
	if m := sides.FindStringSubmatch(text); m != nil {
		a, b := number(m[1]), number(m[3])
		if a <= 0 || b <= 0 {
			return shape{}, false
		}
		s := ratioOf(a, b)
		if strings.ContainsAny(m[2], "xX*×") && a == math.Trunc(a) && b == math.Trunc(b) {
			s.text = plain(a) + "x" + plain(b)
		}
		return s, true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || !(f >= 0.01 && f <= 100) {
		return shape{}, false
	}
	for _, c := range commonRatios {
		for _, r := range [][2]float64{c, {c[1], c[0]}} {
			if math.Abs(f-r[0]/r[1]) <= 0.01*f {
				return ratioOf(r[0], r[1]), true
			}
		}
	}
	return ratioOf(f, 1), true
}

// ratioOf is a shape of two sides; fractions become whole numbers.
func ratioOf(a, b float64) shape {
	s := shape{ratio: a / b}
	for range 4 {
		if a == math.Trunc(a) && b == math.Trunc(b) || max(a, b) >= 10000 {
			break
		}
		a, b = math.Round(a*1e5)/1e4, math.Round(b*1e5)/1e4 // ten times, without what floats add
	}
	s.text = plain(math.Round(a)) + ":" + plain(math.Round(b))
	return s
}

func number(text string) float64 {
	f, _ := strconv.ParseFloat(text, 64) // digits alone
	return f
}

func plain(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// pixelShape reads the width and the height, which are nothing without each other.
func pixelShape(p *body.Body) (shape, error) {
	return sidesOf("", p.Fields["width"], p.Fields["height"])
}

// objectShape reads an object with a width and a height.
func objectShape(param string, v gjson.Result) (shape, error) {
	m := v.Map()
	width, height := m["width"], m["height"]
	if !width.Exists() && !height.Exists() && len(m) > 0 {
		return shape{}, adapter.BadParam(param, "invalid_value", "'%s' must have 'width' and 'height', or be a ratio such as '16:9'.", param)
	}
	s, err := sidesOf(param+".", width, height)
	s.param = param
	return s, err
}

func sidesOf(within string, width, height gjson.Result) (s shape, err error) {
	w, err := side(width, within+"width")
	if err != nil {
		return s, err
	}
	h, err := side(height, within+"height")
	if err != nil {
		return s, err
	}
	switch {
	case w == 0 && h == 0:
		return s, nil
	case w == 0:
		return s, lonely(within+"width", within+"height")
	case h == 0:
		return s, lonely(within+"height", within+"width")
	}
	s = shape{param: within + "width", text: plain(w) + "x" + plain(h), ratio: w / h}
	return s, s.check()
}

func lonely(missing, sent string) error {
	return adapter.BadParam(missing, "missing_required_parameter", "'%s' is missing: '%s' alone is no shape.", missing, sent)
}

// side reads one side; 0 where nothing is asked for.
func side(v gjson.Result, param string) (float64, error) {
	if v.Type == gjson.False || v.Type == gjson.String && slices.Contains(unshaped, strings.ToLower(strings.TrimSpace(v.Str))) {
		return 0, nil
	}
	n, err := body.WholeOf(v, param, 0, 99999)
	if n == nil || err != nil {
		return 0, err
	}
	return float64(*n), nil
}
