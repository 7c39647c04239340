package pictures

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image"
	"math/bits"
	"os"
	"slices"
	"strings"
	"testing"

	"midgate/adapter"
	"midgate/adapter/pictures/fingerprint"
	"midgate/adapter/pictures/format"
	"midgate/adapter/pictures/picturetest"
)

var measureAll = flag.Bool("measure", false, "measure recognition at full size and write RECOGNITION.md")

// kind gathers what was measured of one kind of pair: a stored picture, and something
// that was sent.
type kind struct {
	name  string
	same  bool // the sent one is to be taken for the stored one
	pairs []pair
}

type pair struct {
	fingerprint.Distance
	hash  int
	found bool // among the candidates
}

func (k *kind) add(l fingerprint.Distance, hash int, found bool) {
	k.pairs = append(k.pairs, pair{l, hash, found})
}

// known is the share of the pairs that recognition takes for the same.
func (k *kind) known() float64 {
	n := 0
	for _, p := range k.pairs {
		if p.found && p.Same() {
			n++
		}
	}
	return float64(n) / float64(len(k.pairs))
}

// row is the kind's line of the table.
func (k *kind) row() string {
	of := func(f func(pair) float64) (low, mid, high float64) {
		v := make([]float64, len(k.pairs))
		for i, p := range k.pairs {
			v[i] = f(p)
		}
		slices.Sort(v)
		return v[0], v[len(v)/2], v[len(v)-1]
	}
	h0, h1, h2 := of(func(p pair) float64 { return float64(p.hash) })
	c0, c1, c2 := of(func(p pair) float64 { return 100 * p.Changed })
	m0, m1, m2 := of(func(p pair) float64 { return p.Mean })
	want := "other"
	if k.same {
		want = "same"
	}
	return fmt.Sprintf("| %s | %s | %d | %.0f / %.0f / %.0f | %.2f / %.2f / %.2f | %.2f / %.2f / %.2f | %.2f %% |",
		k.name, want, len(k.pairs), h0, h1, h2, m0, m1, m2, c0, c1, c2, 100*k.known())
}

// pictureForms are what clients do to a picture before they send it back.
func pictureForms(t testing.TB) []struct {
	name string
	form func(image.Image) image.Image
} {
	through := func(encoded []byte) image.Image { return decodeBytes(t, encoded) }
	half := func(p image.Image) image.Image { return resized(p, p.Bounds().Dx()/2, p.Bounds().Dy()/2) }
	return []struct {
		name string
		form func(image.Image) image.Image
	}{
		{"JPEG at 85", func(p image.Image) image.Image { return through(picturetest.JPEG(t, p, 85)) }},
		{"JPEG at 60", func(p image.Image) image.Image { return through(picturetest.JPEG(t, p, 60)) }},
		{"WebP at 90", func(p image.Image) image.Image {
			var file bytes.Buffer
			if err := format.Encode(&file, p, adapter.WebP, 90); err != nil {
				t.Fatal(err)
			}
			return through(file.Bytes())
		}},
		{"half its size", half},
		{"half its size, JPEG at 60", func(p image.Image) image.Image { return through(picturetest.JPEG(t, half(p), 60)) }},
		{"twice its size", func(p image.Image) image.Image { return resized(p, p.Bounds().Dx()*2, p.Bounds().Dy()*2) }},
		{"a quarter of it erased", func(p image.Image) image.Image { return without(p, 30, 20, 80, 70) }},
		{"the upper 60 % erased, half size", func(p image.Image) image.Image { return half(without(p, 0, 0, 100, 60)) }},
		{"4 % painted over", func(p image.Image) image.Image { return painted(p, .2) }},
	}
}

// TestRecognitionTable measures the thresholds: pictures from the simulated upstream,
// what clients do to them, and what the upstream makes of them. The quick form guards
// the bars on one grid; with -measure it takes 1000 pictures, relatives of 100, and writes
// the table.
func TestRecognitionTable(t *testing.T) {
	pictures, families, pixels := 4, 1, 128
	if *measureAll {
		pictures, families, pixels = 1000, 100, 512
	}
	m := &measurement{t: t, p: newPainter(t, pixels), g: newGallery(t), forms: pictureForms(t)}
	for i := range pictures / 4 {
		grid := m.p.imagine(prompt(i))
		whole := m.p.picture(grid)
		for n := 1; n <= 4; n++ {
			m.picture(cutOut(whole, n), fmt.Sprintf("img_%d_%d", i, n))
		}
		if i < families {
			m.family(grid, whole, 1+i%4)
		}
	}
	m.strangers()
	for _, k := range m.kinds {
		if len(k.pairs) == 0 {
			continue // one grid has no strangers
		}
		if k.same && k.known() < .99 || !k.same && !strings.HasPrefix(k.name, "its ") && k.known() > 0 {
			t.Errorf("known: %s", k.row())
		}
	}
	if *measureAll {
		m.write()
	}
}

type measurement struct {
	t     *testing.T
	p     *painter
	g     *gallery
	kinds []*kind
	all   []*fingerprint.Fingerprint
	forms []struct {
		name string
		form func(image.Image) image.Image
	}
}

