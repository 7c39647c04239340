package png

import "encoding/binary"

// The filter types of a PNG row (PNG specification, section 9.2).
const (
	filterNone = iota
	filterSub
	filterUp
	filterAverage
	filterPaeth
	filterCount
)

// unfilter turns a filtered row into pixels, in place. above holds the pixels of the
// row before it, zeroes for the first; bpp is the number of bytes in a pixel.
// It reports false for a filter type that does not exist.
func unfilter(filter byte, row, above []byte, bpp int) bool {
	switch filter {
	case filterNone:
	case filterSub:
		for i := bpp; i < len(row); i++ {
			row[i] += row[i-bpp]
		}
	case filterUp:
		addBytes(row, above)
	case filterAverage:
		unfilterAverage(row, above, bpp)
	case filterPaeth:
		unfilterPaeth(row, above, bpp)
	default:
		return false
	}
	return true
}

func unfilterAverage(row, above []byte, bpp int) {
	above = above[:len(row)]
	for i := range min(bpp, len(row)) {
		row[i] += above[i] / 2
	}
	for i := bpp; i < len(row); i++ {
		row[i] += byte((int(row[i-bpp]) + int(above[i])) / 2)
	}
}

// unfilterPaeth goes channel by channel, so that the neighbours just computed stay in
// registers: this is the most frequent filter.
func unfilterPaeth(row, above []byte, bpp int) {
	above = above[:len(row)]
	for ch := range bpp {
		var left, corner int
		for i := ch; i < len(row); i += bpp {
			up := int(above[i])
			left = (int(row[i]) + paeth(left, up, corner)) & 0xff
			row[i] = byte(left)
			corner = up
		}
	}
}

// paeth is the predictor of the PNG specification, section 9.4: of left, up and corner the one nearest to left+up-corner.
func paeth(left, up, corner int) int {
	dl, du := up-corner, left-corner
	dc := dl + du
	if dl < 0 {
		dl = -dl
	}
	if du < 0 {
		du = -du
	}
	if dc < 0 {
		dc = -dc
	}
	if dl <= du && dl <= dc {
		return left
	}
	if du <= dc {
		return up
	}
	return corner
}

// filterRow writes the pixels of row into dst as this filter type has them.
func filterRow(filter byte, dst, row, above []byte, bpp int) {
	switch filter {
	case filterNone:
		copy(dst, row)
	case filterSub:
		copy(dst, row[:min(bpp, len(row))])
		if len(row) > bpp {
			subBytes(dst[bpp:], row[bpp:], row)
		}
	case filterUp:
		subBytes(dst, row, above)
	case filterAverage:
		for i := range row {
			left := 0
			if i >= bpp {
				left = int(row[i-bpp])
			}
			dst[i] = row[i] - byte((left+int(above[i]))/2)
		}
	case filterPaeth:
		filterPaethRow(dst, row, above, bpp)
	}
}

func filterPaethRow(dst, row, above []byte, bpp int) {
	above, dst = above[:len(row)], dst[:len(row)]
	for ch := range bpp {
		var left, corner int
		for i := ch; i < len(row); i += bpp {
			up, here := int(above[i]), int(row[i])
			dst[i] = byte(here - paeth(left, up, corner))
			left, corner = here, up
		}
	}
}

const highBits = 0x8080808080808080

// subBytes sets dst to a-b, byte by byte, eight at a time; dst decides the length
// together with a.
func subBytes(dst, a, b []byte) {
	n := min(len(dst), len(a))
	dst, a, b = dst[:n], a[:n], b[:n]
	i := 0
	for ; i+8 <= n; i += 8 {
		x, y := binary.LittleEndian.Uint64(a[i:]), binary.LittleEndian.Uint64(b[i:])
		binary.LittleEndian.PutUint64(dst[i:], ((x|highBits)-(y&^highBits))^((x^^y)&highBits))
	}
	for ; i < n; i++ {
		dst[i] = a[i] - b[i]
	}
}

// addBytes adds b to dst, byte by byte, eight at a time.
func addBytes(dst, b []byte) {
	b = b[:len(dst)]
	i := 0
	for ; i+8 <= len(dst); i += 8 {
		x, y := binary.LittleEndian.Uint64(dst[i:]), binary.LittleEndian.Uint64(b[i:])
		binary.LittleEndian.PutUint64(dst[i:], ((x&^highBits)+(y&^highBits))^((x^y)&highBits))
	}
	for ; i < len(dst); i++ {
		dst[i] += b[i]
	}
}
