package nearest

import "testing"

func TestDistance(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want int
	}{
		"nothing to do":     {"listen", 0},
		"a letter missing":  {"lisen", 1},
		"a letter more":     {"llisten", 1},
		"another letter":    {"lasten", 1},
		"letters swapped":   {"litsen", 1},
		"nothing in common": {"", 6},
	} {
		if got := distance(c.in, "listen"); got != c.want {
			t.Errorf("%s: distance(%q, listen) = %d, want %d", name, c.in, got, c.want)
		}
	}
}
