package simulator

import "image"

// clip is a small video of a picture that slowly moves.
func clip(img *image.RGBA, motion string, n int) []byte {
	return encodePicture(img, "jpeg")
}
