package prompt

import (
	"strings"
	"testing"

	openai "github.com/sashabaranov/go-openai"
	"pgregory.net/rapid"

	"midgate/adapter"
)

// TestNothingDeniedEverComesOutOfADrawing fills every field that reaches the prompt with what could hide there.
func TestNothingDeniedEverComesOutOfADrawing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(promptParts), rapid.String()), 0, 5).Draw(t, "parts"), rapid.SampledFrom([]string{"", " "}).Draw(t, "glue"))
		})
		// Most fields are absent and most numbers allowed, or hardly a request would be drawn at all.
		word := rapid.OneOf(rapid.Just(""), rapid.Just(""), rapid.Just(""), rapid.Just(""), rapid.Just("1234"), text)
		number := rapid.Ptr(rapid.OneOf(rapid.IntRange(0, 100), rapid.IntRange(0, 100), rapid.IntRange(-2, 1002)), true)
		rarely := rapid.Map(rapid.IntRange(0, 9), func(n int) bool { return n == 9 })
		g := adapter.Generation{
			ImageRequest: openai.ImageRequest{
				Prompt: "a cat " + text.Draw(t, "prompt"), Size: rapid.SampledFrom([]string{"", "auto", "1536x1024", "1024x1024", "5000x1000"}).Draw(t, "size"),
				Quality: rapid.SampledFrom([]string{"", "low", "high"}).Draw(t, "quality"), Style: rapid.SampledFrom([]string{"", "natural", "vivid"}).Draw(t, "style"),
			},
			Midjourney: adapter.Midjourney{
				Version: rapid.SampledFrom([]string{"", "", "5", "6.1", "7", "8.1"}).Draw(t, "version"), Niji: rapid.SampledFrom([]string{"", "", "", "", "6"}).Draw(t, "niji"),
				Speed: rapid.SampledFrom([]string{"", "turbo"}).Draw(t, "speed"), Stylize: number.Draw(t, "stylize"), Chaos: number.Draw(t, "chaos"),
				Raw: rapid.Bool().Draw(t, "raw"), Tile: rapid.Bool().Draw(t, "tile"), Draft: rarely.Draw(t, "draft"), HD: rarely.Draw(t, "hd"),
				No: word.Draw(t, "no"), StyleRef: []string{word.Draw(t, "sref"), word.Draw(t, "sref2")}, CharacterRef: []string{word.Draw(t, "cref")},
				OmniRef: word.Draw(t, "oref"), Personalize: word.Draw(t, "personalize"),
			},
		}
		m := Model{Version: rapid.SampledFrom([]string{"", "7", "8.1"}).Draw(t, "model")}
		d, err := Compose(g, m, Options{DefaultSpeed: adapter.Relax, QualityHigh: adapter.QualityNative, Image: rapid.Bool().Draw(t, "image"), Fidelity: "high"})
		if err != nil {
			if adapter.KindOf(err) != adapter.Invalid {
				t.Fatalf("Draw(%+v) = %v, want an Invalid error", g, err)
			}
			return
		}
		if speedAnywhere.MatchString(d.Prompt) || deniedParam.MatchString(d.Prompt) {
			t.Fatalf("Draw(%+v).Prompt = %q, which holds what is denied", g, d.Prompt)
		}
		again, err := readPrompt(d.Prompt)
		if err != nil || again.String() != d.Prompt {
			t.Fatalf("Draw(%+v).Prompt = %q, which reads as %q, %v", g, d.Prompt, again, err)
		}
		if err := again.check(Version{d.Niji, versionNumber(t, d)}, nil); err != nil {
			t.Fatalf("Draw(%+v).Prompt = %q, which does not fit %s: %v", g, d.Prompt, d.Version, err)
		}
	})
}

func versionNumber(t *rapid.T, d Drawing) float64 {
	if d.Version == "" {
		return 0
	}
	r, ok := parseRelease(d.Version, d.Niji)
	if !ok {
		t.Fatalf("Draw().Version = %q, niji %v, want a version that exists", d.Version, d.Niji)
	}
	return r.num
}
