package pictures

// A cell has changed when its light or its colour differs by more than these. The
// measured table in RECOGNITION.md says why these.
const (
	lumaChange   = 10
	chromaChange = 10
)

// maxChanged is the part of the opaque cells that may have changed in a picture that is
// still the same one (contract.md §6).
const maxChanged = 0.01

// minOpaque is how many opaque cells it takes to recognise a picture by.
const minOpaque = cells / 20

// likeness says how two pictures differ where both can be seen.
type likeness struct {
	changed float64 // part of the opaque cells that differ by more than re-encoding explains
	mean    float64 // mean difference of luma over the opaque cells
}

// compare compares what a client sent with a stored picture, over the opaque cells.
func compare(sent, stored *looks) likeness {
	opaque, changed, sum := 0, 0, 0
	for i := range sent.luma {
		if sent.hole[i] {
			continue
		}
		opaque++
		d := apart(sent.luma[i], stored.luma[i])
		sum += d
		c := i/edge/2*halfEdge + i%edge/2
		if d > lumaChange || (!sent.holeNear(c) && max(apart(sent.cb[c], stored.cb[c]), apart(sent.cr[c], stored.cr[c])) > chromaChange) {
			changed++
		}
	}
	if opaque < minOpaque {
		return likeness{changed: 1, mean: 255}
	}
	return likeness{changed: float64(changed) / float64(opaque), mean: float64(sum) / float64(opaque)}
}

// holeNear reports whether one of the four cells that share a colour is a hole.
func (l *looks) holeNear(c int) bool {
	at := c/halfEdge*2*edge + c%halfEdge*2
	return l.hole[at] || l.hole[at+1] || l.hole[at+edge] || l.hole[at+edge+1]
}

func (l likeness) same() bool { return l.changed <= maxChanged }

func apart(a, b uint8) int {
	if a > b {
		return int(a - b)
	}
	return int(b - a)
}
