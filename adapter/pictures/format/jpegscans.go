package format

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// MaxScans is how many scans a JPEG may have: encoders write about ten. Each takes a decoder once over the whole picture
// and may be a dozen bytes long, so that 80 KB could keep one busy for half a minute.
const MaxScans = 64

// ErrManyScans is what FewScans says of such a file.
var ErrManyScans = errors.New("jpeg: more scans than any encoder writes")

// FewScans refuses a JPEG of very many scans. It walks from marker to marker as image/jpeg does: what only looks like a
// scan inside a note or behind the end is none. Where the file breaks off is for others to judge.
func FewScans(r io.ReaderAt, size int64) error {
	b := bufio.NewReaderSize(io.NewSectionReader(r, 2, max(size-2, 0)), 64<<10)
	for scans := 0; ; {
		marker, err := nextMarker(b)
		if err != nil || marker == markerEnd {
			return ended(err)
		}
		if marker == markerScan {
			if scans++; scans > MaxScans {
				return ErrManyScans
			}
		}
		if err := skipSegment(b); err != nil {
			return ended(err)
		}
	}
}

// The markers that count here (ITU-T T.81, table B.1).
const (
	markerRestart0 = 0xd0
	markerRestart7 = 0xd7
	markerEnd      = 0xd9
	markerScan     = 0xda
)

// nextMarker skips what is no marker: a scan's data, in which 0xff is followed by 0 or a restart marker.
func nextMarker(b *bufio.Reader) (byte, error) {
	for {
		if _, err := b.ReadSlice(0xff); err != nil {
			if errors.Is(err, bufio.ErrBufferFull) {
				continue
			}
			return 0, err
		}
		marker := byte(0xff)
		for marker == 0xff {
			var err error
			if marker, err = b.ReadByte(); err != nil {
				return 0, err
			}
		}
		if marker != 0 && (marker < markerRestart0 || marker > markerRestart7) {
			return marker, nil
		}
	}
}

// skipSegment skips what belongs to a marker: two bytes of length, which count themselves, and what they announce.
func skipSegment(b *bufio.Reader) error {
	var length [2]byte
	if _, err := io.ReadFull(b, length[:]); err != nil {
		return err
	}
	_, err := b.Discard(max(int(binary.BigEndian.Uint16(length[:]))-2, 0))
	return err
}

// ended leaves only errors of the file's own storage.
func ended(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}
