package fingerprint

// A cell has changed when its light or its colour differs by more than these. The
// measured table in ../RECOGNITION.md says why these.
const (
	LumaChange   = 8
	ChromaChange = 8
)

// MaxChanged is the part of the opaque cells that may have changed in a picture that is
// still the same one.
const MaxChanged = 0.01

// minOpaque is the part of the picture that it takes to recognise it by.
const minOpaque = 0.05

// Distance says how two pictures differ where both can be seen.
type Distance struct {
	Changed float64 // part of the opaque cells that differ by more than re-encoding explains
	Mean    float64 // mean difference of luma over the opaque cells
}

// Unlike is the distance of pictures that cannot be compared.
var Unlike = Distance{Changed: 1, Mean: 255}

// Same reports whether both pictures show the same.
func (l Distance) Same() bool { return l.Changed <= MaxChanged }

// Compare compares what a client sent with a stored picture, over the opaque cells, in
// cells of merge×merge of the thumbnail's.
func Compare(sent, stored *Fingerprint, merge int) Distance {
	opaque, changed, sum := 0, 0, 0
	for y := 0; y < edge; y += merge {
		for x := 0; x < edge; x += merge {
			if sent.holeIn(x, y, merge) {
				continue
			}
			opaque++
			d := apart(sent.light(x, y, merge), stored.light(x, y, merge))
			sum += d
			if d > LumaChange || sent.colourApart(stored, x, y, merge) > ChromaChange {
				changed++
			}
		}
	}
	if float64(opaque*merge*merge) < minOpaque*cells {
		return Unlike
	}
	return Distance{Changed: float64(changed) / float64(opaque), Mean: float64(sum) / float64(opaque)}
}

// coarsest is how many cells are merged for the smallest thumbnails.
const coarsest = 16

// MergeFor says how coarsely pictures of this size are compared: a cell must be at
// least eight pixels wide, or what an encoder does to single pixels decides.
func MergeFor(width, height int) int {
	side := min(width, height)
	for merge := 1; merge < coarsest; merge *= 2 {
		if side >= 8*edge/merge {
			return merge
		}
	}
	return coarsest
}

// light is the mean luma of merge×merge cells.
func (l *Fingerprint) light(x, y, merge int) int {
	if merge == 1 {
		return int(l.luma[y*edge+x])
	}
	return mean(l.luma[:], edge, x, y, merge)
}

// colourApart is how far two pictures' colours are apart there; nothing where a hole
// shares them.
func (l *Fingerprint) colourApart(other *Fingerprint, x, y, merge int) int {
	x, y, merge = x/2, y/2, max(1, merge/2)
	if l.holeIn(2*x, 2*y, 2*merge) {
		return 0
	}
	return max(
		apart(mean(l.cb[:], halfEdge, x, y, merge), mean(other.cb[:], halfEdge, x, y, merge)),
		apart(mean(l.cr[:], halfEdge, x, y, merge), mean(other.cr[:], halfEdge, x, y, merge)))
}

func (l *Fingerprint) holeIn(x, y, merge int) bool {
	if l.Holes == 0 {
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
