package prompt

import (
	"strings"
	"testing"

	"midgate/adapter"
)

// Whatever a prompt holds, what is left of it starts no more clips than the request says.
func FuzzFilmFlags(f *testing.F) {
	for _, seed := range []string{"it waves --bs 4", "a --motion high --loop", "—bs 2 x", "--end loop", "--bs --bs 2 4", "--video 1 --bs\u200b 4", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var film adapter.VideoRequest
		film.Prompt = text
		if ReadVideoFlags(&film) != nil {
			return
		}
		if n := film.Midjourney.BatchSize; n != 0 && n != 1 && n != 2 && n != 4 {
			t.Errorf("%q asks for %d clips", text, n)
		}
		again := film
		if err := ReadVideoFlags(&again); err != nil || again.Prompt == film.Prompt {
			return
		}
		if d, err := Compose(film.Generation, Model{}, Options{Image: true}); err == nil && strings.Contains(d.Text+" ", "--bs ") {
			t.Errorf("%q still says %q", text, d.Text)
		}
	})
}
