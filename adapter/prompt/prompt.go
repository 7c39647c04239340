package prompt

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"midgate/adapter"
)

// maxPrompt is OpenAI's limit for a prompt, in characters.
const maxPrompt = 32000

// Prompt is a client's prompt taken apart. Speed flags are in Speed, never in Flags.
type Prompt struct {
	Text  string
	URLs  []string      // the picture addresses in front of the text
	Flags []Flag        // each name once
	Speed adapter.Speed // empty: the prompt names none
}

// Flag is a parameter under its short lower-case name, without dashes. Value may be empty.
type Flag struct{ Name, Value string }

// String is the flag as it is sent.
func (f Flag) String() string { return strings.TrimSuffix("--"+f.Name+" "+f.Value, " ") }

// String is the prompt as it is sent: addresses, text, parameters.
func (p Prompt) String() string {
	words := slices.Clone(p.URLs)
	if p.Text != "" {
		words = append(words, p.Text)
	}
	for _, f := range p.Flags {
		words = append(words, f.String())
	}
	return strings.Join(words, " ")
}

// Whole is the prompt as a client writes it: with its speed.
func (p Prompt) Whole() string {
	if p.Speed == "" {
		return p.String()
	}
	return p.String() + " --" + string(p.Speed)
}

// Flag returns the value of a parameter by any of its names, and whether the prompt has it.
func (p Prompt) Flag(name string) (string, bool) {
	if r, ok := lookupParam(name); ok {
		name = r.name
	}
	for _, f := range p.Flags {
		if f.Name == name {
			return f.Value, true
		}
	}
	return "", false
}

// Parse reads a prompt by midgate's rules or refuses it with an Invalid *Error
// whose Param is "prompt". What it returns reads as itself: ParsePrompt(p.String()) is p without its speed.
func Parse(text string) (Prompt, error) {
	p, err := readPrompt(text)
	if err == nil {
		err = p.requireWords(false)
	}
	if err == nil {
		err = p.check(p.version(), nil)
	}
	if err != nil {
		return Prompt{}, err
	}
	return p, nil
}

// Read takes a text apart, whatever its parameters are worth, and words need not be there. A text that cannot be read is an
// Invalid *Error whose Param is "prompt".
func Read(text string) (Prompt, error) { return readPrompt(text) }

// imagineCommand is what people copy along from Discord before a prompt.
var imagineCommand = regexp.MustCompile(`^(?i:\s*/imagine(?:\s+|\s*:\s*|$)(?:prompt\s*[:：]\s*)?)`)

// readPrompt takes a text apart until nothing changes any more: what is left of a text after something was taken
// out of it must not read as something else.
func readPrompt(text string) (Prompt, error) {
	text = imagineCommand.ReplaceAllString(text, "")
	if err := checkLength(text); err != nil {
		return Prompt{}, err
	}
	var last Prompt
	const passes = 6 // two are usual
	for range passes {
		p, err := readOnce(text)
		if err != nil {
			return Prompt{}, err
		}
		p.Speed = cmp.Or(p.Speed, last.Speed)
		if p.String() == text {
			return p, cmp.Or(CheckDenied(text), checkLength(text))
		}
		text, last = p.String(), p
	}
	return Prompt{}, badPrompt("The prompt cannot be read unambiguously: please write its parameters once, at its end, as in --ar 3:2.")
}

func badPrompt(format string, args ...any) *adapter.Error {
	return adapter.BadParam("prompt", "invalid_value", format, args...)
}

func checkLength(text string) error {
	if n := utf8.RuneCountInString(text); n > maxPrompt {
		return adapter.BadParam("prompt", "string_above_max_length", "The prompt is too long: it has %d characters, and at most %d are allowed.", n, maxPrompt)
	}
	return nil
}

// CheckDenied is the last look at a text before it is sent.
func CheckDenied(text string) error {
	if denied.MatchString(text) {
		return badPrompt("The prompt holds a parameter that is not allowed: --repeat, --video and --bs are not, and speeds are written as --relax, --fast or --turbo.")
	}
	return nil
}

// requireWords refuses a prompt with nothing to draw. image says that pictures come with it; one address alone is
// too little for Midjourney, two are enough.
func (p Prompt) requireWords(image bool) error {
	says := "The prompt is empty: it needs words that say what to draw."
	switch {
	case p.Text != "" || image || len(p.URLs) > 1:
		return nil
	case len(p.URLs) == 1:
		says = "The prompt is only the address of a picture: it needs words as well, or a second picture."
	case len(p.Flags) > 0 || p.Speed != "":
		says = "The prompt holds only parameters: it needs words that say what to draw."
	}
	return adapter.BadParam("prompt", "empty_string", "%s", says)
}

// version is the version that the prompt itself names.
func (p Prompt) version() Version {
	for _, name := range []string{"v", "niji"} {
		if value, ok := p.Flag(name); ok {
			r, _ := parseRelease(value, name == "niji") // the reader has checked it
			return r
		}
	}
	return Version{}
}

// readOnce is one reading of a text.
func readOnce(text string) (Prompt, error) {
	text = normalize(text)
	if err := checkLength(text); err != nil { // one character can become eighteen
		return Prompt{}, err
	}
	text, err := flattenBraces(text)
	if err != nil {
		return Prompt{}, err
	}
	r := parser{rest: lexemes(text)}
	for len(r.rest) > 0 {
		if err := r.next(); err != nil {
			return Prompt{}, err
		}
	}
	links := slices.IndexFunc(r.words, func(w string) bool { return !adapter.IsLink(w) })
	if links < 0 {
		links = len(r.words)
	}
	r.prompt.URLs = slices.Clip(r.words[:links])
	r.prompt.Text = strings.Join(r.words[links:], " ")
	return r.prompt, nil
}

// flattenBraces makes braces parentheses, so that no server draws a job for each of several words, and refuses
// them where they hold a comma: that is what they were written for.
func flattenBraces(text string) (string, error) {
	depth, commas := 0, make([]int, 1)
	for _, r := range text {
		switch {
		case r == '{':
			depth++
			commas = append(commas[:depth], 0)
		case r == ',':
			commas[depth]++
		case r == '}' && depth > 0 && commas[depth] > 0:
			return "", badPrompt("The prompt holds a permutation, words in braces with commas between them: each of them would be a job of its own. Send one request for each, or use parentheses.")
		case r == '}' && depth > 0:
			depth--
		}
	}
	return strings.NewReplacer("{", "(", "}", ")").Replace(text), nil
}

// ReadOwn reads the prompt of a request in the upstream's own words: what could start jobs that nobody asked for is
// refused, and so is a prompt to draw from that has neither words nor pictures.
func ReadOwn(text string, draws, pictures bool) (Prompt, error) {
	p, err := readPrompt(text)
	if err != nil {
		return p, err
	}
	if draws {
		if err := p.requireWords(pictures); err != nil {
			return p, err
		}
	}
	return p, p.check(p.version(), nil)
}
