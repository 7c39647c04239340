package paint

import (
	"image"
	"math"

	"golang.org/x/image/vector"
)

// Frame is a window onto a scene. A scene's own picture is one unit high and aspect units wide, y grows downwards;
// scenes go on beyond that, which is what zoom and pan look at.
type Frame struct{ X0, Y0, X1, Y1 float64 }

// FrameAround is a window around a middle.
func FrameAround(x, y, w, h float64) Frame { return Frame{x - w/2, y - h/2, x + w/2, y + h/2} }

// Grown is the window with more on each side.
func (f Frame) Grown(left, top, right, bottom float64) Frame {
	return Frame{f.X0 - left, f.Y0 - top, f.X1 + right, f.Y1 + bottom}
}

// Part is a part of the window, given in shares of its sides; nil for an empty one.
func (f Frame) Part(share Frame) *Frame {
	if share.X1 <= share.X0 || share.Y1 <= share.Y0 {
		return nil
	}
	w, h := f.X1-f.X0, f.Y1-f.Y0
	return &Frame{f.X0 + share.X0*w, f.Y0 + share.Y0*h, f.X0 + share.X1*w, f.Y0 + share.Y1*h}
}

// Ink is a colour, each part 0…1.
type Ink struct{ R, G, B float64 }

// Colour makes an Ink.
func Colour(r, g, b float64) Ink { return Ink{r, g, b} }

// mix is the way from a to b, t in 0…1.
func mix(a, b Ink, t float64) Ink {
	return Ink{a.R + (b.R-a.R)*t, a.G + (b.G-a.G)*t, a.B + (b.B-a.B)*t}
}

// rgb reads 0xRRGGBB.
func rgb(value uint32) Ink {
	return Ink{float64(value>>16&255) / 255, float64(value>>8&255) / 255, float64(value&255) / 255}
}

func (c Ink) bytes() (r, g, b uint8) { return level(c.R), level(c.G), level(c.B) }

func level(v float64) uint8 { return uint8(min(max(v, 0), 1)*255 + .5) }

// canvas draws in a scene's units onto an opaque picture.
type canvas struct {
	img    *image.RGBA
	f      Frame
	sx, sy float64 // pixels per unit
	pen    vector.Rasterizer
	mask   *image.Alpha
}

func newCanvas(img *image.RGBA, f Frame) *canvas {
	b := img.Bounds()
	return &canvas{img: img, f: f, sx: float64(b.Dx()) / (f.X1 - f.X0), sy: float64(b.Dy()) / (f.Y1 - f.Y0), mask: image.NewAlpha(b)}
}

// px and py turn units into pixels.
func (c *canvas) px(x float64) float64 { return (x - c.f.X0) * c.sx }
func (c *canvas) py(y float64) float64 { return (y - c.f.Y0) * c.sy }

// unitY is the unit height of a pixel row's middle.
func (c *canvas) unitY(row int) float64 { return c.f.Y0 + (float64(row)+.5)/c.sy }

// shade is a fill that depends on the height only; y is in units.
type shade func(y float64) Ink

func flat(color Ink) shade { return func(float64) Ink { return color } }

// fade goes from one colour at y0 to another at y1.
func fade(top, bottom Ink, y0, y1 float64) shade {
	return func(y float64) Ink { return mix(top, bottom, min(max((y-y0)/(y1-y0), 0), 1)) }
}

// background fills everything.
func (c *canvas) background(fill shade) {
	b := c.img.Bounds()
	for row := range b.Dy() {
		r, g, bl := fill(c.unitY(row)).bytes()
		line := c.img.Pix[row*c.img.Stride : row*c.img.Stride+4*b.Dx()]
		for i := 0; i < len(line); i += 4 {
			line[i], line[i+1], line[i+2], line[i+3] = r, g, bl, 255
		}
	}
}

// point is a corner in units.
type point struct{ x, y float64 }

// polygon fills a closed shape, its edges smooth, with an opacity.
func (c *canvas) polygon(shape []point, fill shade, opacity float64) {
	box := c.box(shape)
	if box.Empty() {
		return
	}
	c.pen.Reset(box.Dx(), box.Dy())
	for i, p := range shape {
		x, y := c.clamped(p, box)
		if i == 0 {
			c.pen.MoveTo(x, y)
		} else {
			c.pen.LineTo(x, y)
		}
	}
	c.pen.ClosePath()
	c.pour(box, fill, opacity)
}

