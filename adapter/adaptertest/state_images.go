package adaptertest

import (
	"context"
	"strings"
	"time"

	"midgate/adapter"
)

// imageRows are the pictures, their digests and the buttons that were pressed.
type imageRows struct{ *data }

// Image implements adapter.ImageReader.
func (r imageRows) Image(_ context.Context, id string) (adapter.Image, error) {
	img, ok := r.images[id]
	if !ok || gone(img.Expires) {
		return adapter.Image{}, adapter.ErrNotFound
	}
	return copied(img), nil
}

// Images implements adapter.ImageReader.
func (r imageRows) Images(_ context.Context, q adapter.ImageQuery) ([]adapter.Image, error) {
	if after, ok := r.images[q.After]; q.After != "" && (!ok || after.Owner != q.Owner) {
		return nil, adapter.ErrNotFound
	}
	rounded(&q.Before)
	var found []adapter.Image
	for _, img := range r.images {
		if img.Owner == q.Owner && !gone(img.Expires) && (q.Kind == "" || img.Sort() == q.Kind) && (!q.Favorite || img.Favorite) &&
			(q.Before.IsZero() || img.Created.Before(q.Before)) && strings.Contains(strings.ToLower(img.Prompt), strings.ToLower(q.Text)) || img.ID == q.After {
			found = append(found, img)
		}
	}
	return copied(paged(found, func(i adapter.Image) (time.Time, string) { return i.Created, i.ID }, false, q.Limit, q.After)), nil
}

// PutImages implements adapter.ImageWriter.
func (r imageRows) PutImages(_ context.Context, images ...adapter.Image) error {
	for _, img := range images {
		img = copied(img)
		rounded(&img.Created, &img.Expires)
		if known, ok := r.images[img.ID]; ok {
			img.Favorite = img.Favorite || known.Favorite
			if img.Single == nil {
				img.Single = known.Single
			}
		}
		put(r.data, r.images, img.ID, img)
	}
	return nil
}

// UpdateImage implements adapter.ImageWriter.
func (r imageRows) UpdateImage(ctx context.Context, id string, change func(*adapter.Image)) error {
	img, err := r.Image(ctx, id)
	if err != nil {
		return err
	}
	change(&img)
	put(r.data, r.images, id, copied(img))
	return nil
}

// DeleteImage implements adapter.ImageWriter.
func (r imageRows) DeleteImage(_ context.Context, id string) error {
	source := r.images[id].Source
	del(r.data, r.images, id)
	del(r.data, r.prints, id)
	for key, d := range r.digests {
		if d.image == id {
			del(r.data, r.digests, key)
		}
	}
	r.orphan(source)
	return nil
}

// ClaimPress implements adapter.ImageWriter.
func (r imageRows) ClaimPress(_ context.Context, key, job string) (string, error) {
	if holder, ok := r.presses[key]; ok {
		if j, known := r.jobs[holder]; known && !j.Status.Ended() {
			return holder, nil
		}
	}
	put(r.data, r.presses, key, job)
	return job, nil
}

// ReleasePress implements adapter.ImageWriter.
func (r imageRows) ReleasePress(_ context.Context, key, job string) error {
	if r.presses[key] == job {
		del(r.data, r.presses, key)
	}
	return nil
}
