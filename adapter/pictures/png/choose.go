package png

// filterer chooses a filter for each row and applies it. image/png tries all five on
// every byte; here every eighth pixel speaks for the row, which finds nearly the same
// filter for a fraction of the time.
type filterer struct {
	out []byte // filter type, then the filtered row
	up  bool   // every row is filtered by the one above, unasked
}

func newFilterer(n int, up bool) *filterer { return &filterer{out: make([]byte, 1+n), up: up} }

// filter returns the row as it is to be written; valid until the next call.
func (f *filterer) filter(row, above []byte, bpp int) []byte {
	f.out[0] = filterUp
	if !f.up {
		f.out[0] = chooseFilter(row, above, bpp)
	}
	filterRow(f.out[0], f.out[1:], row, above, bpp)
	return f.out
}

const sampleStep = 8 // pixels

// chooseFilter returns the filter type whose sampled residues are smallest in sum,
// the measure that the PNG specification recommends (section 12.8, Filter selection).
func chooseFilter(row, above []byte, bpp int) byte {
	var none, sub, up, average, pth int
	for i := bpp * sampleStep / 2; i < len(row); i += bpp * sampleStep {
		for c := i; c < i+bpp && c < len(row); c++ {
			x, a, b, d := int(row[c]), int(row[c-bpp]), int(above[c]), int(above[c-bpp])
			none += residue(x)
			sub += residue(x - a)
			up += residue(x - b)
			average += residue(x - (a+b)/2)
			pth += residue(x - paeth(a, b, d))
		}
	}
	best, sum := byte(filterPaeth), pth
	for filter, s := range [filterCount]int{none, sub, up, average, pth} {
		if s < sum {
			best, sum = byte(filter), s
		}
	}
	return best
}

// residue is how far a filtered byte is from zero, either way round.
func residue(d int) int {
	r := int(int8(d))
	if r < 0 {
		return -r
	}
	return r
}
