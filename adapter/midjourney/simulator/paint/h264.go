package paint

import (
	"bytes"

	"github.com/Eyevinn/mp4ff/bits"
)

// The kinds of NAL units that a film is made of, reference bits included.
const (
	nalSPS = 0x67
	nalPPS = 0x68
	nalIDR = 0x65
	nalP   = 0x61
)

// nal writes one unit; its bytes are escaped on the way.
func nal(kind byte, write func(w *bits.EBSPWriter)) []byte {
	var b bytes.Buffer
	b.WriteByte(kind)
	w := bits.NewEBSPWriter(&b)
	write(w)
	w.WriteRbspTrailingBits()
	return b.Bytes()
}

// se writes a signed Exp-Golomb number.
func se(w *bits.EBSPWriter, n int) {
	if n > 0 {
		w.WriteExpGolomb(uint(2*n - 1))
		return
	}
	w.WriteExpGolomb(uint(-2 * n))
}

// headers are the parameter sets: constrained baseline, one reference frame, output in decoding order.
func (f *film) headers() (sps, pps []byte) {
	sps = nal(nalSPS, func(w *bits.EBSPWriter) {
		w.Write(66, 8)      // baseline profile
		w.Write(0xc0, 8)    // which is constrained
		w.Write(30, 8)      // level 3
		w.WriteExpGolomb(0) // id
		w.WriteExpGolomb(0) // frame numbers have four bits
		w.WriteExpGolomb(2) // output order is decoding order
		w.WriteExpGolomb(1) // one reference frame
		w.Write(0, 1)
		w.WriteExpGolomb(uint(f.w/block - 1))
		w.WriteExpGolomb(uint(f.h/block - 1))
		w.Write(1, 1) // whole frames
		w.Write(1, 1)
		w.Write(0, 1) // nothing is cropped
		w.Write(0, 1) // no display hints
	})
	pps = nal(nalPPS, func(w *bits.EBSPWriter) {
		w.WriteExpGolomb(0) // id
		w.WriteExpGolomb(0) // of which SPS
		w.Write(0, 2)       // CAVLC
		w.WriteExpGolomb(0) // one slice group
		w.WriteExpGolomb(0) // one reference in each list
		w.WriteExpGolomb(0)
		w.Write(0, 3)
		se(w, 0)
		se(w, 0)
		se(w, 0)
		w.Write(1, 1) // slices say whether they are smoothed
		w.Write(0, 2)
	})
	return sps, pps
}

// frame encodes one frame: the first is stored raw, the others move the one before and store raw what came into view.
func (f *film) frame(n int) []byte {
	if n == 0 {
		return f.keyFrame()
	}
	return nal(nalP, func(w *bits.EBSPWriter) {
		w.WriteExpGolomb(0)    // from the first block
		w.WriteExpGolomb(5)    // all of it predicted
		w.WriteExpGolomb(0)    // PPS
		w.Write(uint(n%16), 4) // frame number
		w.Write(0, 1)          // one reference
		w.Write(0, 1)          // in its usual order
		w.Write(0, 1)          // kept the usual way
		se(w, 0)
		w.WriteExpGolomb(1) // not smoothed
		f.moved(w, n)
	})
}

func (f *film) keyFrame() []byte {
	return nal(nalIDR, func(w *bits.EBSPWriter) {
		w.WriteExpGolomb(0) // from the first block
		w.WriteExpGolomb(7) // all of it on its own
		w.WriteExpGolomb(0) // PPS
		w.Write(0, 4)       // frame number
		w.WriteExpGolomb(0) // IDR id
		w.Write(0, 2)       // nothing special about keeping it
		se(w, 0)
		w.WriteExpGolomb(1) // not smoothed
		for i := range f.w / block * (f.h / block) {
			f.raw(w, 25, 0, i%(f.w/block), i/(f.w/block))
		}
	})
}

// raw stores a macroblock's samples as they are; kind is I_PCM's number in this kind of slice.
func (f *film) raw(w *bits.EBSPWriter, kind uint, frame, column, row int) {
	x, y := f.at(frame)
	w.WriteExpGolomb(kind)
	w.StuffByteWithZeros()
	samples := f.samples(x, y, column, row)
	for _, v := range samples {
		w.Write(uint(v), 8)
	}
}

// shift is the motion of a block; ok is false for one that has none.
type shift struct {
	x, y int
	ok   bool
}

// moved writes all blocks of a predicted frame.
func (f *film) moved(w *bits.EBSPWriter, n int) {
	columns, rows := f.w/block, f.h/block
	x0, y0 := f.at(n - 1)
	x1, y1 := f.at(n)
	motion := shift{4 * (x1 - x0), 4 * (y1 - y0), true} // in quarters of a pixel
	field := make([]shift, columns*rows)
	for i := range field {
		w.WriteExpGolomb(0) // no block is skipped
		if f.renewed(n, i%columns, i/columns) {
			f.raw(w, 30, n, i%columns, i/columns)
			continue
		}
		guess := predicted(field, columns, i)
		w.WriteExpGolomb(0) // one vector for the whole block
		se(w, motion.x-guess.x)
		se(w, motion.y-guess.y)
		w.WriteExpGolomb(0) // no correction
		field[i] = motion
	}
}

// renewed reports whether a block is stored again: at the side that the camera moves to, before what came into view is
// wider than half a block.
func (f *film) renewed(n, column, row int) bool {
	if n%f.everyFrame != 0 || n/f.everyFrame*f.step%(block/2) != 0 {
		return false
	}
	switch {
	case f.dx > 0:
		return column == f.w/block-1
	case f.dx < 0:
		return column == 0
	case f.dy > 0:
		return row == f.h/block-1
	}
	return row == 0
}

// predicted is the vector a decoder expects of a block: the median of its neighbours' on the left, above and above
// right, or of the only one of them that moves.
func predicted(field []shift, columns, i int) shift {
	column, row := i%columns, i/columns
	get := func(dc, dr int) (v shift, exists bool) {
		c, r := column+dc, row+dr
		if c < 0 || c >= columns || r < 0 {
			return shift{}, false
		}
		return field[r*columns+c], true
	}
	a, hasA := get(-1, 0)
	b, hasB := get(0, -1)
	c, hasC := get(1, -1)
	if !hasC {
		c, hasC = get(-1, -1)
	}
	if hasA && !hasB && !hasC {
		return a
	}
	var only shift
	moving := 0
	for _, v := range []shift{a, b, c} {
		if v.ok {
			only, moving = v, moving+1
		}
	}
	if moving == 1 {
		return only
	}
	return shift{x: median(a.x, b.x, c.x), y: median(a.y, b.y, c.y)}
}

func median(a, b, c int) int { return max(min(a, b), min(max(a, b), c)) }
