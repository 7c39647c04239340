package pictures

import (
	"context"
	"errors"
	"fmt"
	"image"

	"midgate/adapter"
	"midgate/adapter/pictures/fingerprint"
	"midgate/adapter/pictures/format"
	"midgate/adapter/pictures/png"
)

// fingerprintKey is where the fingerprint of an original or of a quarter of it is kept. All
// its renditions show the same, so they share one.
func fingerprintKey(name string, quarter int) string {
	return fmt.Sprintf("%sq%d.looks", madeFrom(name), quarter)
}

// fingerprintOf returns the encoded fingerprint of what p shows; nil for what is not a still picture.
func (s *Store) fingerprintOf(ctx context.Context, p plan) ([]byte, error) {
	if p.source.Format.Film() || p.source.Animated || s.tooLarge(p.source.Header) {
		return nil, nil
	}
	key := fingerprintKey(p.name, p.quarter)
	b, err := s.readFingerprint(ctx, key)
	if !errors.Is(err, adapter.ErrNotFound) {
		return b, err
	}
	if err := s.share(ctx, p.name, key, func(ctx context.Context) error { return s.fingerprint(ctx, p) }); err != nil {
		return nil, err
	}
	if b, err = s.readFingerprint(ctx, key); errors.Is(err, adapter.ErrNotFound) {
		return nil, nil // dropped from memory and refused by the bucket: do without
	}
	return b, err
}

// fingerprint walks the original's rows and keeps the fingerprint of its part p.quarter.
// A damaged picture has none, which is no reason not to hand it out.
func (s *Store) fingerprint(ctx context.Context, p plan) error {
	release, err := s.worker(ctx)
	if err != nil {
		return err
	}
	defer release()
	k := fingerprint.NewBuilder(png.Quarter(p.source.Width, p.source.Height, p.quarter))
	var b []byte
	switch err := s.eachRow(ctx, p.name, p.source.Header, k.AddRow); {
	case err == nil:
		b = k.Fingerprint().Encode()
	case adapter.KindOf(err) != adapter.Invalid:
		return fmt.Errorf("fingerprint of a picture: %w", err)
	}
	s.keepFingerprint(ctx, fingerprintKey(p.name, p.quarter), b)
	return nil
}

// fingerprintPart keeps the fingerprint of a part that is decoded anyway.
func (s *Store) fingerprintPart(ctx context.Context, p plan, part image.Image) {
	key := fingerprintKey(p.name, p.quarter)
	if _, err := s.readFingerprint(ctx, key); err != nil {
		s.keepFingerprint(ctx, key, fingerprint.Of(part).Encode())
	}
}

func (s *Store) readFingerprint(ctx context.Context, key string) ([]byte, error) {
	if b, ok := s.fingerprints.get(key); ok {
		return b, nil
	}
	b, err := s.bucket.readAll(ctx, key, fingerprint.Size)
	if err != nil {
		return nil, fmt.Errorf("read fingerprint: %w", err)
	}
	if _, ok := fingerprint.Parse(b); !ok {
		// A crash left it, another version wrote it, or the picture is damaged; it is made again.
		return nil, fmt.Errorf("read fingerprint: %w", adapter.ErrNotFound)
	}
	s.fingerprints.put(key, b)
	return b, nil
}

// keepFingerprint remembers a fingerprint, in the bucket if it takes it. nil is for a picture
// that cannot have one; the next process finds that out again.
func (s *Store) keepFingerprint(ctx context.Context, key string, b []byte) {
	s.fingerprints.put(key, b)
	if b != nil {
		_ = s.bucket.writeAll(ctx, key, b)
	}
}

// quarterBuilders take the fingerprints of a grid's four quarters in one walk over its rows.
type quarterBuilders [4]*fingerprint.Builder

func newQuarterBuilders(h format.Header) (all quarterBuilders) {
	for i := range all {
		all[i] = fingerprint.NewBuilder(png.Quarter(h.Width, h.Height, i+1))
	}
	return all
}

func (all quarterBuilders) addRow(y int, row []byte, bpp int) error {
	for _, k := range all {
		_ = k.AddRow(y, row, bpp) // never fails
	}
	return nil
}
