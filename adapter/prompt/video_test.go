package prompt

import (
	"reflect"
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

// A video's parameters are read in every spelling in which a picture's are.
func TestReadVideoFlags_InAnySpelling(t *testing.T) {
	for text, want := range map[string]adapter.VideoRequest{
		"it waves —motion high":                   {Motion: "high"},
		"it waves --motion=high":                  {Motion: "high"},
		"it waves --Motion High, --bs4":           {Motion: "high", Generation: adapter.Generation{Midjourney: adapter.Midjourney{BatchSize: 4}}},
		"it waves –loop":                          {Loop: true},
		"it waves —end https://example.com/a.png": {End: &adapter.Reference{URL: "https://example.com/a.png"}},
		"it waves --end=loop --bs 2":              {Loop: true, Generation: adapter.Generation{Midjourney: adapter.Midjourney{BatchSize: 2}}},
	} {
		film := adapter.VideoRequest{}
		film.Prompt = text
		err := ReadVideoFlags(&film)
		want.Prompt = "it waves"
		if err != nil || !reflect.DeepEqual(film, want) {
			t.Errorf("%q is read as %+v, %v; want %+v", text, film, err, want)
		}
	}
}
