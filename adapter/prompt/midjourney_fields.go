package prompt

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"midgate/adapter"
)

// builder is a prompt while parameters are added to it.
type builder struct {
	Prompt
	release  Version
	from     map[string]string // the request's parameter behind a flag; the prompt's own flags are not in it
	pictures bool              // there is an image prompt
}

// put adds a flag for one of the request's parameters.
func (c *builder) put(f Flag, param string) {
	c.Flags = append(c.Flags, f)
	c.from[f.Name] = param
}

func (c *builder) has(names ...string) bool {
	return slices.ContainsFunc(c.Flags, func(f Flag) bool { return slices.Contains(names, f.Name) })
}

// addOwn adds what the midjourney object asks for and the prompt does not say.
func (c *builder) addOwn(own adapter.Midjourney) error {
	if err := c.addRaw(own.Raw); err != nil {
		return err
	}
	for _, field := range ownFields(own) {
		if err := c.own(field); err != nil {
			return err
		}
	}
	return nil
}

// ownField is a field of the midjourney object that is set, and its parameter.
type ownField struct{ name, field, value string }

func ownFields(own adapter.Midjourney) []ownField {
	var set []ownField
	text := func(name, field, value string) {
		if value = strings.TrimSpace(value); value != "" {
			set = append(set, ownField{name, field, value})
		}
	}
	whole := func(name, field string, value *int) {
		if value != nil {
			text(name, field, strconv.Itoa(*value))
		}
	}
	flag := func(name string, on bool) {
		if on {
			set = append(set, ownField{name: name, field: name})
		}
	}
	whole("s", "stylize", own.Stylize)
	whole("c", "chaos", own.Chaos)
	whole("weird", "weird", own.Weird)
	if own.Seed != nil && *own.Seed != -1 { // -1 is many programs' word for "any"
		text("seed", "seed", strconv.FormatInt(*own.Seed, 10))
	}
	flag("tile", own.Tile)
	flag("draft", own.Draft)
	flag("hd", own.HD)
	text("sref", "style_reference", strings.Join(own.StyleRef, " "))
	whole("sw", "style_weight", own.StyleWeight)
	text("cref", "character_reference", strings.Join(own.CharacterRef, " "))
	whole("cw", "character_weight", own.CharacterWeight)
	text("oref", "omni_reference", own.OmniRef)
	whole("ow", "omni_weight", own.OmniWeight)
	if own.ImageWeight != nil {
		text("iw", "image_weight", shortNumber(*own.ImageWeight))
	}
	text("no", "no", plainWords(own.No))
	switch codes := strings.TrimSpace(own.Personalize); strings.ToLower(codes) {
	case "false":
	case "true":
		flag("p", true)
		set[len(set)-1].field = "personalize"
	default:
		text("p", "personalize", codes)
	}
	return set
}

// own adds a field unless the prompt has its parameter or one that excludes it. Its value goes through the prompt's
// own reader, so that it is that one parameter's value or refused.
func (c *builder) own(field ownField) error {
	param := "midjourney." + field.field
	f, ok := readFlag(field.name, field.value)
	if !ok {
		rule, _ := lookupParam(field.name)
		return adapter.BadParam(param, "invalid_value", "%s must be %s.", param, rule.form(Version{}))
	}
	other, clashes := clash(f, c.Flags)
	_, mapped := c.from[other.Name]
	// The prompt's --draft silently wins over hd, but nobody wants to pay for a picture without its reference.
	if c.has(f.Name) || clashes && !mapped && f.Name != "oref" {
		return nil
	}
	c.put(f, param)
	return nil
}

// readFlag reads one parameter with its value; false if that is not what they are.
func readFlag(name, value string) (Flag, bool) {
	p, err := readPrompt("--" + name + " " + value)
	if err != nil || p.Text != "" || len(p.URLs) > 0 || p.Speed != "" || len(p.Flags) != 1 || p.Flags[0].Name != name {
		return Flag{}, false
	}
	return p.Flags[0], true
}

