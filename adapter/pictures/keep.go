package pictures

import (
	"context"
	"fmt"
	"io"
	"os"

	"midgate/adapter"
	"midgate/adapter/pictures/format"
)

// uploads is the folder of what did not come from an upstream.
const uploads = "uploads/"

// keepContent stores what fill writes under uploads/ and its SHA-256. Bytes that are
// there already are not written again, unless they are old. The digest must be known before the name, so
// they stand in a temporary file first.
func (s *Store) keepContent(ctx context.Context, fill func(*os.File) (metadata, error)) (adapter.Picture, error) {
	spool, err := os.CreateTemp(s.tempDir, spoolName)
	if err != nil {
		return adapter.Picture{}, cannotStore(err)
	}
	defer func() { _ = spool.Close(); _ = os.Remove(spool.Name()) }()
	f, err := fill(spool)
	if err != nil {
		return adapter.Picture{}, err
	}
	name := uploads + f.Digests[""]
	if s.fresh(ctx, name, f.Size) {
		return f.picture(name), nil
	}
	if _, err := spool.Seek(0, io.SeekStart); err != nil {
		return adapter.Picture{}, cannotStore(err)
	}
	err = s.bucket.write(ctx, name, true, func(w io.Writer) error {
		_, err := io.Copy(w, spool)
		return err
	})
	if err != nil {
		return adapter.Picture{}, cannotStore(err)
	}
	return f.picture(name), s.settle(ctx, name, f)
}

// keepPNG stores a picture that write draws into a PNG writer.
func (s *Store) keepPNG(ctx context.Context, width, height int, write func(io.Writer) error) (adapter.Picture, error) {
	return s.keepContent(ctx, func(spool *os.File) (metadata, error) {
		f := newDigesting(spool)
		if err := write(f); err != nil {
			return metadata{}, fmt.Errorf("write PNG: %w", err)
		}
		return f.metadata(format.Header{Format: adapter.PNG, Width: width, Height: height}), nil
	})
}
