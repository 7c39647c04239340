package paint

import (
	"bytes"
	"fmt"
	"image"
	"testing"

	"github.com/Eyevinn/mp4ff/avc"
	"github.com/Eyevinn/mp4ff/bits"
	"github.com/Eyevinn/mp4ff/mp4"
)

// stripes is a picture in which every place looks different.
func stripes(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		x, y := i%w, i/w
		img.Pix[4*i], img.Pix[4*i+1], img.Pix[4*i+2], img.Pix[4*i+3] = uint8(x*5), uint8(y*7), uint8(x*3+y*2), 255
	}
	return img
}

func TestClipIsAnMP4(t *testing.T) {
	for name, size := range map[string]image.Point{"square": {96, 96}, "wide": {256, 144}, "tiny": {8, 8}, "large": {1456, 816}} {
		t.Run(name, func(t *testing.T) {
			data := Clip(stripes(size.X, size.Y), "low", 0)
			file, err := mp4.DecodeFile(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			stbl := file.Moov.Trak.Mdia.Minf.Stbl
			sps, err := avc.ParseSPSNALUnit(stbl.Stsd.AvcX.AvcC.SPSnalus[0], true)
			if err != nil {
				t.Fatal(err)
			}
			w, h := filmSize(size.X, size.Y)
			if int(sps.Width) != w || int(sps.Height) != h || w%block != 0 || h%block != 0 {
				t.Errorf("SPS says %d×%d, want %d×%d", sps.Width, sps.Height, w, h)
			}
			if got := float64(file.Moov.Mvhd.Duration) / float64(file.Moov.Mvhd.Timescale); got != 5 {
				t.Errorf("duration = %v s, want 5", got)
			}
			first := stbl.Stco.ChunkOffset[0] + 4
			if n := stbl.Stsz.GetNrSamples(); n != filmFrames || data[first] != nalIDR {
				t.Errorf("%d frames, the first begins with %#x; want %d and %#x", n, data[first], filmFrames, nalIDR)
			}
			if len(data) > 400<<10 {
				t.Errorf("%d bytes, want a small file", len(data))
			}
		})
	}
}

// TestFilmDecodes reads every frame back, the way a decoder does, and compares it with what the camera should see.
func TestFilmDecodes(t *testing.T) {
	for _, motion := range []string{"low", "high"} {
		for n := range 4 {
			t.Run(fmt.Sprintf("%s motion, clip %d", motion, n), func(t *testing.T) {
				f := newFilm(stripes(96, 64), motion, n)
				shown := decoded{f: f, luma: make([]byte, f.w*f.h)}
				for i := range filmFrames {
					shown.next(t, f.frame(i), i)
					if wrong := shown.wrong(i); wrong != 0 {
						t.Fatalf("frame %d: %d pixels are wrong", i, wrong)
					}
				}
			})
		}
	}
}

// decoded is the luma of the frame that is shown.
type decoded struct {
	f    *film
	luma []byte
}

// next decodes a NAL unit of the two kinds that a film has.
func (d *decoded) next(t *testing.T, unit []byte, n int) {
	t.Helper()
	r := bits.NewEBSPReader(bytes.NewReader(unit[1:]))
	ue := func() int { return int(r.ReadExpGolomb()) }
	kind, pcm := 5, 30
	if n == 0 {
		kind, pcm = 7, 25
	}
	if a, b, c, number := ue(), ue(), ue(), r.Read(4); a != 0 || b != kind || c != 0 || int(number) != n%16 {
		t.Fatalf("frame %d: header %d %d %d %d", n, a, b, c, number)
	}
	if n == 0 {
		ue()
		r.Read(2)
	} else {
		r.Read(3)
	}
	if delta, filter := r.ReadSignedGolomb(), ue(); delta != 0 || filter != 1 {
		t.Fatalf("frame %d: delta %d, filter %d", n, delta, filter)
	}
	before, columns := bytes.Clone(d.luma), d.f.w/block
	field := make([]shift, columns*(d.f.h/block))
	for i := range field {
		if n > 0 && ue() != 0 {
			t.Fatalf("frame %d: block %d is skipped", n, i)
		}
		if mb := ue(); mb == pcm {
			d.readRaw(r, i%columns, i/columns)
		} else if mb == 0 && n > 0 {
			guess := predicted(field, columns, i)
			field[i] = shift{guess.x + r.ReadSignedGolomb(), guess.y + r.ReadSignedGolomb(), true}
			d.move(before, field[i], i%columns, i/columns)
			if ue() != 0 {
				t.Fatalf("frame %d: block %d has a correction", n, i)
			}
		} else {
			t.Fatalf("frame %d: block %d is of kind %d", n, i, mb)
		}
	}
	if err := r.AccError(); err != nil {
		t.Fatal(err)
	}
}

func (d *decoded) readRaw(r *bits.EBSPReader, column, row int) {
	r.Read((8 - r.NrBitsReadInCurrentByte()) % 8)
	for i := range block * block {
		d.luma[(row*block+i/block)*d.f.w+column*block+i%block] = byte(r.Read(8))
	}
	for range block * block / 2 {
		r.Read(8)
	}
}

// move copies a block from where it was; what lies outside repeats the border.
func (d *decoded) move(before []byte, v shift, column, row int) {
	for i := range block * block {
		x, y := column*block+i%block, row*block+i/block
		fromX, fromY := min(max(x+v.x/4, 0), d.f.w-1), min(max(y+v.y/4, 0), d.f.h-1)
		d.luma[y*d.f.w+x] = before[fromY*d.f.w+fromX]
	}
}

// wrong counts pixels that differ from the still, the half block that may be on its way in left out.
func (d *decoded) wrong(n int) int {
	atX, atY := d.f.at(n)
	count := 0
	for i, v := range d.luma {
		x, y := i%d.f.w, i/d.f.w
		if d.f.dx > 0 && x >= d.f.w-block/2 || d.f.dx < 0 && x < block/2 || d.f.dy > 0 && y >= d.f.h-block/2 || d.f.dy < 0 && y < block/2 {
			continue
		}
		if d.f.still.Y[d.f.still.YOffset(atX+x, atY+y)] != v {
			count++
		}
	}
	return count
}
