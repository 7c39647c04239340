package adapter_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"golang.org/x/image/draw"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

// buttoned are the dialects whose pictures have buttons.
var buttoned = []string{"comet", "trueai", "trueai, partner", "newapi", "with remix", "without a list"}

// rightHalf is a mask of w×h pixels whose right half is erased.
func rightHalf(t *testing.T, w, h int) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w / 2 {
			img.Set(x, y, color.NRGBA{R: 200, A: 255})
		}
	}
	return encoded(t, img)
}

func encoded(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (s *studio) upload(t *testing.T, data []byte) *adapter.Reference {
	t.Helper()
	ref, err := s.Receive(t.Context(), s.me, bytes.NewReader(data), "upload.png")
	if err != nil {
		t.Fatal(err)
	}
	return &ref
}

func (s *studio) edit(t *testing.T, prompt string, mask *adapter.Reference, images ...adapter.Reference) []adapter.Image {
	t.Helper()
	ticket, err := s.Edit(t.Context(), s.attempt("/v1/images/edits", prompt+images[0].Image), adapter.Edit{Generation: generation(prompt), Images: images, Mask: mask})
	return s.await(t, ticket, err)
}

func TestARegionEditPressesUInpaintAndOneModal(t *testing.T) {
	for _, name := range buttoned {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStudio(t, dialects[name], nil)
				third := s.draw(t, "a red fox", 4)[2]
				mask := s.upload(t, rightHalf(t, 64, 64))
				edited := s.edit(t, "a red rowing boat", mask, adapter.Reference{Image: third.ID})[0]
				if got := s.charged(); got != "imagine upscale inpaint" {
					t.Errorf("jobs = %q, want imagine, upscale, inpaint", got)
				}
				checkMask(t, s, 64)
				if edited.Parent != third.ID || edited.Action != adapter.ActVaryRegion {
					t.Errorf("the record says %q of %q, want vary_region of the third quarter", edited.Action, edited.Parent)
				}
				s.edit(t, "a green rowing boat", mask, adapter.Reference{Image: third.ID})
				if got := s.charged(); got != "imagine upscale inpaint inpaint" {
					t.Errorf("after a second edit: jobs = %q, want no second upscale", got)
				}
				if got := s.sim.Requests().Routes["modal"]; got != 2 {
					t.Errorf("modals = %d, want one for each edit", got)
				}
			})
		})
	}
}

// checkMask looks at what the upstream got: grey, the picture's size, white on the right half only.
func checkMask(t *testing.T, s *studio, size int) {
	t.Helper()
	tasks := s.sim.Tasks()
	mask, err := png.Decode(bytes.NewReader(s.sim.Mask(tasks[len(tasks)-1].ID)))
	if err != nil {
		t.Fatalf("the upstream's mask: %v", err)
	}
	grey, ok := mask.(*image.Gray)
	if !ok || grey.Bounds().Dx() != size || grey.Bounds().Dy() != size {
		t.Fatalf("the mask is a %T of %v, want 8-bit grey of %d", mask, mask.Bounds(), size)
	}
	if grey.GrayAt(2, size/2).Y != 0 || grey.GrayAt(size-3, size/2).Y != 255 {
		t.Errorf("left %d, right %d, want black and white", grey.GrayAt(2, size/2).Y, grey.GrayAt(size-3, size/2).Y)
	}
}

func TestAnErasedPictureIsItsOwnMask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, simulator.Config{}, nil)
		first := s.draw(t, "a red fox", 1)[0]
		img, err := png.Decode(bytes.NewReader(s.bytes(t, first.ID)))
		if err != nil {
			t.Fatal(err)
		}
		erased := image.NewNRGBA(img.Bounds())
		for y := range 64 {
			for x := range 32 {
				erased.Set(x, y, img.At(x, y))
			}
		}
		ref := s.upload(t, encoded(t, erased))
		ref.Image = first.ID
		s.edit(t, "a boat", nil, *ref)
		if got := s.charged(); got != "imagine upscale inpaint" {
			t.Errorf("jobs = %q, want a region edit", got)
		}
		checkMask(t, s, 64)
	})
}

