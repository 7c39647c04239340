package prompt

import (
	"regexp"
	"slices"
	"strings"

	"midgate/adapter"
)

// paramRule is what is known of one of Midjourney's parameters.
type paramRule struct {
	name    string   // as it is sent, without its dashes
	also    []string // its other names
	takes   argCount
	forms   []formIn // the first whose releases include the prompt's counts; a prompt of unknown release gets the first
	in      spans    // the releases that have it
	refused string   // why a request may not carry it; empty: it may
}

// argCount is how many words after its name belong to a parameter.
type argCount int

const (
	takesNothing argCount = iota
	takesOne              // one word
	takesNumber           // one word if it is a version, else none
	takesLinks            // the words that its form takes, at least one
	takesCodes            // personalization codes, or nothing
	takesAll              // every word up to the next parameter
)

// formIn is a form that holds for some releases.
type formIn struct {
	in spans
	valueSyntax
}

func always(f valueSyntax) []formIn { return []formIn{{anyRelease, f}} }

// since are the releases of Midjourney and Niji from these on; a negative number is none of them.
func since(midjourney, niji float64) spans {
	s := spans{span{midjourney, everNewer}, span{niji, everNewer}}
	if midjourney < 0 {
		s.midjourney = noRelease
	}
	if niji < 0 {
		s.niji = noRelease
	}
	return s
}

func only(midjourney, niji span) spans { return spans{midjourney, niji} }

const (
	manyJobs   = "it starts several jobs of which only one could be followed; ask for several pictures with n"
	videosOnly = "it belongs to videos, which have their own endpoint"
)

// paramRules are the known parameters. Names that are not among them are passed on: new ones appear.
var paramRules = []paramRule{
	{name: "v", also: []string{"version"}, takes: takesOne, forms: always(versionForm{}), in: anyRelease},
	{name: "niji", takes: takesNumber, forms: always(versionForm{niji: true}), in: anyRelease},
	{name: "ar", also: []string{"aspect"}, takes: takesOne, forms: []formIn{
		{since(5, 0), ratioForm{mostRatio}},
		{only(span{4, 4}, noRelease), ratioForm{2}},
		{anyRelease, ratioForm{mostRatio}},
	}, in: anyRelease},
	{name: "s", also: []string{"stylize"}, takes: takesOne, forms: always(wholeForm{0, 1000}), in: anyRelease},
	{name: "c", also: []string{"chaos"}, takes: takesOne, forms: always(wholeForm{0, 100}), in: anyRelease},
	{name: "weird", also: []string{"w"}, takes: takesOne, forms: always(wholeForm{0, 3000}), in: since(5, 0)},
	{name: "q", also: []string{"quality"}, takes: takesOne, forms: []formIn{
		{since(-1, -1), numbersForm{.25, .5, 1, 2, 4}}, // not known: any of them
		{only(span{7, 7.9}, span{7, 7.9}), numbersForm{1, 2, 4}},
		{anyRelease, numbersForm{.25, .5, 1}},
	}, in: only(span{0, 7.9}, span{0, 7.9})},
	{name: "seed", takes: takesOne, forms: always(wholeForm{0, 4294967295}), in: anyRelease},
	{name: "stop", takes: takesOne, forms: always(wholeForm{10, 100}), in: anyRelease},
	{name: "no", takes: takesAll, forms: always(anyForm{}), in: anyRelease},
	{name: "style", takes: takesOne, forms: always(styleForm{}), in: anyRelease},
	{name: "raw", in: since(5.1, 0)},
	{name: "tile", in: spans{span{4.1, everNewer}, anyRelease.niji}},
	{name: "iw", takes: takesOne, forms: []formIn{
		{since(6, 6), decimalForm{0, 3}},
		{anyRelease, decimalForm{0, 2}},
	}, in: anyRelease},
	{name: "cref", takes: takesLinks, forms: always(linksForm{}), in: only(span{6, 6.1}, span{6, 6})},
	{name: "cw", takes: takesOne, forms: always(wholeForm{0, 100}), in: only(span{6, 6.1}, span{6, 6})},
	{name: "sref", takes: takesLinks, forms: always(linksForm{codes: true}), in: since(6, 6)},
	{name: "sw", takes: takesOne, forms: always(wholeForm{0, 1000}), in: since(6, 6)},
	{name: "sv", takes: takesOne, forms: always(wholeForm{1, 7}), in: since(6, 6)},
	{name: "oref", takes: takesLinks, forms: always(linksForm{one: true}), in: only(span{7, 7}, noRelease)},
	{name: "ow", takes: takesOne, forms: always(wholeForm{1, 1000}), in: only(span{7, 7}, noRelease)},
	{name: "edit", takes: takesLinks, forms: always(linksForm{most: 4}), in: anyRelease},
	{name: "dref", takes: takesLinks, forms: always(linksForm{one: true}), in: anyRelease},
	{name: "p", also: []string{"profile"}, takes: takesCodes, forms: always(codesForm{}), in: anyRelease},
	{name: "draft", in: only(span{7, 7.9}, span{7, everNewer})},
	{name: "hd", in: since(8.1, -1)},
	{name: "sd", in: since(8.1, -1)},
	{name: "exp", takes: takesOne, forms: always(wholeForm{0, 100}), in: since(7, 7)},
	{name: "fast", in: anyRelease},
	{name: "relax", in: anyRelease},
	{name: "turbo", in: anyRelease},
	{name: "stealth", in: anyRelease},
	{name: "public", in: anyRelease},
	{name: "motion", takes: takesOne, forms: always(wordsForm{"low", "high"}), in: anyRelease},
	{name: "loop", in: anyRelease},
	{name: "end", takes: takesOne, forms: always(endForm{}), in: anyRelease},
	{name: "zoom", takes: takesOne, forms: always(zoomForm{}), in: anyRelease},
	{name: "repeat", also: []string{"r"}, refused: manyJobs},
	{name: "video", refused: videosOnly},
	{name: "bs", refused: videosOnly},
}

