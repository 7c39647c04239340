package outcomes

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"midgate/adapter"
	"midgate/adapter/midjourney/wire"
)

// TestEverySayingMeansWhatItsLineSays: no line of the table hides another one.
func TestEverySayingMeansWhatItsLineSays(t *testing.T) {
	for i := range sayings {
		l := &sayings[i]
		for _, in := range []place{inAnswers, inTasks} {
			if l.in&in == 0 {
				continue
			}
			a := answered{in: in, status: 400}
			if len(l.statuses) > 0 {
				a.status = l.statuses[0]
			}
			if len(l.codes) > 0 {
				a.code = l.codes[0]
			}
			for _, w := range append(append([]string{""}, l.titles...), l.words...) {
				if w == "" && len(l.titles)+len(l.words) > 0 {
					continue
				}
				for _, text := range []string{w, strings.ToUpper(w) + ", and some more"} {
					a.telling = tell(text)
					if got := lookUp(a); got == nil || got.means != l.means {
						t.Errorf("%q with status %d and code %d in place %d is read as %+v, want %q", text, a.status, a.code, in, got, l.means.says)
					}
				}
			}
		}
	}
}

// sayable are words that mean something to the table.
func sayable() []string {
	out := []string{"a red fox", "it's late", "(s)", "two  blanks", "日本"}
	for _, l := range sayings {
		out = append(append(out, l.words...), l.titles...)
	}
	return out
}

// TestNothingThatIsQuotedChangesAnOutcome: the words of a prompt, in whatever way an upstream repeats them.
func TestNothingThatIsQuotedChangesAnOutcome(t *testing.T) {
	templates := []struct {
		form   string
		marked bool // the words stand in quotation marks
	}{
		{"Failed to send “%s” to Discord", true},
		{"Failed to send \"%s\" to Discord", true},
		{"Failed to send `%s` to Discord", true},
		{"Failed to send 「%s」", true},
		{"[Internal error] ```%s``` broke", true},
		{"Invalid parameter, see '%s' for more", true},
		{"Queue full, \"%s\" was not started", true},
		{"Credits exhausted, `/imagine %s`", false},
		{"%s could not be drawn", false},
		{"could not draw %s, sorry", false},
		{"Sorry! Could not complete the job! /imagine %s", false},
	}
	all := sayable()
	rapid.Check(t, func(t *rapid.T) {
		template := rapid.SampledFrom(templates).Draw(t, "template")
		prompt := strings.Join(rapid.SliceOfN(rapid.SampledFrom(all), 1, 4).Draw(t, "words"), rapid.SampledFrom([]string{" ", ", ", " \"", "` ", " 'n' "}).Draw(t, "between"))
		want := Failure(adapter.Failure, fmt.Sprintf(template.form, "a red fox"), "", "a red fox")
		got := Failure(adapter.Failure, fmt.Sprintf(template.form, prompt), "", prompt)
		if got.Kind != want.Kind || got.Param != want.Param {
			t.Errorf("Failure(%q) = %q, want %q", fmt.Sprintf(template.form, prompt), got.Kind, want.Kind)
		}
		if got := Failure(adapter.Failure, fmt.Sprintf(template.form, prompt), "", prompt+" --v 7 --ar 3:2"); got.Kind != want.Kind {
			t.Errorf("Failure(%q) of the prompt with parameters = %q, want %q", fmt.Sprintf(template.form, prompt), got.Kind, want.Kind)
		}
		plain := strings.NewReplacer("\"", "", "`", "", "'", "").Replace(prompt)
		if got := Failure(adapter.Failure, fmt.Sprintf(template.form, plain), ""); template.marked && got.Kind != want.Kind {
			t.Errorf("Failure(%q) without the prompt = %q, want %q", fmt.Sprintf(template.form, plain), got.Kind, want.Kind)
		}
		refuse := func(prompt string) *adapter.Error {
			code, said := wire.Number(4), wire.Text(fmt.Sprintf(template.form, prompt))
			return Lookup(Refusal{Status: 400, Answer: wire.Answer{Code: &code, Description: said}, JSON: true, Command: adapter.Imagine{Prompt: prompt}}).Err()
		}
		if got, want := refuse(prompt), refuse("a red fox"); got.Kind != want.Kind {
			t.Errorf("Lookup(%q).Err() = %v, want %v", fmt.Sprintf(template.form, prompt), got, want)
		}
	})
}
