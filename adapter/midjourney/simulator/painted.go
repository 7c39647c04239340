package simulator

import "image"

// painted is a mask that came with a modal or an edit: its bytes, and where it is white, in shares of its size.
type painted struct {
	data []byte
	box  frame
}

// readMask decodes the base64 of a mask; what is no PNG keeps its bytes and has an empty box.
func readMask(text string) painted {
	out := painted{data: decodePicture(text)}
	const n = 64
	mask := decodeMask(out.data, image.Rect(0, 0, n, n))
	if mask == nil {
		return out
	}
	box := image.Rectangle{}
	for i, v := range mask.Pix {
		if v >= 128 {
			box = box.Union(image.Rect(i%n, i/n, i%n+1, i/n+1))
		}
	}
	out.box = shareOfBox(box, n, n)
	return out
}
