package prompt

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"midgate/adapter"
)

func TestParsePrompt(t *testing.T) {
	for name, tc := range map[string]struct {
		in    string
		want  string
		speed adapter.Speed
	}{
		"plain words stay":                       {"a cat, sleeping", "a cat, sleeping", ""},
		"line breaks and tabs are blanks":        {" a\r\n\tcat\u2028in\u0085rain ", "a cat in rain", ""},
		"control characters are blanks":          {"a\x00cat\x1b[0m", "a cat [0m", ""},
		"invisible characters go":                {"a c\u200bat -\u200d-ar 3:\u00ad2", "a cat --ar 3:2", ""},
		"full-width letters are plain ones":      {"a cat －－ａｒ ３：２", "a cat --ar 3:2", ""},
		"words in other scripts stay":            {"戴草帽的猫，日落 ーカー", "戴草帽的猫,日落 ーカー", ""},
		"a parameter's name is small":            {"a cat --AR 3:2 --Stylize 50", "a cat --ar 3:2 --s 50", ""},
		"long names become short ones":           {"a cat --aspect 3:2 --chaos 5 --quality 2 --version 7 --w 5", "a cat --ar 3:2 --c 5 --q 2 --v 7 --weird 5", ""},
		"an em dash begins a parameter":          {"a cat —ar 3:2", "a cat --ar 3:2", ""},
		"an en dash begins a parameter":          {"a cat –ar 3:2", "a cat --ar 3:2", ""},
		"so do several":                          {"a cat ——ar 3:2 –—v 7", "a cat --ar 3:2 --v 7", ""},
		"three dashes are two":                   {"a cat ---ar 3:2 -----v 7", "a cat --ar 3:2 --v 7", ""},
		"minus signs are hyphens":                {"a cat −−ar 3:2 ‐‑v 7", "a cat --ar 3:2 --v 7", ""},
		"one hyphen is a hyphen":                 {"a well-known cat -ar", "a well-known cat -ar", ""},
		"a dash before other words is a dash":    {"—boats at dawn", "- boats at dawn", ""},
		"an en dash before other words":          {"a cat –and a dog", "a cat - and a dog", ""},
		"an en dash between words is a hyphen":   {"mother–daughter portrait", "mother-daughter portrait", ""},
		"discord's command goes":                 {"/imagine prompt: a fox", "a fox", ""},
		"without its field too":                  {" /Imagine a fox --ar 3:2", "a fox --ar 3:2", ""},
		"its field in full width":                {"/imagine prompt:a fox", "a fox", ""},
		"a word that begins like it stays":       {"/imaginery lands", "/imaginery lands", ""},
		"an em dash between words gets blanks":   {"a cat—white and small", "a cat - white and small", ""},
		"Chinese dashes are dashes":              {"猫——白色", "猫 - 白色", ""},
		"an em dash on its own":                  {"a cat — asleep", "a cat - asleep", ""},
		"an em dash at the end":                  {"a cat—", "a cat -", ""},
		"an en dash between numbers is a hyphen": {"Paris 1920–1930", "Paris 1920-1930", ""},
		"prose behind an em dash is prose":       {"yes—no moon", "yes - no moon", ""},
		"two dashes that begin nothing go":       {"a -- cat --", "a cat", ""},
		"dashes before a digit go":               {"a cat --1", "a cat 1", ""},
		"a parameter glued to a word":            {"a cat--ar 3:2", "a cat --ar 3:2", ""},
		"a value glued to its name":              {"a cat --ar16:9 --v6 --q.5 --s=250", "a cat --ar 16:9 --v 6 --q .5 --s 250", ""},
		"punctuation behind a value goes":        {"a cat --ar 3:2, --v 7.", "a cat --ar 3:2 --v 7", ""},
		"punctuation behind a name goes":         {"a cat --tile, red", "a cat red --tile", ""},
		"words behind a value are text":          {"a cat --ar 3:2 in the rain", "a cat in the rain --ar 3:2", ""},
		"words behind a switch are text":         {"--raw a cat", "a cat --raw", ""},
		"words behind --no are its own":          {"a cat --no dogs, rain --v 7", "a cat --no dogs, rain --v 7", ""},
		"an unknown name keeps its words":        {"a cat --Newest one two --v 7", "a cat --newest one two --v 7", ""},
		"the same twice is once":                 {"a cat --v 7 --raw --V 7.0 --raw", "a cat --v 7 --raw", ""},
		"niji alone is its newest":               {"a cat --niji --raw", "a cat --niji 7 --raw", ""},
		"niji with its version":                  {"a cat --niji 6", "a cat --niji 6", ""},
		"several style references":               {"a cat --sref https://a.example/1.png 1234::2 random --sw 50", "a cat --sref https://a.example/1.png 1234::2 random --sw 50", ""},
		"a style reference, then text":           {"--sref 1234 a cat", "a cat --sref 1234", ""},
		"an omni reference":                      {"a cat --oref https://a.example/1.png --ow 50 --v 7", "a cat --oref https://a.example/1.png --ow 50 --v 7", ""},
		"a bare personalization":                 {"a cat --p --v 7", "a cat --p --v 7", ""},
		"a personalization code":                 {"a cat --profile abcdef", "a cat --p abcdef", ""},
		"a personalization code before words":    {"--p ab12cd9 a cat", "a cat --p ab12cd9", ""},
		"personalization is not words":           {"--p a cat", "a cat --p", ""},
		"braces are parentheses":                 {"a {red} cat }{", "a (red) cat )(", ""},
		"a comma outside braces":                 {"{a} b, {c}", "(a) b, (c)", ""},
		"weights pass":                           {"cat::2 dog::-1 --v 6", "cat::2 dog::-1 --v 6", ""},
		"addresses stand in front":               {"https://a.example/1.png <https://a.example/2.png>, a cat", "https://a.example/1.png https://a.example/2.png a cat", ""},
		"an address in the text stays":           {"a cat like https://a.example/1.png here", "a cat like https://a.example/1.png here", ""},
		"an address after a switch is in front":  {"--raw https://a.example/1.png a cat", "https://a.example/1.png a cat --raw", ""},
		"dashes in an address stay":              {"https://a.example/a--b—c.png cat", "https://a.example/a--b%E2%80%94c.png cat", ""},
		"but not where they begin a speed":       {"https://a.example/a---turbo.png cat", "https://a.example/a%2D%2D%2Dturbo.png cat", ""},
		"or a denied name":                       {"https://a.example/?--R--turbo=--bs cat", "https://a.example/?%2D%2DR%2D%2Dturbo=%2D%2Dbs cat", ""},
		"an address behind an equals sign":       {"a cat --sref=https://a.example/1.png", "a cat --sref https://a.example/1.png", ""},
		"a speed is taken out":                   {"a cat --turbo", "a cat", adapter.Turbo},
		"in any case":                            {"a cat --TuRbO, red", "a cat red", adapter.Turbo},
		"in the middle":                          {"a --relax cat", "a cat", adapter.Relax},
		"not in prose behind an em dash":         {"a fox runs—fast", "a fox runs - fast", ""},
		"behind an em dash of its own":           {"a cat —fast", "a cat", adapter.Fast},
		"several times":                          {"--fast a cat --FAST —fast", "a cat", adapter.Fast},
		"glued to a word":                        {"cat--turbo--turbo", "cat", adapter.Turbo},
		"behind another beginning of one":        {"a cat --tur--turbo bo", "a cat bo --tur", adapter.Turbo},
		"written with invisible characters":      {"a cat -\u200b-tu\u2060r\ufeffbo", "a cat", adapter.Turbo},
		"written with a variation selector":      {"a cat -\ufe0f-turbo", "a cat", adapter.Turbo},
		"written full-width":                     {"a cat ﹣﹣ｔｕｒｂｏ", "a cat", adapter.Turbo},
		"written with a long s":                  {"a cat --faſt", "a cat", adapter.Fast},
		"a hyphen in front is not two":           {"a cat - -turbo", "a cat - -turbo", ""},
		"a blank in between is not a parameter":  {"a cat -- turbo", "a cat turbo", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Parse(tc.in)
			if err != nil || p.String() != tc.want || p.Speed != tc.speed {
				t.Errorf("ParsePrompt(%q) = %q at speed %q, %v, want %q at %q", tc.in, p, p.Speed, err, tc.want, tc.speed)
			}
		})
	}
}

