package png

import (
	"encoding/binary"
	"hash/crc32"
	"io"
)

// idatSize is how much compressed data one IDAT chunk holds at most.
const idatSize = 64 << 10

// Writer writes an 8-bit PNG row by row: grey, RGB or RGBA by its 1, 3 or 4 bytes
// a pixel. Close finishes the file.
type Writer struct {
	// Repeats says that most rows equal the one above, as in a drawing of one colour: each is written as its difference
	// to that one, and repetitions are looked for everywhere. To be set before the first row.
	Repeats bool

	idat   idatWriter
	z      *deflater
	bpp    int
	filter *filterer
	above  []byte // pixels of the row before, for WriteRow
}

// NewWriter writes the beginning of a PNG of this size; bpp is the number of bytes in a pixel.
func NewWriter(w io.Writer, width, height, bpp int) (*Writer, error) {
	p := &Writer{idat: idatWriter{w: w, buf: make([]byte, 8, 8+idatSize+4)}, bpp: bpp}
	if _, err := io.WriteString(w, Signature); err != nil {
		return nil, err
	}
	h := make([]byte, 13)
	binary.BigEndian.PutUint32(h[0:], uint32(width))
	binary.BigEndian.PutUint32(h[4:], uint32(height))
	h[8], h[9] = 8, map[int]byte{1: 0, 3: 2, 4: 6}[bpp] // bits, colour type
	if _, err := w.Write(chunk("IHDR", h)); err != nil {
		return nil, err
	}
	p.z = newDeflater(&p.idat)
	return p, nil
}

// WriteRow writes the pixels of one row.
func (p *Writer) WriteRow(pixels []byte) error {
	if p.filter == nil {
		p.filter, p.above = newFilterer(len(pixels), p.Repeats), make([]byte, len(pixels))
		p.z.only = p.Repeats
	}
	err := p.writeFiltered(p.filter.filter(pixels, p.above, p.bpp))
	copy(p.above, pixels)
	return err
}

// writeFiltered writes one filtered row: filtered starts with the filter type.
func (p *Writer) writeFiltered(filtered []byte) error {
	_, err := p.z.Write(filtered)
	return err
}

// Close writes what is left and the end of the file.
func (p *Writer) Close() error {
	if err := p.z.Close(); err != nil {
		return err
	}
	if err := p.idat.flush(); err != nil {
		return err
	}
	_, err := p.idat.w.Write(chunk("IEND", nil))
	return err
}

// idatWriter gathers compressed data into IDAT chunks; buf begins with room for the
// chunk's length and type.
type idatWriter struct {
	w   io.Writer
	buf []byte
}

func (d *idatWriter) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		take := min(len(b), 8+idatSize-len(d.buf))
		d.buf = append(d.buf, b[:take]...)
		b = b[take:]
		if len(d.buf) == 8+idatSize {
			if err := d.flush(); err != nil {
				return 0, err
			}
		}
	}
	return n, nil
}

func (d *idatWriter) flush() error {
	if len(d.buf) == 8 {
		return nil
	}
	binary.BigEndian.PutUint32(d.buf, uint32(len(d.buf)-8))
	copy(d.buf[4:], "IDAT")
	d.buf = binary.BigEndian.AppendUint32(d.buf, crc32.ChecksumIEEE(d.buf[4:]))
	_, err := d.w.Write(d.buf)
	d.buf = d.buf[:8]
	return err
}

// chunk is a whole chunk: length, type, data, checksum.
func chunk(kind string, data []byte) []byte {
	b := make([]byte, 8, 12+len(data))
	binary.BigEndian.PutUint32(b, uint32(len(data)))
	copy(b[4:], kind)
	b = append(b, data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}
