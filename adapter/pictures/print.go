package pictures

import (
	"math"
	"slices"
	"sync"

	"midgate/adapter"
	"midgate/adapter/pictures/fingerprint"
)

// ratio is width to height, as a logarithm, in thousandths.
func ratio(width, height int) int {
	return int(math.Round(1000 * math.Log(float64(width)/float64(height))))
}

// mergeForPixels is fingerprint.MergeFor for a picture of which only a print is known.
func mergeForPixels(pixels, ratio int) int {
	shorter := math.Sqrt(float64(pixels) / math.Exp(math.Abs(float64(ratio))/1000))
	side := int(math.Round(shorter))
	return fingerprint.MergeFor(side, side)
}

// noted is the prints that were noted last, which may not be written yet.
type noted struct {
	mu     sync.Mutex
	prints []notedPrint
}

type notedPrint struct {
	adapter.Print
	looks []byte
}

// maxNoted is how many are kept: more than one unit is waited for.
const maxNoted = 128

func (r *noted) add(p adapter.Print, looks []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.prints = append(r.prints, notedPrint{p, looks}); len(r.prints) > maxNoted {
		r.prints = slices.Delete(r.prints, 0, len(r.prints)-maxNoted)
	}
}

func (r *noted) has(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.prints, func(p notedPrint) bool { return p.Image == id })
}

func (r *noted) get(owner, id string) (adapter.Print, []byte, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.prints {
		if p.Image == id && p.Owner == owner {
			return p.Print, p.looks, true
		}
	}
	return adapter.Print{}, nil, false
}

// near returns those that a query selects.
func (r *noted) near(q adapter.PrintQuery) (found []adapter.Print) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.prints {
		misses := 0
		for i, light := range q.Cells {
			if abs(int(p.Cells[i])-int(light)) > q.Within {
				misses++
			}
		}
		if p.Owner == q.Owner && abs(p.Ratio-q.Ratio) <= q.RatioOff && misses <= q.Misses {
			found = append(found, p.Print)
		}
	}
	return found
}

func abs(n int) int { return max(n, -n) }
