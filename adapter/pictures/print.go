package pictures

import (
	"math"
	"slices"
	"sync"

	"midgate/adapter"
)

// printCell is how many of a thumbnail's cells to a side make up one of a print's.
const printCell = edge / adapter.PrintEdge

// cells averages the luma of a thumbnail for a print.
func (l *looks) cells() (c [adapter.PrintEdge * adapter.PrintEdge]uint8) {
	for i := range c {
		c[i] = uint8(mean(l.luma[:], edge, i%adapter.PrintEdge*printCell, i/adapter.PrintEdge*printCell, printCell))
	}
	return c
}

// opaqueCells are the cells of a print in which nothing was erased.
func (l *looks) opaqueCells() map[int]uint8 {
	all, seen := l.cells(), map[int]uint8{}
	for i, light := range all {
		if !l.holeIn(i%adapter.PrintEdge*printCell, i/adapter.PrintEdge*printCell, printCell) {
			seen[i] = light
		}
	}
	return seen
}

// ratio is width to height, as a logarithm, in thousandths.
func ratio(width, height int) int {
	return int(math.Round(1000 * math.Log(float64(width)/float64(height))))
}

// mergeForPixels is mergeFor for a picture of which only a print is known.
func mergeForPixels(pixels, ratio int) int {
	shorter := math.Sqrt(float64(pixels) / math.Exp(math.Abs(float64(ratio))/1000))
	side := int(math.Round(shorter))
	return mergeFor(side, side)
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
			if apart(int(p.Cells[i]), int(light)) > q.Within {
				misses++
			}
		}
		if p.Owner == q.Owner && apart(p.Ratio, q.Ratio) <= q.RatioOff && misses <= q.Misses {
			found = append(found, p.Print)
		}
	}
	return found
}
