package format

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"io"

	"midgate/adapter/pictures/png"
)

// asItLies is the orientation of a picture that is shown as its pixels lie.
const asItLies = 1

// jpegOrientation reads how a JPEG wants to be turned before it is shown, Exif's tag 0x0112: 1 as it lies, 2 to 8 mirrored
// or turned, from 5 on with width and height exchanged. Phones write it instead of turning the pixels, and every viewer
// obeys it, so that a mask drawn over what is seen fits only the turned picture. head are the file's first bytes, up to
// its size in pixels, before which the tag stands; what cannot be read means 1.
func jpegOrientation(head []byte, _ io.Reader) int {
	for at := 2; at+4 <= len(head) && head[at] == 0xff; {
		length := int(binary.BigEndian.Uint16(head[at+2:]))
		segment := head[at+2+min(2, length):]
		if length < 2 || head[at+1] == 0xda || len(segment) < length-2 {
			return asItLies
		}
		if body, ok := bytes.CutPrefix(segment[:length-2], []byte("Exif\x00\x00")); ok && head[at+1] == 0xe1 {
			return exifOrientation(body)
		}
		at += 2 + length
	}
	return asItLies
}

// maxExif bounds the notes of a camera that are looked at.
const maxExif = 1 << 20

// pngOrientation reads the same tag of a PNG, from the chunk eXIf (PNG, third edition, 11.3.4.5). It stands before the
// picture as a rule and may stand behind it; browsers obey only the former, as far as the first IDAT. head are the file's
// first bytes, which end within the chunks before the picture; more are those that follow.
func pngOrientation(head []byte, more io.Reader) int {
	r := bufio.NewReader(io.MultiReader(bytes.NewReader(head), more))
	_ = skip(r, int64(len(png.Signature)))
	for {
		var chunk [8]byte
		if _, err := io.ReadFull(r, chunk[:]); err != nil {
			return asItLies
		}
		length := int64(binary.BigEndian.Uint32(chunk[:]))
		switch kind := string(chunk[4:]); {
		case kind == "IDAT", kind == "IEND":
			return asItLies
		case kind == "eXIf" && length <= maxExif:
			tiff := make([]byte, length)
			if _, err := io.ReadFull(r, tiff); err != nil {
				return asItLies
			}
			return exifOrientation(bytes.TrimPrefix(tiff, []byte("Exif\x00\x00")))
		}
		if err := skip(r, length+4); err != nil {
			return asItLies
		}
	}
}

// exifOrientation reads the tag in the first directory of a TIFF.
func exifOrientation(tiff []byte) int {
	if len(tiff) < 8 {
		return asItLies
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return asItLies
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			break
		}
		if v := int(order.Uint16(entries[8:])); order.Uint16(entries) == 0x0112 && v >= 1 && v <= 8 {
			return v
		}
		entries = entries[12:]
	}
	return asItLies
}

// onItsSide reports whether the pixels of a picture with this orientation stand on their side.
func onItsSide(turn int) bool { return turn >= 5 }

// upright turns a picture as its orientation says.
func upright(img image.Image, turn int) image.Image {
	if turn <= asItLies {
		return img
	}
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	if onItsSide(turn) {
		w, h = h, w
	}
	at, dst := colours(img), image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		row := dst.Pix[y*dst.Stride:]
		for x := range w {
			sx, sy := source(x, y, b.Dx(), b.Dy(), turn)
			c := at(b.Min.X+sx, b.Min.Y+sy)
			row[4*x], row[4*x+1], row[4*x+2], row[4*x+3] = c.R, c.G, c.B, c.A
		}
	}
	return dst
}

// source is the pixel of a picture of w×h that is shown at x, y.
func source(x, y, w, h, turn int) (sx, sy int) {
	switch turn {
	case 2: // mirrored
		return w - 1 - x, y
	case 3: // upside down
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6: // to be turned right
		return y, h - 1 - x
	case 7:
		return w - 1 - y, h - 1 - x
	case 8: // to be turned left
		return w - 1 - y, x
	default:
		return x, y
	}
}

// colours reads the pixels of what a picture decodes to without an allocation for each.
func colours(img image.Image) func(x, y int) color.NRGBA {
	if img, ok := img.(*image.YCbCr); ok {
		return func(x, y int) color.NRGBA {
			c := img.YCbCrAt(x, y)
			r, g, b := color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
			return color.NRGBA{r, g, b, 255}
		}
	}
	return func(x, y int) color.NRGBA { return color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA) }
}
