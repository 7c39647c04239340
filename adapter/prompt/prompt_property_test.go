package prompt

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"midgate/adapter"
)

// A server's ways of finding what is denied: the speeds anywhere in any case, the others as parameters.
var (
	speedAnywhere = regexp.MustCompile(`(?i)--(fast|relax|turbo)`)
	deniedParam   = regexp.MustCompile(`(?i)(^|\s)--(repeat|r|video|bs)(\s|$|[0-9])`)
)

// checkReading fails when a reading of a text could cost what nobody allowed, or reads as something else again.
func checkReading(t interface {
	Helper()
	Fatalf(format string, args ...any)
}, text string) {
	t.Helper()
	p, err := Parse(text)
	if err != nil {
		if adapter.KindOf(err) != adapter.Invalid || p.String() != "" {
			t.Fatalf("ParsePrompt(%q) = %q, %v, want an Invalid error and nothing else", text, p, err)
		}
		return
	}
	sent := p.String()
	if found := speedAnywhere.FindString(sent); found != "" {
		t.Fatalf("ParsePrompt(%q) = %q, which holds %q", text, sent, found)
	}
	if found := deniedParam.FindString(sent); found != "" {
		t.Fatalf("ParsePrompt(%q) = %q, which holds %q", text, sent, found)
	}
	if strings.ContainsAny(sent, "{}\n\r\x00–—―") {
		t.Fatalf("ParsePrompt(%q) = %q, which holds a brace, a break or a long dash", text, sent)
	}
	again, err := Parse(sent)
	if err != nil {
		t.Fatalf("ParsePrompt(%q) = %q, which is refused: %v", text, sent, err)
	}
	again.Speed = p.Speed
	if again.String() != sent || !reflect.DeepEqual(again, p) {
		t.Fatalf("ParsePrompt(%q) = %#v, and of %q %#v: want it to stay", text, p, sent, again)
	}
	seen := map[string]bool{}
	for _, f := range p.Flags {
		if seen[f.Name] {
			t.Fatalf("ParsePrompt(%q) = %q, which holds --%s twice", text, sent, f.Name)
		}
		seen[f.Name] = true
	}
}

// promptParts are what hostile and careless prompts are made of.
var promptParts = []string{
	"--turbo", "--TURBO", "—turbo", "--tur--turbobo", "--tur", "turbo", "bo", "tur", "--fast", "–fast", "--relax", "--fasta", "--rel", "ax",
	"-", "--", "---", "—", "–", "―", "－", "\u200b", "\u00ad", "\u2060", "\ufe0f", "\u0338", "\n", " ", " ", " ", "\x00",
	"--repeat 40", "--r", "--r 2", "40", "--video", "--bs", "{a,b,c}", "{", "}", ",", "--ar", "16:9", "3:2", "--v", "7", "8.1", "--niji", "6",
	"--no", "--p", "abc12", "--sref", "1234", "random", "--cref", "--oref", "https://a.example/1.png", "http://", "<https://b.example/x--turbo>", "--foo", "--foo=bar",
	"cat", "日本", "é", "::2", ".", "\"", "(", ")", "--raw", "--tile", "--hd", "--style", "raw", "=", ":", "\xff", "ſ", "K", "｛", "，",
}

func TestNothingDeniedEverComesOutOfAPrompt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(promptParts), rapid.SampledFrom(promptParts), rapid.String()), 0, 14).Draw(t, "parts")
		glue := rapid.SampledFrom([]string{"", " "}).Draw(t, "glue")
		checkReading(t, strings.Join(parts, glue))
	})
}

// TestASpeedNeverHides puts a speed into a text in all the ways a reader would still see it: it is found, or the
// prompt is refused, and never only lost.
func TestASpeedNeverHides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		gap := rapid.SampledFrom([]string{"", "\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\ufe0f", "\u034f", "\u202e"})
		dash := rapid.SampledFrom([]string{"--", "—", "–", "－－", "−−", "---", "‑‑", "﹘", "——"}).Draw(t, "dash")
		var flag strings.Builder
		flag.WriteString(dash)
		for _, letter := range "turbo" {
			flag.WriteString(gap.Draw(t, "gap"))
			flag.WriteString(rapid.SampledFrom([]string{string(letter), strings.ToUpper(string(letter)), string(letter - 'a' + 'ａ')}).Draw(t, "letter"))
		}
		text := "a cat " + flag.String() + rapid.SampledFrom([]string{"", " ", ",", " red", " --ar 3:2", "\n"}).Draw(t, "after")
		p, err := Parse(text)
		if err != nil || p.Speed != adapter.Turbo {
			t.Fatalf("ParsePrompt(%q) = %q at speed %q, %v, want turbo", text, p, p.Speed, err)
		}
		checkReading(t, text)
	})
}

func FuzzParsePrompt(f *testing.F) {
	for _, part := range promptParts {
		f.Add("a cat " + part + " red")
	}
	for _, seed := range []string{
		"a cat --turbo", "a cat --TURBO", "a cat —turbo", "--tur--turbobo", "a cat --tur--turbo bo", "a cat -\u200b-turbo", "a cat －－turbo", "a cat\n--fast",
		"a cat --repeat 40", "a cat --video 1 --bs 4", "a {red, green, blue} cat", "https://a.example/x--turbo.png a cat --ar16:9 --v7", "x—https://a.example/a.png,",
		"--no --turbo", "a cat --foo --turbo bar", "--sref=https://a--turbo", "a cat --p --turbo", "<https://a.example/>--fast", "a cat --no https://x.example/—turbo",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { checkReading(t, text) })
}
