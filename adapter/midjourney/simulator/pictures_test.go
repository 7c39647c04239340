package simulator

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"testing"

	"midgate/adapter/midjourney/simulator/studio"
)

// whiteMask is a mask as a data URI whose left share is white.
func whiteMask(w, h int, share float64) string {
	img := image.NewGray(image.Rect(0, 0, w, h))
	draw.Draw(img, image.Rect(0, 0, int(float64(w)*share), h), image.White, image.Point{}, draw.Src)
	return dataURI(img)
}

func dataURI(img image.Image) string {
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())
}

// picture downloads a task's imageUrl.
func (p *script) picture(task map[string]any) image.Image {
	p.t.Helper()
	link, _ := task["imageUrl"].(string)
	got := p.send("GET", link, "")
	if got.status != 200 {
		p.t.Fatalf("GET %s: status %d, body %s", link, got.status, got.body)
	}
	img, format, err := image.Decode(bytes.NewReader(got.body))
	if err != nil {
		p.t.Fatalf("GET %s: %v", link, err)
	}
	if want := "image/" + format; got.header.Get("Content-Type") != want {
		p.t.Errorf("GET %s: Content-Type %s, want %s", link, got.header.Get("Content-Type"), want)
	}
	return img
}

// draws runs a submission to its end and returns its picture and task.
func (p *script) draws(path, body string) (image.Image, map[string]any) {
	p.t.Helper()
	task := p.finish(p.submit(path, body))
	return p.picture(task), task
}

func (p *script) imagines(prompt string) (image.Image, map[string]any) {
	p.t.Helper()
	return p.draws("/mj/submit/imagine", fmt.Sprintf(`{"prompt":%q}`, prompt))
}

func (p *script) presses(task map[string]any, part string) (image.Image, map[string]any) {
	p.t.Helper()
	next := p.finish(p.press(task, part))
	return p.picture(next), next
}

// quarter is the n-th cell of a grid, 1–4.
func quarter(grid image.Image, n int) image.Image {
	b := grid.Bounds()
	w, h := b.Dx()/2, b.Dy()/2
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), grid, image.Pt((n-1)%2*w, (n-1)/2*h), draw.Src)
	return out
}

// distance is the mean difference of two pictures of one size, 0…255.
func distance(t *testing.T, a, b image.Image) float64 {
	t.Helper()
	if a.Bounds().Size() != b.Bounds().Size() {
		t.Fatalf("sizes %v and %v differ", a.Bounds().Size(), b.Bounds().Size())
	}
	sum, size := 0., a.Bounds().Size()
	for y := range size.Y {
		for x := range size.X {
			sum += colorDistance(a.At(a.Bounds().Min.X+x, a.Bounds().Min.Y+y), b.At(b.Bounds().Min.X+x, b.Bounds().Min.Y+y))
		}
	}
	return sum / float64(size.X*size.Y)
}

func colorDistance(a, b color.Color) float64 {
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	d := func(x, y uint32) float64 { return max(float64(x>>8)-float64(y>>8), float64(y>>8)-float64(x>>8)) }
	return (d(ar, br) + d(ag, bg) + d(ab, bb)) / 3
}

// TestPicturesDiffer also pins that a seed repeats a grid.
func TestPicturesDiffer(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newScript(t, Config{Pixels: 64})
		one, _ := p.imagines("a red fox in the snow --seed 7")
		same, _ := p.imagines("a red fox in the snow --seed 7")
		other, _ := p.imagines("a red fox in the snow --seed 8")
		words, _ := p.imagines("a blue lighthouse at night --seed 7")
		if d := distance(t, one, same); d != 0 {
			t.Errorf("same prompt and seed differ by %.1f, want 0", d)
		}
		if d := distance(t, one, other); d < 2 {
			t.Errorf("other seed differs by %.1f, want at least 2", d)
		}
		if d, seed := distance(t, one, words), distance(t, one, other); d < 30 || d < seed {
			t.Errorf("other words differ by %.1f, want more than 30 and than another seed's %.1f", d, seed)
		}
		for n := 2; n <= 4; n++ {
			if d := distance(t, quarter(one, 1), quarter(one, n)); d < 2 {
				t.Errorf("quarters 1 and %d differ by %.1f, want at least 2", n, d)
			}
		}
	})
}

