package prompt

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"midgate/adapter"
)

var testAliases = map[string]string{
	"dall-e-*": "midjourney", "gpt-image-*": "midjourney", "chatgpt-image-*": "midjourney", "sora-*": "midjourney",
	"gpt-image-2*": "midjourney-v8.1-fast", "house": " Niji-6 ", "broken": "no-such-model",
}

func TestParseModel(t *testing.T) {
	for name, tc := range map[string]struct {
		in   string
		want Model
	}{
		"no name is midjourney":                {"", Model{Name: "midjourney"}},
		"blanks are no name":                   {"  ", Model{Name: "midjourney"}},
		"the bare name leaves all to upstream": {"midjourney", Model{Name: "midjourney"}},
		"a speed alone":                        {"midjourney-turbo", Model{Name: "midjourney-turbo", Speed: adapter.Turbo}},
		"a version":                            {"midjourney-v7", Model{Name: "midjourney-v7", Version: "7"}},
		"a version with a dot and a speed":     {"midjourney-v8.1-fast", Model{Name: "midjourney-v8.1-fast", Version: "8.1", Speed: adapter.Fast}},
		"a needless .0 is dropped":             {"midjourney-v6.0", Model{Name: "midjourney-v6.0", Version: "6"}},

		"niji is its newest version":            {"niji", Model{Name: "niji", Version: "7", Niji: true}},
		"niji with a version and a speed":       {"niji-6-relax", Model{Name: "niji-6-relax", Version: "6", Niji: true, Speed: adapter.Relax}},
		"niji with a speed only":                {"niji-fast", Model{Name: "niji-fast", Version: "7", Niji: true, Speed: adapter.Fast}},
		"any case":                              {"MidJourney-V7-Fast", Model{Name: "MidJourney-V7-Fast", Version: "7", Speed: adapter.Fast}},
		"an alias":                              {"dall-e-3", Model{Name: "dall-e-3"}},
		"an alias with a dot":                   {"gpt-image-1.5", Model{Name: "gpt-image-1.5"}},
		"the longest glob counts":               {"gpt-image-2", Model{Name: "gpt-image-2", Version: "8.1", Speed: adapter.Fast}},
		"an alias's target is read in any case": {"HOUSE", Model{Name: "HOUSE", Version: "6", Niji: true}},
		"a vendor is cut off":                   {"openai/dall-e-3", Model{Name: "openai/dall-e-3"}},
		"several vendors are cut off":           {"openrouter/acme/midjourney-v6.1", Model{Name: "openrouter/acme/midjourney-v6.1", Version: "6.1"}},
		"a prefix is cut off at its dot":        {"mj.midjourney-v8.1", Model{Name: "mj.midjourney-v8.1", Version: "8.1"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseModel(tc.in, testAliases)
			if err != nil || got != tc.want {
				t.Errorf("ParseModel(%q) = %+v, %v, want %+v", tc.in, got, err, tc.want)
			}
		})
	}
}

func TestParseModelRefusesWhatIsNoName(t *testing.T) {
	for name, in := range map[string]string{
		"another service's model":          "gpt-4o",
		"a version that never was":         "midjourney-v5.7",
		"a version that is a typing error": "midjourney-v61",
		"version zero":                     "midjourney-v0",
		"a version nobody has seen":        "midjourney-v9",
		"a niji nobody has seen":           "niji-9",
		"a niji that never was":            "niji-3",
		"a version without its v":          "midjourney-7",
		"an unknown speed":                 "midjourney-ludicrous",
		"words behind a name":              "midjourney-v7-fast-x",
		"a known name in front":            "midjourney/other",
		"an alias of nothing":              "broken",
		"a dangling slash":                 "midjourney/",
		"two versions":                     "midjourney-v7-v8.1",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseModel(in, testAliases)
			var e *adapter.Error
			if !errors.As(err, &e) || e.Kind != adapter.NotFound || e.Code != "model_not_found" || e.Param != "model" {
				t.Errorf("ParseModel(%q) = %+v, %#v, want model_not_found", in, got, err)
			}
		})
	}
}

func TestParseModelShowsOnlyTheBeginningOfALongName(t *testing.T) {
	_, err := ParseModel(strings.Repeat("x", 5000)+"\x07", nil)
	if err == nil || utf8.RuneCountInString(err.Error()) > 300 {
		t.Errorf("ParseModel(5000 letters) = %v, want a short refusal", err)
	}
}

func TestDefaultListedNamesAreModels(t *testing.T) {
	for _, name := range adapter.DefaultListed {
		if _, err := ParseModel(name, testAliases); err != nil {
			t.Errorf("ParseModel(%q) = %v, want a model", name, err)
		}
	}
}

func FuzzParseModel(f *testing.F) {
	for _, seed := range []string{"", "midjourney", "midjourney-v8.1-fast", "niji-6", "openai/gpt-image-1.5", "a.b/c.niji", "midjourney-v", "midjourney-v7--turbo", "MIDJOURNEY-V7", "[", "dall-e-*", "\x00/\xff.niji-7"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		m, err := ParseModel(name, testAliases)
		if err != nil {
			return
		}
		if m.Version != "" {
			if _, ok := parseRelease(m.Version, m.Niji); !ok {
				t.Errorf("ParseModel(%q).Version = %q, want one that exists", name, m.Version)
			}
		}
		if m.Speed != "" && m.Speed != adapter.Relax && m.Speed != adapter.Fast && m.Speed != adapter.Turbo {
			t.Errorf("ParseModel(%q).Speed = %q, want a speed", name, m.Speed)
		}
		again, err := ParseModel("vendor/"+m.Name, testAliases)
		if err != nil || again.Version != m.Version || again.Niji != m.Niji || again.Speed != m.Speed {
			t.Errorf("ParseModel(vendor/%q) = %+v, %v, want what it is without a vendor: %+v", m.Name, again, err, m)
		}
	})
}
