package prompts

import (
	"strings"
	"testing"
)

// TestComplain pins what Midjourney refuses; "" is accepted.
func TestComplain(t *testing.T) {
	for prompt, want := range map[string]string{
		"a cat": "", "a cat --ar 16:9 --s 250 --c 10 --weird 100 --seed 5 --no dogs, mice": "",
		"a cat --aspect 3:2 --stylize 0 --version 6.1": "",
		"--ar 1:1":             "nothing but parameters",
		"https://x.test/a.png": "single image",
		"https://x.test/a.png https://x.test/b.png": "",
		"a cat --ar16:9":                          "--ar16:9",
		"a cat --ar 1.5:1":                        "whole numbers",
		"a cat --ar 15:1":                         "14:1",
		"a cat --s 1001":                          "between 0 and 1000",
		"a cat --s much":                          "between 0 and 1000",
		"a cat --stop 5":                          "between 10 and 100",
		"a cat --foo":                             "Unrecognized parameter(s): `--foo`",
		"a cat --v 9":                             "not a version",
		"a cat --v 8":                             "not a version",
		"a cat --niji 7 --v 7":                    "exclude",
		"a cat --niji":                            "",
		"a cat --q 2 --v 7":                       "",
		"a cat --q .5 --v 7":                      "--q",
		"a cat --q .5 --v 6.1":                    "",
		"a cat --q 1 --v 8.1":                     "--q",
		"a cat --cref https://x.test/a.png --v 6": "",
		"a cat --cref https://x.test/a.png --v 7": "--cref",
		"a cat --oref https://x.test/a.png --ow 100 --v 7": "",
		"a cat --oref https://x.test/a.png --v 6":          "--oref",
		"a cat --sref random --sw 100":                     "",
		"a cat --sref random --v 5":                        "--sref",
		"a cat --draft --v 7":                              "",
		"a cat --draft --v 6":                              "--draft",
		"a cat --hd --v 8.1":                               "",
		"a cat --hd --v 7":                                 "--hd",
		"a cat --style raw --v 8.1":                        "--style raw",
		"cat:: dog::2 --v 7":                               "weights",
		"cat:: dog::2 --v 6":                               "",
		"a cat --zoom 2":                                   "Custom Zoom",
		"a cat --tile --raw --fast --p --personal":         "--personal",
		"a cat --tile --raw --turbo --stealth --p abc":     "",
	} {
		p := Parse(prompt)
		got := Complain(p, p.ModelOf(Model{Major: 7}, false), false)
		switch {
		case want == "" && got != nil:
			t.Errorf("complain(%q) = %q, want nothing", prompt, got.Text)
		case want != "" && (got == nil || !strings.Contains(got.Text, want)):
			t.Errorf("complain(%q) = %v, want something about %q", prompt, got, want)
		}
	}
}

func TestFinalPrompt(t *testing.T) {
	for prompt, want := range map[string]string{
		"a cat":                              "a cat --v 7.0",
		"a cat --v 6.1 --fast":               "a cat --v 6.1",
		"a  cat --niji 6 --ar 2:3":           "a cat --ar 2:3 --niji 6",
		"https://x.test/a.png a cat --iw 2":  "https://x.test/a.png a cat --iw 2 --v 7.0",
		"a cat --s 50 --s 60 --turbo --tile": "a cat --s 50 60 --tile --v 7.0",
	} {
		p := Parse(prompt)
		if got := Final(p, p.ModelOf(Model{Major: 7}, false)); got != want {
			t.Errorf("finalPrompt(%q) = %q, want %q", prompt, got, want)
		}
	}
}

func TestBannedWord(t *testing.T) {
	for prompt, want := range map[string]string{
		"a nude": "nude", "NUDE": "nude", "a denuded hill": "", "nude-ish": "", "sim-banned": "sim-banned", "gore.": "gore",
	} {
		if got := BannedWord(prompt); got != want {
			t.Errorf("bannedWord(%q) = %q, want %q", prompt, got, want)
		}
	}
}

// FuzzParsePrompt only wants no panic and a final prompt that parses to the same text.
func FuzzParsePrompt(f *testing.F) {
	for _, seed := range []string{"", "a cat --ar 16:9", "-- --", "--v", "https://x a --no --ar", "a --ar 99999999999999999999:1", "é --seed -1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, prompt string) {
		p := Parse(prompt)
		m := p.ModelOf(Model{Major: 7}, false)
		Complain(p, m, true)
		if got := Parse(Final(p, m)).Text; got != p.Text {
			t.Errorf("text of the final prompt of %q = %q, want %q", prompt, got, p.Text)
		}
		w, h := p.Aspect()
		if cw, ch := CellSize(w, h, 64); cw < 2 || ch < 2 || cw%2 != 0 || ch%2 != 0 {
			t.Errorf("cellSize of %q = %d×%d, want even sides", prompt, cw, ch)
		}
	})
}
