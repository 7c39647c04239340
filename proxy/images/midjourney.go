package images

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"midgate/adapter"
	"midgate/adapter/nearest"
	"midgate/proxy/body"
)

// refsOf reads references: one or a list of texts or numbers; a mark of an upload is such a text.
func refsOf(v gjson.Result, param string) (refs []string, err error) {
	if v.IsObject() {
		return nil, adapter.BadParam(param, "invalid_type", "'%s' must be URLs, data URLs, IDs or codes.", param)
	}
	for _, e := range v.Array() {
		text := strings.TrimSpace(e.Str)
		if e.Type != gjson.String {
			if text, err = body.TextOf(e, param); err != nil {
				return nil, err
			}
		}
		if text != "" {
			refs = append(refs, strings.Clone(text))
		}
	}
	return refs, nil
}

// readSettings reads the members of the midjourney object, and those that stand beside it: an SDK's extra_body puts them
// there, with a name of their own or as midjourney.name. also are names that the route reads by itself.
func readSettings(p *body.Body, also []string) (m adapter.Midjourney, err error) {
	o, err := p.Object("midjourney")
	if err != nil {
		return m, err
	}
	if m, err = mjMembers(o, also); err != nil {
		return m, err
	}
	inside := o.Map()
	for _, name := range also { // the route takes one of them
		if body.Says(inside[name]) && body.Says(p.Fields[name]) && !sameSetting(p, inside, "midjourney."+name, p.Fields[name]) {
			return m, twoSettings(name, "midjourney."+name)
		}
	}
	sent := map[string]string{} // the name under which a member was sent
	for _, name := range members {
		if body.Says(inside[name]) {
			sent[name] = "midjourney." + name
		}
	}
	for _, beside := range besideNames {
		v := p.Fields[beside.name]
		switch {
		case !v.Exists(), !ours(beside.name, v):
			continue
		case denies(v) && body.Says(inside[beside.member]), body.Says(v) && denies(inside[beside.member]):
			return m, twoSettings(beside.name, "midjourney."+beside.member)
		case !body.Says(v):
			continue
		case sent[beside.member] == "":
			if err := member(&m, beside.member, beside.name, v); err != nil {
				return m, err
			}
			sent[beside.member] = beside.name
			p.Call("midjourney."+beside.member, beside.name)
		case !sameSetting(p, inside, sent[beside.member], v):
			return m, twoSettings(beside.name, sent[beside.member])
		}
	}
	return m, nil
}

// alien are names that other APIs have for something else: beside the midjourney object only these values are meant for it.
// A version below 4 is an API's.
var alien = map[string]*regexp.Regexp{
	"speed": regexp.MustCompile(`^(?i:relax|fast|turbo)$`), "version": regexp.MustCompile(`^(?i:v?(?:[4-9]|[1-9][0-9])(?:\.[0-9]+)?|niji[ -]?[0-9.]*)$`),
	"grid": regexp.MustCompile(`^[A-Za-z]{3,}$`),
}

func ours(name string, v gjson.Result) bool {
	if v.IsArray() {
		return slices.ContainsFunc(v.Array(), func(e gjson.Result) bool { return ours(name, e) })
	}
	values := alien[name]
	return values == nil || values.MatchString(strings.TrimSpace(v.String()))
}

// denies reports whether a value says no, which is more than nothing.
func denies(v gjson.Result) bool {
	return v.Type == gjson.False || v.Type == gjson.String && strings.EqualFold(strings.TrimSpace(v.Str), "false")
}

func twoSettings(one, other string) error {
	return adapter.BadParam(one, "duplicate_parameter", "'%s' and '%s' are the same setting, with different values: send one of them.", one, other)
}

// AnySetting is the first parameter that a body has for Midjourney; empty if there is none.
func AnySetting(p *body.Body) string {
	if body.Says(p.Fields["midjourney"]) {
		return "midjourney"
	}
	for _, beside := range besideNames {
		if v := p.Fields[beside.name]; body.Says(v) && ours(beside.name, v) {
			return beside.name
		}
	}
	return ""
}

