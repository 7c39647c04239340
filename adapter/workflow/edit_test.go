package workflow_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"midgate/adapter/adaptertest/harness"

	"golang.org/x/image/draw"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

func TestARegionEditPressesUInpaintAndOneModal(t *testing.T) {
	for _, name := range harness.Buttoned {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := harness.New(t, harness.Dialects[name], nil)
				third := s.Draw(t, "a red fox", 4)[2]
				mask := s.Upload(t, harness.RightHalf(t, 64, 64))
				edited := s.EditPicture(t, "a red rowing boat", mask, adapter.Reference{Image: third.ID})[0]
				if got := s.Charged(); got != "imagine upscale inpaint" {
					t.Errorf("jobs = %q, want imagine, upscale, inpaint", got)
				}
				checkMask(t, s, 64)
				if edited.Parent != third.ID || edited.Action != adapter.ActVaryRegion {
					t.Errorf("the record says %q of %q, want vary_region of the third quarter", edited.Action, edited.Parent)
				}
				s.EditPicture(t, "a green rowing boat", mask, adapter.Reference{Image: third.ID})
				if got := s.Charged(); got != "imagine upscale inpaint inpaint" {
					t.Errorf("after a second edit: jobs = %q, want no second upscale", got)
				}
				if got := s.Sim.Requests().Routes["modal"]; got != 2 {
					t.Errorf("modals = %d, want one for each edit", got)
				}
			})
		})
	}
}

// checkMask looks at what the upstream got: grey, the picture's size, white on the right half only.
func checkMask(t *testing.T, s *harness.Harness, size int) {
	t.Helper()
	tasks := s.Sim.Tasks()
	mask, err := png.Decode(bytes.NewReader(s.Sim.Mask(tasks[len(tasks)-1].ID)))
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
		s := harness.New(t, simulator.Config{}, nil)
		first := s.Draw(t, "a red fox", 1)[0]
		img, err := png.Decode(bytes.NewReader(s.ReadPicture(t, first.ID)))
		if err != nil {
			t.Fatal(err)
		}
		erased := image.NewNRGBA(img.Bounds())
		for y := range 64 {
			for x := range 32 {
				erased.Set(x, y, img.At(x, y))
			}
		}
		ref := s.Upload(t, harness.Encoded(t, erased))
		ref.Image = first.ID
		s.EditPicture(t, "a boat", nil, *ref)
		if got := s.Charged(); got != "imagine upscale inpaint" {
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
		"a stranger's photo with a mask goes to edits":      {mask: true, prompt: "a boat", jobs: "edits"},
		"a stranger's photo without a mask goes to edits":   {prompt: "a boat", jobs: "edits"},
		"without edits a photo is an image prompt":          {sim: simulator.Config{NoEdits: true}, prompt: "a boat", jobs: "imagine"},
		"two photos are image prompts":                      {second: true, prompt: "a boat", jobs: "imagine"},
		"a known picture without a mask goes to edits":      {known: true, prompt: "a boat", jobs: "edits"},
		"without edits a known picture is varied":           {sim: simulator.Config{NoEdits: true}, known: true, prompt: "a boat", jobs: "upscale vary_strong"},
		"plain words press a button":                        {known: true, prompt: "Zoom out 2x.", jobs: "upscale zoom"},
		"plain words within a sentence press none":          {known: true, prompt: "zoom out 2x and add a boat", jobs: "edits"},
		"an exact copy of a known picture presses a button": {known: true, second: false, prompt: "pan left", jobs: "upscale pan"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := harness.New(t, test.sim, nil)
				first := *s.Upload(t, harness.Opaque(t, 96, 96))
				jobs := test.jobs
				if test.known {
					first = adapter.Reference{Image: s.Draw(t, "a red fox", 1)[0].ID}
					jobs = "imagine " + jobs
				}
				images := []adapter.Reference{first}
				if test.second {
					images = append(images, *s.Upload(t, harness.Opaque(t, 80, 80)))
				}
				var mask *adapter.Reference
				if test.mask {
					mask = s.Upload(t, harness.RightHalf(t, 96, 96))
				}
				s.EditPicture(t, test.prompt, mask, images...)
				if got := s.Charged(); got != jobs {
					t.Errorf("jobs = %q, want %q", got, jobs)
				}
			})
		})
	}
}

func TestAnExactCopyIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		first := s.Draw(t, "a red fox", 1)[0]
		copied := s.Upload(t, s.ReadPicture(t, first.ID))
		s.EditPicture(t, "zoom out 2x", nil, *copied)
		if got := s.Charged(); got != "imagine upscale zoom" {
			t.Errorf("jobs = %q, want the buttons of the known picture", got)
		}
		url := adapter.Reference{URL: "https://pictures.example/images/" + first.ID + ".png?x=1"}
		s.EditPicture(t, "pan right", nil, url)
		if got := s.Charged(); got != "imagine upscale zoom pan" {
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
				s := harness.New(t, simulator.Config{Pixels: 512}, nil)
				images := s.Draw(t, "a red fox", 4)
				for _, img := range images {
					s.ReadPicture(t, img.ID) // handed out
				}
				whole, err := png.Decode(bytes.NewReader(s.ReadPicture(t, images[2].ID)))
				if err != nil {
					t.Fatal(err)
				}
				edited := s.EditPicture(t, "a boat", s.Upload(t, harness.RightHalf(t, 512, 512)), *s.Upload(t, change(whole)))
				if edited[0].Parent != images[2].ID || s.Charged() != "imagine upscale inpaint" {
					t.Errorf("edited %q by %q, want the third picture by a region edit", edited[0].Parent, s.Charged())
				}
				another := adapter.Caller{Owner: "another"}
				ticket, err := s.Edit(t.Context(), adapter.Attempt{Caller: another, Body: "x"}, adapter.Edit{Generation: harness.Generation("a boat"), Images: []adapter.Reference{*s.Upload(t, change(whole))}})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := ticket.Wait(t.Context(), nil); err != nil || s.Charged() != "imagine upscale inpaint edits" {
					t.Errorf("for another owner: %v by %q, want a stranger's photo", err, s.Charged())
				}
			})
		})
	}
}

func TestEditsThatAreRefusedCostNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{NoEdits: true}, nil)
		known := adapter.Reference{Image: s.Draw(t, "a red fox", 1)[0].ID}
		stranger := *s.Upload(t, harness.Opaque(t, 96, 96))
		many := slices.Repeat([]adapter.Reference{stranger}, 17)
		nothing := s.Upload(t, harness.Opaque(t, 64, 64))
		wide := s.Upload(t, harness.RightHalf(t, 128, 64))
		another := adapter.Caller{Owner: "another"}
		tests := map[string]struct {
			as     adapter.Caller
			prompt string
			images []adapter.Reference
			mask   *adapter.Reference
			param  string
		}{
			"no picture":                         {s.Me, "a boat", nil, nil, "image"},
			"17 pictures":                        {s.Me, "a boat", many, nil, "image"},
			"no prompt":                          {s.Me, " ", []adapter.Reference{known}, nil, "prompt"},
			"an unknown ID":                      {s.Me, "a boat", []adapter.Reference{{Image: nobody}}, nil, "image"},
			"another owner's ID":                 {another, "a boat", []adapter.Reference{known}, nil, "image"},
			"a mask of nothing":                  {s.Me, "a boat", []adapter.Reference{known}, nothing, "mask"},
			"a mask of another ratio":            {s.Me, "a boat", []adapter.Reference{known}, wide, "mask"},
			"a mask that erases nothing, by ID":  {s.Me, "a boat", []adapter.Reference{stranger}, &known, "mask"},
			"a mask by an unknown ID":            {s.Me, "a boat", []adapter.Reference{known}, &adapter.Reference{Image: nobody}, "mask"},
			"a mask by address":                  {s.Me, "a boat", []adapter.Reference{stranger}, &adapter.Reference{URL: "http://127.0.0.1/"}, "mask"},
			"a region of an address":             {s.Me, "a boat", []adapter.Reference{{URL: "http://127.0.0.1/"}}, nothing, "image"},
			"a region of a stranger's, no edits": {s.Me, "a boat", []adapter.Reference{stranger}, s.Upload(t, harness.RightHalf(t, 96, 96)), "mask"},
		}
		for name, test := range tests {
			ticket, err := s.Edit(t.Context(), adapter.Attempt{Caller: test.as, Body: name}, adapter.Edit{Generation: harness.Generation(test.prompt), Images: test.images, Mask: test.mask})
			if err == nil { // that the route is missing shows when it is used
				_, err = ticket.Wait(t.Context(), nil)
			}
			if got := harness.Refusal(t, err); got.Param != test.param {
				t.Errorf("%s: refused for %q (%s), want %q", name, got.Param, got.Message, test.param)
			}
		}
		if got := s.Charged(); got != "imagine" {
			t.Errorf("jobs = %q, want only the first imagine", got)
		}
	})
}

func TestVariationsBlendsAndDescriptions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		known := adapter.Reference{Image: s.Draw(t, "a red fox", 2)[1].ID}
		stranger := *s.Upload(t, harness.Opaque(t, 96, 96))
		vary := func(body string, ref adapter.Reference, n int) []adapter.Image {
			g := harness.Generation("")
			g.N = n
			ticket, err := s.Vary(t.Context(), s.Attempt("/v1/images/variations", body), adapter.Edit{Generation: g, Images: []adapter.Reference{ref}})
			return s.Await(t, ticket, err)
		}
		if images := vary("known", known, 2); len(images) != 2 || images[0].Action != adapter.ActVary {
			t.Errorf("a variation of a known picture: %d by %q, want 2 by vary", len(images), images[0].Action)
		}
		vary("stranger", stranger, 1)
		ticket, err := s.Blend(t.Context(), s.Attempt("/v1/images/blends", "b"), adapter.Edit{Images: []adapter.Reference{known, stranger}})
		s.Await(t, ticket, err)
		if got := s.Charged(); got != "imagine variation describe imagine blend" {
			t.Errorf("jobs = %q, want variation, describe, imagine, blend after the imagine", got)
		}
		ticket, err = s.Describe(t.Context(), s.Attempt("/v1/images/descriptions", "d"), adapter.Edit{Images: []adapter.Reference{stranger}})
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
		s := harness.New(t, simulator.Config{}, nil)
		e := adapter.Edit{Generation: harness.Generation("a hat"), Images: []adapter.Reference{{Image: "img_ABCDEFGHIJKLMNOPQRSTUVWXYZ"}}}
		_, err := s.Edit(t.Context(), s.Attempt("/v1/images/edits", "unknown"), e)
		if got := harness.Refusal(t, err); got.Kind != adapter.NotFound || got.Param != "image" {
			t.Errorf("Edit() = %v about %q, want NotFound about image", got, got.Param)
		}
	})
}
