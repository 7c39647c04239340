package simulator

import (
	"image"

	"midgate/adapter/midjourney/simulator/paint"
)

// painted is a mask that came with a modal or an edit: its bytes, and where it is white, in shares of its size.
type painted struct {
	data []byte
	box  paint.Frame
}

// readMask decodes the base64 of a mask; what is no PNG keeps its bytes and has an empty box.
func readMask(text string) painted {
	out := painted{data: decodePicture(text)}
	const n = 64
	mask := paint.ReadMask(out.data, image.Rect(0, 0, n, n))
	if mask == nil {
		return out
	}
	box := image.Rectangle{}
	for i, v := range mask.Pix {
		if v >= 128 {
			box = box.Union(image.Rect(i%n, i/n, i%n+1, i/n+1))
		}
	}
	out.box = paint.Share(box, n, n)
	return out
}
