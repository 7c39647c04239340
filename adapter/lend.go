package adapter

import (
	"context"
	"errors"
	"time"
)

// Lend gives a picture of the caller's to an upstream and returns an address that Midjourney can fetch. Any *Error means
// that there is none: Publish is the other way.
func (s *Library) Lend(ctx context.Context, c Caller, ref Reference) (string, error) {
	account, err := s.parts.Accounts.Choose(ctx, c, "")
	if err != nil {
		return "", err
	}
	up, ok := account.Upstream.(Uploader)
	if !ok {
		return "", Errorf(Unsupported, "This upstream takes no uploads.")
	}
	r := Rendition{Name: ref.Upload}
	if ref.Image != "" {
		img, err := s.Image(ctx, c, ref.Image)
		if err != nil {
			return "", err
		}
		r = img.original()
	}
	picture, err := s.attach(ctx, r)
	if err != nil {
		return "", err
	}
	urls, err := up.Upload(ctx, []Attachment{*picture})
	if err != nil {
		return "", err
	}
	if len(urls) != 1 || !isLink(urls[0]) {
		return "", Errorf(Failed, "The upstream did not say where it keeps the picture.")
	}
	return urls[0], nil
}

// lendingTime is how long a published upload can be fetched: longer than any job is followed.
const lendingTime = 48 * time.Hour

// lentBy is the owner under which a caller's published uploads are recorded: they are neither pictures that Midjourney
// made nor files that the caller sent for keeping.
func lentBy(c Caller) string { return digest("lent", c.Owner) }

// Publish returns the ID under which a picture's bytes can be fetched by everybody who knows it.
func (s *Library) Publish(ctx context.Context, c Caller, ref Reference) (string, error) {
	if ref.Image != "" {
		_, err := s.Image(ctx, c, ref.Image)
		return ref.Image, err
	}
	p, err := s.parts.Pictures.Stat(ctx, ref.Upload)
	if errors.Is(err, ErrNotFound) {
		return "", fileNotFound()
	}
	if err != nil {
		return "", Wrap(Storage, err, "The picture cannot be read at the moment.")
	}
	now := time.Now()
	img := Image{ID: NewID(imagePrefix), Owner: lentBy(c), Created: now, Expires: now.Add(lendingTime), Source: p.Name, Width: p.Width, Height: p.Height, Action: "reference"}
	if err := s.parts.Store.Put(ctx, img); err != nil {
		return "", Wrap(Storage, err, "The picture could not be recorded. Please try again later.")
	}
	return img.ID, nil
}
