package pictures

import (
	"io"

	"midgate/adapter/pictures/png"
)

// maskPixels holds, for every pixel of an upload, whether it would be repainted by either
// reading: as transparent, or as white.
type maskPixels struct {
	width, height int
	bits          []byte
	translucent   int // pixels that are not wholly opaque
	between       int // opaque pixels neither near black nor near white
}

// The bits of a pixel.
const (
	markHole  = 1 << iota // alpha 0
	markWhite             // nearer to white than to black
)

// Near black and near white leave room for what JPEG does to flat areas; soft edges may
// make up one pixel in a hundred.
const (
	nearBlack   = 40
	nearWhite   = 255 - nearBlack
	betweenPart = 100
)

func newMaskPixels(width, height int) *maskPixels {
	return &maskPixels{width: width, height: height, bits: make([]byte, width*height)}
}

// see takes one row.
func (m *maskPixels) see(y int, row []byte, bpp int) error {
	bits := m.bits[y*m.width:][:m.width]
	for x := range bits {
		p := row[x*bpp:][:bpp:bpp]
		low, high := min(p[0], p[1], p[2]), max(p[0], p[1], p[2])
		if high > nearBlack && low < nearWhite {
			m.between++
		}
		var bit byte
		if int(low)+int(high) >= 255 {
			bit = markWhite
		}
		if bpp == 4 && p[3] != 255 {
			m.translucent++
			if p[3] == 0 {
				bit |= markHole
			}
		}
		bits[x] = bit
	}
	return nil
}

// meaning decides which reading holds: holes if anything is transparent at all, else
// black and white if there is nothing else.
func (m *maskPixels) meaning() (bit byte, err error) {
	if m.translucent > 0 {
		return markHole, nil
	}
	if m.between*betweenPart > len(m.bits) {
		return 0, badMask("The mask is opaque: make it transparent where the picture is to change, or paint it black with those parts white.")
	}
	return markWhite, nil
}

// scaled returns the mask in grey, w×h, each pixel that of the nearest one here.
func (m *maskPixels) scaled(w, h int, bit byte) []byte {
	grey := make([]byte, w*h)
	from := make([]int, w)
	for x := range from {
		from[x] = (2*x + 1) * m.width / (2 * w)
	}
	for y := range h {
		src := m.bits[(2*y+1)*m.height/(2*h)*m.width:][:m.width]
		dst := grey[y*w:][:w]
		for x, at := range from {
			if src[at]&bit != 0 {
				dst[x] = 255
			}
		}
	}
	return grey
}

// someNotAll refuses a mask of nothing and one of everything, each in the words of what it is.
func someNotAll(grey []byte, bit byte) error {
	white := 0
	for _, v := range grey {
		white += int(v & 1)
	}
	switch {
	case white == 0:
		return badMask("The mask marks nothing: make it transparent where the picture is to change.")
	case white < len(grey):
		return nil
	case bit == markWhite:
		return badMask("The mask is opaque and white all over: make it transparent where the picture is to change, or paint black what is to stay.")
	default:
		return badMask("The mask marks everything: leave the parts opaque that are to stay.")
	}
}

// writeMask writes grey pixels as a PNG. Most rows equal the one above.
func writeMask(dst io.Writer, grey []byte, w, h int) error {
	p, err := png.NewWriter(dst, w, h, 1)
	if err != nil {
		return err
	}
	p.Repeats = true
	for y := range h {
		if err := p.WriteRow(grey[y*w:][:w]); err != nil {
			return err
		}
	}
	return p.Close()
}