// sameSetting compares a value with the one that was sent before under another name.
func sameSetting(p *body.Body, inside map[string]gjson.Result, before string, v gjson.Result) bool {
	old, beside := p.Fields[before]
	if name, within := strings.CutPrefix(before, "midjourney."); within && !beside {
		old = inside[name]
	}
	return strings.TrimSpace(old.String()) == strings.TrimSpace(v.String())
}

// besideName is a name that means a member of the midjourney object where it stands beside that.
type besideName struct{ name, member string }

// besideNames are the members themselves and Midjourney's own short names. A seed of its own is read elsewhere: clients
// send one unasked.
var besideNames = func() (all []besideName) {
	for _, name := range members {
		if name != "seed" {
			all = append(all, besideName{name, name})
		}
		all = append(all, besideName{"midjourney." + name, name})
	}
	for _, short := range slices.Sorted(maps.Keys(shortNames)) {
		if m := shortNames[short]; len(short) > 1 && slices.Contains(members, m) {
			all = append(all, besideName{short, m})
		}
	}
	return all
}()

// IsSetting reports whether a name beside the midjourney object means one of its members.
func IsSetting(name string) bool {
	return slices.ContainsFunc(besideNames, func(beside besideName) bool { return beside.name == name })
}

// shortNames are what the prompt calls the members.
var shortNames = map[string]string{
	"s": "stylize", "c": "chaos", "w": "weird", "v": "version", "p": "personalize", "iw": "image_weight", "sref": "style_reference", "sw": "style_weight",
	"cref": "character_reference", "cw": "character_weight", "oref": "omni_reference", "ow": "omni_weight",
}

// elsewhere are names that people give to what is said in another way, and how it is said.
var elsewhere = map[string]string{
	"style": "'raw': true, or the parameter 'style' beside the object", "mode": "'speed'", "negative_prompt": "'no'", "negativePrompt": "'no'", "negative": "'no'",
	"size": "the parameter 'size' beside the object", "aspect_ratio": "the parameter 'size' beside the object", "aspectRatio": "the parameter 'size' beside the object",
	"aspect": "the parameter 'size' beside the object", "ar": "the parameter 'size' beside the object", "ratio": "the parameter 'size' beside the object",
	"q": "the parameter 'quality' beside the object", "quality": "the parameter 'quality' beside the object", "n": "the parameter 'n' beside the object",
	"prompt": "the parameter 'prompt' beside the object", "model": "'version', or the parameter 'model' beside the object", "image": "'reference_images'", "images": "'reference_images'",
	"fast": "'speed': \"fast\"", "relax": "'speed': \"relax\"", "turbo": "'speed': \"turbo\"",
}

// meansNothing refuses a member that there is not, and says what may have been meant.
func meansNothing(name string) error {
	hint, known := elsewhere[name]
	if m := shortNames[name]; m != "" {
		hint, known = "'"+m+"'", true
	}
	if !known {
		near, _ := nearest.Of(strings.ToLower(name), members)
		hint = "'" + near + "'"
	}
	name = "midjourney." + body.Shortened(name, 100)
	return adapter.BadParam(name, "unknown_parameter", "'%s' means nothing; did you mean %s? The midjourney object has %s.", name, hint, strings.Join(members, ", "))
}

// mjMembers reads the members of the midjourney object. Types are checked here; ranges and conflicts
// between parameters are the core's business. An unknown member is refused: nobody means to be ignored there.
func mjMembers(o gjson.Result, also []string) (m adapter.Midjourney, err error) {
	if !o.IsObject() {
		return m, nil
	}
	o.ForEach(func(k, v gjson.Result) bool {
		if !slices.Contains(also, k.String()) {
			err = member(&m, k.String(), "midjourney."+k.String(), v)
		}
		return err == nil
	})
	return m, err
}

