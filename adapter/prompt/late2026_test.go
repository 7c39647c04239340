package prompt

import (
	"errors"
	"strings"
	"testing"

	"midgate/adapter"
)

// TestWhatCannotWorkIsRefused: the message says what does.
func TestWhatCannotWorkIsRefused(t *testing.T) {
	five := strings.Repeat(" https://a.example/x.png", 5)
	for prompt, want := range map[string]string{
		"a fox --q 2 --v 8.1":                     "--q belongs to versions up to 7 and niji up to 7, and this is drawn with version 8.1.",
		"a fox --v 7 --oref https://a.b/x --ow 0": "1 to 1000",
		"cat::2 dog::1 --v 8.2":                   "up to 6.1",
		"hot:: dog --v 7":                         "up to 6.1",
		"cat::2 dog::-.5 --niji 7":                "up to 6.1",
		"a fox --v 8.1 --edit" + five:             "at most 4",
	} {
		_, err := Parse(prompt)
		var e *adapter.Error
		if !errors.As(err, &e) || e.Kind != adapter.Invalid || e.Param != "prompt" || !strings.Contains(e.Message, want) {
			t.Errorf("Parse(%q) = %v, want a refusal with %q", prompt, err, want)
		}
	}
	four := strings.Repeat(" https://a.example/x.png", 4)
	for _, prompt := range []string{
		"cat::2 dog::1 --v 6.1", "cat::2 dog::1", "std::vector as a statue --v 8.2", "a fox --v 8.1 --edit" + four, "a fox --p abc123 m7381 --v 8.2",
		"a fox --sref 1234 --sv 4 --v 7", "a fox --v 7 --oref https://a.b/x --ow 1",
	} {
		if _, err := Parse(prompt); err != nil {
			t.Errorf("Parse(%q) = %v, want it passed on", prompt, err)
		}
	}
}
