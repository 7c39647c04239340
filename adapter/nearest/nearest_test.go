package nearest

import (
	"strings"
	"testing"
)

// A stranger's name may be as long as a request: what is looked at of it is not.
func TestOf_ALongNameCostsLittle(t *testing.T) {
	known, long := []string{"prompt", "size"}, "promt"+strings.Repeat("t", 1<<20)
	if near, same := Of(long, known); near != "prompt" || same {
		t.Errorf("Of() = %q, %v; want prompt, and that it is another one", near, same)
	}
	if spent := testing.AllocsPerRun(3, func() { Of(long, known) }); spent > 1000 {
		t.Errorf("comparing a name of a megabyte takes %v allocations", spent)
	}
}

func TestOf_KnowsWhatIsTheSame(t *testing.T) {
	for name, want := range map[string]bool{"size": true, "sizes": false, "": false} {
		if _, same := Of(name, []string{"prompt", "size"}); same != want {
			t.Errorf("Of(%q) says same = %v", name, same)
		}
	}
}

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
