package library

import (
	"context"
	"errors"
	"time"

	"midgate/adapter"
)

// UploadToUpstream gives a picture of the caller's to an upstream and returns an address that Midjourney can fetch. Any
// *Error means that there is none: Publish is the other way.
func (s *Library) UploadToUpstream(ctx context.Context, c adapter.Caller, ref adapter.Reference) (string, error) {
	account, err := s.parts.Accounts.Choose(ctx, c, "")
	if err != nil {
		return "", err
	}
	up, ok := account.Upstream.(adapter.Uploader)
	if !ok {
		return "", adapter.Errorf(adapter.Unsupported, "This upstream takes no uploads.")
	}
	r := adapter.Rendition{Name: ref.Upload}
	if ref.Image != "" {
		img, err := s.Image(ctx, c, ref.Image)
		if err != nil {
			return "", err
		}
		r = img.Original()
	}
	picture, err := s.Attach(ctx, r)
	if err != nil {
		return "", err
	}
	urls, err := up.Upload(ctx, []adapter.Attachment{*picture})
	if err != nil {
		return "", err
	}
	if len(urls) != 1 || !adapter.IsLink(urls[0]) {
		return "", adapter.Errorf(adapter.Failed, "The upstream did not say where it keeps the picture.")
	}
	return urls[0], nil
}

// publishedFor is how long a published upload can be fetched: longer than any job is followed.
const publishedFor = 48 * time.Hour

// publisherOf is the owner under which a caller's published uploads are recorded: they are neither pictures that Midjourney
// made nor files that the caller sent for keeping.
func publisherOf(c adapter.Caller) string { return adapter.Digest("lent", c.Owner) }

// Publish returns the ID under which a picture's bytes can be fetched by everybody who knows it.
func (s *Library) Publish(ctx context.Context, c adapter.Caller, ref adapter.Reference) (string, error) {
	if ref.Image != "" {
		_, err := s.Image(ctx, c, ref.Image)
		return ref.Image, err
	}
	p, err := s.parts.Pictures.Stat(ctx, ref.Upload)
	if errors.Is(err, adapter.ErrNotFound) {
		return "", fileNotFound()
	}
	if err != nil {
		return "", adapter.Wrap(adapter.Storage, err, "The picture cannot be read at the moment.")
	}
	now := time.Now()
	img := adapter.Image{ID: adapter.NewID(adapter.ImagePrefix), Owner: publisherOf(c), Created: now, Expires: now.Add(publishedFor), Source: p.Name, Width: p.Width, Height: p.Height, Action: "reference"}
	if err := s.parts.Store.Put(ctx, img); err != nil {
		return "", adapter.Wrap(adapter.Storage, err, "The picture could not be recorded. Please try again later.")
	}
	return img.ID, nil
}
