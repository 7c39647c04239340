package pictures

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"testing"

	deepwebp "github.com/deepteams/webp"

	"midgate/adapter/pictures/picturetest"
)

func TestALossyWebPKeepsItsContrast(t *testing.T) {
	tests := map[string]color.RGBA{
		"black": {0, 0, 0, 255}, "white": {255, 255, 255, 255}, "grey": {128, 128, 128, 255},
		"red": {230, 20, 20, 255}, "blue": {20, 30, 220, 255}, "green": {10, 200, 40, 255},
	}
	for name, want := range tests {
		img := image.NewRGBA(image.Rect(0, 0, 32, 32))
		draw.Draw(img, img.Rect, image.NewUniform(want), image.Point{}, draw.Src)
		got, err := shownWebP(bytes.NewReader(webpBytes(t, img, false)))
		if err != nil {
			t.Fatal(err)
		}
		c := color.RGBAModel.Convert(got.At(16, 16)).(color.RGBA)
		for _, d := range [3]int{int(c.R) - int(want.R), int(c.G) - int(want.G), int(c.B) - int(want.B)} {
			if d < -6 || d > 6 {
				t.Errorf("%s came back as %v, want about %v", name, c, want)
				break
			}
		}
	}
}

func TestAWebPLooksAsAnotherDecoderSeesIt(t *testing.T) {
	b := webpBytes(t, picturetest.Painting(256, 256, 3), false)
	got, err := shownWebP(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	want, err := deepwebp.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	// The other one smooths colours between samples; range and matrix are what counts here.
	if p := psnr(want, got); p < 38 {
		t.Errorf("%.1f dB to the other decoder, want at least 38", p)
	}
}
