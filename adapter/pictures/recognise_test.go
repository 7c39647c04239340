package pictures

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"io"
	"strconv"
	"testing"
	"time"

	xdraw "golang.org/x/image/draw"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
	"midgate/adapter/pictures/fingerprint"
	"midgate/adapter/pictures/picturetest"
	"midgate/adapter/pictures/png"
)

// gallery is a recogniser with pictures in it.
type gallery struct {
	*Recogniser
	state *adaptertest.State
}

func newGallery(t testing.TB) *gallery {
	t.Helper()
	g := &gallery{state: adaptertest.NewState(false)}
	g.Recogniser = NewRecogniser(newStore(t, "mem://"), g.state, g.write)
	return g
}

// write writes what would ride on a unit.
func (g *gallery) write(work func(context.Context, adapter.Tx) error) {
	ctx := context.Background()
	if err := g.state.Write(ctx, func(tx adapter.Tx) error { return work(ctx, tx) }); err != nil {
		panic(err)
	}
}

func (g *gallery) add(img adapter.Image, looks []byte) {
	g.write(func(ctx context.Context, tx adapter.Tx) error { return tx.PutImages(ctx, img) })
	g.Note(context.Background(), img, looks)
}

// hang adds a picture under an ID, of owner "me".
func (g *gallery) hang(id string, pic image.Image, changes ...func(*adapter.Image)) {
	img := adapter.Image{ID: id, Owner: "me", Created: time.Unix(1000, 0), Width: pic.Bounds().Dx(), Height: pic.Bounds().Dy()}
	for _, change := range changes {
		change(&img)
	}
	g.add(img, fingerprint.Of(pic).Encode())
}

// ask uploads bytes and returns which picture they are; empty if none.
func (g *gallery) ask(t testing.TB, b []byte) string {
	t.Helper()
	id, err := g.Recognise(t.Context(), "me", adapter.Reference{Upload: upload(t, g.pictures, b).Name})
	if err != nil && !errors.Is(err, adapter.ErrNotFound) {
		t.Fatalf("Recognise = %v", err)
	}
	return id
}

func resized(img image.Image, w, h int) *image.NRGBA {
	dst := image.NewNRGBA(image.Rect(0, 0, w, h))
	xdraw.CatmullRom.Scale(dst, dst.Rect, img, img.Bounds(), draw.Src, nil)
	return dst
}

// without erases a rectangle given in hundredths of the picture.
func without(img image.Image, x0, y0, x1, y1 int) *image.NRGBA {
	b := img.Bounds()
	dst := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(dst, dst.Rect, img, b.Min, draw.Src)
	hole := image.Rect(b.Dx()*x0/100, b.Dy()*y0/100, b.Dx()*x1/100, b.Dy()*y1/100)
	draw.Draw(dst, hole, image.Transparent, image.Point{}, draw.Src)
	return dst
}

// painted changes a square of this share of the area, opaquely.
func painted(img image.Image, share float64) *image.NRGBA {
	dst := without(img, 0, 0, 0, 0)
	b := dst.Rect
	side := func(n int) int { return int(float64(n) * share) }
	at := image.Rect(b.Dx()/3, b.Dy()/3, b.Dx()/3+side(b.Dx()), b.Dy()/3+side(b.Dy()))
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			c := dst.NRGBAAt(x, y)
			dst.SetNRGBA(x, y, color.NRGBA{^c.R, c.G ^ 0x80, ^c.B, 255})
		}
	}
	return dst
}

func TestAPictureIsKnownAgain(t *testing.T) {
	g := newGallery(t)
	var pics []*image.RGBA
	for i := range 8 {
		w, h := 256, 256
		if i%3 == 1 {
			w, h = 320, 192
		}
		pics = append(pics, picturetest.Painting(w, h, uint64(100+i)))
		g.hang("img_"+strconv.Itoa(i), pics[i])
	}
	forms := map[string]func(image.Image) []byte{
		"as a thumbnail": func(p image.Image) []byte {
			return picturetest.JPEG(t, resized(p, 40, 40*p.Bounds().Dy()/p.Bounds().Dx()), 75)
		},
		"as a PNG":        func(p image.Image) []byte { return picturetest.PNG(t, p) },
		"as a JPEG at 60": func(p image.Image) []byte { return picturetest.JPEG(t, p, 60) },
		"as a WebP":       func(p image.Image) []byte { return webpBytes(t, p, false) },
		"at half its size": func(p image.Image) []byte {
			return picturetest.PNG(t, resized(p, p.Bounds().Dx()/2, p.Bounds().Dy()/2))
		},
		"at an odd size": func(p image.Image) []byte {
			return picturetest.PNG(t, resized(p, 233, 233*p.Bounds().Dy()/p.Bounds().Dx()))
		},
		"half size, JPEG at 60": func(p image.Image) []byte {
			return picturetest.JPEG(t, resized(p, p.Bounds().Dx()/2, p.Bounds().Dy()/2), 60)
		},
		"with a hole":            func(p image.Image) []byte { return picturetest.PNG(t, without(p, 20, 30, 60, 70)) },
		"with half of it gone":   func(p image.Image) []byte { return picturetest.PNG(t, without(p, 0, 0, 100, 55)) },
		"with most of it gone":   func(p image.Image) []byte { return picturetest.PNG(t, without(p, 0, 0, 100, 80)) },
		"with a hole, as a WebP": func(p image.Image) []byte { return webpBytes(t, without(p, 20, 30, 60, 70), false) },
		"with a hole, half size": func(p image.Image) []byte {
			return picturetest.PNG(t, resized(without(p, 20, 30, 60, 70), p.Bounds().Dx()/2, p.Bounds().Dy()/2))
		},
		"with a hole and a speck": func(p image.Image) []byte { return picturetest.PNG(t, painted(without(p, 60, 60, 90, 90), .05)) },
	}
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			for i, p := range pics[:2] {
				if got, want := g.ask(t, form(p)), "img_"+strconv.Itoa(i); got != want {
					t.Errorf("picture %d is %q, want %q", i, got, want)
				}
			}
		})
	}
}

