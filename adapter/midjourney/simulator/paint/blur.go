package paint

import "image"

// Blur averages every pixel with its neighbours up to a radius, first along rows, then along columns.
func Blur(img *image.RGBA, radius int) {
	if radius < 1 {
		return
	}
	b := img.Bounds()
	line := make([]uint8, 4*max(b.Dx(), b.Dy()))
	for y := range b.Dy() {
		smooth(img.Pix[y*img.Stride:], line, 4, b.Dx(), radius)
	}
	for x := range b.Dx() {
		smooth(img.Pix[4*x:], line, img.Stride, b.Dy(), radius)
	}
}

// smooth is a running average over n pixels that lie step bytes apart.
func smooth(pix, line []uint8, step, n, radius int) {
	for part := range 3 {
		at := func(i int) int { return int(pix[min(max(i, 0), n-1)*step+part]) }
		sum := 0
		for i := -radius; i <= radius; i++ {
			sum += at(i)
		}
		for i := range n {
			line[i] = uint8(sum / (2*radius + 1))
			sum += at(i+radius+1) - at(i-radius)
		}
		for i := range n {
			pix[i*step+part] = line[i]
		}
	}
}