// Lacks is the first member of the midjourney object that a drawn prompt does not have, or has with another value: whoever
// repeats that prompt leaves it out. Empty if it has them all. Of pictures it counts that there are some: Midjourney gives
// them addresses of its own.
func Lacks(drawn string, own adapter.Midjourney) (member string) {
	p, err := Read(drawn)
	if err != nil {
		p = Prompt{}
	}
	for _, field := range ownFields(own) {
		value, has := p.Flag(field.name)
		asked, ok := readFlag(field.name, field.value)
		pictures := slices.Contains([]string{"sref", "cref", "oref"}, field.name)
		if !ok || !has || !pictures && !strings.EqualFold(value, asked.Value) {
			return field.field
		}
	}
	_, raw := p.Flag("raw")
	if style, _ := p.Flag("style"); own.Raw && !raw && style != "raw" {
		return "raw"
	}
	if release, member, err := ownRelease(own); err != nil || release.known() && release != p.version() {
		return cmp.Or(strings.TrimPrefix(member, "midjourney."), "version")
	}
	return ""
}

// weights are parameters that say how much another one counts; an empty name is the image prompts.
var weights = [][2]string{{"iw", ""}, {"sw", "sref"}, {"sv", "sref"}, {"cw", "cref"}, {"ow", "oref"}}

// weighs refuses a weight of what is not there.
func (c *builder) weighs() error {
	for _, pair := range weights {
		value, has := c.Flag(pair[0])
		if !has || pair[1] == "" && c.pictures || c.has(pair[1]) {
			continue
		}
		said, param := origin(Flag{pair[0], value}, c.from)
		needs := "a picture to draw from"
		if pair[1] != "" {
			needs = "--" + pair[1] + ", or its field in the midjourney object"
		}
		return adapter.BadParam(param, "invalid_value", "%s weighs nothing here: it needs %s.", said, needs)
	}
	return nil
}

// plainWords are a text's words without anything that a server could read as a parameter.
func plainWords(text string) string {
	words := lexemes(strings.NewReplacer("{", "(", "}", ")").Replace(normalize(text)))
	for i, word := range words {
		words[i] = strings.TrimLeft(word, "-")
	}
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}

// addRaw adds what the version calls raw, and calls it so where the prompt has the older name: from 8 on that one is
// invalid, and an upstream that decides itself draws with the newest.
func (c *builder) addRaw(asked bool) error {
	old := slices.IndexFunc(c.Flags, func(f Flag) bool { return f.is("style raw") })
	if old >= 0 && (!c.release.known() || c.release.num >= newReleases) {
		asked = true
		c.Flags = slices.Delete(c.Flags, old, old+1)
	}
	if !asked || c.has("raw", "style") {
		return nil
	}
	f, ok := rawFlag(c.release)
	if !ok {
		return adapter.BadParam("midjourney.raw", "invalid_value", "midjourney.raw belongs to version 5.1 and later and niji 6 and later, and this is drawn with %s.", c.release)
	}
	c.put(f, "midjourney.raw")
	return nil
}

// rawFlag is how a version says raw; false if it does not.
func rawFlag(r Version) (Flag, bool) {
	switch {
	case !r.known() || r.num >= 7:
		return Flag{Name: "raw"}, true
	case r.niji && r.num >= 6, !r.niji && r.num >= 5.1:
		return Flag{"style", "raw"}, true
	default:
		return Flag{}, false
	}
}

// derive adds a flag that the client did not ask for by name, where it fits.
func (c *builder) derive(f Flag, param string) {
	rule, _ := lookupParam(f.Name)
	if c.has(f.Name) || !rule.in.include(c.release) {
		return
	}
	if form := rule.form(c.release); form != nil {
		if _, ok := form.read(f.Value); !ok {
			return
		}
	}
	if _, clashes := clash(f, c.Flags); !clashes {
		c.put(f, param)
	}
}
