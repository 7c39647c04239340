package pictures

// A coarse thumbnail is small enough to be compared with every picture of an owner: it
// finds candidates where a hash of the whole cannot, because parts were erased.
const (
	coarseEdge  = 16
	coarseCells = coarseEdge * coarseEdge
)

// coarse is a thumbnail of luma.
type coarse [coarseCells]uint8

// coarsely averages the luma of a thumbnail four by four.
func (l *looks) coarsely() (c coarse) {
	for i := range c {
		sum := 0
		for _, at := range l.under(i) {
			sum += int(l.luma[at])
		}
		c[i] = uint8(sum / 16)
	}
	return c
}

// under returns the 16 cells that make up a coarse one.
func (l *looks) under(i int) (at [16]int) {
	from := i/coarseEdge*4*edge + i%coarseEdge*4
	for k := range at {
		at[k] = from + k/4*edge + k%4
	}
	return at
}

// coarseAway is how far a coarse cell of the same picture may be away on average.
const coarseAway = 6

// probe is what is looked for by the coarse thumbnail: the values of the cells that are
// wholly opaque, scattered over the picture so that a stranger differs early.
type probe struct {
	at    []int
	value []uint8
	limit int
}

func newProbe(l *looks) probe {
	c := l.coarsely()
	var p probe
	for k := range coarseCells {
		i := k * 89 % coarseCells // 89 is prime to 256: every cell once, none beside the one before
		if l.opaque(i) {
			p.at, p.value = append(p.at, i), append(p.value, c[i])
		}
	}
	p.limit = coarseAway * len(p.at)
	return p
}

func (l *looks) opaque(i int) bool {
	for _, at := range l.under(i) {
		if l.hole[at] {
			return false
		}
	}
	return true
}

// minProbe is how many opaque coarse cells it takes to look for a picture.
const minProbe = 8

// away returns the sum of differences, or false as soon as it is too large.
func (p *probe) away(c *coarse) (int, bool) {
	sum := 0
	for k, i := range p.at {
		sum += apart(p.value[k], c[i])
		if sum > p.limit {
			return sum, false
		}
	}
	return sum, true
}
