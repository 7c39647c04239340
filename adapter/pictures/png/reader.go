package png

import (
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/zlib"
)

const Signature = "\x89PNG\r\n\x1a\n"

var (
	// ErrForm says that a PNG is of a form that the row code leaves to image/png:
	// palette, grey, 16 bit, interlaced, or with a transparent colour.
	ErrForm      = errors.New("png: not 8-bit RGB or RGBA without interlace")
	errMalformed = errors.New("png: malformed")
)

// rows reads the rows of an 8-bit RGB or RGBA PNG one after another. It keeps
// two rows in memory and is as strict as image/png: checksums and order of chunks count.
type rows struct {
	width, height int
	bpp           int // 3 or 4 bytes in a pixel

	chunks *chunks
	z      io.ReadCloser
	raw    []byte  // the row as it was stored: filter type, then filtered bytes
	pixels []byte  // the row's pixels, valid until the next call of next
	above  []byte  // the pixels of the row before; zeroes for the first
	read   int     // rows read so far
	see    RowFunc // told every row, nil for nobody
}

// newRows reads up to the picture data.
func newRows(r io.Reader) (*rows, error) {
	c := &chunks{r: r, crc: crc32.NewIEEE()}
	p := &rows{chunks: c}
	if err := p.header(); err != nil {
		return nil, err
	}
	if err := p.toData(); err != nil {
		return nil, err
	}
	z, err := zlib.NewReader(c)
	if err != nil {
		return nil, err
	}
	n := p.width * p.bpp
	p.z, p.raw, p.pixels, p.above = z, make([]byte, 1+n), make([]byte, n), make([]byte, n)
	return p, nil
}

func (p *rows) header() error {
	var sig [len(Signature)]byte
	if _, err := io.ReadFull(p.chunks.r, sig[:]); err != nil || string(sig[:]) != Signature {
		return errMalformed
	}
	kind, size, err := p.chunks.next()
	if err != nil || kind != "IHDR" || size != 13 {
		return errMalformed
	}
	var h [13]byte
	if _, err := io.ReadFull(p.chunks, h[:]); err != nil {
		return err
	}
	w, height := binary.BigEndian.Uint32(h[0:]), binary.BigEndian.Uint32(h[4:])
	if h[8] != 8 || h[10] != 0 || h[11] != 0 || h[12] != 0 {
		return ErrForm
	}
	switch h[9] {
	case 2:
		p.bpp = 3
	case 6:
		p.bpp = 4
	default:
		return ErrForm
	}
	if w == 0 || height == 0 || w > 1<<24 || height > 1<<24 {
		return ErrForm
	}
	p.width, p.height = int(w), int(height)
	return nil
}

// toData skips to the first IDAT. A tRNS chunk gives one RGB colour transparency: the
// pixels are then not what the rows say.
func (p *rows) toData() error {
	for {
		kind, _, err := p.chunks.next()
		if err != nil {
			return err
		}
		switch kind {
		case "IDAT":
			return nil
		case "IHDR", "IEND":
			return errMalformed
		case "tRNS", "PLTE":
			return ErrForm
		}
	}
}

// next reads a row and returns the filter type and filtered bytes that it was stored
// with; p.pixels and p.above are set. The slice is valid until the next call.
func (p *rows) next() (filter byte, filtered []byte, err error) {
	p.pixels, p.above = p.above, p.pixels
	if p.read == 0 {
		clear(p.above)
	}
	p.read++
	if _, err := io.ReadFull(p.z, p.raw); err != nil {
		return 0, nil, err
	}
	copy(p.pixels, p.raw[1:])
	if !unfilter(p.raw[0], p.pixels, p.above, p.bpp) {
		return 0, nil, errMalformed
	}
	if p.see != nil {
		if err := p.see(p.read-1, p.pixels, p.bpp); err != nil {
			return 0, nil, err
		}
	}
	return p.raw[0], p.raw[1:], nil
}

// finish checks that the data ends with the last row and the file with an IEND chunk.
func (p *rows) finish() error {
	if n, err := io.ReadFull(p.z, p.raw[:1]); n != 0 || !errors.Is(err, io.EOF) {
		return errMalformed
	}
	if p.chunks.left != 0 {
		return errMalformed
	}
	for {
		kind, size, err := p.chunks.next()
		if err != nil {
			return err
		}
		switch kind {
		case "IEND":
			if size != 0 {
				return errMalformed
			}
			return p.chunks.end()
		case "IHDR", "PLTE", "tRNS":
			return errMalformed
		}
	}
}

// chunks walks the chunks of a PNG. As a reader it yields the data of the chunk
// it stands at; within IDAT it runs on through the IDATs that follow, as one stream.
type chunks struct {
	r    io.Reader
	crc  hash.Hash32
	kind string
	left int // bytes of the chunk's data not read yet
	open bool
}

// next goes to the next chunk, checking what is left of this one.
func (c *chunks) next() (kind string, size int, err error) {
	if c.open {
		if err := c.end(); err != nil {
			return "", 0, err
		}
	}
	var h [8]byte
	if _, err := io.ReadFull(c.r, h[:]); err != nil {
		return "", 0, unexpected(err)
	}
	n := binary.BigEndian.Uint32(h[:4])
	if n > 1<<31-1 {
		return "", 0, errMalformed
	}
	c.kind, c.left, c.open = string(h[4:]), int(n), true
	c.crc.Reset()
	_, _ = c.crc.Write(h[4:]) // a hash never fails
	return c.kind, c.left, nil
}

// end reads the rest of the chunk and compares its checksum.
func (c *chunks) end() error {
	if _, err := io.CopyN(c.crc, c.r, int64(c.left)); err != nil {
		return unexpected(err)
	}
	c.left, c.open = 0, false
	var sum [4]byte
	if _, err := io.ReadFull(c.r, sum[:]); err != nil {
		return unexpected(err)
	}
	if binary.BigEndian.Uint32(sum[:]) != c.crc.Sum32() {
		return errMalformed
	}
	return nil
}

// Read reads data of the chunk, and of the IDATs after an IDAT.
func (c *chunks) Read(b []byte) (int, error) {
	for c.left == 0 {
		if c.kind != "IDAT" {
			return 0, io.EOF
		}
		if _, _, err := c.next(); err != nil {
			return 0, err
		}
		if c.kind != "IDAT" {
			return 0, errMalformed
		}
	}
	n, err := c.r.Read(b[:min(len(b), c.left)])
	c.left -= n
	_, _ = c.crc.Write(b[:n])
	if n > 0 {
		return n, nil
	}
	return 0, unexpected(err)
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
