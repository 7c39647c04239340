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

// Recogniser finds which of an owner's pictures an upload is: first by the ID that it carries, then by its looks.
type Recogniser struct {
	pictures *Store
	prints   Prints
	ride     func(func(ctx context.Context, tx adapter.Tx) error)
	fresh    noted
}

// Prints is what is asked of the state.
type Prints interface {
	Prints(ctx context.Context, q adapter.PrintQuery) ([]adapter.Print, error)
	Fingerprint(ctx context.Context, owner, id string) (adapter.Print, []byte, error)
}

var _ adapter.Recogniser = (*Recogniser)(nil)

// NewRecogniser looks for uploads among the prints. What is noted of pictures is written by ride.
func NewRecogniser(pictures *Store, prints Prints, ride func(func(ctx context.Context, tx adapter.Tx) error)) *Recogniser {
	return &Recogniser{pictures: pictures, prints: prints, ride: ride}
}

// Note remembers what a picture looks like that is handed out.
func (r *Recogniser) Note(ctx context.Context, img adapter.Image, looked []byte) {
	l, ok := fingerprint.Parse(looked)
	if !ok || img.Width <= 0 || img.Height <= 0 || r.fresh.has(img.ID) {
		return
	}
	if _, _, err := r.prints.Fingerprint(ctx, img.Owner, img.ID); err == nil {
		return // it was handed out before
	}
	p := adapter.Print{Image: img.ID, Owner: img.Owner, Ratio: ratio(img.Width, img.Height), Cells: l.Light(), Pixels: img.Width * img.Height,
		Actions: len(img.Buttons), Created: img.Created}
	r.fresh.add(p, looked)
	r.ride(func(ctx context.Context, tx adapter.Tx) error { return tx.PutPrint(ctx, p, looked) })
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
		if hint == "" {
			continue
		}
		m, err := r.distance(ctx, owner, sent, hint)
		if err != nil {
			return "", err
		}
		if m.Same() {
			return hint, nil
		}
	}
	return r.best(ctx, owner, sent)
}

// match is a picture that the upload may be.
type match struct {
	adapter.Print
	fingerprint.Distance
}

// How far a print may be away. RECOGNITION.md has the measurements: re-encoding changes the mean light of a sixteenth of
// a picture by less, and what is painted over lies in one of them or two.
const (
	printAway     = 14
	printMisses   = 2
	ratioAway     = 25 // a resized picture's sides are rounded
	maxCandidates = 64
)

// best compares the candidates and returns the one that is meant.
func (r *Recogniser) best(ctx context.Context, owner string, sent *uploadView) (string, error) {
	q := queryFor(owner, sent.Fingerprint, sent.width, sent.height)
	prints, err := r.prints.Prints(ctx, q)
	if err != nil {
		return "", fmt.Errorf("recognise: %w", err)
	}
	var same []match
	seen := map[string]bool{}
	for _, p := range append(r.fresh.near(q), prints...) {
		if seen[p.Image] {
			continue
		}
		seen[p.Image] = true
		m, err := r.distance(ctx, owner, sent, p.Image)
		if err != nil {
			return "", err
		}
		if m.Same() {
			same = append(same, m)
		}
	}
	if len(same) == 0 {
		return "", adapter.ErrNotFound
	}
	return meant(same, sent.width*sent.height).Image, nil
}

// queryFor asks for the pictures that an upload may be.
func queryFor(owner string, l *fingerprint.Fingerprint, width, height int) adapter.PrintQuery {
	q := adapter.PrintQuery{Owner: owner, Ratio: ratio(width, height), RatioOff: ratioAway, Cells: l.OpaqueLight(), Within: printAway, Limit: maxCandidates}
	q.Misses = min(printMisses, len(q.Cells)/5)
	return q
}

// distance compares the upload with the looks of a picture. One that is gone by now is like nothing.
func (r *Recogniser) distance(ctx context.Context, owner string, sent *uploadView, id string) (match, error) {
	p, looked, ok := r.fresh.get(owner, id)
	if !ok {
		var err error
		p, looked, err = r.prints.Fingerprint(ctx, owner, id)
		if errors.Is(err, adapter.ErrNotFound) {
			return match{Distance: fingerprint.Unlike}, nil
		}
		if err != nil {
			return match{}, fmt.Errorf("recognise: read looks: %w", err)
		}
	}
	stored, ok := fingerprint.Parse(looked)
	if !ok {
		return match{Distance: fingerprint.Unlike}, nil
	}
	return match{p, fingerprint.Compare(sent.Fingerprint, stored, max(fingerprint.MergeFor(sent.width, sent.height), mergeForPixels(p.Pixels, p.Ratio)))}, nil
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
		cmp.Compare(sizeAway(m.Pixels, pixels), sizeAway(other.Pixels, pixels)),
		cmp.Compare(other.Actions, m.Actions),
		other.Created.Compare(m.Created),
		cmp.Compare(m.Image, other.Image),
	) < 0
}

// sizeAway is how much larger one is than the other, whichever it is.
func sizeAway(a, b int) float64 { return math.Abs(math.Log(float64(a) / float64(b))) }
