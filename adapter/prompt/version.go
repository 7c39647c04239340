package prompt

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Version is a version of Midjourney or of Niji. Its zero value is "not known": the upstream decides.
type Version struct {
	niji bool
	num  float64 // 6.1; 0: not known
}

// newestNiji is what Niji without a version means.
const newestNiji = "7"

// The releases below newReleases are complete. From there on every number up to lastRelease passes, because minor ones
// appear; above it is a typing error such as --v 61, or a version that nobody has seen yet.
var (
	oldReleases     = []float64{1, 2, 3, 4, 5, 5.1, 5.2, 6, 6.1, 7}
	oldNijiReleases = []float64{4, 5, 6, 7}
)

const (
	newReleases = 8
	lastRelease = 8.9
)

var releaseNumber = regexp.MustCompile(`^[0-9]{1,2}(\.[0-9])?$`)

// parseRelease reads a version such as "7", "7.0" or "8.1"; false if there is none of that number.
func parseRelease(text string, niji bool) (Version, bool) {
	if !releaseNumber.MatchString(text) {
		return Version{}, false
	}
	n, err := strconv.ParseFloat(text, 64)
	old := oldReleases
	if niji {
		old = oldNijiReleases
	}
	if err != nil || n > lastRelease || n < newReleases && !slices.Contains(old, n) {
		return Version{}, false
	}
	return Version{niji: niji, num: n}, true
}

// number is the version's shortest form, "7" for 7.0; empty when it is not known.
func (r Version) number() string {
	if r.num == 0 {
		return ""
	}
	return strconv.FormatFloat(r.num, 'f', -1, 64)
}

// String names the release in a sentence.
func (r Version) String() string {
	if r.niji {
		return "niji " + r.number()
	}
	return "version " + cmp.Or(r.number(), "unknown")
}

// known reports whether anything named a version.
func (r Version) known() bool { return r.num != 0 }

// span is a range of versions, both ends included.
type span struct{ from, to float64 }

// spans are the versions that know something. A release that is not known is in all of them.
type spans struct{ midjourney, niji span }

const everNewer = lastRelease

var (
	anyRelease = spans{span{0, everNewer}, span{0, everNewer}}
	noRelease  = span{-1, -1}
)

func (s spans) include(r Version) bool {
	in := s.midjourney
	if r.niji {
		in = s.niji
	}
	return !r.known() || in.from <= r.num && r.num <= in.to
}

// String says which versions they are, for a sentence.
func (s spans) String() string {
	var said []string
	if s.midjourney != noRelease {
		said = append(said, s.midjourney.words("version "))
	}
	if s.niji != noRelease {
		said = append(said, s.niji.words("niji "))
	}
	return strings.Join(said, " and ")
}

func (s span) words(name string) string {
	from, to := Version{num: s.from}.number(), strings.TrimSuffix(Version{num: s.to}.number(), ".9")
	switch {
	case s.from == 0 && s.to != everNewer:
		return strings.Replace(name, "version ", "versions ", 1) + "up to " + to
	case s.from == s.to:
		return name + from
	case s.to == everNewer:
		return name + from + " and later"
	default:
		return name + from + " to " + to
	}
}
