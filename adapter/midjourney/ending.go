package midjourney

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// The last bytes of a PNG and of a JPEG.
const (
	pngEnd  = "IEND\xaeB`\x82"
	jpegEnd = "\xff\xd9"
)

// ending watches a file go by, to tell whether it is all there when it stops: a relay that loses its own source in the
// middle of a file of unannounced length ends its answer as if that were all.
type ending struct {
	n     int64  // bytes so far
	head  []byte // the first 12
	tail  []byte // the last 12
	boxes boxes  // of an MP4
}

// pass takes the next bytes.
func (e *ending) pass(b []byte) {
	e.boxes.pass(e.n, b)
	e.n += int64(len(b))
	e.head = append(e.head, b[:min(len(b), 12-len(e.head))]...)
	e.tail = append(e.tail, b[max(0, len(b)-12):]...)
	e.tail = e.tail[max(0, len(e.tail)-12):]
}

// cut reports whether the file, if it ends here, ends before its time. Of what it does not know it believes the best.
func (e *ending) cut() bool {
	head, tail := string(e.head), e.tail
	switch {
	case strings.HasPrefix(head, "\x89PNG"):
		return !bytes.HasSuffix(tail, []byte(pngEnd))
	case strings.HasPrefix(head, "\xff\xd8\xff"):
		return !bytes.Contains(tail, []byte(jpegEnd))
	case len(head) == 12 && head[:4] == "RIFF" && head[8:] == "WEBP":
		return e.n < 8+int64(binary.LittleEndian.Uint32(e.head[4:]))
	case len(head) == 12 && head[4:8] == "ftyp":
		return e.boxes.cut(e.n)
	default:
		return false
	}
}

// boxes goes from one outermost box of an MP4 to the next: each begins with its size in 4 bytes and its kind in 4, and
// where that size is 1 its true one follows in 8.
type boxes struct {
	next  int64  // where the box begins whose header is read
	head  []byte // what is known of it
	blind bool   // a box runs to the end of the file, or this is no MP4
}

func (x *boxes) pass(at int64, b []byte) {
	for !x.blind {
		i := x.next + int64(len(x.head)) - at
		if i >= int64(len(b)) {
			return
		}
		x.head = append(x.head, b[i])
		x.step()
	}
}

// step goes on to the next box once the size of this one is known.
func (x *boxes) step() {
	var size uint64
	switch len(x.head) {
	case 8:
		if size = uint64(binary.BigEndian.Uint32(x.head)); size == 1 {
			return
		}
	case 16:
		size = binary.BigEndian.Uint64(x.head[8:])
	default:
		return
	}
	if x.blind = size < uint64(len(x.head)) || size > maxVideo; !x.blind {
		x.next, x.head = x.next+int64(size), x.head[:0]
	}
}

func (x *boxes) cut(n int64) bool { return !x.blind && (n < x.next || len(x.head) > 0) }