func TestTheWayOfAnEdit(t *testing.T) {
	tests := map[string]struct {
		sim    simulator.Config
		known  bool
		mask   bool
		second bool
		prompt string
		jobs   string // after the imagine that made the known picture
	}{
		"a stranger's photo with a mask goes to edits":        {mask: true, prompt: "a boat", jobs: "edits"},
		"a stranger's photo without a mask goes to edits":     {prompt: "a boat", jobs: "edits"},
		"without edits a photo is an image prompt":            {sim: simulator.Config{NoEdits: true}, prompt: "a boat", jobs: "imagine"},
		"two photos are image prompts":                        {second: true, prompt: "a boat", jobs: "imagine"},
		"a known picture without a mask goes to edits":        {known: true, prompt: "a boat", jobs: "edits"},
		"without edits a known picture is varied":             {sim: simulator.Config{NoEdits: true}, known: true, prompt: "a boat", jobs: "upscale vary_strong"},
		"plain words press a button":                          {known: true, prompt: "Zoom out 2x.", jobs: "upscale zoom"},
		"plain words within a sentence press none":            {known: true, prompt: "zoom out 2x and add a boat", jobs: "edits"},
		"an exact copy of a known picture presses a button":   {known: true, second: false, prompt: "pan left", jobs: "upscale pan"},
		"plain words about a stranger's photo are its prompt": {prompt: "pan left", jobs: "edits"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStudio(t, test.sim, nil)
				first := *s.upload(t, rightHalfFilled(t, 96, 96))
				jobs := test.jobs
				if test.known {
					first = adapter.Reference{Image: s.draw(t, "a red fox", 1)[0].ID}
					jobs = "imagine " + jobs
				}
				images := []adapter.Reference{first}
				if test.second {
					images = append(images, *s.upload(t, rightHalfFilled(t, 80, 80)))
				}
				var mask *adapter.Reference
				if test.mask {
					mask = s.upload(t, rightHalf(t, 96, 96))
				}
				s.edit(t, test.prompt, mask, images...)
				if got := s.charged(); got != jobs {
					t.Errorf("jobs = %q, want %q", got, jobs)
				}
			})
		})
	}
}

// rightHalfFilled is an opaque picture.
func rightHalfFilled(t *testing.T, w, h int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.RGBA{R: uint8(x * 2), G: uint8(y * 2), B: 90, A: 255})
		}
	}
	return encoded(t, img)
}

func TestAnExactCopyIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, simulator.Config{}, nil)
		first := s.draw(t, "a red fox", 1)[0]
		copied := s.upload(t, s.bytes(t, first.ID))
		s.edit(t, "zoom out 2x", nil, *copied)
		if got := s.charged(); got != "imagine upscale zoom" {
			t.Errorf("jobs = %q, want the buttons of the known picture", got)
		}
		url := adapter.Reference{URL: "https://pictures.example/images/" + first.ID + ".png?x=1"}
		s.edit(t, "pan right", nil, url)
		if got := s.charged(); got != "imagine upscale zoom pan" {
			t.Errorf("by our address: jobs = %q, want its pan", got)
		}
	})
}

func TestAPictureIsKnownAfterItWasChanged(t *testing.T) {
	tests := map[string]func(image.Image) []byte{
		"as JPEG at half size": func(img image.Image) []byte {
			half := image.NewRGBA(image.Rect(0, 0, img.Bounds().Dx()/2, img.Bounds().Dy()/2))
			draw.CatmullRom.Scale(half, half.Bounds(), img, img.Bounds(), draw.Src, nil)
			var b bytes.Buffer
			_ = jpeg.Encode(&b, half, &jpeg.Options{Quality: 60})
			return b.Bytes()
		},
		"as PNG without its text": func(img image.Image) []byte {
			var b bytes.Buffer
			_ = png.Encode(&b, img)
			return b.Bytes()
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStudio(t, simulator.Config{Pixels: 512}, nil)
				images := s.draw(t, "a red fox", 4)
				for _, img := range images {
					s.bytes(t, img.ID) // handed out
				}
				whole, err := png.Decode(bytes.NewReader(s.bytes(t, images[2].ID)))
				if err != nil {
					t.Fatal(err)
				}
				edited := s.edit(t, "a boat", s.upload(t, rightHalf(t, 512, 512)), *s.upload(t, change(whole)))
				if edited[0].Parent != images[2].ID || s.charged() != "imagine upscale inpaint" {
					t.Errorf("edited %q by %q, want the third picture by a region edit", edited[0].Parent, s.charged())
				}
				another := adapter.Caller{Owner: "another"}
				ticket, err := s.Edit(t.Context(), adapter.Attempt{Caller: another, Body: "x"}, adapter.Edit{Generation: generation("a boat"), Images: []adapter.Reference{*s.upload(t, change(whole))}})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := ticket.Wait(t.Context(), nil); err != nil || s.charged() != "imagine upscale inpaint edits" {
					t.Errorf("for another owner: %v by %q, want a stranger's photo", err, s.charged())
				}
			})
		})
	}
}

func TestEditsThatAreRefusedCostNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, simulator.Config{NoEdits: true}, nil)
		known := adapter.Reference{Image: s.draw(t, "a red fox", 1)[0].ID}
		stranger := *s.upload(t, rightHalfFilled(t, 96, 96))
		many := slices.Repeat([]adapter.Reference{stranger}, 17)
		nothing := s.upload(t, rightHalfFilled(t, 64, 64))
		wide := s.upload(t, rightHalf(t, 128, 64))
		another := adapter.Caller{Owner: "another"}
		tests := map[string]struct {
			as     adapter.Caller
			prompt string
			images []adapter.Reference
			mask   *adapter.Reference
			param  string
		}{
			"no picture":                         {s.me, "a boat", nil, nil, "image"},
			"17 pictures":                        {s.me, "a boat", many, nil, "image"},
			"no prompt":                          {s.me, " ", []adapter.Reference{known}, nil, "prompt"},
			"an unknown ID":                      {s.me, "a boat", []adapter.Reference{{Image: fox}}, nil, "image"},
			"another owner's ID":                 {another, "a boat", []adapter.Reference{known}, nil, "image"},
			"a mask of nothing":                  {s.me, "a boat", []adapter.Reference{known}, nothing, "mask"},
			"a mask of another ratio":            {s.me, "a boat", []adapter.Reference{known}, wide, "mask"},
			"a mask that erases nothing, by ID":  {s.me, "a boat", []adapter.Reference{stranger}, &known, "mask"},
			"a mask by an unknown ID":            {s.me, "a boat", []adapter.Reference{known}, &adapter.Reference{Image: fox}, "mask"},
			"a mask by address":                  {s.me, "a boat", []adapter.Reference{stranger}, &adapter.Reference{URL: "http://127.0.0.1/"}, "mask"},
			"a region of an address":             {s.me, "a boat", []adapter.Reference{{URL: "http://127.0.0.1/"}}, nothing, "image"},
			"a region of a stranger's, no edits": {s.me, "a boat", []adapter.Reference{stranger}, s.upload(t, rightHalf(t, 96, 96)), "mask"},
		}
		for name, test := range tests {
			ticket, err := s.Edit(t.Context(), adapter.Attempt{Caller: test.as, Body: name}, adapter.Edit{Generation: generation(test.prompt), Images: test.images, Mask: test.mask})
			if err == nil { // that the route is missing shows when it is used
				_, err = ticket.Wait(t.Context(), nil)
			}
			if got := refusal(t, err); got.Param != test.param {
				t.Errorf("%s: refused for %q (%s), want %q", name, got.Param, got.Message, test.param)
			}
		}
		if got := s.charged(); got != "imagine" {
			t.Errorf("jobs = %q, want only the first imagine", got)
		}
	})
}

func TestVariationsBlendsAndDescriptions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, simulator.Config{}, nil)
		known := adapter.Reference{Image: s.draw(t, "a red fox", 2)[1].ID}
		stranger := *s.upload(t, rightHalfFilled(t, 96, 96))
		vary := func(body string, ref adapter.Reference, n int) []adapter.Image {
			g := generation("")
			g.N = n
			ticket, err := s.Vary(t.Context(), s.attempt("/v1/images/variations", body), adapter.Edit{Generation: g, Images: []adapter.Reference{ref}})
			return s.await(t, ticket, err)
		}
		if images := vary("known", known, 2); len(images) != 2 || images[0].Action != adapter.ActVary {
			t.Errorf("a variation of a known picture: %d by %q, want 2 by vary", len(images), images[0].Action)
		}
		vary("stranger", stranger, 1)
		ticket, err := s.Blend(t.Context(), s.attempt("/v1/images/blends", "b"), adapter.Edit{Images: []adapter.Reference{known, stranger}})
		s.await(t, ticket, err)
		if got := s.charged(); got != "imagine variation describe imagine blend" {
			t.Errorf("jobs = %q, want variation, describe, imagine, blend after the imagine", got)
		}
		ticket, err = s.Describe(t.Context(), s.attempt("/v1/images/descriptions", "d"), adapter.Edit{Images: []adapter.Reference{stranger}})
		if err != nil {
			t.Fatal(err)
		}
		result, err := ticket.Wait(t.Context(), nil)
		if err != nil || len(result.Texts) != 4 || strings.ContainsAny(result.Texts[0], "\u20e3\n") {
			t.Errorf("Describe() = %q, %v, want four clean prompts", result.Texts, err)
		}
	})
}

// The request has no "id": the parameter that names an unknown picture is image.
func TestAnUnknownPictureIsNamedByItsParameter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, simulator.Config{}, nil)
		e := adapter.Edit{Generation: generation("a hat"), Images: []adapter.Reference{{Image: "img_ABCDEFGHIJKLMNOPQRSTUVWXYZ"}}}
		_, err := s.Edit(t.Context(), s.attempt("/v1/images/edits", "unknown"), e)
		if got := refusal(t, err); got.Kind != adapter.NotFound || got.Param != "image" {
			t.Errorf("Edit() = %v about %q, want NotFound about image", got, got.Param)
		}
	})
}
