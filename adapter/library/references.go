package library

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"

	"midgate/adapter"
)

// ownURL finds our image ID in a URL that midgate handed out, whatever host it was reached by.
var ownURL = regexp.MustCompile(`/images/(img_[A-Za-z0-9]{26})\.(?:png|jpe?g|webp)(?:[?#]|$)`)

// OwnImage is the ID in an address of a picture that midgate handed out.
func OwnImage(url string) (id string, ours bool) {
	m := ownURL.FindStringSubmatch(url)
	if m == nil {
		return "", false
	}
	return m[1], true
}

// Resolve settles what the pictures of a request are: each one that is the caller's own gets its Image.
func (s *Library) Resolve(ctx context.Context, c adapter.Caller, refs []adapter.Reference) ([]adapter.Reference, error) {
	settled := make([]adapter.Reference, len(refs))
	for i, ref := range refs {
		known, err := s.ResolveOne(ctx, c, ref)
		if err != nil {
			return nil, err
		}
		settled[i] = known
	}
	return settled, nil
}

// ResolveOne recognises one picture: by its ID, by our URL, by its exact bytes, then by its looks.
func (s *Library) ResolveOne(ctx context.Context, c adapter.Caller, ref adapter.Reference) (adapter.Reference, error) {
	if id, ours := OwnImage(ref.URL); ours {
		ref = adapter.Reference{Image: id}
	}
	if ref.Image != "" {
		_, err := s.Image(ctx, c, ref.Image)
		return ref, asParam(err, "image")
	}
	if ref.Upload == "" {
		return ref, nil
	}
	id, err := s.parts.Store.FindDigest(ctx, c.Owner, ref.Hash)
	if errors.Is(err, adapter.ErrNotFound) && s.parts.Recogniser != nil {
		id, err = s.parts.Recogniser.Recognise(ctx, c.Owner, ref)
	}
	switch {
	case errors.Is(err, adapter.ErrNotFound):
		return ref, nil
	case err != nil:
		return ref, adapter.Wrap(adapter.Storage, err, "The pictures' records cannot be read at the moment; nothing was submitted.")
	}
	if img, err := s.parts.Store.Get(ctx, id); err == nil && img.Owner == c.Owner {
		ref.Image = id
	}
	return ref, nil
}

// asParam says which parameter names a picture that is not there: there is no id in the request.
func asParam(err error, param string) error {
	if e, ok := errors.AsType[*adapter.Error](err); ok && e.Kind == adapter.NotFound {
		e.Param = param
	}
	return err
}

// Attach measures a stored picture; its bytes are opened when they are sent.
func (s *Library) Attach(ctx context.Context, r adapter.Rendition) (*adapter.Attachment, error) {
	blob, err := s.parts.Pictures.Open(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("open the picture: %w", err)
	}
	defer func() { _ = blob.Close() }() // it was only measured
	return &adapter.Attachment{
		MIME: "image/" + string(blob.Format), Size: blob.Size,
		Open: func(ctx context.Context) (io.ReadCloser, error) { return s.parts.Pictures.Open(ctx, r) },
	}, nil
}

// Mask checks a mask against the picture that it belongs to and turns it into Midjourney's form.
func (s *Library) Mask(ctx context.Context, c adapter.Caller, img adapter.Image, mask adapter.Reference) (*adapter.Reference, error) {
	upload := mask.Upload
	if upload == "" && mask.Image != "" {
		own, err := s.Image(ctx, c, mask.Image)
		if err != nil {
			return nil, asParam(err, "mask")
		}
		upload = own.Source
	}
	if upload == "" {
		return nil, adapter.BadParam("mask", "invalid_value", "The mask must be an uploaded PNG.")
	}
	made, err := s.parts.Retoucher.Mask(ctx, upload, img.Width, img.Height)
	if err != nil {
		return nil, err
	}
	return &adapter.Reference{Upload: made.Name, Hash: made.SHA256}, nil
}