// member reads one member, which was sent as param.
func member(m *adapter.Midjourney, name, param string, v gjson.Result) (err error) {
	switch name {
	case "version":
		m.Version, err = body.TextOf(v, param)
	case "niji":
		m.Niji, err = niji(v, param)
	case "speed":
		m.Speed, err = body.OneOf(v, param, "relax", "fast", "turbo")
	case "stylize":
		m.Stylize, err = body.Small(v, param, 0, 1000)
	case "chaos":
		m.Chaos, err = body.Small(v, param, 0, 100)
	case "weird":
		m.Weird, err = body.Small(v, param, 0, 3000)
	case "seed":
		m.Seed, err = body.WholeOf(v, param, 0, 1<<32-1)
	case "raw":
		m.Raw, err = body.TruthOf(v, param)
	case "tile":
		m.Tile, err = body.TruthOf(v, param)
	case "draft":
		m.Draft, err = body.TruthOf(v, param)
	case "hd":
		m.HD, err = body.TruthOf(v, param)
	case "no":
		var words []string
		words, err = body.ListOf(v, param)
		m.No = strings.Join(words, ", ")
	case "image_weight":
		m.ImageWeight, err = body.Decimal(v, param)
	default:
		err = referenceMember(m, name, param, v)
	}
	return err
}

// referenceMember reads what points at pictures, people's styles and what comes out of the grid.
func referenceMember(m *adapter.Midjourney, name, param string, v gjson.Result) (err error) {
	switch name {
	case "style_reference":
		m.StyleRef, err = refsOf(v, param)
	case "style_weight":
		m.StyleWeight, err = body.Small(v, param, 0, 1000)
	case "character_reference":
		m.CharacterRef, err = refsOf(v, param)
	case "character_weight":
		m.CharacterWeight, err = body.Small(v, param, 0, 100)
	case "omni_reference":
		var refs []string
		if refs, err = refsOf(v, param); err == nil && len(refs) > 1 {
			err = adapter.BadParam(param, "array_above_max_length", "'%s' is one picture.", param)
		}
		m.OmniRef = strings.Join(refs, "")
	case "omni_weight":
		m.OmniWeight, err = body.Small(v, param, 1, 1000)
	case "personalize":
		m.Personalize, err = personalize(v, param)
	case "grid":
		m.Grid, err = body.OneOf(v, param, adapter.GridSplit, adapter.GridUpscale, adapter.GridWhole)
	case "batch_size":
		var n *int64
		if n, err = body.WholeOf(v, param, 1, 4); n != nil {
			m.BatchSize = int(*n)
		}
	case "reference_images":
		m.ReferenceImages, err = body.TextsOf(v, param)
	default:
		err = meansNothing(name)
	}
	return err
}

// members are all members of the midjourney object.
var members = []string{
	"version", "niji", "speed", "stylize", "chaos", "weird", "seed", "raw", "tile", "draft", "hd", "no", "image_weight", "style_reference", "style_weight",
	"character_reference", "character_weight", "omni_reference", "omni_weight", "personalize", "grid", "batch_size", "reference_images",
}

// niji reads a version of niji; true means its newest.
func niji(v gjson.Result, param string) (string, error) {
	switch v.Type {
	case gjson.True:
		return "true", nil
	case gjson.False:
		return "", nil
	default:
		return unlessFalse(body.TextOf(v, param))
	}
}

// personalize reads a code, or true for the account's own.
func personalize(v gjson.Result, param string) (string, error) {
	if v.Type == gjson.False {
		return "", nil
	}
	return unlessFalse(body.TextOf(v, param))
}

// unlessFalse takes a form's "false" for what JSON's false is.
func unlessFalse(text string, err error) (string, error) {
	if strings.EqualFold(text, "false") {
		return "", err
	}
	return text, err
}