func TestParsePromptRefuses(t *testing.T) {
	for name, tc := range map[string]struct{ in, code, says string }{
		"nothing":                           {"", "empty_string", "empty"},
		"blanks":                            {" \n\u200b", "empty_string", "empty"},
		"only parameters":                   {"--ar 3:2 --fast", "empty_string", "only parameters"},
		"too many characters":               {strings.Repeat("猫", 32001), "string_above_max_length", "32000"},
		"too many after folding":            {strings.Repeat("\ufdfa", 31000), "string_above_max_length", "32000"},
		"repeat":                            {"a cat --repeat 40", "invalid_value", "--repeat"},
		"repeat in short":                   {"a cat --r 2", "invalid_value", "--r "},
		"repeat with its value glued":       {"a cat --r40", "invalid_value", "--r "},
		"repeat glued to a word":            {"cat--repeat 4", "invalid_value", "--repeat"},
		"a video":                           {"a cat --video 1", "invalid_value", "--video"},
		"clips":                             {"a cat --BS 4", "invalid_value", "--bs"},
		"a name that begins with a speed":   {"a cat --turbobo", "invalid_value", "--turbobo"},
		"one that is put together":          {"a cat --tur--turbobo", "invalid_value", "--turbobo"},
		"one with a hyphen":                 {"a cat --fast-paced", "invalid_value", "--fast-paced"},
		"one with a digit":                  {"a cat --relax2", "invalid_value", "--relax2"},
		"one that begins with repeat":       {"a cat --repeated", "invalid_value", "--repeated"},
		"two speeds":                        {"a cat --fast --turbo", "invalid_value", "two speeds"},
		"a permutation":                     {"a {red, green} cat", "invalid_value", "permutation"},
		"a permutation in braces":           {"a {very {red,green}} cat", "invalid_value", "permutation"},
		"a full-width permutation":          {"a ｛red，green｝ cat", "invalid_value", "permutation"},
		"the same with different values":    {"a cat --ar 3:2 --aspect 1:1", "invalid_value", "--ar is in the prompt twice"},
		"an unknown one twice":              {"a cat --foo 1 --foo 2", "invalid_value", "--foo is in the prompt twice"},
		"niji with a version":               {"a cat --niji 6 --v 6", "invalid_value", "exclude each other"},
		"hd with draft":                     {"a cat --hd --draft", "invalid_value", "exclude each other"},
		"a decimal ratio":                   {"a cat --ar 1.39:1", "invalid_value", "whole numbers"},
		"half a ratio":                      {"a cat --ar 16", "invalid_value", "whole numbers"},
		"a ratio of zero":                   {"a cat --ar 0:1", "invalid_value", "whole numbers"},
		"a ratio that is too long":          {"a cat --ar 15:1", "invalid_value", "14:1"},
		"a ratio too long for version 4":    {"a cat --ar 3:1 --v 4", "invalid_value", "2:1"},
		"a ratio too long for hd":           {"a cat --ar 5:1 --hd", "invalid_value", "4 times"},
		"a value that is missing":           {"a cat --ar --v 7", "invalid_value", "--ar must be"},
		"stylize out of range":              {"a cat --s 1001", "invalid_value", "from 0 to 1000"},
		"a negative value":                  {"a cat --s -1", "invalid_value", "from 0 to 1000"},
		"chaos out of range":                {"a cat --c 101", "invalid_value", "from 0 to 100"},
		"weird out of range":                {"a cat --weird 3001", "invalid_value", "from 0 to 3000"},
		"a seed out of range":               {"a cat --seed 4294967296", "invalid_value", "4294967295"},
		"stop out of range":                 {"a cat --stop 9", "invalid_value", "from 10 to 100"},
		"a quality that is none":            {"a cat --q 3", "invalid_value", "0.25, 0.5, 1, 2 or 4"},
		"a quality of another version":      {"a cat --q 4 --v 6.1", "invalid_value", "0.25, 0.5 or 1 with version 6.1"},
		"a quality of another niji":         {"a cat --q 2 --niji 6", "invalid_value", "0.25, 0.5 or 1 with niji 6"},
		"a quality where there is none":     {"a cat --q 1 --v 8.1", "invalid_value", "--q belongs to"},
		"an image weight out of range":      {"a cat --iw 3.5", "invalid_value", "from 0 to 3"},
		"an old version's image weight":     {"a cat --iw 2.5 --v 5.2", "invalid_value", "from 0 to 2"},
		"a version that never was":          {"a cat --v 5.5", "invalid_value", "versions"},
		"a niji that never was":             {"a cat --niji 3", "invalid_value", "versions"},
		"a character reference with 7":      {"a cat --cref https://a.example/1.png --v 7", "invalid_value", "--cref belongs to version 6 to 6.1 and niji 6"},
		"a character reference with niji 7": {"a cat --cref https://a.example/1.png --niji 7", "invalid_value", "niji 6"},
		"a reference that is no address":    {"a cat --cref dog", "invalid_value", "address"},
		"an omni reference with 8.1":        {"a cat --oref https://a.example/1.png --v 8.1", "invalid_value", "--oref belongs to version 7"},
		"an omni reference with niji":       {"a cat --oref https://a.example/1.png --niji 7", "invalid_value", "--oref belongs to version 7"},
		"hd with 7":                         {"a cat --hd --v 7", "invalid_value", "--hd belongs to version 8.1 and later"},
		"motion that is none":               {"a cat --motion fast", "invalid_value", "low or high"},
		"more parameters than there are":    {"a cat" + manyFlags(101), "invalid_value", "more than 100"},
		"zoom out of range":                 {"a cat --zoom 1", "invalid_value", "above 1"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Parse(tc.in)
			var e *adapter.Error
			if !errors.As(err, &e) || e.Kind != adapter.Invalid || e.Param != "prompt" || e.Code != tc.code || !strings.Contains(e.Message, tc.says) {
				t.Errorf("ParsePrompt(%.60q) = %.60q, %#v, want %s of prompt that says %q", tc.in, p, e, tc.code, tc.says)
			}
		})
	}
}

