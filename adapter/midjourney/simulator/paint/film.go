package paint

import (
	"image"
	"math"

	"golang.org/x/image/draw"
)

// block is the edge of a macroblock, in which H.264 thinks.
const block = 16

// film is a still picture, somewhat larger than its frames, that the camera crosses in a straight line.
type film struct {
	w, h       int // of a frame, multiples of block
	dx, dy     int // how far the camera moves in the whole film; one of them is 0
	still      *image.YCbCr
	startX     int
	startY     int
	everyFrame int // it moves in every so many frames
	step       int // by so many pixels
}

// newFilm plans the camera's way. It always moves by two pixels, so that the colours, stored at half size, move by whole
// pixels too and nothing blurs: in every second frame for low motion, in each for high.
func newFilm(img *image.RGBA, motion string, n int) *film {
	b := img.Bounds()
	f := &film{everyFrame: 2, step: 2}
	if motion == "high" {
		f.everyFrame = 1
	}
	f.w, f.h = filmSize(b.Dx(), b.Dy())
	way := filmFrames / f.everyFrame * f.step
	switch n % 4 {
	case 0:
		f.dx = way
	case 1:
		f.dx, f.startX = -way, way
	case 2:
		f.dy, f.startY = -way, way
	default:
		f.dy = way
	}
	f.still = yuv(cover(img, f.w+absInt(f.dx), f.h+absInt(f.dy)))
	return f
}

// filmSize is a picture's shape at about 320² pixels, smaller for small pictures.
func filmSize(w, h int) (int, int) {
	edge := min(320, math.Sqrt(float64(w*h)))
	ratio := math.Sqrt(float64(w) / float64(h))
	whole := func(v float64) int { return max(2*block, int(v/block+.5)*block) }
	return whole(edge * ratio), whole(edge / ratio)
}

func absInt(n int) int { return max(n, -n) }

// cover scales the middle of a picture so that it fills w×h.
func cover(img *image.RGBA, w, h int) *image.RGBA {
	b := img.Bounds()
	cut := b
	if b.Dx()*h > b.Dy()*w {
		cut.Min.X = (b.Dx() - b.Dy()*w/h) / 2
		cut.Max.X = b.Dx() - cut.Min.X
	} else {
		cut.Min.Y = (b.Dy() - b.Dx()*h/w) / 2
		cut.Max.Y = b.Dy() - cut.Min.Y
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.ApproxBiLinear.Scale(out, out.Bounds(), img, cut, draw.Src, nil)
	return out
}

// yuv turns a picture into the colours of video: BT.601 in the range 16…235, which never needs a zero byte.
func yuv(img *image.RGBA) *image.YCbCr {
	b := img.Bounds()
	out := image.NewYCbCr(image.Rect(0, 0, b.Dx(), b.Dy()), image.YCbCrSubsampleRatio444)
	for y := range b.Dy() {
		for x := range b.Dx() {
			p := img.Pix[img.PixOffset(x, y):]
			r, g, bl := int(p[0]), int(p[1]), int(p[2])
			i := out.YOffset(x, y)
			out.Y[i] = uint8(16 + (66*r+129*g+25*bl+128)>>8)
			out.Cb[i] = uint8(128 + (-38*r-74*g+112*bl+128)>>8)
			out.Cr[i] = uint8(128 + (112*r-94*g-18*bl+128)>>8)
		}
	}
	return out
}

// at is where the camera stands in a frame.
func (f *film) at(frame int) (x, y int) {
	moved := frame / f.everyFrame * f.step
	return f.startX + moved*towards(f.dx), f.startY + moved*towards(f.dy)
}

func towards(n int) int {
	switch {
	case n > 0:
		return 1
	case n < 0:
		return -1
	}
	return 0
}

// samples are a macroblock's 256 luma and 2×64 chroma values, the camera standing at (x, y).
func (f *film) samples(x, y, column, row int) [block*block + block*block/2]byte {
	var out [block*block + block*block/2]byte
	left, top := x+column*block, y+row*block
	for i := range block * block {
		out[i] = f.still.Y[f.still.YOffset(left+i%block, top+i/block)]
	}
	const half = block / 2
	for i := range half * half {
		at := f.still.YOffset(left+2*(i%half), top+2*(i/half))
		out[block*block+i], out[block*block+half*half+i] = f.still.Cb[at], f.still.Cr[at]
	}
	return out
}
