package pictures

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	deepwebp "github.com/deepteams/webp"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"midgate/adapter"
	"midgate/adapter/pictures/format"
	"midgate/adapter/pictures/picturetest"
)

const limit = 64 << 20

// bucketURLs are the kinds of bucket that every store test runs on.
func bucketURLs(t *testing.T) map[string]string {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("pictures"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	return map[string]string{
		"memory":      "mem://",
		"a directory": "file://" + t.TempDir(),
		"S3":          "s3://pictures?region=eu-west-1&use_path_style=true&disable_https=true&endpoint=" + server.URL,
	}
}

func newStore(t testing.TB, url string) *Store {
	t.Helper()
	s, err := New(t.Context(), Config{URL: url, TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close = %v, want nil", err)
		}
	})
	return s
}

func save(t testing.TB, s *Store, name string, b []byte) adapter.Picture {
	t.Helper()
	p, err := s.Save(t.Context(), name, bytes.NewReader(b), limit)
	if err != nil {
		t.Fatalf("Save(%s) = %v, want nil", name, err)
	}
	return p
}

func digestOf(b []byte) string {
	d := sha256.Sum256(b)
	return hex.EncodeToString(d[:])
}

func webpBytes(t testing.TB, img image.Image, lossless bool) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := deepwebp.Encode(&b, img, &deepwebp.Options{Quality: 90, Method: 4, Lossless: lossless}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSavedBytesComeBackOnEveryBucket(t *testing.T) {
	for kind, url := range bucketURLs(t) {
		t.Run(kind, func(t *testing.T) {
			s := newStore(t, url)
			b := picturetest.PNG(t, picturetest.Painting(40, 30, 1))
			want := adapter.Picture{Name: "tasks/1/a.png", Format: adapter.PNG, Width: 40, Height: 30, Size: int64(len(b)), SHA256: digestOf(b)}
			if got := save(t, s, "tasks/1/a.png", b); got != want {
				t.Fatalf("Save = %+v, want %+v", got, want)
			}
			s.kept.metadata.dropFolder("") // as another process would see it
			if got, err := s.Stat(t.Context(), want.Name); err != nil || got != want {
				t.Fatalf("Stat = %+v, %v, want %+v", got, err, want)
			}
			blob, err := s.Open(t.Context(), adapter.Rendition{Name: want.Name})
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(blob)
			if err != nil || !bytes.Equal(got, b) || blob.SHA256 != want.SHA256 || blob.Size != want.Size || blob.Modified.IsZero() {
				t.Fatalf("Open gave %d bytes, %v, %+v", len(got), err, blob)
			}
			if at, err := blob.Seek(-5, io.SeekEnd); err != nil || at != want.Size-5 {
				t.Fatalf("Seek = %d, %v", at, err)
			}
			if tail, err := io.ReadAll(blob); err != nil || !bytes.Equal(tail, b[len(b)-5:]) {
				t.Fatalf("after Seek %q, %v", tail, err)
			}
			if err := blob.Close(); err != nil {
				t.Fatal(err)
			}
			if err := s.Delete(t.Context(), want.Name); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Stat(t.Context(), want.Name); !errors.Is(err, adapter.ErrNotFound) {
				t.Fatalf("Stat after Delete = %v, want ErrNotFound", err)
			}
			if _, err := s.Open(t.Context(), adapter.Rendition{Name: want.Name}); !errors.Is(err, adapter.ErrNotFound) {
				t.Fatalf("Open after Delete = %v, want ErrNotFound", err)
			}
			if err := s.Delete(t.Context(), want.Name); err != nil {
				t.Fatalf("Delete of nothing = %v, want nil", err)
			}
		})
	}
}

func TestReceiveStoresTheSameBytesOnce(t *testing.T) {
	for kind, url := range bucketURLs(t) {
		t.Run(kind, func(t *testing.T) {
			s := newStore(t, url)
			b := picturetest.JPEG(t, picturetest.Painting(40, 30, 1), 80)
			first, err := s.Receive(t.Context(), bytes.NewReader(b), limit)
			if err != nil {
				t.Fatal(err)
			}
			want := adapter.Picture{Name: "uploads/" + digestOf(b), Format: adapter.JPEG, Width: 40, Height: 30, Size: int64(len(b)), SHA256: digestOf(b)}
			if first != want {
				t.Fatalf("Receive = %+v, want %+v", first, want)
			}
			at := modified(t, s, first.Name)
			if again, err := s.Receive(t.Context(), bytes.NewReader(b), limit); err != nil || again != want {
				t.Fatalf("Receive again = %+v, %v, want %+v", again, err, want)
			}
			if got := modified(t, s, first.Name); got != at {
				t.Fatalf("the second upload was written at %v, the first at %v", got, at)
			}
			if left, _ := filepath.Glob(filepath.Join(s.tempDir, "*")); len(left) != 0 {
				t.Fatalf("temporary files left: %v", left)
			}
		})
	}
}

func modified(t *testing.T, s *Store, name string) string {
	t.Helper()
	a, err := s.bucket.b.Attributes(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return a.ModTime.String() + a.ETag
}

func TestSaveAndReceiveRefuse(t *testing.T) {
	s := newStore(t, "mem://")
	s.pixels.most = 1 << 20
	pic := picturetest.PNG(t, picturetest.Painting(40, 30, 1))
	tests := map[string]struct {
		b     []byte
		limit int64
		kind  adapter.Kind
	}{
		"nothing":                      {nil, limit, adapter.Invalid},
		"a text":                       {[]byte("<html><body>502 Bad Gateway</body></html>"), limit, adapter.Invalid},
		"a picture's first bytes only": {pic[:12], limit, adapter.Invalid},
		"one byte too many":            {pic, int64(len(pic)) - 1, adapter.TooLarge},
		"a WebP whose frame is larger than it says": {wrongCanvas(t), limit, adapter.Invalid},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := s.Save(t.Context(), "a", bytes.NewReader(test.b), test.limit); adapter.KindOf(err) != test.kind {
				t.Fatalf("Save = %v, want kind %q", err, test.kind)
			}
			if _, err := s.Receive(t.Context(), bytes.NewReader(test.b), test.limit); adapter.KindOf(err) != test.kind {
				t.Fatalf("Receive = %v, want kind %q", err, test.kind)
			}
			if _, err := s.Stat(t.Context(), "a"); !errors.Is(err, adapter.ErrNotFound) {
				t.Fatalf("Stat = %v, want ErrNotFound", err)
			}
		})
	}
	if _, err := s.Save(t.Context(), "a", bytes.NewReader(pic), int64(len(pic))); err != nil {
		t.Fatalf("Save of exactly the limit = %v, want nil", err)
	}
}

