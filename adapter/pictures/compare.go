package pictures

// A cell has changed when its light or its colour differs by more than these. The
// measured table in RECOGNITION.md says why these.
const (
	lumaChange   = 8
	chromaChange = 8
)

// maxChanged is the part of the opaque cells that may have changed in a picture that is
// still the same one (contract.md §6).
const maxChanged = 0.01

// minOpaque is the part of the picture that it takes to recognise it by.
const minOpaque = 0.05

// likeness says how two pictures differ where both can be seen.
type likeness struct {
	changed float64 // part of the opaque cells that differ by more than re-encoding explains
	mean    float64 // mean difference of luma over the opaque cells
}

var unlike = likeness{changed: 1, mean: 255}

func (l likeness) same() bool { return l.changed <= maxChanged }

// compare compares what a client sent with a stored picture, over the opaque cells, in
// cells of merge×merge of the thumbnail's.
func compare(sent, stored *looks, merge int) likeness {
	opaque, changed, sum := 0, 0, 0
	for y := 0; y < edge; y += merge {
		for x := 0; x < edge; x += merge {
			if sent.holeIn(x, y, merge) {
				continue
			}
			opaque++
			d := apart(sent.light(x, y, merge), stored.light(x, y, merge))
			sum += d
			if d > lumaChange || sent.colourApart(stored, x, y, merge) > chromaChange {
				changed++
			}
		}
	}
	if float64(opaque*merge*merge) < minOpaque*cells {
		return unlike
	}
	return likeness{changed: float64(changed) / float64(opaque), mean: float64(sum) / float64(opaque)}
}

// coarsest is how many cells are merged for the smallest thumbnails.
const coarsest = 16

// mergeFor says how coarsely pictures of this size are compared: a cell must be at
// least eight pixels wide, or what an encoder does to single pixels decides.
func mergeFor(width, height int) int {
	side := min(width, height)
	for merge := 1; merge < coarsest; merge *= 2 {
		if side >= 8*edge/merge {
			return merge
		}
	}
	return coarsest
}

// light is the mean luma of merge×merge cells.
func (l *looks) light(x, y, merge int) int {
	if merge == 1 {
		return int(l.luma[y*edge+x])
	}
	return mean(l.luma[:], edge, x, y, merge)
}

// colourApart is how far two pictures' colours are apart there; nothing where a hole
// shares them.
func (l *looks) colourApart(other *looks, x, y, merge int) int {
	x, y, merge = x/2, y/2, max(1, merge/2)
	if l.holeIn(2*x, 2*y, 2*merge) {
		return 0
	}
	return max(
		apart(mean(l.cb[:], halfEdge, x, y, merge), mean(other.cb[:], halfEdge, x, y, merge)),
		apart(mean(l.cr[:], halfEdge, x, y, merge), mean(other.cr[:], halfEdge, x, y, merge)))
}

func (l *looks) holeIn(x, y, merge int) bool {
	if l.holes == 0 {
		return false
	}
	for at := y * edge; at < (y+merge)*edge; at += edge {
		for i := range merge {
			if l.hole[at+x+i] {
				return true
			}
		}
	}
	return false
}

// mean averages a square of a plane.
func mean(plane []uint8, width, x, y, side int) int {
	sum := 0
	for at := y * width; at < (y+side)*width; at += width {
		for i := range side {
			sum += int(plane[at+x+i])
		}
	}
	return sum / (side * side)
}

func apart(a, b int) int {
	if a > b {
		return a - b
	}
	return b - a
}
