package adapter

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"
)

// LibraryConfig is what the library can be told.
type LibraryConfig struct {
	Retention time.Duration // how long files are kept at most; 0 for ever
}

// LibraryDeps are what the library stands on.
type LibraryDeps struct {
	Accounts   Accounts
	Store      Store
	Pictures   Pictures
	Retoucher  Retoucher
	Recogniser Recogniser // nil: only exact copies are recognised
	Log        *slog.Logger
}

// Library knows callers' pictures and files. It is safe for concurrent use.
type Library struct {
	cfg   LibraryConfig
	parts LibraryDeps
}

// NewLibrary makes a library.
func NewLibrary(cfg LibraryConfig, parts LibraryDeps) *Library {
	return &Library{cfg: cfg, parts: parts}
}

// Image returns a record of one of the caller's pictures; a NotFound *Error for an unknown ID and for another owner's.
func (s *Library) Image(ctx context.Context, c Caller, id string) (Image, error) {
	img, err := s.parts.Store.Get(ctx, id)
	if errors.Is(err, ErrNotFound) || err == nil && img.Owner != c.Owner {
		return Image{}, imageNotFound()
	}
	if err != nil {
		return Image{}, Wrap(Storage, err, "The pictures' records cannot be read at the moment.")
	}
	return img, nil
}

func imageNotFound() *Error {
	return &Error{Kind: NotFound, Code: "image_not_found", Param: "id", Message: "There is no picture with this ID among the pictures of this key."}
}

// Images lists the caller's pictures, newest first: at most limit, those after the one with ID after.
func (s *Library) Images(ctx context.Context, c Caller, limit int, after string) ([]Image, error) {
	images, err := s.parts.Store.List(ctx, c.Owner, limit, after)
	if err != nil {
		return nil, unlisted(err, "picture")
	}
	return images, nil
}

// Bytes opens a picture in a format; empty means PNG. The ID is unguessable: whoever has it may see the picture. What
// is handed out is remembered, so that it is known when it comes back.
func (s *Library) Bytes(ctx context.Context, id string, format Format, compression int) (*Blob, error) {
	img, err := s.parts.Store.Get(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return nil, imageNotFound()
	}
	if err != nil {
		return nil, Wrap(Storage, err, "The pictures' records cannot be read at the moment.")
	}
	if format == "" {
		format = PNG
	}
	blob, err := s.parts.Pictures.Open(ctx, Rendition{Name: img.Source, Quarter: img.Quarter, Format: format, Compression: compression, ImageID: img.ID})
	if errors.Is(err, ErrNotFound) {
		return nil, imageNotFound()
	}
	if err != nil {
		return nil, err
	}
	s.remember(ctx, img, blob)
	return blob, nil
}

// remember notes what was handed out: the bytes' digest and, once, the picture's looks. It is a convenience for later
// edits: a failure is logged and costs nothing else.
func (s *Library) remember(ctx context.Context, img Image, blob *Blob) {
	if blob.SHA256 != "" {
		known, err := s.parts.Store.FindDigest(ctx, img.Owner, blob.SHA256)
		if err != nil || known == "" {
			if err := s.parts.Store.Digest(ctx, img.Owner, blob.SHA256, img.ID); err != nil {
				s.parts.Log.Warn("a picture's digest could not be noted", "image", img.ID, "error", err)
			}
		}
	}
	if len(img.Looks) > 0 || len(blob.Looks) == 0 {
		return
	}
	if err := s.parts.Store.Update(ctx, img.ID, func(i *Image) { i.Looks = blob.Looks }); err != nil {
		s.parts.Log.Warn("a picture's looks could not be noted", "image", img.ID, "error", err)
	}
}

// putAgain stores a record that may be there from an earlier life of its run; what was noted of it since stays.
func (s *Library) putAgain(ctx context.Context, img Image) error {
	err := s.parts.Store.Update(ctx, img.ID, func(known *Image) {
		put := img
		if put.Single == nil {
			put.Single = known.Single
		}
		if put.Source == known.Source {
			put.Looks = known.Looks
		}
		*known = put
	})
	if errors.Is(err, ErrNotFound) {
		return s.parts.Store.Put(ctx, img)
	}
	return err
}

// maxUpload is how large one uploaded picture may be (openai-surface.md §2.1).
const maxUpload = 50 << 20

// Receive stores an uploaded picture; name is the file name that it came with, as a hint.
func (s *Library) Receive(ctx context.Context, _ Caller, r io.Reader, name string) (Reference, error) {
	p, err := s.parts.Pictures.Receive(ctx, r, maxUpload)
	if err != nil {
		return Reference{}, err
	}
	return Reference{Upload: p.Name, Hash: p.SHA256, Name: name}, nil
}