// wrongCanvas is a WebP whose canvas is announced smaller than its frame.
func wrongCanvas(t *testing.T) []byte {
	t.Helper()
	plain := webpBytes(t, picturetest.Painting(64, 64, 1), false)
	b := append([]byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00"), 9, 0, 0, 9, 0, 0)
	return append(b, plain[12:]...)
}

func TestABrokenSourceLeavesNothing(t *testing.T) {
	for kind, url := range bucketURLs(t) {
		t.Run(kind, func(t *testing.T) {
			s := newStore(t, url)
			b := picturetest.PNG(t, picturetest.Painting(200, 200, 1))
			broken := errors.New("connection reset")
			half := func() io.Reader {
				return io.MultiReader(bytes.NewReader(b[:len(b)/2]), iotest.ErrReader(broken))
			}
			if _, err := s.Save(t.Context(), "a", half(), limit); !errors.Is(err, broken) {
				t.Fatalf("Save = %v, want %v", err, broken)
			}
			if _, err := s.Receive(t.Context(), half(), limit); !errors.Is(err, broken) {
				t.Fatalf("Receive = %v, want %v", err, broken)
			}
			if _, err := s.Open(t.Context(), adapter.Rendition{Name: "a"}); !errors.Is(err, adapter.ErrNotFound) {
				t.Fatalf("Open = %v, want ErrNotFound", err)
			}
			// What was there before stays.
			save(t, s, "a", b)
			if _, err := s.Save(t.Context(), "a", half(), limit); !errors.Is(err, broken) {
				t.Fatalf("Save over it = %v, want %v", err, broken)
			}
			if p, err := s.Stat(t.Context(), "a"); err != nil || p.SHA256 != digestOf(b) {
				t.Fatalf("Stat = %+v, %v, want the earlier picture", p, err)
			}
		})
	}
}

func TestOnADiskNothingIsLeftBehindAWrite(t *testing.T) {
	dir := t.TempDir()
	s := newStore(t, dir)
	b := picturetest.PNG(t, picturetest.Painting(200, 200, 1))
	save(t, s, "a/b", b)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Save(cancelled, "a/c", bytes.NewReader(b), limit); err == nil {
		t.Fatal("Save with an ended context = nil, want an error")
	}
	var files []string
	if err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() && !strings.HasSuffix(path, ".json") {
			files = append(files, strings.TrimPrefix(path, dir))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 || files[0] != "/a/b" {
		t.Fatalf("files = %v, want only /a/b", files)
	}
}

func TestNewRefusesAnUnusableURL(t *testing.T) {
	for _, url := range []string{"", "file://relative/dir", "ftp://host/x", "file:///dev/null/x"} {
		if s, err := New(t.Context(), Config{URL: url}); err == nil {
			_ = s.Close()
			t.Errorf("New(%q) = nil, want an error", url)
		}
	}
}

// shownWebP decodes a WebP as a stored one is.
func shownWebP(r io.Reader) (image.Image, error) {
	h, rest, err := format.ReadHeader(r)
	if err != nil {
		return nil, err
	}
	return format.Decode(rest, h)
}
