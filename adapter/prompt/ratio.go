package prompt

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"midgate/adapter"
)

const (
	mostRatio     = 14  // the longest side to the shortest
	mostRatioTerm = 100 // larger terms are rounded to the nearest ratio without them
)

var sizeGrammar = regexp.MustCompile(`^([0-9]{1,6})\s*[x×*:]\s*([0-9]{1,6})$`)

// Ratio turns an OpenAI size ("1536x1024", "1024*1024", "16:9") into Midjourney's ratio ("3:2"). It is empty for
// an empty size and for "auto". Anything else, and a side more than 14 times the other, is an Invalid *Error.
func Ratio(size string) (string, error) {
	text := strings.ToLower(strings.TrimSpace(norm.NFKC.String(size)))
	if text == "" || text == "auto" {
		return "", nil
	}
	sides := sizeGrammar.FindStringSubmatch(text)
	if sides == nil {
		return "", badSize("The size '%s' is not one: it is auto, WIDTHxHEIGHT in pixels such as 1536x1024, or a ratio such as 3:2.", excerpt(size))
	}
	w, _ := strconv.ParseInt(sides[1], 10, 64) // six digits always fit
	h, _ := strconv.ParseInt(sides[2], 10, 64)
	if w == 0 || h == 0 {
		return "", badSize("The size '%s' has a side of 0: both must be at least 1.", excerpt(size))
	}
	if w > mostRatio*h || h > mostRatio*w {
		return "", badSize("The size '%s' is too long: a side may be at most %d times the other.", excerpt(size), mostRatio)
	}
	w, h = reduced(w, h)
	return strconv.FormatInt(w, 10) + ":" + strconv.FormatInt(h, 10), nil
}

// Alike reports whether two ratios are the same but for the few pixels that a picture's sides are rounded by.
func Alike(one, other string) bool {
	a, b := sizeGrammar.FindStringSubmatch(one), sizeGrammar.FindStringSubmatch(other)
	if a == nil || b == nil {
		return false
	}
	w, _ := strconv.ParseFloat(a[1], 64) // digits
	h, _ := strconv.ParseFloat(a[2], 64)
	v, _ := strconv.ParseFloat(b[1], 64)
	g, _ := strconv.ParseFloat(b[2], 64)
	return max(w*g, v*h) <= 1.05*min(w*g, v*h)
}

func badSize(format string, args ...any) *adapter.Error {
	return adapter.BadParam("size", "invalid_value", format, args...)
}

// reduced is w:h in lowest terms, or the nearest ratio with terms up to mostRatioTerm when those are larger.
func reduced(w, h int64) (int64, int64) {
	if w < h {
		h, w = reduced(h, w)
		return w, h
	}
	// A denominator below the exact one cannot be better than exact, so the first of the best is in lowest terms.
	bestN, bestD, bestMiss := int64(1), int64(1), int64(-1)
	for d := int64(1); d <= mostRatioTerm; d++ {
		n := (2*w*d + h) / (2 * h)
		if n > mostRatioTerm {
			break
		}
		miss := n*h - w*d // the distance to w/h, times d*h
		miss = max(miss, -miss)
		if bestMiss < 0 || miss*bestD < bestMiss*d {
			bestN, bestD, bestMiss = n, d, miss
		}
	}
	return bestN, bestD
}
