package fingerprint

// A coarse thumbnail is small enough to be compared with every picture of an owner: it
// finds candidates where a hash of the whole cannot, because parts were erased.
const (
	coarseEdge  = 16
	coarseCells = coarseEdge * coarseEdge
)

// Coarse is a thumbnail of luma, its cells scattered: wherever a comparison begins, it
// sees cells from all over the picture, so that a stranger differs after a few.
type Coarse [coarseCells]uint8

// Coarse averages the luma of a thumbnail four by four.
func (l *Fingerprint) Coarse() (c Coarse) {
	for k := range c {
		sum := 0
		for _, at := range under(k) {
			sum += int(l.luma[at])
		}
		c[k] = uint8(sum / 16)
	}
	return c
}

// under returns the 16 cells that make up a coarse one.
func under(k int) (at [16]int) {
	i := k * 89 % coarseCells // 89 is prime to 256: every cell once, none beside the one before
	from := i/coarseEdge*4*edge + i%coarseEdge*4
	for k := range at {
		at[k] = from + k/4*edge + k%4
	}
	return at
}

// Coarse cells of the same picture are coarseAway apart on average at most. A few may
// have been painted over: one counts as coarseMost at most, and coarseSlack is for them.
const (
	coarseAway  = 4
	coarseMost  = 32
	coarseSlack = 160
)

// Probe is what is looked for by the coarse thumbnail: the values of the cells that are
// wholly opaque.
type Probe struct {
	at    []uint8
	value []uint8
}

func NewProbe(l *Fingerprint) Probe {
	c := l.Coarse()
	var p Probe
	for k, v := range c {
		if l.opaque(k) {
			p.at, p.value = append(p.at, uint8(k)), append(p.value, v)
		}
	}
	return p
}

func (l *Fingerprint) opaque(k int) bool {
	for _, at := range under(k) {
		if l.hole[at] {
			return false
		}
	}
	return true
}

// minProbe is how many opaque coarse cells it takes to look for a picture.
const minProbe = 8

// Usable reports whether enough of the picture can be seen to look for it.
func (p *Probe) Usable() bool { return len(p.at) >= minProbe }

// Distance returns the sum of differences, or false as soon as it is too large: of a
// stranger after ten cells or so.
func (p *Probe) Distance(c *Coarse) (int, bool) {
	sum, values := 0, p.value[:len(p.at)]
	for k, i := range p.at {
		sum += min(apart(int(values[k]), int(c[i])), coarseMost)
		if sum > coarseSlack+coarseAway*k {
			return sum, false
		}
	}
	return sum, true
}
