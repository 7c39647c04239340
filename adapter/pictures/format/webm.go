package format

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math/bits"

	"midgate/adapter"
)

// The elements of a WebM that count here (RFC 8794 and RFC 9559): their IDs with the bits that say how long they are.
const (
	ebmlSignature = "\x1a\x45\xdf\xa3"
	elementEBML   = 0x1a45dfa3
	elementType   = 0x4282 // which kind of file it is
	elementWhole  = 0x18538067
)

// maxEBMLHeader bounds the first element, which has a few short fields.
const maxEBMLHeader = 4 << 10

var errBadWebM = errors.New("webm: malformed header")

// webmHeader looks whether an EBML file is a WebM. Its size in pixels is not looked for, as for an MP4.
func webmHeader(r io.Reader) (Header, error) {
	b := bufio.NewReader(r)
	_, size, err := nextElement(b)
	if err != nil || size < 0 || size > maxEBMLHeader {
		return Header{}, errBadWebM
	}
	fields := make([]byte, size)
	if _, err := io.ReadFull(b, fields); err != nil {
		return Header{}, errBadWebM
	}
	for in := bufio.NewReader(bytes.NewReader(fields)); ; {
		id, size, err := nextElement(in)
		if err != nil || size < 0 || size > maxEBMLHeader {
			return Header{}, Unknown()
		}
		value := make([]byte, size)
		if _, err := io.ReadFull(in, value); err != nil {
			return Header{}, errBadWebM
		}
		if id == elementType {
			if string(bytes.TrimRight(value, "\x00")) != "webm" {
				return Header{}, Unknown()
			}
			return Header{Format: adapter.WebM}, nil
		}
	}
}

// webmWhole passes over the heading and the segment, which is the rest of a WebM. One whose segment does not say how long
// it is was written while it was recorded: then the elements in it must be whole, as far as they say how long they are.
func webmWhole(r *bufio.Reader) error {
	id, size, err := nextElement(r)
	if err != nil || id != elementEBML || size < 0 {
		return ended(err)
	}
	if err := skip(r, size); err != nil {
		return err
	}
	id, size, err = nextElement(r)
	if err != nil {
		return err
	}
	if id != elementWhole {
		return ErrCutShort
	}
	if size >= 0 {
		return skip(r, size)
	}
	for any := false; ; any = true {
		switch _, size, err := nextElement(r); {
		case errors.Is(err, io.EOF) && any:
			return nil
		case err != nil:
			return err
		case size < 0: // a cluster of unknown length: its end is where the file's is
			continue
		default:
			if err := skip(r, size); err != nil {
				return err
			}
		}
	}
}

// nextElement reads an element's ID and size; the size is -1 where it is not known. io.EOF means that no element follows.
func nextElement(r *bufio.Reader) (id uint64, size int64, err error) {
	first, err := r.Peek(1)
	if err != nil {
		return 0, 0, err
	}
	length := bits.LeadingZeros8(first[0]) + 1
	if length > 4 {
		return 0, 0, ErrCutShort
	}
	if id, err = bigEndian(r, length); err != nil {
		return 0, 0, err
	}
	if first, err = r.Peek(1); err != nil {
		return 0, 0, io.ErrUnexpectedEOF
	}
	length = bits.LeadingZeros8(first[0]) + 1
	if length > 8 {
		return 0, 0, ErrCutShort
	}
	n, err := bigEndian(r, length)
	mask := uint64(1)<<(7*length) - 1
	if n &= mask; n == mask {
		return id, -1, err
	}
	return id, int64(n), err
}

func bigEndian(r *bufio.Reader, length int) (n uint64, err error) {
	var b [8]byte
	if _, err := io.ReadFull(r, b[:length]); err != nil {
		return 0, io.ErrUnexpectedEOF
	}
	for _, x := range b[:length] {
		n = n<<8 | uint64(x)
	}
	return n, nil
}
