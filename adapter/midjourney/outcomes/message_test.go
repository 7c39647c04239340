package outcomes

import (
	"strings"
	"testing"
)

// TestNothingOfTheUpstreamLeaksThroughItsTexts has a canary in every text.
func TestNothingOfTheUpstreamLeaksThroughItsTexts(t *testing.T) {
	for text, want := range map[string]string{
		"Oops (request id: 20260116112233abc)":                           "Oops",
		"see https://canary.example/x?key=canary for more":               "see for more",
		"dial tcp 10.1.2.3:8080: refused":                                "dial tcp : refused",
		"host canary.internal:3000 is down":                              "host is down",
		"task 1768464763141701 failed":                                   "task failed",
		"job 5f20922e-7c18-4762-bf03-8e428fee1860 gone":                  "job gone",
		"bad sk-canary123456 given":                                      "bad given",
		"bad key my-secret given":                                        "bad key given",
		"<html><script>canary()</script><b>Bad</b>\x00\n gateway</html>": "Bad gateway",
		"localhost:3000/mj refused":                                      "/mj refused",
	} {
		if got := clean(text, "my-secret"); got != want {
			t.Errorf("clean(%q) = %q, want %q", text, got, want)
		}
	}
	if got := []rune(clean(strings.Repeat("长 words ", 200), "")); len(got) > maxMessage {
		t.Errorf("clean(a long text) has %d runes, want at most %d", len(got), maxMessage)
	}
}
