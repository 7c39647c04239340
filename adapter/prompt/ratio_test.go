package prompt

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"midgate/adapter"
)

func TestRatio(t *testing.T) {
	for name, tc := range map[string]struct{ in, want string }{
		"nothing is no ratio":               {"", ""},
		"auto is no ratio":                  {"auto", ""},
		"auto in any case":                  {" AUTO ", ""},
		"small squares":                     {"256x256", "1:1"},
		"middle squares":                    {"512x512", "1:1"},
		"squares are sent as 1:1":           {"1024x1024", "1:1"},
		"landscape":                         {"1536x1024", "3:2"},
		"portrait":                          {"1024x1536", "2:3"},
		"the wide one of dall-e-3":          {"1792x1024", "7:4"},
		"the high one of dall-e-3":          {"1024x1792", "4:7"},
		"video sizes":                       {"1280x720", "16:9"},
		"a capital X":                       {"1024X1024", "1:1"},
		"an asterisk":                       {"1024*1536", "2:3"},
		"a multiplication sign":             {"1024×1536", "2:3"},
		"full-width digits and colon":       {"１６：９", "16:9"},
		"a ratio":                           {"16:9", "16:9"},
		"a line break behind it":            {"1x1\n", "1:1"},
		"a ratio that can be reduced":       {"32:18", "16:9"},
		"blanks around the sign":            {"1024 x 512", "2:1"},
		"terms up to 100 stay":              {"100x99", "100:99"},
		"terms over 100 are rounded":        {"1001x1000", "1:1"},
		"the nearest ratio is found":        {"1366x768", "16:9"},
		"and for portrait":                  {"768x1366", "9:16"},
		"rounding keeps what is close":      {"3000x2003", "3:2"},
		"the longest side allowed":          {"1400x100", "14:1"},
		"just below the longest is rounded": {"13999x1000", "14:1"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := Ratio(tc.in); err != nil || got != tc.want {
				t.Errorf("Ratio(%q) = %q, %v, want %q", tc.in, got, err, tc.want)
			}
		})
	}
}

func TestRatioRefusesWhatIsNoSize(t *testing.T) {
	for name, in := range map[string]string{
		"three sides":           "10x10x10",
		"zeros":                 "0x0",
		"one zero":              "0x1024",
		"letters":               "abc",
		"one side":              "1024",
		"a side without number": "1024x",
		"decimals":              "1.5x1",
		"a decimal ratio":       "1.91:1",
		"a sign":                "-3x2",
		"more than 14 times":    "1401x100",
		"beyond any picture":    "99999999999999999999x1",
		"a flag behind it":      "1x1 --turbo",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Ratio(in)
			var e *adapter.Error
			if !errors.As(err, &e) || e.Kind != adapter.Invalid || e.Code != "invalid_value" || e.Param != "size" {
				t.Errorf("Ratio(%q) = %q, %#v, want invalid_value of size", in, got, err)
			}
		})
	}
}

func TestRatioIsTheNearestOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := rapid.IntRange(1, 999999).Draw(t, "w")
		h := rapid.IntRange(max(1, (w+13)/14), min(999999, 14*w)).Draw(t, "h")
		got, err := Ratio(fmt.Sprintf("%dx%d", w, h))
		if err != nil {
			t.Fatalf("Ratio(%dx%d) = %v, want a ratio", w, h, err)
		}
		var a, b int
		if _, err := fmt.Sscanf(got, "%d:%d", &a, &b); err != nil || a < 1 || b < 1 || a > 100 || b > 100 || commonDivisor(a, b) != 1 {
			t.Fatalf("Ratio(%dx%d) = %q, want lowest terms from 1 to 100", w, h, got)
		}
		if g := commonDivisor(w, h); w/g <= 100 && h/g <= 100 && (a != w/g || b != h/g) {
			t.Fatalf("Ratio(%dx%d) = %q, want the exact %d:%d", w, h, got, w/g, h/g)
		}
		// No other ratio of that range may be closer, measured as longer side by shorter.
		long, short, n, d := max(w, h), min(w, h), max(a, b), min(a, b)
		miss := math.Abs(float64(n)/float64(d) - float64(long)/float64(short))
		for d2 := 1; d2 <= 100; d2++ {
			n2 := int(math.Round(float64(long) * float64(d2) / float64(short)))
			if other := math.Abs(float64(n2)/float64(d2) - float64(long)/float64(short)); n2 <= 100 && other < miss-1e-12 {
				t.Fatalf("Ratio(%dx%d) = %q, but %d:%d is nearer", w, h, got, n2, d2)
			}
		}
	})
}

func commonDivisor(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func FuzzRatio(f *testing.F) {
	for _, seed := range []string{"", "auto", "1536x1024", "1024*1024", "1024X512", "16:9", "10x10x10", "0x0", "abc", "999999x1", "１６：９", "1x1 --turbo", "-1x1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, size string) {
		got, err := Ratio(size)
		if err != nil || got == "" {
			return
		}
		again, err := Ratio(got)
		if err != nil || again != got {
			t.Errorf("Ratio(%q) = %q, and of that %q, %v: want it to stay", size, got, again, err)
		}
	})
}
