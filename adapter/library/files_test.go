package library_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

func TestFilesBelongToTheirOwner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		data := harness.Opaque(t, 96, 96)
		f, err := s.AddFile(t.Context(), s.Me, *s.Upload(t, data), "vision", 0)
		if err != nil || f.Size != int64(len(data)) || f.Name != "upload.png" || f.Purpose != "vision" || !strings.HasPrefix(f.ID, "file-") {
			t.Fatalf("AddFile() = %+v, %v", f, err)
		}
		s.Draw(t, "a red fox", 1)
		files, err := s.Files(t.Context(), s.Me, 10, "")
		if err != nil || len(files) != 1 || files[0].ID != f.ID {
			t.Errorf("Files() = %v, %v, want the one file and no picture", files, err)
		}
		images, err := s.Images(t.Context(), s.Me, adapter.ImageQuery{Limit: 10})
		if err != nil || len(images) != 5 {
			t.Errorf("Images() = %d, %v, want the grid and its quarters only", len(images), err)
		}
		blob, err := s.FileBytes(t.Context(), s.Me, f.ID)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = blob.Close() }()
		if got, err := io.ReadAll(blob); err != nil || !bytes.Equal(got, data) {
			t.Errorf("the file's bytes changed: %d of %d, %v", len(got), len(data), err)
		}
		if _, err := s.File(t.Context(), adapter.Caller{Owner: "another"}, f.ID); harness.Refusal(t, err).Code != "file_not_found" {
			t.Errorf("another owner's look = %v, want file_not_found", err)
		}
		s.EditPicture(t, "a boat", nil, f.Contents)
		if err := s.DeleteFile(t.Context(), s.Me, f.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.File(t.Context(), s.Me, f.ID); harness.Refusal(t, err).Code != "file_not_found" {
			t.Errorf("a deleted file = %v, want file_not_found", err)
		}
	})
}

// A picture that is handed out for a while, so that Midjourney can fetch it, is no file of anybody's.
func TestPublishedPicturesAreNoFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		id, err := s.Publish(t.Context(), s.Me, *s.Upload(t, harness.Opaque(t, 96, 96)))
		if err != nil {
			t.Fatal(err)
		}
		if files, err := s.Files(t.Context(), s.Me, 10, ""); err != nil || len(files) != 0 {
			t.Errorf("Files() = %+v, %v, want none", files, err)
		}
		blob, err := s.Bytes(t.Context(), id, adapter.PNG, 0)
		if err != nil {
			t.Fatalf("Bytes() = %v, want the published picture", err)
		}
		_ = blob.Close()
	})
}