func TestAnotherPictureIsNotKnown(t *testing.T) {
	g := newGallery(t)
	pic := picturetest.Painting(256, 256, 1)
	g.hang("img_1", pic)
	g.hang("img_other", pic, func(i *adapter.Image) { i.ID, i.Owner = "img_other", "somebody else" })
	g.hang("img_theirs", picturetest.Painting(256, 256, 2), func(i *adapter.Image) { i.Owner = "somebody else" })
	tests := map[string][]byte{
		"a stranger":                    picturetest.PNG(t, picturetest.Painting(256, 256, 7)),
		"somebody else's":               picturetest.PNG(t, picturetest.Painting(256, 256, 2)),
		"painted over in 2 % of it":     picturetest.PNG(t, painted(pic, .1414)),
		"painted over beside a hole":    picturetest.PNG(t, painted(without(pic, 60, 60, 90, 90), .2)),
		"cut to another ratio":          picturetest.PNG(t, pic.SubImage(image.Rect(0, 0, 256, 240))),
		"cut smaller at the same ratio": picturetest.PNG(t, pic.SubImage(image.Rect(20, 20, 240, 240))),
		"mirrored":                      picturetest.PNG(t, mirrored(pic)),
		"darker":                        picturetest.PNG(t, darker(pic)),
		"nothing left of it":            picturetest.PNG(t, without(pic, 0, 0, 100, 99)),
		"damaged":                       flipped(picturetest.PNG(t, pic)),
		"something that moves":          animatedWebP(),
	}
	for name, b := range tests {
		t.Run(name, func(t *testing.T) {
			save(t, g.pictures, "sent", b)
			id, err := g.Recognise(t.Context(), "me", adapter.Reference{Upload: "sent"})
			if !errors.Is(err, adapter.ErrNotFound) {
				t.Errorf("Recognise = %q, %v, want ErrNotFound", id, err)
			}
		})
	}
}

func mirrored(p *image.RGBA) image.Image {
	dst := image.NewRGBA(p.Rect)
	for y := range p.Rect.Dy() {
		for x := range p.Rect.Dx() {
			dst.SetRGBA(p.Rect.Dx()-1-x, y, p.RGBAAt(x, y))
		}
	}
	return dst
}

func darker(p *image.RGBA) image.Image {
	dst := image.NewRGBA(p.Rect)
	for i, v := range p.Pix {
		dst.Pix[i] = v
		if i%4 != 3 {
			dst.Pix[i] = uint8(int(v) * 3 / 4)
		}
	}
	return dst
}

func TestAmongEqualsTheNearestIsMeant(t *testing.T) {
	pic := picturetest.Painting(256, 256, 1)
	large := resized(pic, 512, 512)
	actions := func(n int) func(*adapter.Image) {
		return func(i *adapter.Image) { i.Buttons = make([]adapter.Button, n) }
	}
	newer := func(i *adapter.Image) { i.Created = time.Unix(2000, 0) }
	tests := map[string]struct {
		hang func(g *gallery)
		sent image.Image
		want string
	}{
		"the size decides first": {func(g *gallery) { g.hang("small", pic); g.hang("large", large, actions(9), newer) }, pic, "small"},
		"of the upscale's size":  {func(g *gallery) { g.hang("small", pic, actions(9), newer); g.hang("large", large) }, large, "large"},
		"then the actions":       {func(g *gallery) { g.hang("few", pic, actions(2), newer); g.hang("many", pic, actions(9)) }, pic, "many"},
		"then the age":           {func(g *gallery) { g.hang("new", pic, newer); g.hang("old", pic) }, pic, "new"},
		"a nearer likeness before all": {func(g *gallery) {
			g.hang("like", brighter(pic, 4), actions(9), newer)
			g.hang("same", pic)
		}, pic, "same"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := newGallery(t)
			test.hang(g)
			if got := g.ask(t, picturetest.PNG(t, test.sent)); got != test.want {
				t.Errorf("Recognise = %q, want %q", got, test.want)
			}
		})
	}
}

