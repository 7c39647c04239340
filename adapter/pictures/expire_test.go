package pictures

import (
	"image"
	"os"
	"path/filepath"
	"testing"
	"time"

	"midgate/adapter/pictures/picturetest"
)

func TestUploadsThatNobodyUsesAnyMoreGo(t *testing.T) {
	dir := t.TempDir()
	s := newStore(t, dir)
	keep := func(data []byte) string { return upload(t, s, data).Name }
	old := time.Now().Add(-100 * 24 * time.Hour)
	age := func(name string) string {
		t.Helper()
		if err := os.Chtimes(filepath.Join(dir, name), old, old); err != nil {
			t.Fatal(err)
		}
		return name
	}
	again := picturetest.PNG(t, image.NewGray(image.Rect(0, 0, 3, 3)))
	names := map[string]struct {
		name string
		stay bool
	}{
		"one of long ago":                  {age(keep(picturetest.PNG(t, image.NewGray(image.Rect(0, 0, 2, 2))))), false},
		"one of now":                       {keep(picturetest.PNG(t, image.NewGray(image.Rect(0, 0, 4, 4)))), true},
		"one that a record holds on to":    {age(keep(picturetest.PNG(t, image.NewGray(image.Rect(0, 0, 5, 5))))), true},
		"one of long ago that came again":  {age(keep(again)), true},
		"a picture of Midjourney's":        {age(save(t, s, "pictures/a", picturetest.PNG(t, image.NewGray(image.Rect(0, 0, 6, 6)))).Name), true},
		"a preview that was left, old":     {age(save(t, s, "previews/job/b", picturetest.PNG(t, image.NewGray(image.Rect(0, 0, 7, 7)))).Name), false},
		"a preview of a job under way now": {save(t, s, "previews/job/c", picturetest.PNG(t, image.NewGray(image.Rect(0, 0, 8, 8)))).Name, true},
	}
	keep(again)
	held := names["one that a record holds on to"].name
	if err := s.expire(t.Context(), time.Now().Add(-90*24*time.Hour), func(name string) bool { return name == held }); err != nil {
		t.Fatal(err)
	}
	for what, n := range names {
		if _, err := s.Stat(t.Context(), n.name); (err == nil) != n.stay {
			t.Errorf("%s: Stat = %v, want it to stay: %t", what, err, n.stay)
		}
	}
}
