package pictures

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"

	"midgate/adapter"
	"midgate/adapter/pictures/format"
)

// Save stores what r yields under name, at most limit bytes. It streams: nothing but
// the header is held. A file that stops before its end is not stored. When Save fails
// nothing is stored, or what was there before.
func (s *Store) Save(ctx context.Context, name string, r io.Reader, limit int64) (adapter.Picture, error) {
	p, err := s.save(ctx, name, r, limit)
	switch {
	case err == nil:
		s.failing.Store(false)
	case adapter.KindOf(err) == adapter.Storage:
		s.failing.Store(true)
	}
	return p, err
}

func (s *Store) save(ctx context.Context, name string, r io.Reader, limit int64) (adapter.Picture, error) {
	if !validName(name) {
		return adapter.Picture{}, fmt.Errorf("save picture: a name that cannot be: %q", name)
	}
	h, rest, err := format.ReadHeader(r)
	if err != nil {
		return adapter.Picture{}, fmt.Errorf("save picture: %w", err)
	}
	f := metadata{Header: h}
	var readErr error
	err = s.bucket.write(ctx, name, true, func(w io.Writer) error {
		f, readErr = drain(w, rest, limit, f)
		return readErr
	})
	switch {
	case errors.Is(readErr, format.ErrCutShort): // nobody's request is at fault
		return adapter.Picture{}, adapter.Wrap(adapter.Failed, readErr, "The picture's file is not whole.")
	case readErr != nil:
		return adapter.Picture{}, fmt.Errorf("save picture: %w", readErr)
	case err != nil:
		return adapter.Picture{}, cannotStore(err)
	}
	return f.picture(name), s.settle(ctx, name, f)
}

// Inspect implements adapter.Inspector.
func (s *Store) Inspect(r io.Reader, limit int64) error {
	h, rest, err := format.ReadHeader(r)
	if err == nil {
		_, err = drain(io.Discard, rest, limit, metadata{Header: h})
	}
	return err
}

// settle keeps the metadata of a new original. Renditions of other bytes that had its
// name before go.
func (s *Store) settle(ctx context.Context, name string, f metadata) error {
	old, err := s.kept.readMetadata(ctx, metadataKey(name))
	if err == nil && old.Digests[""] != f.Digests[""] {
		if err := s.kept.forget(ctx, name); err != nil {
			return cannotStore(err)
		}
	}
	s.kept.keepMetadata(ctx, metadataKey(name), f)
	return nil
}

// Receive stores an uploaded picture under uploads/ and its SHA-256, at most limit bytes and the
// configured number of pixels. The same bytes are stored once.
func (s *Store) Receive(ctx context.Context, r io.Reader, limit int64) (adapter.Picture, error) {
	h, rest, err := format.ReadHeader(r)
	if err != nil {
		return adapter.Picture{}, fmt.Errorf("receive upload: %w", err)
	}
	if h.Format.Film() || h.Format == adapter.AVIF { // upstreams take none of them, and a job with one would be paid for
		return adapter.Picture{}, format.Unknown()
	}
	if err := s.pixels.check(h); err != nil {
		return adapter.Picture{}, err
	}
	return s.keepContent(ctx, func(spool *os.File) (metadata, error) {
		f, err := drain(spool, rest, limit, metadata{Header: h})
		if errors.Is(err, format.ErrCutShort) && h.Format == adapter.GIF {
			err = nil // many a GIF has no trailer
		}
		if err == nil && h.Format == adapter.JPEG {
			err = format.FewScans(spool, f.Size)
		}
		if errors.Is(err, format.ErrCutShort) || errors.Is(err, format.ErrManyScans) {
			err = format.Damaged(err)
		}
		if err != nil {
			return metadata{}, fmt.Errorf("receive upload: %w", err)
		}
		return f, nil
	})
}

// drain copies r to w, at most limit bytes, and completes the metadata. What w refuses is a failure of the bucket, what r
// refuses is not. A file that stops before its end is copied, too; then format.ErrCutShort comes with the metadata.
func drain(w io.Writer, r io.Reader, limit int64, f metadata) (metadata, error) {
	d := newDigesting(w)
	src := io.TeeReader(io.LimitReader(r, limit+1), d)
	cut := format.ReadWhole(bufio.NewReaderSize(src, 64<<10), f.Format)
	_, err := io.Copy(io.Discard, src)
	switch {
	case d.refused != nil:
		return metadata{}, cannotStore(d.refused)
	case cut != nil && !errors.Is(cut, format.ErrCutShort):
		return metadata{}, cut
	case err != nil:
		return metadata{}, err
	case d.n > limit:
		return metadata{}, adapter.Errorf(adapter.TooLarge, "The file has more than %d bytes.", limit)
	}
	return d.metadata(f.Header), cut
}

// digesting passes bytes on while it counts and digests them.
type digesting struct {
	w       io.Writer
	sum     hash.Hash
	n       int64
	refused error // w's
}

func newDigesting(w io.Writer) *digesting { return &digesting{w: w, sum: sha256.New()} }

func (d *digesting) Write(b []byte) (int, error) {
	n, err := d.w.Write(b)
	_, _ = d.sum.Write(b[:n]) // a hash never fails
	d.n += int64(n)
	d.refused = err
	return n, err
}

// metadata are those of the bytes written so far.
func (d *digesting) metadata(h format.Header) metadata {
	return metadata{Header: h, Size: d.n}.with("", hex.EncodeToString(d.sum.Sum(nil)))
}

// cannotStore says that the bucket failed; a caller that left stays a caller that left.
func cannotStore(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return adapter.Wrap(adapter.Storage, err, "Pictures cannot be stored at the moment.")
}
