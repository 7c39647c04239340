package pictures

import (
	"context"
	"fmt"
	"image"

	"midgate/adapter/pictures/png"
)

// sight is what is seen of an upload.
type sight struct {
	*looks
	id            string // that a PNG carries
	width, height int
}

// sight looks at an upload, holes included.
func (s *Store) sight(ctx context.Context, upload string) (*sight, error) {
	f, err := s.still(ctx, upload)
	if err != nil {
		return nil, err
	}
	release, err := s.worker(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	k := newLooker(image.Rect(0, 0, f.Width, f.Height))
	if err := s.eachRow(ctx, upload, f.header, k.see); err != nil {
		return nil, fmt.Errorf("look at upload: %w", err)
	}
	r, err := s.bucket.open(ctx, upload)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return &sight{looks: k.looks(), id: png.TagOf(r), width: f.Width, height: f.Height}, nil
}
