package library

import (
	"context"
	"errors"
	"fmt"

	"midgate/adapter"
)

// PreviewImages draws some of the caller's pictures small, on one sheet. Those that are gone are left out; a NotFound *Error if
// none is left.
func (s *Library) PreviewImages(ctx context.Context, c adapter.Caller, ids []string, form adapter.PreviewForm) ([]byte, error) {
	var shown []adapter.Rendition
	for _, id := range ids {
		img, err := s.Image(ctx, c, id)
		switch {
		case adapter.KindOf(err) == adapter.NotFound:
		case err != nil:
			return nil, err
		default:
			shown = append(shown, img.Original())
		}
	}
	return s.PreviewOf(ctx, shown, form)
}

// PreviewOf draws stored pictures small, on one sheet.
func (s *Library) PreviewOf(ctx context.Context, shown []adapter.Rendition, form adapter.PreviewForm) ([]byte, error) {
	if len(shown) == 0 {
		return nil, ImageNotFound()
	}
	previews, err := s.previewer()
	if err != nil {
		return nil, err
	}
	sheet, err := previews.Preview(ctx, shown, form)
	if errors.Is(err, adapter.ErrNotFound) {
		return nil, ImageNotFound()
	}
	return sheet, err
}

func (s *Library) previewer() (adapter.Previewer, error) {
	previews, ok := s.parts.Pictures.(adapter.Previewer)
	if !ok {
		return nil, adapter.Errorf(adapter.Unsupported, "These pictures cannot be shown small.")
	}
	return previews, nil
}

// Stencil makes a mask for a picture: transparent in the holes, which are in hundredths of its size.
func (s *Library) Stencil(ctx context.Context, c adapter.Caller, of adapter.Reference, holes []adapter.Hole) (adapter.Reference, error) {
	previews, err := s.previewer()
	if err != nil {
		return adapter.Reference{}, err
	}
	width, height, err := s.size(ctx, c, of)
	if err != nil {
		return adapter.Reference{}, err
	}
	made, err := previews.Stencil(ctx, width, height, holes)
	if err != nil {
		return adapter.Reference{}, err
	}
	return adapter.Reference{Upload: made.Name, Hash: made.SHA256, Name: "mask.png"}, nil
}

// size is how many pixels a picture of a request has.
func (s *Library) size(ctx context.Context, c adapter.Caller, of adapter.Reference) (width, height int, err error) {
	name := of.Upload
	if of.Image != "" {
		img, err := s.Image(ctx, c, of.Image)
		if err != nil {
			return 0, 0, err
		}
		if img.Width > 0 && img.Height > 0 {
			return img.Width, img.Height, nil
		}
		name = img.Source
	}
	if name == "" {
		return 0, 0, adapter.BadParam("image", "invalid_value", "A region needs a picture that is stored here.")
	}
	pic, err := s.parts.Pictures.Stat(ctx, name)
	if err != nil {
		return 0, 0, fmt.Errorf("look at the picture: %w", err)
	}
	return pic.Width, pic.Height, nil
}
