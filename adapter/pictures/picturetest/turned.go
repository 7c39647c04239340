package picturetest

import (
	"encoding/binary"
	"hash/crc32"
	"image"
	"slices"
	"testing"
)

// Exif is a TIFF with an orientation: 1 to 8, or what is none.
func Exif(turn uint16, order binary.AppendByteOrder) []byte {
	mark := map[binary.AppendByteOrder]string{binary.LittleEndian: "II", binary.BigEndian: "MM"}[order]
	tiff := order.AppendUint32(order.AppendUint16([]byte(mark), 42), 8)
	tiff = order.AppendUint16(tiff, 2)
	for _, e := range [][2]uint16{{0x010f, 7}, {0x0112, turn}} {
		tiff = order.AppendUint32(order.AppendUint16(order.AppendUint16(tiff, e[0]), 3), 1)
		tiff = order.AppendUint16(order.AppendUint16(tiff, e[1]), 0)
	}
	return order.AppendUint32(tiff, 0)
}

// TurnedJPEG is a JPEG whose pixels lie as those of img, with an orientation in its Exif.
func TurnedJPEG(t testing.TB, img image.Image, turn uint16, order binary.AppendByteOrder) []byte {
	t.Helper()
	tiff := Exif(turn, order)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(tiff)+8))
	plain := JPEG(t, img, 95)
	return slices.Concat(plain[:2], segment, []byte("Exif\x00\x00"), tiff, plain[2:])
}

// TurnedPNG is a PNG whose pixels lie as those of img, with an orientation in a chunk eXIf, behind the first chunk.
func TurnedPNG(t testing.TB, img image.Image, turn uint16, order binary.AppendByteOrder) []byte {
	t.Helper()
	const first = 8 + 25 // signature and IHDR
	plain := PNG(t, img)
	return slices.Concat(plain[:first], Chunk("eXIf", Exif(turn, order)), plain[first:])
}

// Chunk is a chunk of a PNG.
func Chunk(kind string, content []byte) []byte {
	named := append([]byte(kind), content...)
	return slices.Concat(binary.BigEndian.AppendUint32(nil, uint32(len(content))), named, binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(named)))
}