func (m *measurement) kind(name string, same bool) *kind {
	for _, k := range m.kinds {
		if k.name == name {
			return k
		}
	}
	k := &kind{name: name, same: same}
	m.kinds = append(m.kinds, k)
	return k
}

// picture hangs a picture and measures what clients make of it.
func (m *measurement) picture(pic image.Image, id string) {
	stored := fingerprint.Of(pic)
	m.all = append(m.all, stored)
	m.g.hang(id, pic)
	for i, f := range m.forms {
		if i > 1 && len(m.all)%5 != 1 {
			continue // the cheap forms of all, the dear ones of every fifth
		}
		m.compare(m.kind(f.name, f.name != "4 % painted over"), f.form(pic), stored, id)
	}
}

func (m *measurement) compare(k *kind, sent image.Image, stored *fingerprint.Fingerprint, id string) {
	l := fingerprint.Of(sent)
	prints, err := m.g.state.Prints(context.Background(), queryFor("me", l, sent.Bounds().Dx(), sent.Bounds().Dy()))
	if err != nil {
		panic(err)
	}
	found := slices.ContainsFunc(prints, func(p adapter.Print) bool { return p.Image == id })
	k.add(fingerprint.Compare(l, stored, fingerprint.MergeFor(sent.Bounds().Dx(), sent.Bounds().Dy())), bits.OnesCount64(l.Hash^stored.Hash), found)
}

// family measures what the upstream makes of quarter n of a grid.
func (m *measurement) family(grid drawn, whole image.Image, n int) {
	stored := fingerprint.Of(cutOut(whole, n))
	id := fmt.Sprintf("img_%d_%d", len(m.all)/4-1, n)
	single := m.p.press(grid, fmt.Sprintf("U%d", n))
	m.compare(m.kind("its U", true), m.p.picture(single), stored, id)
	m.compare(m.kind("its U as a JPEG at 60", true), decodeBytes(m.t, picturetest.JPEG(m.t, m.p.picture(single), 60)), stored, id)
	upscales, redrawn := []string{"Upscale (Subtle)"}, []string{"Vary (Strong)"}
	if *measureAll {
		upscales = append(upscales, "Upscale (Creative)")
		redrawn = append(redrawn, "Vary (Subtle)", "Zoom Out 2x", "Zoom Out 1.5x")
	}
	for _, label := range upscales {
		m.compare(m.kind("its "+label, true), m.p.picture(m.p.press(single, label)), stored, id)
	}
	for _, label := range redrawn {
		made := m.p.picture(m.p.press(single, label))
		for q := 1; q <= 4; q++ {
			m.compare(m.kind("its "+label, false), cutOut(made, q), stored, id)
		}
	}
	m.compare(m.kind("its whole grid", false), whole, stored, id)
}

// strangers compares every picture with every other.
func (m *measurement) strangers() {
	k := m.kind("every other picture", false)
	siblings := m.kind("the other quarters of its grid", false)
	for i, a := range m.all {
		for j, b := range m.all {
			if i == j {
				continue
			}
			hash := bits.OnesCount64(a.Hash ^ b.Hash)
			of := k
			if i/4 == j/4 {
				of = siblings
			}
			of.add(fingerprint.Compare(a, b, 1), hash, mayBe(a, b))
		}
	}
}

// mayBe reports whether one picture is among the candidates of another, of the same shape.
func mayBe(a, b *fingerprint.Fingerprint) bool {
	q, light := queryFor("me", a, 1, 1), b.Light()
	misses := 0
	for i, want := range q.Cells {
		if abs(int(want)-int(light[i])) > q.Within {
			misses++
		}
	}
	return misses <= q.Misses
}

func (m *measurement) write() {
	var b strings.Builder
	fmt.Fprintf(&b, `# Recognition, measured

Written by `+"`go test ./adapter/pictures -run RecognitionTable -measure`"+`: %d pictures of the simulated
upstream (four of each grid, 512 pixels to a side), what clients do to them, and what the upstream makes of 100 of them.
Each cell is least / median / most over the pairs.

- *hash*: bits of 64 in which the perceptual hashes differ, for comparison. Candidates are found by the mean light of the
  sixteen parts of a picture, as far as they can be seen: all but %[7]d of them must differ by at most %[2]d.
- *mean*: mean difference of light in the 64×64 thumbnails' opaque cells, of 255. Among equals, pictures within %.2f of
  the nearest count as one, and size, actions and age decide.
- *changed*: per cent of the opaque cells that differ by more than %d in light or %d in colour. Above %.0f %% the picture is another one.
- *known*: how many were among the candidates and taken for the stored picture.

Why these thresholds: re-encoding and resizing change no cell by as much as they allow, while the nearest thing that is another
picture, Vary (Subtle), changes more cells than the allowed 1 %%. Compared at larger cells when the sent or the stored picture
is smaller than 512 pixels to a side.

| sent | is meant to be | pairs | hash | mean | changed %% | known |
|---|---|---|---|---|---|---|
`, len(m.all), printAway, equalMean, fingerprint.LumaChange, fingerprint.ChromaChange, 100*fingerprint.MaxChanged, printMisses)
	for _, k := range m.kinds {
		b.WriteString(k.row() + "\n")
	}
	if err := os.WriteFile("RECOGNITION.md", []byte(b.String()), 0o644); err != nil {
		m.t.Fatal(err)
	}
}