func TestUpscaleIsTheQuarter(t *testing.T) {
	for name, prompt := range map[string]string{"webp grid": "a boat --ar 3:2 --v 7", "png grid": "a boat --v 6.1"} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				p := newScript(t, Config{Pixels: 64})
				grid, task := p.imagines(prompt)
				for n := 1; n <= 4; n++ {
					single, _ := p.presses(task, fmt.Sprintf("upsample::%d", n))
					if d := distance(t, quarter(grid, n), single); d != 0 {
						t.Errorf("U%d differs from its quarter by %.2f, want 0", n, d)
					}
				}
			})
		})
	}
}

// TestVariationsKeepTheScene compares how far each kind of variation goes.
func TestVariationsKeepTheScene(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newScript(t, Config{Pixels: 64})
		_, task := p.imagines("a castle in the mountains, sunset --seed 3")
		single, up := p.presses(task, "upsample::1")
		mean := func(part string) float64 {
			grid, _ := p.presses(up, part)
			sum := 0.
			for n := 1; n <= 4; n++ {
				sum += distance(t, single, quarter(grid, n)) / 4
			}
			return sum
		}
		subtle, strong := mean("low_variation"), mean("high_variation")
		if subtle <= 0 || subtle*1.5 > strong {
			t.Errorf("subtle changes %.1f, strong %.1f; want subtle above 0 and clearly below strong", subtle, strong)
		}
	})
}

// TestRegion redraws what is white, and nothing else.
func TestRegion(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newScript(t, Config{Pixels: 64})
		_, task := p.imagines("a lighthouse by the sea")
		single, up := p.presses(task, "upsample::3")
		dialog := p.press(up, "Inpaint")
		mask := whiteMask(64, 64, .5)
		after := p.submit("/mj/submit/modal", fmt.Sprintf(`{"taskId":%q,"prompt":"a red balloon at night","maskBase64":%q}`, dialog, mask))
		grid := p.picture(p.finish(after))
		if got := p.sim.Mask(dialog); !bytes.Equal(got, studio.Decode(mask)) || !bytes.Equal(p.sim.Mask(after), got) {
			t.Errorf("Mask has %d bytes, want the mask as it was sent, under both ids", len(got))
		}
		for n := 1; n <= 4; n++ {
			cell := quarter(grid, n)
			if d := distance(t, half(single, 32), half(cell, 32)); d != 0 {
				t.Errorf("quarter %d: the black half changed by %.2f, want 0", n, d)
			}
			if d := distance(t, half(single, 0), half(cell, 0)); d < 4 {
				t.Errorf("quarter %d: the white half changed by %.2f, want at least 4", n, d)
			}
		}
	})
}

// half is 32 columns of a 64×64 picture.
func half(img image.Image, from int) image.Image {
	out := image.NewRGBA(image.Rect(0, 0, 32, 64))
	draw.Draw(out, out.Bounds(), img, img.Bounds().Min.Add(image.Pt(from, 0)), draw.Src)
	return out
}

func TestMasksThatCannotBeUsed(t *testing.T) {
	for name, mask := range map[string]string{
		"no mask": "", "another size": whiteMask(32, 64, 1), "no picture": base64.StdEncoding.EncodeToString([]byte("hello")),
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				p := newScript(t, Config{Pixels: 64})
				_, task := p.imagines("a boat")
				_, up := p.presses(task, "upsample::1")
				after := p.submit("/mj/submit/modal", fmt.Sprintf(`{"taskId":%q,"prompt":"x","maskBase64":%q}`, p.press(up, "Inpaint"), mask))
				if got := p.finish(after); got["status"] != "FAILURE" {
					t.Errorf("status = %v, want FAILURE", got["status"])
				}
			})
		})
	}
}

// TestZoomPanAndEnlarge looks for the old picture inside the new one.
func TestZoomPanAndEnlarge(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newScript(t, Config{Pixels: 128})
		_, task := p.imagines("a house in the hills")
		single, up := p.presses(task, "upsample::2")
		size := func(img image.Image) image.Point { return img.Bounds().Size() }

		zoom, _ := p.presses(up, "Outpaint::50")
		if size(zoom) != image.Pt(256, 256) {
			t.Errorf("zoom grid = %v, want 256×256", size(zoom))
		}
		if d := distance(t, crop(quarter(zoom, 1), 40, 40, 88, 88), shrunk(single, 2, 8, 8, 56, 56)); d > 6 {
			t.Errorf("the middle of the zoom differs from the picture by %.1f, want at most 6", d)
		}

		pan, _ := p.presses(up, "pan_right")
		if size(pan) != image.Pt(336, 224) {
			t.Errorf("pan grid = %v, want 336×224", size(pan))
		}
		square, _ := p.presses(up, "pan_up")
		if size(square) != image.Pt(224, 336) {
			t.Errorf("pan up grid = %v, want 224×336", size(square))
		}

		for _, part := range []string{"2x_subtle", "2x_creative"} {
			large, _ := p.presses(up, part)
			if size(large) != image.Pt(256, 256) {
				t.Errorf("%s = %v, want 256×256", part, size(large))
			}
			if d := distance(t, shrunk(large, 2, 0, 0, 128, 128), single); d > 6 {
				t.Errorf("%s differs from the picture by %.1f, want at most 6", part, d)
			}
		}
	})
}

