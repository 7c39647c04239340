package simulator

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
)

// whiteMask is a mask as a data URI whose left share is white.
func whiteMask(w, h int, share float64) string {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range int(float64(w) * share) {
			img.SetGray(x, y, color.Gray{255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())
}
