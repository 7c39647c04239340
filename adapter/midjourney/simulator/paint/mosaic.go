package paint

import (
	"bytes"
	"image"
	"image/draw"
	"time"

	"github.com/deepteams/webp"
	"github.com/deepteams/webp/animation"
)

// mosaicEvery is how many of a clip's frames pass between two of its mosaic's: a small file, three pictures a second.
const mosaicEvery = 4

// Mosaic is what accounts on Discord make of a picture when its Animate button is pressed: four clips side by side in
// one animated WebP. nil means it could not be made.
func Mosaic(img *image.RGBA, motion string) []byte {
	var clips [4]*film
	var stills [4]*image.RGBA
	for i := range clips {
		f := newFilm(img, motion, i)
		clips[i], stills[i] = f, cover(img, f.w+absInt(f.dx), f.h+absInt(f.dy))
	}
	size := image.Pt(clips[0].w, clips[0].h)
	var out bytes.Buffer
	e := animation.NewEncoder(&out, 2*size.X, 2*size.Y, &animation.EncodeOptions{Quality: 60})
	for n := 0; n < filmFrames; n += mosaicEvery {
		frame := image.NewRGBA(image.Rectangle{Max: size.Mul(2)})
		for i, f := range clips {
			x, y := f.at(n)
			at := image.Pt(i%2*size.X, i/2*size.Y)
			draw.Draw(frame, image.Rectangle{at, at.Add(size)}, stills[i], image.Pt(x, y), draw.Src)
		}
		bits := bitstream(frame)
		if bits == nil || e.AddRawFrame(bits, mosaicEvery*time.Second/filmRate, 0, 0, animation.BlendNone, animation.DisposeNone) != nil {
			return nil
		}
	}
	if e.Close() != nil {
		return nil
	}
	return out.Bytes()
}

// bitstream is a frame by itself, as a WebP file holds it behind its header and the chunk's. The animation's own encoder
// would try every way to store it, which takes a hundred times as long.
func bitstream(frame image.Image) []byte {
	const header = 12 + 8
	var b bytes.Buffer
	if webp.Encode(&b, frame, &webp.EncoderOptions{Quality: 60, Method: 0}) != nil || b.Len() <= header || string(b.Bytes()[12:16]) != "VP8 " {
		return nil
	}
	return b.Bytes()[header:]
}
