package fingerprint

import (
	"encoding/binary"
	"image"

	"github.com/corona10/goimagehash"

	"midgate/adapter/pictures/png"
)

// edge is the side of the thumbnail that pictures are compared at.
const (
	edge      = 64
	cells     = edge * edge
	halfEdge  = edge / 2
	halfCells = halfEdge * halfEdge
)

// Fingerprint is what a picture is recognised by: a perceptual hash to find candidates and a
// thumbnail to decide. Colour is kept at half the resolution, where it suffices.
type Fingerprint struct {
	Hash   uint64 // goimagehash's PerceptionHash of the thumbnail's luma
	luma   [cells]uint8
	cb, cr [halfCells]uint8

	// hole says which cells are not wholly opaque, Holes how many they are. Only a picture that was just seen has them:
	// stored fingerprints are of pictures without holes.
	hole  [cells]bool
	Holes int
}

// version is the first byte of an encoded fingerprint; Size is its length.
const (
	version = 1
	Size    = 1 + 8 + cells + 2*halfCells
)

// Encode encodes the fingerprint for a picture's record: about 6 KB.
func (l *Fingerprint) Encode() []byte {
	b := append(make([]byte, 0, Size), version)
	b = binary.BigEndian.AppendUint64(b, l.Hash)
	b = append(b, l.luma[:]...)
	b = append(b, l.cb[:]...)
	return append(b, l.cr[:]...)
}

// Parse decodes a fingerprint; false for one of another version, or none.
func Parse(b []byte) (*Fingerprint, bool) {
	if len(b) != Size || b[0] != version {
		return nil, false
	}
	l := &Fingerprint{Hash: binary.BigEndian.Uint64(b[1:])}
	copy(l.luma[:], b[9:])
	copy(l.cb[:], b[9+cells:])
	copy(l.cr[:], b[9+cells+halfCells:])
	return l, true
}

// Of returns what recognition compares of a picture.
func Of(img image.Image) *Fingerprint {
	b := img.Bounds()
	k := NewBuilder(image.Rect(0, 0, b.Dx(), b.Dy()))
	_ = png.EachImageRow(img, k.AddRow) // AddRow never fails
	return k.Fingerprint()
}

// Builder averages a part of a picture into the thumbnail's cells, row by row. A small
// picture's pixels are taken several times, so that one that lies in two cells counts
// in both by its share.
type Builder struct {
	part   image.Rectangle
	fx, fy int     // times that a pixel counts in either direction
	column []uint8 // cell column of each pixel column, those fx times
	step   int     // every step-th of them is looked at
	sums   [cells]struct{ r, g, b, n uint32 }
	hole   [cells]bool
}

// fineEdge is how many columns and rows a picture is looked at in, at least.
const fineEdge = 16 * edge

// NewBuilder makes a Builder for a part of a picture.
func NewBuilder(part image.Rectangle) *Builder {
	k := &Builder{part: part, fx: 1 + (fineEdge-1)/part.Dx(), fy: 1 + (fineEdge-1)/part.Dy()}
	k.column = make([]uint8, part.Dx()*k.fx)
	k.step = max(1, len(k.column)/(4*edge))
	for x := range k.column {
		k.column[x] = uint8(x * edge / len(k.column))
	}
	return k
}

// AddRow takes one row of the whole picture.
func (k *Builder) AddRow(y int, row []byte, bpp int) error {
	if y < k.part.Min.Y || y >= k.part.Max.Y {
		return nil
	}
	row = row[k.part.Min.X*bpp : k.part.Max.X*bpp]
	for fine := (y - k.part.Min.Y) * k.fy; fine < (y-k.part.Min.Y+1)*k.fy; fine++ {
		k.add(fine, row, bpp)
	}
	return nil
}

// add takes a row once. It looks at every step-th column, beginning anywhere, so that a
// regular pattern is not seen as one of its phases.
func (k *Builder) add(fine int, row []byte, bpp int) {
	cy := fine * edge / (k.part.Dy() * k.fy)
	if bpp == 4 {
		k.seeHoles(row, cy)
	}
	sums := k.sums[cy*edge:][:edge]
	start := int(uint32(fine)*2654435761>>16) % k.step
	for x := start; x < len(k.column); x += k.step {
		p := row[x/k.fx*bpp:][:bpp:bpp]
		if bpp == 4 && p[3] == 0 {
			continue
		}
		c := &sums[k.column[x]]
		c.r += uint32(p[0])
		c.g += uint32(p[1])
		c.b += uint32(p[2])
		c.n++
	}
}

func (k *Builder) seeHoles(row []byte, cy int) {
	hole := k.hole[cy*edge:][:edge]
	for x, c := range k.column {
		if row[x/k.fx*4+3] != 255 {
			hole[c] = true
		}
	}
}

// Fingerprint returns what was seen. Nothing is seen in a hole.
func (k *Builder) Fingerprint() *Fingerprint {
	l := &Fingerprint{hole: k.hole}
	var r, g, b [cells]uint32
	for i := range k.sums {
		if c := k.sums[i]; c.n > 0 {
			r[i], g[i], b[i] = c.r/c.n, c.g/c.n, c.b/c.n
		}
		l.luma[i] = uint8((299*r[i] + 587*g[i] + 114*b[i]) / 1000)
		if l.hole[i] {
			l.Holes++
		}
	}
	for i := range l.cb {
		at := i/halfEdge*2*edge + i%halfEdge*2
		mean := func(v *[cells]uint32) int { return int(v[at]+v[at+1]+v[at+edge]+v[at+edge+1]) / 4 }
		l.cb[i], l.cr[i] = chroma(mean(&r), mean(&g), mean(&b))
	}
	l.Hash = l.perceptionHash()
	return l
}

// chroma is the colour of a cell as JPEG has it (ITU-T T.871).
func chroma(r, g, b int) (cb, cr uint8) {
	cb = uint8(128 + (-169*r-331*g+500*b)/1000)
	return cb, uint8(128 + (500*r-419*g-81*b)/1000)
}

func (l *Fingerprint) perceptionHash() uint64 {
	h, err := goimagehash.PerceptionHash(&image.Gray{Pix: l.luma[:], Stride: edge, Rect: image.Rect(0, 0, edge, edge)})
	if err != nil {
		return 0 // only for no picture at all
	}
	return h.GetHash()
}
