package pictures

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/adapter/pictures/picturetest"
	"midgate/adapter/pictures/png"
)

func TestWhatACrashLeftIsTidiedUp(t *testing.T) {
	dir, temp := t.TempDir(), t.TempDir()
	files := map[string]struct {
		path string
		age  time.Duration
		stay bool
	}{
		"an old half written object":   {filepath.Join(dir, "a", "b.17abc.tmp"), 7 * time.Hour, false},
		"one that is being written":    {filepath.Join(dir, "a", "c.17abc.tmp"), time.Minute, true},
		"an old object":                {filepath.Join(dir, "a", "b"), 7 * time.Hour, true},
		"an old spooled upload":        {filepath.Join(temp, "midgate-upload-123"), 7 * time.Hour, false},
		"an upload that is coming in":  {filepath.Join(temp, "midgate-upload-124"), time.Minute, true},
		"somebody else's file":         {filepath.Join(temp, "notes.tmp"), 7 * time.Hour, true},
		"somebody else's file, nested": {filepath.Join(temp, "x", "midgate-upload-1"), 7 * time.Hour, true},
	}
	for _, f := range files {
		if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(f.path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-f.age)
		if err := os.Chtimes(f.path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	s, err := New(t.Context(), Config{URL: dir, TempDir: temp})
	if err != nil {
		t.Fatal(err)
	}
	s.shop.working.Wait()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for name, f := range files {
		if _, err := os.Stat(f.path); (err == nil) != f.stay {
			t.Errorf("%s: Stat = %v, want it to stay: %t", name, err, f.stay)
		}
	}
}

func TestAnUnwritableBucketIsSaidToBeOne(t *testing.T) {
	dir := t.TempDir()
	s := newStore(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "uploads"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "made"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "tasks"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	pic := picturetest.PNG(t, picturetest.Painting(16, 16, 1))
	if _, err := s.Receive(t.Context(), bytes.NewReader(pic), limit); adapter.KindOf(err) != adapter.Storage {
		t.Errorf("Receive = %v, want kind %q", err, adapter.Storage)
	}
	if _, err := s.Save(t.Context(), "tasks/a", bytes.NewReader(pic), limit); adapter.KindOf(err) != adapter.Storage {
		t.Errorf("Save = %v, want kind %q", err, adapter.Storage)
	}
	// Where only the memory aids cannot be written, pictures come and go all the same.
	save(t, s, "a", pic)
	s.kept.drop("a")
	if blob, b := read(t, s, adapter.Rendition{Name: "a", ImageID: "img_X"}); len(blob.Fingerprint) == 0 || png.TagOf(bytes.NewReader(b)) != "img_X" {
		t.Error("the picture came without its fingerprint or its ID")
	}
	if _, err := s.Open(t.Context(), adapter.Rendition{Name: "a", Quarter: 1}); adapter.KindOf(err) != adapter.Storage {
		t.Errorf("Open of a quarter = %v, want kind %q", err, adapter.Storage)
	}
}

// TestADeletedPictureLeavesNoFolder: every job that streams has one of its own for its previews.
func TestADeletedPictureLeavesNoFolder(t *testing.T) {
	dir := t.TempDir()
	s := newStore(t, dir)
	for _, name := range []string{"previews/job_a/1", "previews/job_a/2", "pictures/img_a"} {
		if _, err := s.Save(t.Context(), name, bytes.NewReader(picturetest.PNG(t, picturetest.Painting(16, 16, 1))), limit); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"previews/job_a/1", "previews/job_a/2", "pictures/img_a"} {
		if err := s.Delete(t.Context(), name); err != nil {
			t.Fatal(err)
		}
		entries, err := os.ReadDir(filepath.Join(dir, "previews"))
		if want := strings.HasSuffix(name, "1"); err != nil || (len(entries) > 0) != want {
			t.Errorf("ReadDir(previews) after %s went = %v, %v; want a folder: %v", name, entries, err, want)
		}
	}
}

// TestAPanicInWorkThatIsSharedIsAnErrorOfItsCallers: nobody else could catch it, and it would end the process with
// every job that is waited for.
func TestAPanicInWorkThatIsSharedIsAnErrorOfItsCallers(t *testing.T) {
	s := newStore(t, t.TempDir())
	for range 2 {
		err := s.shop.share(t.Context(), "a", "k", func(context.Context) error { panic("an encoder fell over") })
		if err == nil {
			t.Error("share(work that panics) = nil, want an error")
		}
	}
}

func TestNothingIsMadeOnceTheStoreIsClosed(t *testing.T) {
	s, err := New(t.Context(), Config{URL: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	save(t, s, "a", picturetest.PNG(t, picturetest.Painting(64, 64, 1)))
	p, err := s.renderer.plan(t.Context(), adapter.Rendition{Name: "a", Quarter: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.renderer.ensure(t.Context(), p); err == nil {
		t.Error("ensure = nil, want an error")
	}
}
