package pictures

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"midgate/adapter"
	"midgate/adapter/pictures/png"
)

var errTruncated = errors.New("the file ends before the picture does")

// checkTruncation refuses an upload that was cut short, without decoding it: a PNG's chunks
// must lead to IEND, a JPEG have its end marker, a WebP the length that it announces.
// A JPEG of very many scans is refused, too.
func checkTruncation(r io.ReaderAt, f metadata) error {
	whole := true
	switch f.Format {
	case adapter.PNG:
		whole = pngEnds(r, f.Size)
	case adapter.JPEG:
		whole = jpegEnds(r, f.Size)
		if err := fewScans(r, f.Size); err != nil {
			return damagedPicture(err)
		}
	case adapter.WebP:
		var b [8]byte
		_, err := r.ReadAt(b[:], 0)
		whole = err == nil && int64(binary.LittleEndian.Uint32(b[4:]))+8 <= f.Size
	}
	if !whole {
		return damagedPicture(errTruncated)
	}
	return nil
}

// pngEnds walks from chunk to chunk.
func pngEnds(r io.ReaderAt, size int64) bool {
	for at := int64(len(png.Signature)); at+12 <= size; {
		var h [8]byte
		if _, err := r.ReadAt(h[:], at); err != nil {
			return false
		}
		at += 12 + int64(binary.BigEndian.Uint32(h[:4]))
		if string(h[4:]) == "IEND" {
			return at <= size
		}
	}
	return false
}

// jpegEnds looks for the end marker in the last 64 KB: some cameras write notes after it.
func jpegEnds(r io.ReaderAt, size int64) bool {
	tail := make([]byte, min(size, 64<<10))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return false
	}
	return bytes.Contains(tail, []byte("\xff\xd9"))
}
