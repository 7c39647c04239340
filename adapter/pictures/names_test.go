package pictures

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"midgate/adapter"
	"midgate/adapter/pictures/picturetest"
)

func TestNamesThatCannotBe(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := newStore(t, filepath.Join(dir, "bucket"))
	pic := picturetest.PNG(t, picturetest.Painting(8, 8, 1))
	tests := map[string]string{
		"nothing":                   "",
		"a way up":                  "../secret",
		"a way up in the middle":    "a/../../secret",
		"an absolute path":          filepath.Join(dir, "secret"),
		"a NUL":                     "a\x00b",
		"a line end":                "a\nb",
		"a backslash":               `a\b`,
		"a percent escape":          "a%2fb",
		"a letter outside of ASCII": "bücher",
		"an empty segment":          "a//b",
		"a slash at the end":        "a/",
		"a hidden file":             "a/.b",
		"a dot":                     "./a",
		"what was made from others": "made/x",
		"the folder of that":        "made",
		"a driver's attribute file": "a.attrs",
		"a driver's temporary file": "a.123.tmp",
		"longer than two hundred":   strings.Repeat("a", 201),
	}
	for what, name := range tests {
		t.Run(what, func(t *testing.T) {
			if _, err := s.Save(t.Context(), name, bytes.NewReader(pic), limit); err == nil {
				t.Errorf("Save(%q) = nil, want an error", name)
			}
			if _, err := s.Stat(t.Context(), name); !errors.Is(err, adapter.ErrNotFound) {
				t.Errorf("Stat(%q) = %v, want ErrNotFound", name, err)
			}
			if _, err := s.Open(t.Context(), adapter.Rendition{Name: name}); !errors.Is(err, adapter.ErrNotFound) {
				t.Errorf("Open(%q) = %v, want ErrNotFound", name, err)
			}
			if err := s.Delete(t.Context(), name); err != nil {
				t.Errorf("Delete(%q) = %v, want nil", name, err)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(dir, "secret")); err != nil {
		t.Fatal(err)
	}
}

func TestALinkOutOfTheBucketIsNotFollowed(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(dir, "outside.png")
	if err := os.WriteFile(outside, picturetest.PNG(t, picturetest.Painting(8, 8, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	s := newStore(t, filepath.Join(dir, "bucket"))
	if err := os.Symlink(outside, filepath.Join(dir, "bucket", "link")); err != nil {
		t.Fatal(err)
	}
	if blob, err := s.Open(t.Context(), adapter.Rendition{Name: "link"}); err == nil {
		_ = blob.Close()
		t.Fatal("Open = nil, want an error")
	}
}

// FuzzName: no name reaches anything outside of the bucket's directory, or a made object.
func FuzzName(f *testing.F) {
	for _, seed := range []string{"a", "uploads/0f", "../x", "a/./b", "made/x", "made", "a/..", "\x00", "a.attrs", "C:\\x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if !validName(name) {
			return
		}
		if !filepath.IsLocal(name) || filepath.Clean(name) != name || strings.HasPrefix(name+"/", made) || strings.ContainsAny(name, "\x00\\%") {
			t.Fatalf("validName(%q) = true", name)
		}
	})
}
