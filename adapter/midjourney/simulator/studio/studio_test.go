package studio

import (
	"image"
	"testing"

	"midgate/adapter/midjourney/simulator/paint"
	"midgate/adapter/midjourney/simulator/prompts"
)

func TestGridSizes(t *testing.T) {
	for name, test := range map[string]struct {
		prompt string
		w, h   int
	}{
		"square by default":              {"a cat", 2048, 2048},
		"wide":                           {"a cat --ar 16:9", 2912, 1632},
		"reduced before the table":       {"a cat --ar 32:18", 2912, 1632},
		"tall":                           {"a cat --ar 2:3", 1792, 2688},
		"four to three":                  {"a cat --ar 4:3", 2464, 1856},
		"not in the table, about 1 MP":   {"a cat --ar 21:9", 3136, 1344},
		"hd of version 8 doubles a cell": {"a cat --hd --v 8.1", 4096, 4096},
	} {
		t.Run(name, func(t *testing.T) {
			p := prompts.Parse(test.prompt)
			model := p.ModelOf(prompts.Model{Major: 7}, false)
			w, h := New(1024, model).cellSizeFor(p, model)
			if 2*w != test.w || 2*h != test.h {
				t.Errorf("grid of %q = %d×%d, want %d×%d", test.prompt, 2*w, 2*h, test.w, test.h)
			}
		})
	}
}

// FuzzInspect decodes anything a client may upload, as a picture and as a mask.
func FuzzInspect(f *testing.F) {
	f.Add(encodePicture(image.NewRGBA(image.Rect(0, 0, 1, 1)), "png"))
	img := image.NewRGBA(image.Rect(0, 0, 16, 8))
	for _, format := range []string{"png", "webp", "jpeg"} {
		f.Add(encodePicture(img, format))
	}
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		if u := inspect(data); u.format != "" && (u.size.X < 1 || u.size.Y < 1) {
			t.Errorf("a %s of %v", u.format, u.size)
		}
		paint.ReadMask(data, image.Rect(0, 0, 8, 8))
	})
}
