package pictures

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"midgate/adapter"
	"midgate/adapter/pictures/picturetest"
)

// refusing is a disk that is full.
type refusing struct{}

func (refusing) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestAFailureOfTheBucketIsNoFailureOfThePicture(t *testing.T) {
	pic := picturetest.PNG(t, picturetest.Painting(16, 16, 1))
	if _, err := drain(refusing{}, bytes.NewReader(pic), limit, metadata{}); adapter.KindOf(err) != adapter.Storage {
		t.Errorf("drain to a full disk = %v, want kind %q", err, adapter.Storage)
	}
	broken := io.MultiReader(bytes.NewReader(pic), failingReader{})
	if _, err := drain(io.Discard, broken, limit, metadata{}); err == nil || adapter.KindOf(err) == adapter.Storage {
		t.Errorf("drain from a broken connection = %v, want an error of another kind", err)
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestAStoreThatRefusedAPictureIsNotReadyUntilItTakesOne(t *testing.T) {
	dir := t.TempDir()
	s := newStore(t, dir)
	pic := picturetest.PNG(t, picturetest.Painting(16, 16, 1))
	probe := filepath.Join(dir, probeKey)
	for _, blocked := range []string{filepath.Join(dir, "tasks"), filepath.Join(probe, "full")} {
		if err := os.MkdirAll(filepath.Dir(blocked), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(blocked, nil, 0o600); err != nil { // a name that cannot be written
			t.Fatal(err)
		}
	}
	if err := s.Ready(t.Context()); err != nil {
		t.Errorf("Ready before = %v", err)
	}
	if _, err := s.Save(t.Context(), "tasks/a", bytes.NewReader(pic), limit); adapter.KindOf(err) != adapter.Storage {
		t.Fatalf("Save = %v, want kind %q", err, adapter.Storage)
	}
	for name, ready := range map[string]func(context.Context) error{"Ready": s.Ready, "Keeps": s.Keeps} {
		if err := ready(t.Context()); adapter.KindOf(err) != adapter.Storage {
			t.Errorf("%s after a refusal = %v, want kind %q", name, err, adapter.Storage)
		}
	}
	if err := os.RemoveAll(probe); err != nil {
		t.Fatal(err)
	}
	if err := s.Keeps(t.Context()); err != nil {
		t.Errorf("Keeps once there is room = %v", err)
	}
	if _, err := os.Stat(probe); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the probe is left behind: %v", err)
	}
}
