package pictures

import (
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"testing"

	"midgate/adapter"
	"midgate/adapter/pictures/picturetest"
	"midgate/adapter/pictures/png"
)

// Where the first pixel and the end of its row are shown, by Exif's own words for the eight ways: "row 0 is the visual
// right side, column 0 the visual top", for instance, is 6.
func TestAPictureIsShownAsItsCameraWasHeld(t *testing.T) {
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
		for name, file := range map[string][]byte{
			"JPEG, little": picturetest.TurnedJPEG(t, img, turn, binary.LittleEndian),
			"JPEG, big":    picturetest.TurnedJPEG(t, img, turn, binary.BigEndian),
			"PNG, little":  picturetest.TurnedPNG(t, img, turn, binary.LittleEndian),
			"PNG, big":     picturetest.TurnedPNG(t, img, turn, binary.BigEndian),
		} {
			t.Run(fmt.Sprint(turn, " ", name), func(t *testing.T) {
				s := newStore(t, "mem://")
				p := upload(t, s, file)
				w, h := 60, 40
				if turn >= 5 && turn <= 8 {
					w, h = 40, 60
				}
				_, data := read(t, s, adapter.Rendition{Name: p.Name, Format: adapter.WebP})
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

// TestATurnedPNGIsCutAsItIsShown: its quarters are those that a viewer sees, and so are a mask's holes.
func TestATurnedPNGIsCutAsItIsShown(t *testing.T) {
	img := picturetest.WithHole(picturetest.Painting(60, 40, 1))
	s := newSaved(t, picturetest.TurnedPNG(t, img, 6, binary.BigEndian))
	upright := image.NewNRGBA(image.Rect(0, 0, 40, 60))
	for y := range 60 {
		for x := range 40 {
			upright.Set(x, y, img.At(y, 39-x))
		}
	}
	for quarter := 1; quarter <= 4; quarter++ {
		_, got := read(t, s, adapter.Rendition{Name: "a", Quarter: quarter, Format: adapter.PNG})
		picturetest.SamePixels(t, decodeBytes(t, got), upright, png.Quarter(40, 60, quarter))
	}
	lies, turned := upload(t, s, picturetest.PNG(t, upright)), upload(t, s, picturetest.TurnedPNG(t, img, 6, binary.BigEndian))
	want, err := s.Mask(t.Context(), lies.Name, 80, 120)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Mask(t.Context(), turned.Name, 80, 120); err != nil || got.SHA256 != want.SHA256 {
		t.Errorf("the mask of the turned picture is %v, %v; want that of the upright one, %v", got, err, want)
	}
}
