package pictures

import (
	"context"
	"fmt"
	"image"

	"midgate/adapter/pictures/fingerprint"
	"midgate/adapter/pictures/png"
)

// uploadView is what recognition sees of an upload.
type uploadView struct {
	*fingerprint.Fingerprint
	id            string // that a PNG carries
	width, height int
}

// viewUpload takes the fingerprint of an upload, holes included.
func (s *Store) viewUpload(ctx context.Context, upload string) (*uploadView, error) {
	f, err := s.still(ctx, upload)
	if err != nil {
		return nil, err
	}
	release, err := s.shop.worker(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	k := fingerprint.NewBuilder(image.Rect(0, 0, f.Width, f.Height))
	if err := s.pixels.eachRow(ctx, upload, f.Header, k.AddRow); err != nil {
		return nil, fmt.Errorf("fingerprint of an upload: %w", err)
	}
	r, err := s.bucket.open(ctx, upload)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return &uploadView{Fingerprint: k.Fingerprint(), id: png.TagOf(r), width: f.Width, height: f.Height}, nil
}
