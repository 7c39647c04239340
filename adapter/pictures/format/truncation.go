package format

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"slices"

	"midgate/adapter"
	"midgate/adapter/pictures/png"
)

// ErrCutShort says that a file stops before its own end.
var ErrCutShort = errors.New("the file ends before the picture does")

// ReadWhole reads a file as far as its own end, whatever follows it, and returns ErrCutShort if it stops before: a PNG's
// chunks must lead to IEND, a JPEG's segments to its end marker, a GIF's blocks to the trailer; a WebP has the length
// that it announces, and the boxes of an MP4 or AVIF file have theirs, as has a WebM's segment. An error of r itself comes through.
func ReadWhole(r *bufio.Reader, f adapter.Format) error {
	var err error
	switch f {
	case adapter.PNG:
		err = pngWhole(r)
	case adapter.JPEG:
		err = jpegWhole(r)
	case adapter.WebP:
		err = webpWhole(r)
	case adapter.GIF:
		err = gifWhole(r)
	case adapter.MP4, adapter.AVIF:
		err = boxesWhole(r)
	case adapter.WebM:
		err = webmWhole(r)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrCutShort
	}
	return err
}

func pngWhole(r *bufio.Reader) error {
	err := skip(r, int64(len(png.Signature)))
	for err == nil {
		var h [8]byte
		if _, err = io.ReadFull(r, h[:]); err != nil {
			break
		}
		err = skip(r, int64(binary.BigEndian.Uint32(h[:4]))+4) // and the checksum
		if string(h[4:]) == "IEND" {
			break
		}
	}
	return err
}

func jpegWhole(r *bufio.Reader) error {
	if err := skip(r, 2); err != nil {
		return err
	}
	for {
		marker, err := nextMarker(r)
		if err != nil || marker == markerEnd {
			return err
		}
		if err := skipSegment(r); err != nil {
			return err
		}
	}
}

func webpWhole(r *bufio.Reader) error {
	var h [12]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return err
	}
	return skip(r, int64(binary.LittleEndian.Uint32(h[4:]))-4)
}

// The blocks of a GIF (GIF89a, appendix A).
const (
	gifImage     = 0x2c
	gifExtension = 0x21
	gifTrailer   = 0x3b
)

func gifWhole(r *bufio.Reader) error {
	err := skip(r, 10) // up to the flags of the screen
	if err == nil {
		err = skipColours(r, 2)
	}
	for err == nil {
		var kind byte
		if kind, err = r.ReadByte(); err != nil {
			break
		}
		switch kind {
		case gifTrailer:
			return nil
		case gifExtension:
			err = skip(r, 1)
		case gifImage:
			if err = skip(r, 8); err == nil {
				err = skipColours(r, 1) // and the size of the codes
			}
		default: // some encoders pad
			continue
		}
		if err == nil {
			err = skipSubBlocks(r)
		}
	}
	return err
}

// skipColours skips the flags that tell of a table of colours, more bytes, and the table.
func skipColours(r *bufio.Reader, more int64) error {
	flags, err := r.ReadByte()
	if err != nil {
		return err
	}
	if flags&0x80 != 0 {
		more += 3 << (flags&7 + 1)
	}
	return skip(r, more)
}

func skipSubBlocks(r *bufio.Reader) error {
	for {
		n, err := r.ReadByte()
		if err != nil || n == 0 {
			return err
		}
		if err := skip(r, int64(n)); err != nil {
			return err
		}
	}
}

// outerBoxes are the kinds of boxes that stand at the outermost level of a file (ISO 14496-12).
var outerBoxes = []string{
	"ftyp", "moov", "mdat", "meta", "moof", "mfra", "free", "skip", "wide", "udta", "uuid", "sidx", "ssix", "styp", "prft", "emsg", "pdin",
}

// boxesWhole goes from one outermost box to the next. Each begins with its size in 4 bytes and its kind in 4; where that
// size is 1 the true one follows in 8 bytes, and where it is 0 the box is as long as the file. A clip has its index and its
// data, a picture its items; what follows them and is no box does not count.
func boxesWhole(r *bufio.Reader) error {
	seen := map[string]bool{}
	for {
		box, err := nextBox(r)
		complete := seen["mdat"] && (seen["moov"] || seen["meta"])
		switch {
		case complete && (err != nil || !slices.Contains(outerBoxes, box.kind)):
			return ended(err)
		case err != nil:
			return err
		case box.toTheEnd && (complete || box.kind == "mdat" && (seen["moov"] || seen["meta"])):
			return nil
		case box.toTheEnd || box.rest < 0:
			return ErrCutShort
		}
		if err := skip(r, box.rest); err != nil {
			return err
		}
		seen[box.kind] = true
	}
}

// outerBox is what a box's header says.
type outerBox struct {
	kind     string
	rest     int64 // the bytes that follow the header; below 0 where its size cannot be
	toTheEnd bool
}

func nextBox(r *bufio.Reader) (outerBox, error) {
	var h [16]byte
	if _, err := io.ReadFull(r, h[:8]); err != nil {
		return outerBox{}, err
	}
	size := int64(binary.BigEndian.Uint32(h[:4]))
	box := outerBox{kind: string(h[4:8]), rest: size - 8, toTheEnd: size == 0}
	if size == 1 {
		if _, err := io.ReadFull(r, h[8:]); err != nil {
			return outerBox{}, err
		}
		box.rest = int64(binary.BigEndian.Uint64(h[8:])) - 16
	}
	return box, nil
}

// skip passes over n bytes; fewer are an error.
func skip(r *bufio.Reader, n int64) error {
	_, err := io.CopyN(io.Discard, r, max(n, 0))
	return err
}