func TestParsePromptTakesOnlyPictures(t *testing.T) {
	p, err := Parse("https://a.example/1.png https://a.example/2.png --ar 3:2")
	if err != nil || len(p.URLs) != 2 || p.Text != "" {
		t.Errorf("ParsePrompt(two addresses) = %+v, %v, want two URLs and no text", p, err)
	}
}

func TestFlagFindsAParameterByAnyOfItsNames(t *testing.T) {
	p, err := Parse("a cat --aspect 3:2 --newest 5")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"ar": "3:2", "aspect": "3:2", "AR": "3:2", "newest": "5"} {
		if got, ok := p.Flag(name); !ok || got != want {
			t.Errorf("Flag(%q) = %q, %v, want %q", name, got, ok, want)
		}
	}
	if got, ok := p.Flag("v"); ok {
		t.Errorf("Flag(v) = %q, want none", got)
	}
}

// manyFlags are that many parameters with names that nobody knows.
func manyFlags(n int) string {
	var all strings.Builder
	for i := range n {
		fmt.Fprintf(&all, " --x%d", i)
	}
	return all.String()
}

// BenchmarkParsePrompt reads the longest prompts with the most to decide: none of them may take time that grows with
// the square of its length.
func BenchmarkParsePrompt(b *testing.B) {
	for name, unit := range map[string]string{
		"words":               "a cat, asleep ",
		"long dashes":         "a—",
		"dashes":              "a--",
		"parameters":          "--x ",
		"one parameter again": "--raw,a ",
		"codes":               "--p abcde1 ",
		"braces":              "{",
		"addresses":           "http://--turbo ",
		"invisible letters":   "a\u200b\u0300",
		"ligatures":           "\ufdfa",
	} {
		b.Run(name, func(b *testing.B) {
			text := strings.Repeat(unit, maxPrompt/utf8.RuneCountInString(unit))
			for b.Loop() {
				_, _ = Parse(text)
			}
		})
	}
}
