package pictures

import (
	"context"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"
)

// spoolName is the pattern of the temporary files in which uploads stand.
const spoolName = "midgate-upload-*"

// leftAfter is how old a temporary file must be for its writer to be dead: it may be
// another process's.
const leftAfter = 6 * time.Hour

// tidy removes the temporary files that a crash left behind. They are never served: no
// name may end like them.
func (s *Store) tidy() {
	tidyDir(s.shop.ending, os.DirFS(s.tempDir), func(name string) bool {
		ok, err := path.Match(spoolName, name)
		return ok && err == nil
	}, func(name string) error { return os.Remove(path.Join(s.tempDir, name)) }, false)
	if s.bucket.root != nil {
		tidyDir(s.shop.ending, s.bucket.root.FS(), func(name string) bool { return strings.HasSuffix(name, ".tmp") }, s.bucket.root.Remove, true)
	}
}

// tidyDir removes old files whose name is meant, below too if deep. What cannot be read
// or removed stays for the next time.
func tidyDir(ctx context.Context, dir fs.FS, meant func(name string) bool, remove func(name string) error, deep bool) {
	_ = fs.WalkDir(dir, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return fs.SkipAll
		case err == nil && name != "." && e.IsDir() && !deep:
			return fs.SkipDir
		case err == nil && meant(path.Base(name)) && left(e):
			_ = remove(name)
		}
		return nil
	})
}

// left reports whether a file was left behind.
func left(e fs.DirEntry) bool {
	info, err := e.Info()
	return err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > leftAfter
}
