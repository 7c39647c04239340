package library

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"midgate/adapter"
)

// Config is what the library can be told.
type Config struct {
	Retention time.Duration // how long files are kept at most; 0 for ever
}

// Deps are what the library stands on.
type Deps struct {
	Accounts   adapter.Accounts
	Store      adapter.Store
	Pictures   adapter.Pictures
	Retoucher  adapter.Retoucher
	Recogniser adapter.Recogniser // nil: only exact copies are recognised
	Log        *slog.Logger
}

// Library knows callers' pictures and files. It is safe for concurrent use.
type Library struct {
	cfg   Config
	parts Deps
}

// New makes a library.
func New(cfg Config, parts Deps) *Library {
	return &Library{cfg: cfg, parts: parts}
}

// Image returns a record of one of the caller's pictures; a NotFound *Error for an unknown ID and for another owner's.
func (s *Library) Image(ctx context.Context, c adapter.Caller, id string) (adapter.Image, error) {
	img, err := s.parts.Store.Get(ctx, id)
	if errors.Is(err, adapter.ErrNotFound) || err == nil && img.Owner != c.Owner {
		return adapter.Image{}, ImageNotFound()
	}
	if err != nil {
		return adapter.Image{}, adapter.Wrap(adapter.Storage, err, "The pictures' records cannot be read at the moment.")
	}
	return img, nil
}

func ImageNotFound() *adapter.Error {
	return &adapter.Error{Kind: adapter.NotFound, Code: "image_not_found", Param: "id", Message: "There is no picture with this ID among the pictures of this key."}
}

// Images lists those of the caller's pictures that are asked for, newest first.
func (s *Library) Images(ctx context.Context, c adapter.Caller, q adapter.ImageQuery) ([]adapter.Image, error) {
	q.Owner = c.Owner
	images, err := s.parts.Store.List(ctx, q)
	if err != nil {
		return nil, adapter.ListError(err, "picture")
	}
	return images, nil
}

// SetFavorite notes whether one of the caller's pictures is a favourite, and returns its record.
func (s *Library) SetFavorite(ctx context.Context, c adapter.Caller, id string, favorite bool) (adapter.Image, error) {
	img, err := s.Image(ctx, c, id)
	if err != nil {
		return img, err
	}
	err = s.parts.Store.Update(ctx, id, func(img *adapter.Image) { img.Favorite = favorite })
	if errors.Is(err, adapter.ErrNotFound) {
		return img, ImageNotFound()
	}
	if err != nil {
		return img, adapter.Wrap(adapter.Storage, err, "The picture's record could not be written. Please try again later.")
	}
	img.Favorite = favorite
	return img, nil
}

// RemoveImage forgets one of the caller's pictures. Its bytes go when no other picture is cut from them or needs them.
func (s *Library) RemoveImage(ctx context.Context, c adapter.Caller, id string) error {
	if _, err := s.Image(ctx, c, id); err != nil {
		return err
	}
	if err := s.parts.Store.Delete(ctx, id); err != nil && !errors.Is(err, adapter.ErrNotFound) {
		return adapter.Wrap(adapter.Storage, err, "The picture's record could not be removed. Please try again later.")
	}
	return nil
}

// Bytes opens a picture in a format; empty means PNG. The ID is unguessable: whoever has it may see the picture. What
// is handed out is remembered, so that it is known when it comes back.
func (s *Library) Bytes(ctx context.Context, id string, format adapter.Format, compression int) (*adapter.Blob, error) {
	img, blob, err := s.open(ctx, id, adapter.Rendition{Format: format, Compression: compression})
	if err == nil {
		s.remember(ctx, img, blob)
	}
	return blob, err
}

// Thumbnail opens a picture made smaller, to a width in pixels. Nothing is remembered of it: what is edited is never a
// thumbnail.
func (s *Library) Thumbnail(ctx context.Context, id string, format adapter.Format, width int) (*adapter.Blob, error) {
	_, blob, err := s.open(ctx, id, adapter.Rendition{Format: format, Width: width})
	return blob, err
}

// open opens a rendition of a picture.
func (s *Library) open(ctx context.Context, id string, r adapter.Rendition) (adapter.Image, *adapter.Blob, error) {
	img, err := s.parts.Store.Get(ctx, id)
	if errors.Is(err, adapter.ErrNotFound) {
		return img, nil, ImageNotFound()
	}
	if err != nil {
		return img, nil, adapter.Wrap(adapter.Storage, err, "The pictures' records cannot be read at the moment.")
	}
	if r.Format == "" {
		r.Format = adapter.PNG
	}
	r.Name, r.Quarter, r.ImageID = img.Source, img.Quarter, img.ID
	blob, err := s.parts.Pictures.Open(ctx, r)
	if errors.Is(err, adapter.ErrNotFound) {
		s.parts.Log.Warn("a picture's record is here, but its file is not: was it moved, or does MIDGATE_PICTURES_URL name another place than before?", "image", img.ID)
		return img, nil, &adapter.Error{Kind: adapter.NotFound, Code: "image_not_found", Param: "id", Message: "This picture is known, but its file is not where pictures are kept. Whoever runs midgate can find out why."}
	}
	return img, blob, err
}

// remember notes what was handed out: the bytes' digest and, once, the picture's looks. It is a convenience for later
// edits: a failure is logged and costs nothing else.
func (s *Library) remember(ctx context.Context, img adapter.Image, blob *adapter.Blob) {
	if blob.SHA256 != "" {
		known, err := s.parts.Store.FindDigest(ctx, img.Owner, blob.SHA256)
		if err != nil || known == "" {
			if err := s.parts.Store.Digest(ctx, img.Owner, blob.SHA256, img.ID); err != nil {
				s.parts.Log.Warn("a picture's digest could not be noted", "image", img.ID, "error", err)
			}
		}
	}
	if s.parts.Recogniser != nil && len(blob.Fingerprint) > 0 {
		s.parts.Recogniser.Note(ctx, img, blob.Fingerprint)
	}
}

// maxUpload is how large one uploaded picture may be.
const maxUpload = 50 << 20

// Receive stores an uploaded picture; name is the file name that it came with, as a hint.
func (s *Library) Receive(ctx context.Context, _ adapter.Caller, r io.Reader, name string) (adapter.Reference, error) {
	p, err := s.parts.Pictures.Receive(ctx, r, maxUpload)
	if err != nil {
		return adapter.Reference{}, err
	}
	return adapter.Reference{Upload: p.Name, Hash: p.SHA256, Name: name}, nil
}