func brighter(p *image.RGBA, by int) image.Image {
	dst := image.NewRGBA(p.Rect)
	for i, v := range p.Pix {
		dst.Pix[i] = uint8(min(255, int(v)+by))
	}
	return dst
}

func TestTheIDThatAPictureCarriesDecidesUnlessItWasPaintedOver(t *testing.T) {
	g := newGallery(t)
	pic := picturetest.Painting(256, 256, 1)
	g.hang("img_A", pic)
	g.hang("img_B", pic, func(i *adapter.Image) { i.Buttons = make([]adapter.Button, 9) })
	g.hang("img_C", picturetest.Painting(256, 256, 2))
	g.hang("img_D", pic, func(i *adapter.Image) { i.Owner = "somebody else" })
	sealedWith := func(p image.Image, id string) []byte {
		s := newStore(t, "mem://")
		save(t, s, "a", picturetest.PNG(t, p))
		blob, err := s.Open(t.Context(), adapter.Rendition{Name: "a", ImageID: id})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = blob.Close() }()
		b, err := io.ReadAll(blob)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	tests := map[string]struct {
		sent []byte
		want string
	}{
		"its own ID":                {sealedWith(pic, "img_A"), "img_A"},
		"another one's ID":          {sealedWith(pic, "img_C"), "img_B"},
		"somebody else's ID":        {sealedWith(pic, "img_D"), "img_B"},
		"an ID that does not exist": {sealedWith(pic, "img_E"), "img_B"},
		"painted over":              {sealedWith(painted(pic, .3), "img_A"), ""},
	}
	for name, test := range tests {
		if got := g.ask(t, test.sent); got != test.want {
			t.Errorf("%s: Recognise = %q, want %q", name, got, test.want)
		}
	}
	id, err := g.Recognise(t.Context(), "me", adapter.Reference{Upload: upload(t, g.pictures, picturetest.PNG(t, pic)).Name, Name: "img_ABCDEFGHIJKLMNOPQRSTUVWXYZ.png"})
	if err != nil || id != "img_B" {
		t.Errorf("a file name of a picture that is not there: %q, %v, want img_B", id, err)
	}
}

func TestRecogniser_FindsWhatHasARecord(t *testing.T) {
	g := newGallery(t)
	pics := map[string]*image.RGBA{}
	for i := range 20 {
		id := "img_" + strconv.Itoa(i)
		pics[id] = picturetest.Painting(128, 128, uint64(i))
		g.hang(id, pics[id])
	}
	g.fresh = noted{} // all is written by now
	for i := range 10 {
		g.write(func(ctx context.Context, tx adapter.Tx) error { return tx.DeleteImage(ctx, "img_"+strconv.Itoa(2*i)) })
	}
	for id, pic := range pics {
		n, _ := strconv.Atoi(id[4:])
		want := id
		if n%2 == 0 {
			want = ""
		}
		if got := g.ask(t, picturetest.PNG(t, pic)); got != want {
			t.Errorf("Recognise of %s = %q, want %q", id, got, want)
		}
	}
}

// What is noted is found before it is written.
func TestRecogniser_FindsWhatIsNotWrittenYet(t *testing.T) {
	g := newGallery(t)
	g.ride = func(func(context.Context, adapter.Tx) error) {}
	pic := picturetest.Painting(128, 128, 1)
	g.hang("img_1", pic)
	if got := g.ask(t, picturetest.PNG(t, resized(pic, 64, 64))); got != "img_1" {
		t.Errorf("Recognise = %q, want img_1", got)
	}
}

func TestTinyPicturesHaveFingerprints(t *testing.T) {
	g := newGallery(t)
	for _, size := range [][2]int{{1, 1}, {3, 2}, {63, 65}, {1, 200}} {
		pic := picturetest.Painting(size[0], size[1], 5)
		id := strconv.Itoa(size[0]) + "x" + strconv.Itoa(size[1])
		g.hang(id, pic)
		if got := g.ask(t, picturetest.PNG(t, pic)); got != id {
			t.Errorf("%s is %q", id, got)
		}
	}
}

func TestOpenTellsTheFingerprintOfWhatItHandsOut(t *testing.T) {
	img := picturetest.Painting(256, 256, 4)
	for _, b := range [][]byte{picturetest.PNG(t, img), picturetest.JPEG(t, img, 95), webpBytes(t, img, false)} {
		s := newSaved(t, b)
		for quarter := range 5 {
			want := fingerprint.Of(crop(decodeBytes(t, b), png.Quarter(256, 256, quarter)))
			for _, f := range []adapter.Format{"", adapter.JPEG, adapter.PNG} {
				blob, _ := read(t, s, adapter.Rendition{Name: "a", Quarter: quarter, Format: f})
				got, ok := fingerprint.Parse(blob.Fingerprint)
				if !ok {
					t.Fatalf("quarter %d has no fingerprint", quarter)
				}
				if l := fingerprint.Compare(got, want, 1); l.Changed > 0 || l.Mean > 0.5 {
					t.Errorf("quarter %d as %q: its fingerprint is %+v from those of its pixels", quarter, f, l)
				}
			}
		}
	}
}
