package pictures

import (
	"context"
	"errors"
	"fmt"
	"image"

	"midgate/adapter"
	"midgate/adapter/pictures/png"
)

// looksKey is where the looks of an original or of a quarter of it are kept. All forms
// of it look the same.
func looksKey(name string, quarter int) string {
	return fmt.Sprintf("%sq%d.looks", madeFrom(name), quarter)
}

// looksOf returns the encoded looks of what p shows; nil for what is not a still picture.
func (s *Store) looksOf(ctx context.Context, p plan) ([]byte, error) {
	if p.source.Format == adapter.MP4 || p.source.Animated || s.tooLarge(p.source.header) {
		return nil, nil
	}
	key := looksKey(p.name, p.quarter)
	b, err := s.readLooks(ctx, key)
	if !errors.Is(err, adapter.ErrNotFound) {
		return b, err
	}
	if err := s.share(ctx, p.name, key, func(ctx context.Context) error { return s.look(ctx, p) }); err != nil {
		return nil, err
	}
	if b, err = s.readLooks(ctx, key); errors.Is(err, adapter.ErrNotFound) {
		return nil, nil // dropped from memory and refused by the bucket: do without
	}
	return b, err
}

// look walks the original's rows and keeps what its part p.quarter looks like. Damaged
// pictures look like nothing, which is no reason not to hand them out.
func (s *Store) look(ctx context.Context, p plan) error {
	release, err := s.worker(ctx)
	if err != nil {
		return err
	}
	defer release()
	k := newLooker(png.Quarter(p.source.Width, p.source.Height, p.quarter))
	var b []byte
	switch err := s.eachRow(ctx, p.name, p.source.header, k.see); {
	case err == nil:
		b = k.looks().bytes()
	case adapter.KindOf(err) != adapter.Invalid:
		return fmt.Errorf("look at picture: %w", err)
	}
	s.noteLooks(ctx, looksKey(p.name, p.quarter), b)
	return nil
}

// lookAt keeps the looks of a part that is decoded anyway.
func (s *Store) lookAt(ctx context.Context, p plan, part image.Image) {
	key := looksKey(p.name, p.quarter)
	if _, err := s.readLooks(ctx, key); err != nil {
		s.noteLooks(ctx, key, LooksOf(part).bytes())
	}
}

func (s *Store) readLooks(ctx context.Context, key string) ([]byte, error) {
	if b, ok := s.seen.get(key); ok {
		return b, nil
	}
	b, err := s.bucket.readAll(ctx, key, looksSize)
	if err != nil {
		return nil, fmt.Errorf("read looks: %w", err)
	}
	if _, ok := parseLooks(b); !ok {
		// Of a crash, another version, or a damaged picture; the last is found out again.
		return nil, fmt.Errorf("read looks: %w", adapter.ErrNotFound)
	}
	s.seen.put(key, b)
	return b, nil
}

// noteLooks remembers looks, in the bucket if it takes them. nil is for a picture that
// cannot be looked at; that is found out again by the next process.
func (s *Store) noteLooks(ctx context.Context, key string, b []byte) {
	s.seen.put(key, b)
	if b != nil {
		_ = s.bucket.writeAll(ctx, key, b)
	}
}
