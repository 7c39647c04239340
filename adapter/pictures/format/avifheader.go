package format

import (
	"encoding/binary"
	"errors"
	"io"
	"slices"

	"midgate/adapter"
)

var errBadAVIF = errors.New("avif: malformed header")

// The brands of files that are made of boxes and are pictures: ours to read, and not.
var (
	avifBrands = []string{"avif", "avis"}
	heifBrands = []string{"heic", "heix", "hevc", "hevx", "heim", "heis", "heif", "mif1", "msf1", "jxl "}
)

// boxedHeader reads a file that is made of boxes after the first twelve bytes: an AVIF picture, else a clip. A picture in
// another code than AV1 is neither.
func boxedHeader(first [12]byte, r io.Reader) (Header, error) {
	size := int64(binary.BigEndian.Uint32(first[:4]))
	if size < 16 || size > 4<<10 {
		return Header{Format: adapter.MP4}, nil
	}
	rest := make([]byte, size-12)
	if _, err := io.ReadFull(r, rest); err != nil {
		return Header{}, err
	}
	brands := []string{string(first[8:])}
	for i := 4; i+4 <= len(rest); i += 4 { // after the version
		brands = append(brands, string(rest[i:i+4]))
	}
	has := func(some []string) bool {
		return slices.ContainsFunc(brands, func(b string) bool { return slices.Contains(some, b) })
	}
	switch {
	case has(avifBrands):
		return avifHeader(r)
	case slices.Contains(heifBrands, brands[0]):
		return Header{}, Unknown()
	default:
		return Header{Format: adapter.MP4}, nil
	}
}

// maxMeta is how large the boxes may be that say what a picture's items are.
const maxMeta = 1 << 20

// avifHeader reads boxes until the one that describes the picture, and in it how large the picture is: the largest of its
// items, since a thumbnail and the tiles of a picture have sizes, too.
func avifHeader(r io.Reader) (Header, error) {
	for {
		var h [8]byte
		if _, err := io.ReadFull(r, h[:]); err != nil {
			return Header{}, err
		}
		size := int64(binary.BigEndian.Uint32(h[:4])) - 8
		if size < 0 {
			return Header{}, errBadAVIF
		}
		if string(h[4:]) != "meta" {
			if _, err := io.CopyN(io.Discard, r, size); err != nil {
				return Header{}, err
			}
			continue
		}
		if size < 4 || size > maxMeta {
			return Header{}, errBadAVIF
		}
		meta := make([]byte, size)
		if _, err := io.ReadFull(r, meta); err != nil {
			return Header{}, err
		}
		width, height := largestItem(inBox(inBox(meta[4:], "iprp"), "ipco"))
		return sized(adapter.AVIF, width, height, nil)
	}
}

// inBox is what the first box of a kind holds, nil where there is none.
func inBox(boxes []byte, kind string) (found []byte) {
	eachBox(boxes, func(k string, content []byte) {
		if k == kind && found == nil {
			found = content
		}
	})
	return found
}

// largestItem is the size of the largest picture that item properties speak of.
func largestItem(properties []byte) (width, height int) {
	eachBox(properties, func(kind string, b []byte) {
		if kind != "ispe" || len(b) < 12 {
			return
		}
		w, h := binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
		if w <= 1<<16 && h <= 1<<16 && int(w)*int(h) > width*height {
			width, height = int(w), int(h)
		}
	})
	return width, height
}

// eachBox goes through boxes as far as they are whole.
func eachBox(boxes []byte, do func(kind string, content []byte)) {
	for len(boxes) >= 8 {
		size := int64(binary.BigEndian.Uint32(boxes))
		if size < 8 || size > int64(len(boxes)) {
			return
		}
		do(string(boxes[4:8]), boxes[8:size])
		boxes = boxes[size:]
	}
}
