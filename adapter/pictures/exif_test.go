package pictures

import (
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"slices"
	"testing"

	"midgate/adapter"
	"midgate/adapter/pictures/picturetest"
)

// turnedJPEG is a JPEG whose pixels lie as those of img, with an orientation in its Exif.
func turnedJPEG(t testing.TB, img image.Image, turn uint16, order binary.AppendByteOrder) []byte {
	t.Helper()
	mark := map[binary.AppendByteOrder]string{binary.LittleEndian: "II", binary.BigEndian: "MM"}[order]
	tiff := order.AppendUint32(order.AppendUint16([]byte(mark), 42), 8)
	tiff = order.AppendUint16(tiff, 2)
	for _, e := range [][2]uint16{{0x010f, 7}, {0x0112, turn}} {
		tiff = order.AppendUint32(order.AppendUint16(order.AppendUint16(tiff, e[0]), 3), 1)
		tiff = order.AppendUint16(order.AppendUint16(tiff, e[1]), 0)
	}
	tiff = order.AppendUint32(tiff, 0)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(tiff)+8))
	plain := picturetest.JPEG(t, img, 95)
	return slices.Concat(plain[:2], segment, []byte("Exif\x00\x00"), tiff, plain[2:])
}

// Where the first pixel and the end of its row are shown, by Exif's own words for the eight ways: "row 0 is the visual
// right side, column 0 the visual top", for instance, is 6.
func TestAJPEGIsShownAsItsCameraWasHeld(t *testing.T) {
	red, green := color.RGBA{230, 20, 20, 255}, color.RGBA{20, 230, 20, 255}
	img := image.NewRGBA(image.Rect(0, 0, 60, 40))
	for i := range 60 * 40 {
		x, y := i%60, i/60
		switch {
		case x < 16 && y < 16:
			img.Set(x, y, red)
		case x >= 44 && y < 16:
			img.Set(x, y, green)
		}
	}
	for turn, want := range map[uint16][2]string{
		0: {"top left", "top right"}, 1: {"top left", "top right"}, 2: {"top right", "top left"}, 3: {"bottom right", "bottom left"}, 4: {"bottom left", "bottom right"},
		5: {"top left", "bottom left"}, 6: {"top right", "bottom right"}, 7: {"bottom right", "top right"}, 8: {"bottom left", "top left"}, 9: {"top left", "top right"},
	} {
		for name, order := range map[string]binary.AppendByteOrder{"little": binary.LittleEndian, "big": binary.BigEndian} {
			t.Run(fmt.Sprint(turn, " ", name), func(t *testing.T) {
				s := newStore(t, "mem://")
				p := upload(t, s, turnedJPEG(t, img, turn, order))
				w, h := 60, 40
				if turn >= 5 && turn <= 8 {
					w, h = 40, 60
				}
				_, data := read(t, s, adapter.Rendition{Name: p.Name, Format: adapter.PNG})
				shown := decodeBytes(t, data)
				if b := shown.Bounds(); p.Width != w || p.Height != h || b.Dx() != w || b.Dy() != h {
					t.Fatalf("it has %d×%d, decoded %v, want %d×%d", p.Width, p.Height, b, w, h)
				}
				if got := [2]string{corner(shown, 0), corner(shown, 1)}; got != want {
					t.Errorf("red and green are at %q, want %q", got, want)
				}
			})
		}
	}
}

// corner is where a picture is of one colour: 0 red, 1 green.
func corner(img image.Image, channel int) string {
	b := img.Bounds()
	for name, at := range map[string]image.Point{"top left": {5, 5}, "top right": {b.Dx() - 6, 5}, "bottom left": {5, b.Dy() - 6}, "bottom right": {b.Dx() - 6, b.Dy() - 6}} {
		r, g, _, _ := img.At(at.X, at.Y).RGBA()
		if [2]uint32{r, g}[channel]>>8 > 150 {
			return name
		}
	}
	return "nowhere"
}

// What is no orientation is as it lies, and no bytes lead the reader astray.
func TestBrokenExifMeansAsItLies(t *testing.T) {
	whole := turnedJPEG(t, image.NewRGBA(image.Rect(0, 0, 8, 8)), 6, binary.BigEndian)
	if got := orientation(whole); got != 6 {
		t.Fatalf("orientation = %d, want 6", got)
	}
	for n := range 60 { // the end comes anywhere in the segment
		if got := orientation(whole[:n]); got != asItLies && got != 6 {
			t.Errorf("orientation of %d bytes = %d", n, got)
		}
		for _, b := range []byte{0, 1, 0xff} {
			bent := slices.Clone(whole)
			bent[n] = b
			if got := orientation(bent); got < 1 || got > 8 {
				t.Errorf("orientation with %#x at %d = %d", b, n, got)
			}
		}
	}
}
