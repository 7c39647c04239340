package pictures

import (
	"fmt"
	"testing"

	"midgate/adapter/pictures/picturetest"
)

// Pictures of 64 pixels that a client halves and compresses are still told from their
// siblings, which are of the same scene.
func TestThumbnailsAreToldFromTheirSiblings(t *testing.T) {
	p, g := newPainter(t, 64), newGallery(t)
	sent := map[string][]byte{}
	for i := range 6 {
		whole := p.picture(p.imagine(prompt(i)))
		g.hang(fmt.Sprintf("grid_%d", i), whole)
		for n := 1; n <= 4; n++ {
			id, pic := fmt.Sprintf("img_%d_%d", i, n), cutOut(whole, n)
			g.hang(id, pic)
			sent[id] = picturetest.JPEG(t, resized(pic, pic.Bounds().Dx()/2, pic.Bounds().Dy()/2), 60)
		}
	}
	for id, b := range sent {
		if got := g.ask(t, b); got != id {
			t.Errorf("%s is %q", id, got)
		}
	}
}