var paramsByName = func() map[string]*paramRule {
	all := map[string]*paramRule{}
	for i := range paramRules {
		r := &paramRules[i]
		for _, name := range append([]string{r.name}, r.also...) {
			all[name] = r
		}
	}
	return all
}()

// lookupParam finds a parameter by one of its names, in any case.
func lookupParam(name string) (*paramRule, bool) {
	r, ok := paramsByName[strings.ToLower(name)]
	return r, ok
}

// speed is the speed that the parameter chooses, empty for all but three.
func (p *paramRule) speed() adapter.Speed {
	if s := adapter.Speed(p.name); slices.Contains(speeds, s) {
		return s
	}
	return ""
}

// speeds from the cheapest to the dearest.
var speeds = []adapter.Speed{adapter.Relax, adapter.Fast, adapter.Turbo}

// form is what the value must be with a release; nil for a parameter without one.
func (p *paramRule) form(r Version) valueSyntax {
	for _, f := range p.forms {
		if f.in.include(r) {
			return f.valueSyntax
		}
	}
	return nil
}

// widest are the forms of which a value must have one when the release may still be any.
func (p *paramRule) widest(value string) (string, bool) {
	if len(p.forms) == 0 {
		return value, value == ""
	}
	return p.forms[0].read(value)
}

// excluded are parameters that Midjourney does not take together. One with a value
// means just that value.
var excluded = [][2]string{
	{"niji", "v"}, {"hd", "draft"}, {"hd", "sd"}, {"draft", "oref"}, {"draft", "q 4"}, {"oref", "q 4"},
}

// clash finds a flag among others that Midjourney does not take together with f.
func clash(f Flag, others []Flag) (Flag, bool) {
	for _, pair := range excluded {
		for i := range pair {
			if !f.is(pair[i]) {
				continue
			}
			if j := slices.IndexFunc(others, func(o Flag) bool { return o.is(pair[1-i]) }); j >= 0 {
				return others[j], true
			}
		}
	}
	return Flag{}, false
}

// is reports whether the flag is that name, or that name with that value.
func (f Flag) is(what string) bool { return f.Name == what || f.String() == "--"+what }

// check refuses flags that a release does not have or that do not go together. from names the request's parameter
// that a flag came from; the prompt's own flags are not in it.
func (p Prompt) check(r Version, from map[string]string) error {
	for i, f := range p.Flags {
		rule, known := lookupParam(f.Name)
		if !known {
			continue
		}
		said, param := origin(f, from)
		if !rule.in.include(r) {
			return adapter.BadParam(param, "invalid_value", "%s belongs to %s, and this is drawn with %s.", said, rule.in, r)
		}
		if form := rule.form(r); form != nil {
			if _, ok := form.read(f.Value); !ok {
				return adapter.BadParam(param, "invalid_value", "%s must be %s with %s.", said, form, r)
			}
		}
		if other, found := clash(f, p.Flags[:i]); found {
			also, _ := origin(other, from)
			return adapter.BadParam(param, "invalid_value", "%s and %s exclude each other: use one of them.", said, also)
		}
	}
	if err := p.checkWeights(r); err != nil {
		return err
	}
	return p.checkHD(from)
}

// weight is the weight of a part of a multi-prompt: "cat::2 dog::1", "hot:: dog".
var weight = regexp.MustCompile(`\S::-?[0-9]*(?:\.[0-9]+)?(?:\s|$)`)

// checkWeights refuses weighted parts where Midjourney has given them up.
func (p Prompt) checkWeights(v Version) error {
	if !v.known() || v.num < 7 || !weight.MatchString(p.Text) {
		return nil
	}
	return adapter.BadParam("prompt", "invalid_value", "Weighted parts such as cat::2 belong to versions up to 6.1 and niji 6, and this is drawn with %s.", v)
}

// checkHD refuses what only the smaller pictures can be: long ones.
func (p Prompt) checkHD(from map[string]string) error {
	ratio, _ := p.Flag("ar")
	if _, hd := p.Flag("hd"); hd && ratio != "" && !hdRatio(ratio) {
		said, param := origin(Flag{Name: "ar", Value: ratio}, from)
		return adapter.BadParam(param, "invalid_value", "%s is too long for --hd: a side may be at most %d times the other.", said, mostHDRatio)
	}
	return nil
}

const mostHDRatio = 4

func hdRatio(ratio string) bool {
	_, ok := ratioForm{mostHDRatio}.read(ratio)
	return ok
}

// origin is how a sentence calls a flag, and the request's parameter that it came from.
func origin(f Flag, from map[string]string) (said, param string) {
	if param, ok := from[f.Name]; ok {
		return param, param
	}
	return "--" + f.Name, "prompt"
}
