package format

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"midgate/adapter"
)

var errBadWebP = errors.New("webp: malformed header")

// webpHeader reads a WebP's chunks after RIFF and WEBP until the picture's size is
// known. A still picture's frame must be as large as the canvas that the file
// announces: a decoder that believes the one allocates by the other.
func webpHeader(r io.Reader) (Header, error) {
	h := Header{Format: adapter.WebP}
	for {
		var c [8]byte
		if _, err := io.ReadFull(r, c[:]); err != nil {
			return Header{}, err
		}
		size := int64(binary.LittleEndian.Uint32(c[4:]))
		switch string(c[:4]) {
		case "VP8X":
			if err := h.canvas(r, size); err != nil {
				return Header{}, err
			}
			if h.Animated {
				return h, nil
			}
		case "VP8 ", "VP8L":
			return h.frame(r, c[3] == 'L')
		default:
			if _, err := io.CopyN(io.Discard, r, size+size%2); err != nil {
				return Header{}, err
			}
		}
	}
}

// canvas reads a VP8X chunk: flags, then width and height less one in 24 bits.
func (h *Header) canvas(r io.Reader, size int64) error {
	var b [10]byte
	if size != int64(len(b)) || h.Width != 0 {
		return errBadWebP
	}
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return err
	}
	h.Animated = b[0]&0x02 != 0
	h.Width = 1 + int(b[4]) + int(b[5])<<8 + int(b[6])<<16
	h.Height = 1 + int(b[7]) + int(b[8])<<8 + int(b[9])<<16
	return nil
}

// frame reads the size out of a lossy (VP8) or lossless (VP8L) bitstream's start.
func (h Header) frame(r io.Reader, lossless bool) (Header, error) {
	var b [10]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return Header{}, err
	}
	var width, height int
	if lossless {
		bits := binary.LittleEndian.Uint32(b[1:])
		width, height = 1+int(bits&0x3fff), 1+int(bits>>14&0x3fff)
		if b[0] != 0x2f {
			return Header{}, errBadWebP
		}
	} else {
		width, height = int(binary.LittleEndian.Uint16(b[6:])&0x3fff), int(binary.LittleEndian.Uint16(b[8:])&0x3fff)
		if string(b[3:6]) != "\x9d\x01\x2a" {
			return Header{}, errBadWebP
		}
	}
	if h.Width != 0 && (h.Width != width || h.Height != height) {
		return Header{}, fmt.Errorf("webp: a frame of %d×%d on a canvas of %d×%d", width, height, h.Width, h.Height)
	}
	return sized(adapter.WebP, width, height, nil)
}
