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

// fingerprint returns the encoded fingerprint of what p shows; nil for what is not a still picture.
func (n renderer) fingerprint(ctx context.Context, p plan) ([]byte, error) {
	if p.source.Format.Film() || p.source.Animated || n.pixels.tooLarge(p.source.Header) {
		return nil, nil
	}
	key := fingerprintKey(p.name, p.quarter)
	b, err := n.kept.readFingerprint(ctx, key)
	if !errors.Is(err, adapter.ErrNotFound) {
		return b, err
	}
	if err := n.shop.share(ctx, p.name, key, func(ctx context.Context) error { return n.takeFingerprint(ctx, p) }); err != nil {
		return nil, err
	}
	if b, err = n.kept.readFingerprint(ctx, key); errors.Is(err, adapter.ErrNotFound) {
		return nil, nil // dropped from memory and refused by the bucket: do without
	}
	return b, err
}

// takeFingerprint walks the original's rows and keeps the fingerprint of its part p.quarter.
// A damaged picture has none, which is no reason not to hand it out.
func (n renderer) takeFingerprint(ctx context.Context, p plan) error {
	release, err := n.shop.worker(ctx)
	if err != nil {
		return err
	}
	defer release()
	k := fingerprint.NewBuilder(png.Quarter(p.source.Width, p.source.Height, p.quarter))
	var b []byte
	switch err := n.pixels.eachRow(ctx, p.name, p.source.Header, k.AddRow); {
	case err == nil:
		b = k.Fingerprint().Encode()
	case adapter.KindOf(err) != adapter.Invalid:
		return fmt.Errorf("fingerprint of a picture: %w", err)
	}
	n.kept.keepFingerprint(ctx, fingerprintKey(p.name, p.quarter), b)
	return nil
}

// fingerprintPart keeps the fingerprint of a part that is decoded anyway.
func (n renderer) fingerprintPart(ctx context.Context, p plan, part image.Image) {
	key := fingerprintKey(p.name, p.quarter)
	if _, err := n.kept.readFingerprint(ctx, key); err != nil {
		n.kept.keepFingerprint(ctx, key, fingerprint.Of(part).Encode())
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