func crop(img image.Image, x0, y0, x1, y1 int) image.Image {
	out := image.NewRGBA(image.Rect(0, 0, x1-x0, y1-y0))
	draw.Draw(out, out.Bounds(), img, img.Bounds().Min.Add(image.Pt(x0, y0)), draw.Src)
	return out
}

// shrunk takes every n-th pixel, then crops.
func shrunk(img image.Image, n, x0, y0, x1, y1 int) image.Image {
	out := image.NewRGBA(image.Rect(0, 0, x1-x0, y1-y0))
	for y := range y1 - y0 {
		for x := range x1 - x0 {
			out.Set(x, y, img.At((x0+x)*n, (y0+y)*n))
		}
	}
	return out
}

func TestMakeSquare(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newScript(t, Config{Pixels: 64})
		_, task := p.imagines("a house --ar 16:9")
		_, up := p.presses(task, "upsample::1")
		grid, _ := p.presses(up, "Outpaint::100")
		if got := grid.Bounds().Size(); got != image.Pt(128, 128) {
			t.Errorf("square grid = %v, want 128×128", got)
		}
	})
}

// TestEdits keeps what is opaque and draws where the picture is transparent.
func TestEdits(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newScript(t, Config{Pixels: 64})
		upload := image.NewNRGBA(image.Rect(0, 0, 64, 64))
		draw.Draw(upload, image.Rect(0, 0, 32, 64), image.NewUniform(color.NRGBA{200, 30, 90, 255}), image.Point{}, draw.Src)
		grid, _ := p.draws("/mj/submit/edits", fmt.Sprintf(`{"prompt":"a boat on a lake","image":%q}`, dataURI(upload)))
		cell := quarter(grid, 4)
		if d := distance(t, half(cell, 0), half(upload, 0)); d > 1 {
			t.Errorf("the opaque half changed by %.1f, want at most 1", d)
		}
		if d := colorDistance(cell.At(60, 5), color.NRGBA{0, 0, 0, 255}); d < 10 {
			t.Error("the transparent half stayed empty, want a drawing")
		}
	})
}

func TestBlendMixesItsPictures(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newScript(t, Config{Pixels: 64})
		red, blue := flatPicture(color.NRGBA{255, 0, 0, 255}), flatPicture(color.NRGBA{0, 0, 255, 255})
		grid, _ := p.draws("/mj/submit/blend", fmt.Sprintf(`{"base64Array":[%q,%q],"dimensions":"LANDSCAPE"}`, red, blue))
		if got := grid.Bounds().Size(); got != image.Pt(168, 112) {
			t.Errorf("landscape grid = %v, want 168×112", got)
		}
		r, _, b, _ := quarter(grid, 1).At(42, 28).RGBA()
		if r>>8 < 60 || b>>8 < 60 {
			t.Errorf("the middle is red %d, blue %d; want something of both", r>>8, b>>8)
		}
	})
}

func flatPicture(c color.Color) string {
	img := image.NewNRGBA(image.Rect(0, 0, 32, 32))
	draw.Draw(img, img.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
	return dataURI(img)
}

// TestPreview is small and changes with the progress.
func TestPreview(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newScript(t, Config{Pixels: 256, Pace: 10e9, Dialect: TrueAI})
		id := p.submit("/mj/submit/imagine", `{"prompt":"a tree"}`)
		pass(3100e6)
		early := p.task(id)
		soft := p.picture(early)
		pass(5e9)
		late := p.picture(p.task(id))
		if early["progress"] != "15%" || soft.Bounds().Dx() >= 256 {
			t.Errorf("preview at %v is %v, want a small one at 15%%", early["progress"], soft.Bounds())
		}
		if soft.Bounds().Dx() >= late.Bounds().Dx() {
			t.Errorf("preview grows from %v to %v, want larger later", soft.Bounds(), late.Bounds())
		}
	})
}
