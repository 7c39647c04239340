package paint

import (
	"image"
	"math"

	"golang.org/x/image/draw"
)

// Inset puts a picture that shows one frame where that lies inside the frame of another, its edge melting into the
// surroundings.
func Inset(img *image.RGBA, whole Frame, small *image.RGBA, f Frame) {
	c := newCanvas(img, whole)
	box := image.Rect(round(c.px(f.X0)), round(c.py(f.Y0)), round(c.px(f.X1)), round(c.py(f.Y1)))
	if box.Empty() {
		return
	}
	fit := small
	if box.Size() != small.Bounds().Size() {
		fit = image.NewRGBA(image.Rect(0, 0, box.Dx(), box.Dy()))
		draw.ApproxBiLinear.Scale(fit, fit.Bounds(), small, small.Bounds(), draw.Src, nil)
	}
	soften(img, fit, box)
}

func round(v float64) int { return int(math.Round(v)) }

// soften copies fit into the box; near those sides that are not the picture's own border it fades in.
func soften(img, fit *image.RGBA, box image.Rectangle) {
	b := img.Bounds()
	edge := max(1, min(box.Dx(), box.Dy())/24)
	for y := max(0, box.Min.Y); y < min(b.Max.Y, box.Max.Y); y++ {
		down := fadeIn(y-box.Min.Y, box.Max.Y-1-y, edge, box.Min.Y > 0, box.Max.Y < b.Max.Y)
		for x := max(0, box.Min.X); x < min(b.Max.X, box.Max.X); x++ {
			k := down * fadeIn(x-box.Min.X, box.Max.X-1-x, edge, box.Min.X > 0, box.Max.X < b.Max.X) / 256
			to, from := img.PixOffset(x, y), fit.PixOffset(x-box.Min.X, y-box.Min.Y)
			blendPixel(img.Pix[to:to+3:to+3], fit.Pix[from:from+3:from+3], uint32(k))
		}
	}
}

// fadeIn is 0…256 by the distance to the nearer of two sides, as far as those fade at all.
func fadeIn(before, after, edge int, fadesBefore, fadesAfter bool) int {
	k := 256
	if fadesBefore {
		k = min(k, 256*(before+1)/edge)
	}
	if fadesAfter {
		k = min(k, 256*(after+1)/edge)
	}
	return k
}

// blendPixel moves to towards from, k of 256.
func blendPixel(to, from []uint8, k uint32) {
	for i := range to {
		to[i] = uint8((uint32(to[i])*(256-k) + uint32(from[i])*k) >> 8)
	}
}

// KeepUnmasked copies the pixels where a mask is not white; all of them without a mask.
func KeepUnmasked(img, from *image.RGBA, mask []byte) {
	white := ReadMask(mask, img.Bounds())
	for i := range len(img.Pix) / 4 {
		if white == nil || white.Pix[i] < 128 {
			copy(img.Pix[4*i:4*i+4], from.Pix[4*i:4*i+4])
		}
	}
}

// FitOver lays a share of a picture over another, whole and in the middle. Where it is transparent, or masked white, the
// other shows.
func FitOver(img *image.RGBA, src image.Image, share float64, mask []byte) {
	box := ContainedIn(src.Bounds(), img.Bounds())
	fit := image.NewNRGBA(image.Rect(0, 0, box.Dx(), box.Dy()))
	draw.ApproxBiLinear.Scale(fit, fit.Bounds(), src, src.Bounds(), draw.Src, nil)
	white := ReadMask(mask, fit.Bounds())
	for y := range box.Dy() {
		for x := range box.Dx() {
			from := fit.Pix[fit.PixOffset(x, y):][:4]
			k := uint32(share * float64(from[3]) * 256 / 255)
			if white != nil && white.Pix[y*white.Stride+x] >= 128 {
				continue
			}
			to := img.PixOffset(box.Min.X+x, box.Min.Y+y)
			blendPixel(img.Pix[to:to+3:to+3], from[:3], k)
		}
	}
}

// ContainedIn is the largest box of src's shape in the middle of dst.
func ContainedIn(src, dst image.Rectangle) image.Rectangle {
	w, h := dst.Dx(), dst.Dx()*src.Dy()/src.Dx()
	if h > dst.Dy() {
		w, h = dst.Dy()*src.Dx()/src.Dy(), dst.Dy()
	}
	w, h = max(w, 1), max(h, 1)
	// A rounding of a pixel or two is no border.
	if dst.Dx()-w <= 2 && dst.Dy()-h <= dst.Dy()/40 || dst.Dy()-h <= 2 && dst.Dx()-w <= dst.Dx()/40 {
		return dst
	}
	x, y := (dst.Dx()-w)/2, (dst.Dy()-h)/2
	return image.Rect(x, y, x+w, y+h)
}

// Enlarge scales a picture up; creative sharpens its contrast a little.
func Enlarge(img, from *image.RGBA, creative bool) {
	draw.CatmullRom.Scale(img, img.Bounds(), from, from.Bounds(), draw.Src, nil)
	if creative {
		contrast(img)
	}
}

func contrast(img *image.RGBA) {
	var table [256]uint8
	for i := range table {
		v := float64(i) / 255
		table[i] = level(v + .12*(v-.5)*4*v*(1-v))
	}
	for i := range img.Pix {
		if i%4 != 3 {
			img.Pix[i] = table[img.Pix[i]]
		}
	}
}

// Bend lays a picture over another, every line of it pushed a little aside, with a hint of the other.
func Bend(img, from *image.RGBA, share float64, seed uint32) {
	b := img.Bounds()
	push := share * float64(b.Dx()) * .09
	phase := float64(seed%628) / 100
	keep := uint32(256 - 256*share*.4)
	for y := range b.Dy() {
		dx := round(push * math.Sin(4*float64(y)/float64(b.Dy())+phase))
		for x := range b.Dx() {
			dy := round(push * .6 * math.Sin(4*float64(x)/float64(b.Dx())-phase))
			to, at := img.PixOffset(x, y), from.PixOffset(min(max(x+dx, 0), b.Dx()-1), min(max(y+dy, 0), b.Dy()-1))
			blendPixel(img.Pix[to:to+3:to+3], from.Pix[at:at+3:at+3], keep)
		}
	}
}
