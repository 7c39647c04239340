package pictures

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"

	"midgate/adapter"
)

// Recogniser finds which of an owner's pictures an upload is (contract.md §6, last
// paragraph): first by the ID that it carries, then by its looks.
type Recogniser struct {
	pictures *Store
	index    *Index
	records  adapter.Store
}

var _ adapter.Recogniser = (*Recogniser)(nil)

// NewRecogniser looks for uploads of pictures in the index and compares them with the
// looks in the records.
func NewRecogniser(pictures *Store, index *Index, records adapter.Store) *Recogniser {
	return &Recogniser{pictures: pictures, index: index, records: records}
}

// Recognise returns the ID of the owner's picture that an upload is; adapter.ErrNotFound
// if it is none, is damaged, or moves.
func (r *Recogniser) Recognise(ctx context.Context, owner string, upload adapter.Reference) (string, error) {
	sent, err := r.pictures.sight(ctx, upload.Upload)
	if adapter.KindOf(err) == adapter.Invalid {
		return "", adapter.ErrNotFound
	}
	if err != nil {
		return "", fmt.Errorf("recognise: %w", err)
	}
	for _, hint := range []string{sent.id, upload.Hint()} {
		if known, ok := r.index.find(owner, hint); ok {
			l, err := r.likeness(ctx, owner, sent, known.id)
			if err != nil {
				return "", err
			}
			if l.same() {
				return known.id, nil
			}
		}
	}
	return r.best(ctx, owner, sent)
}

// match is a picture that the upload may be.
type match struct {
	about
	likeness
}

// best compares the candidates and returns the one that is meant.
func (r *Recogniser) best(ctx context.Context, owner string, sent *sight) (string, error) {
	var same []match
	for _, c := range r.index.candidates(owner, sent.looks, sent.width, sent.height) {
		l, err := r.likeness(ctx, owner, sent, c.id)
		if err != nil {
			return "", err
		}
		if l.same() {
			same = append(same, match{c.about, l})
		}
	}
	if len(same) == 0 {
		return "", adapter.ErrNotFound
	}
	return meant(same, sent.width*sent.height).id, nil
}

// likeness compares the upload with the looks in a record. A record that is gone by now
// is like nothing.
func (r *Recogniser) likeness(ctx context.Context, owner string, sent *sight, id string) (likeness, error) {
	img, err := r.records.Get(ctx, id)
	if errors.Is(err, adapter.ErrNotFound) || err == nil && img.Owner != owner {
		return unlike, nil
	}
	if err != nil {
		return likeness{}, fmt.Errorf("recognise: read record: %w", err)
	}
	stored, ok := parseLooks(img.Looks)
	if !ok {
		return unlike, nil
	}
	return compare(sent.looks, stored, max(mergeFor(sent.width, sent.height), mergeFor(img.Width, img.Height))), nil
}

// equalMean is how much two pictures' mean differences to the upload may be apart for
// them to count as equals: a quarter and its own upscale are, a subtle variation is not.
const equalMean = 0.75

// meant chooses among pictures that are all the same to the eye: the nearest size in
// pixels, then the one with more actions, then the newest.
func meant(same []match, pixels int) match {
	nearest := math.Inf(1)
	for _, m := range same {
		nearest = min(nearest, m.mean)
	}
	var best *match
	for i := range same {
		m := &same[i]
		if m.mean <= nearest+equalMean && (best == nil || m.before(best, pixels)) {
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
