package prompt

import (
	"cmp"
	"path"
	"regexp"
	"strings"
	"unicode"

	"midgate/adapter"
)

// Model is what a model name says about a drawing.
type Model struct {
	Name    string        // as the client wrote it; "midjourney" when it named none
	Version string        // "7", "8.1"; empty: the upstream decides
	Niji    bool          // Version is one of Niji's
	Speed   adapter.Speed // empty: not named
}

// modelGrammar is the grammar of model names in lower case: version, "niji", its version, speed.
var modelGrammar = regexp.MustCompile(`^(?:midjourney(?:-v([0-9.]+))?|(niji)(?:-([0-9.]+))?)(?:-(relax|fast|turbo))?$`)

// ParseModel reads a client's model name: a name of the grammar or an alias, in any case, also behind a
// "vendor/" or "prefix.". Aliases are globs that stand for names of the grammar; the longest that fits counts.
// A name that is neither is a NotFound *Error.
func ParseModel(name string, aliases map[string]string) (Model, error) {
	own := cmp.Or(strings.TrimSpace(name), "midjourney")
	for rest := strings.ToLower(own); rest != ""; rest = afterVendor(rest) {
		m, ok := grammarModel(rest)
		if !ok {
			m, ok = grammarModel(aliasTarget(rest, aliases))
		}
		if ok {
			m.Name = own
			return m, nil
		}
	}
	return Model{}, &adapter.Error{Kind: adapter.NotFound, Code: "model_not_found", Param: "model",
		Message: "The model '" + excerpt(own) + "' does not exist. Names are midjourney, midjourney-v7 or niji-7, each also with -relax, -fast or -turbo at its end, and those that GET /v1/models lists."}
}

func grammarModel(name string) (Model, bool) {
	part := modelGrammar.FindStringSubmatch(name)
	if part == nil {
		return Model{}, false
	}
	m := Model{Niji: part[2] != "", Speed: adapter.Speed(part[4])}
	number := cmp.Or(part[1], part[3])
	if m.Niji {
		number = cmp.Or(number, newestNiji)
	}
	if number == "" {
		return m, true
	}
	r, ok := parseRelease(number, m.Niji)
	m.Version = r.number()
	return m, ok
}

// aliasTarget is what the longest glob that fits stands for. Of two as long the first in the alphabet counts, so
// that the answer does not change from call to call.
func aliasTarget(name string, aliases map[string]string) string {
	var best, target string
	for glob, to := range aliases {
		glob = strings.ToLower(strings.TrimSpace(glob))
		fits, err := path.Match(glob, name)
		if err != nil || !fits {
			continue
		}
		if len(glob) > len(best) || len(glob) == len(best) && glob < best {
			best, target = glob, to
		}
	}
	return strings.ToLower(strings.TrimSpace(target))
}

// afterVendor cuts off what stands before the next slash or dot; nothing is left of a name without one.
func afterVendor(name string) string {
	i := strings.IndexAny(name, "/.")
	if i < 0 {
		return ""
	}
	return name[i+1:]
}

// excerpt is the beginning of what a client sent, fit to be shown in a message.
func excerpt(s string) string {
	const most = 60
	shown := []rune{}
	for _, r := range s {
		if len(shown) == most {
			return string(shown) + "…"
		}
		if unicode.IsPrint(r) {
			shown = append(shown, r)
		}
	}
	return string(shown)
}
