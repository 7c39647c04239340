package pictures

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"

	"midgate/adapter"
	"midgate/adapter/pictures/fingerprint"
)

// Recogniser finds which of an owner's pictures an upload is: first by the ID that it
// carries, then by its fingerprint.
type Recogniser struct {
	pictures *Store
	index    *Index
	records  adapter.Store
}

var _ adapter.Recogniser = (*Recogniser)(nil)

// NewRecogniser looks for uploads in the index and compares them with the fingerprints in
// the records.
func NewRecogniser(pictures *Store, index *Index, records adapter.Store) *Recogniser {
	return &Recogniser{pictures: pictures, index: index, records: records}
}

// Recognise returns the ID of the owner's picture that an upload is; adapter.ErrNotFound
// if it is none, is damaged, or moves.
func (r *Recogniser) Recognise(ctx context.Context, owner string, upload adapter.Reference) (string, error) {
	sent, err := r.pictures.viewUpload(ctx, upload.Upload)
	if adapter.KindOf(err) == adapter.Invalid {
		return "", adapter.ErrNotFound
	}
	if err != nil {
		return "", fmt.Errorf("recognise: %w", err)
	}
	for _, hint := range []string{sent.id, upload.Hint()} {
		if known, ok := r.index.find(owner, hint); ok {
			l, err := r.distance(ctx, owner, sent, known.id)
			if err != nil {
				return "", err
			}
			if l.Same() {
				return known.id, nil
			}
		}
	}
	return r.best(ctx, owner, sent)
}

// match is a picture that the upload may be.
type match struct {
	about
	fingerprint.Distance
}

// best compares the candidates and returns the one that is meant.
func (r *Recogniser) best(ctx context.Context, owner string, sent *uploadView) (string, error) {
	var same []match
	for _, c := range r.index.candidates(owner, sent.Fingerprint, sent.width, sent.height) {
		l, err := r.distance(ctx, owner, sent, c.id)
		if err != nil {
			return "", err
		}
		if l.Same() {
			same = append(same, match{c.about, l})
		}
	}
	if len(same) == 0 {
		return "", adapter.ErrNotFound
	}
	return meant(same, sent.width*sent.height).id, nil
}

// distance compares the upload with the fingerprint in a record. A record that is gone by now
// is like nothing.
func (r *Recogniser) distance(ctx context.Context, owner string, sent *uploadView, id string) (fingerprint.Distance, error) {
	img, err := r.records.Get(ctx, id)
	if errors.Is(err, adapter.ErrNotFound) || err == nil && img.Owner != owner {
		return fingerprint.Unlike, nil
	}
	if err != nil {
		return fingerprint.Distance{}, fmt.Errorf("recognise: read record: %w", err)
	}
	stored, ok := fingerprint.Parse(img.Looks)
	if !ok {
		return fingerprint.Unlike, nil
	}
	return fingerprint.Compare(sent.Fingerprint, stored, max(fingerprint.MergeFor(sent.width, sent.height), fingerprint.MergeFor(img.Width, img.Height))), nil
}

// equalMean is how much two pictures' mean differences to the upload may be apart for
// them to count as equals: a quarter and its own upscale are, a subtle variation is not.
const equalMean = 0.75

// meant chooses among pictures that are all the same to the eye: the nearest size in
// pixels, then the one with more actions, then the newest.
func meant(same []match, pixels int) match {
	nearest := math.Inf(1)
	for _, m := range same {
		nearest = min(nearest, m.Mean)
	}
	var best *match
	for i := range same {
		m := &same[i]
		if m.Mean <= nearest+equalMean && (best == nil || m.before(best, pixels)) {
			best = m
		}
	}
	return *best
}

func (m *match) before(other *match, pixels int) bool {
	return cmp.Or(
		cmp.Compare(sizeAway(m.pixels, pixels), sizeAway(other.pixels, pixels)),
		cmp.Compare(other.actions, m.actions),
		other.created.Compare(m.created),
		cmp.Compare(m.id, other.id),
	) < 0
}

// sizeAway is how much larger one is than the other, whichever it is.
func sizeAway(a, b int) float64 { return math.Abs(math.Log(float64(a) / float64(b))) }
