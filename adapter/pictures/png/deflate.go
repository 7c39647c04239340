package png

import (
	"encoding/binary"
	"hash"
	"hash/adler32"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
)

// deflater writes a zlib stream for PNG rows. Paintings and photographs are coded
// without searching for matches: measured on photographs, that costs a third to a seventh
// of compress/zlib's time and nothing in size. Where a picture is smooth, matches halve
// the size and cost no more; so a sample of each stretch decides how it is coded.
type deflater struct {
	dst   io.Writer
	sum   hash.Hash32   // of what was written
	coder *flate.Writer // codes the present stretch; nil before the first
	match bool          // coder searches for matches
	only  bool          // every stretch does, unasked
	head  []byte        // the beginning of a stretch, kept back until it is decided
	left  int           // bytes of the stretch still to come
}

const (
	stretchSize = 512 << 10 // bytes of rows that are coded alike
	sampleSize  = 16 << 10  // bytes of it that decide
)

// Coders hold some hundred kilobytes each and are kept between pictures.
var (
	huffmans = coders(flate.HuffmanOnly)
	matchers = coders(flate.BestSpeed)
)

func coders(level int) *sync.Pool {
	return &sync.Pool{New: func() any {
		w, err := flate.NewWriter(io.Discard, level)
		if err != nil {
			panic(err) // the level is a constant that exists
		}
		return w
	}}
}

func newDeflater(dst io.Writer) *deflater {
	return &deflater{dst: dst, sum: adler32.New()}
}

// Write codes some bytes.
func (d *deflater) Write(b []byte) (int, error) {
	n := len(b)
	_, _ = d.sum.Write(b) // a hash never fails
	for len(b) > 0 {
		if d.left == 0 {
			take := min(len(b), sampleSize-len(d.head))
			d.head, b = append(d.head, b[:take]...), b[take:]
			if len(d.head) < sampleSize {
				break
			}
			if err := d.begin(); err != nil {
				return 0, err
			}
			continue
		}
		take := min(len(b), d.left)
		if _, err := d.coder.Write(b[:take]); err != nil {
			return 0, err
		}
		b, d.left = b[take:], d.left-take
	}
	return n, nil
}

// begin decides how the stretch is coded whose beginning is in head, and codes that.
// Changing the coder ends a block at a byte boundary; the new one knows nothing of what
// came before and refers to none of it.
func (d *deflater) begin() error {
	match := d.only || worthMatching(d.head)
	switch {
	case d.coder == nil:
		if _, err := d.dst.Write([]byte{0x78, 0x01}); err != nil { // 32 KB window, fastest
			return err
		}
		d.use(match)
	case match != d.match:
		if err := d.coder.Flush(); err != nil {
			return err
		}
		d.giveBack()
		d.use(match)
	}
	_, err := d.coder.Write(d.head)
	d.left = stretchSize - len(d.head)
	d.head = d.head[:0]
	return err
}

func (d *deflater) use(match bool) {
	d.match = match
	d.coder = d.pool().Get().(*flate.Writer)
	d.coder.Reset(d.dst)
}

func (d *deflater) pool() *sync.Pool {
	if d.match {
		return matchers
	}
	return huffmans
}

// giveBack returns the coder to its pool, holding on to nothing.
func (d *deflater) giveBack() {
	d.coder.Reset(io.Discard)
	d.pool().Put(d.coder)
	d.coder = nil
}

// Close ends the stream.
func (d *deflater) Close() error {
	if len(d.head) > 0 || d.coder == nil {
		if err := d.begin(); err != nil {
			return err
		}
	}
	if err := d.coder.Close(); err != nil {
		return err
	}
	d.giveBack()
	_, err := d.dst.Write(binary.BigEndian.AppendUint32(nil, d.sum.Sum32()))
	return err
}

// worthMatching codes a sample both ways; matches must make it a tenth smaller.
func worthMatching(sample []byte) bool {
	return codedSize(sample, matchers)*10 < codedSize(sample, huffmans)*9
}

func codedSize(b []byte, pool *sync.Pool) int {
	w := pool.Get().(*flate.Writer)
	defer pool.Put(w)
	var n size
	w.Reset(&n)
	_, err := w.Write(b)
	if err == nil {
		err = w.Close()
	}
	w.Reset(io.Discard)
	if err != nil {
		return len(b) // nothing here fails
	}
	return int(n)
}

// size counts what is written to it.
type size int

func (s *size) Write(b []byte) (int, error) {
	*s += size(len(b))
	return len(b), nil
}
