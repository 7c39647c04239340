package pictures

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"midgate/adapter"
	"midgate/adapter/pictures/picturetest"
)

// TestADeletionWhileAPictureIsReadLeavesNothingOfIt: what is made of it meanwhile goes, too, and the deletion does not
// fail for it.
func TestADeletionWhileAPictureIsReadLeavesNothingOfIt(t *testing.T) {
	dir := t.TempDir()
	s := newStore(t, dir)
	pic := picturetest.PNG(t, picturetest.Painting(128, 128, 1))
	forms := []adapter.Rendition{
		{ImageID: "img_A"}, {Quarter: 1, ImageID: "img_A"}, {Quarter: 2, Format: adapter.JPEG}, {Format: adapter.JPEG}, {Quarter: 3, Format: adapter.PNG},
	}
	for i := range 15 {
		name := fmt.Sprintf("previews/job/%d", i)
		if _, err := s.Save(t.Context(), name, bytes.NewReader(pic), limit); err != nil {
			t.Fatal(err)
		}
		begun := make(chan struct{})
		var all sync.WaitGroup
		all.Go(func() {
			defer close(begun)
			for k, r := range forms {
				if k == i%len(forms) {
					begun <- struct{}{}
				}
				r.Name = name
				if blob, err := s.Open(t.Context(), r); err == nil {
					_, _ = io.Copy(io.Discard, blob)
					_ = blob.Close()
				}
			}
		})
		<-begun
		if err := s.Delete(t.Context(), name); err != nil {
			t.Errorf("Delete(%s) while it is read = %v, want no error", name, err)
		}
		all.Wait()
		if left := filesIn(t, dir); len(left) > 0 {
			t.Fatalf("after the deletion of %s there is still %v, want nothing", name, left)
		}
	}
}

func filesIn(t *testing.T, dir string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