// clamped brings a corner near the box: what is far outside must not cost anything.
func (c *canvas) clamped(p point, box image.Rectangle) (x, y float32) {
	x = float32(min(max(c.px(p.x)-float64(box.Min.X), -8), float64(box.Dx())+8))
	y = float32(min(max(c.py(p.y)-float64(box.Min.Y), -8), float64(box.Dy())+8))
	return x, y
}

func (c *canvas) box(shape []point) image.Rectangle {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range shape {
		x0, x1 = min(x0, c.px(p.x)), max(x1, c.px(p.x))
		y0, y1 = min(y0, c.py(p.y)), max(y1, c.py(p.y))
	}
	b := c.img.Bounds()
	if x1 < 0 || y1 < 0 || x0 > float64(b.Dx()) || y0 > float64(b.Dy()) || math.IsNaN(x0+x1+y0+y1) {
		return image.Rectangle{}
	}
	whole := image.Rect(int(max(x0, 0)), int(max(y0, 0)), int(min(x1, float64(b.Dx())))+1, int(min(y1, float64(b.Dy())))+1)
	return whole.Intersect(b)
}

// pour paints the rasterized shape.
func (c *canvas) pour(box image.Rectangle, fill shade, opacity float64) {
	area := image.Rect(0, 0, box.Dx(), box.Dy())
	c.mask.Stride, c.mask.Rect = box.Dx(), area
	clear(c.mask.Pix[:box.Dx()*box.Dy()])
	c.pen.Draw(c.mask, area, image.Opaque, image.Point{})
	strength := uint32(level(opacity)) + 1
	for row := range box.Dy() {
		r, g, b := fill(c.unitY(box.Min.Y + row)).bytes()
		start := c.img.PixOffset(box.Min.X, box.Min.Y+row)
		dye(c.img.Pix[start:start+4*box.Dx()], c.mask.Pix[row*box.Dx():(row+1)*box.Dx()], strength, r, g, b)
	}
}

// dye mixes one colour into a row of pixels, as far as the mask says.
func dye(line, mask []uint8, strength uint32, r, g, b uint8) {
	for i, a := range mask {
		if a == 0 {
			continue
		}
		k := uint32(a) * strength >> 8
		if k == 255 {
			k = 256
		}
		p := line[4*i : 4*i+3 : 4*i+3]
		p[0] = uint8((uint32(p[0])*(256-k) + uint32(r)*k) >> 8)
		p[1] = uint8((uint32(p[1])*(256-k) + uint32(g)*k) >> 8)
		p[2] = uint8((uint32(p[2])*(256-k) + uint32(b)*k) >> 8)
	}
}

// ellipse fills a smooth ellipse around a middle.
func (c *canvas) ellipse(x, y, rx, ry float64, fill shade, opacity float64) {
	n := 12 + int(math.Sqrt(max(rx*c.sx, ry*c.sy, 0)))*3
	shape := make([]point, min(n, 160))
	for i := range shape {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(len(shape)))
		shape[i] = point{x + rx*cos, y + ry*sin}
	}
	c.polygon(shape, fill, opacity)
}

// glow adds soft light around a middle: full strength there, none at the radius.
func (c *canvas) glow(x, y, rx, ry float64, color Ink, strength float64) {
	b := c.img.Bounds()
	x0, x1 := max(0, int(c.px(x-rx))), min(b.Dx(), int(c.px(x+rx))+1)
	y0, y1 := max(0, int(c.py(y-ry))), min(b.Dy(), int(c.py(y+ry))+1)
	cr, cg, cb := color.bytes()
	for row := y0; row < y1; row++ {
		dy := (c.unitY(row) - y) / ry
		if dy*dy >= 1 || x0 >= x1 {
			continue
		}
		line := c.img.Pix[row*c.img.Stride:]
		step := 1 / c.sx / rx
		dx := (c.f.X0+(float64(x0)+.5)/c.sx-x)/rx - step
		for col := x0; col < x1; col++ {
			dx += step
			near := 1 - dx*dx - dy*dy
			if near <= 0 {
				continue
			}
			k := uint32(near * near * strength * 256)
			p := line[4*col : 4*col+3 : 4*col+3]
			p[0] = uint8((uint32(p[0])*(256-k) + uint32(cr)*k) >> 8)
			p[1] = uint8((uint32(p[1])*(256-k) + uint32(cg)*k) >> 8)
			p[2] = uint8((uint32(p[2])*(256-k) + uint32(cb)*k) >> 8)
		}
	}
}
