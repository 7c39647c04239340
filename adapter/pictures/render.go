package pictures

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"io"

	"midgate/adapter"
	"midgate/adapter/pictures/format"
	"midgate/adapter/pictures/png"
)

// renderer makes renditions of originals and hands them out.
type renderer struct {
	bucket *bucket
	kept   *kept
	pixels *pixels
	shop   *workshop
}

// ensure returns the metadata of the rendition's bytes, which are made if they are not there.
func (n renderer) ensure(ctx context.Context, p plan) (metadata, error) {
	if p.passedOn() {
		return p.source, nil
	}
	f, err := n.kept.readMetadata(ctx, p.metadataKey())
	if !errors.Is(err, adapter.ErrNotFound) {
		return f, err
	}
	batch := p.batch()
	if err := n.shop.share(ctx, p.name, batch[0].key, func(ctx context.Context) error { return n.make(ctx, batch) }); err != nil {
		return metadata{}, err
	}
	return n.kept.readMetadata(ctx, p.metadataKey())
}

// batch is what is made together with p: a grid's quarters are, since decoding it is
// most of the work and the others are wanted as a rule. WebP costs more to encode than
// the grid to decode; those are made one by one.
func (p plan) batch() []plan {
	if p.quarter == 0 || p.format == adapter.WebP {
		return []plan{p}
	}
	all := make([]plan, 4)
	for i := range all {
		all[i] = p
		all[i].quarter = i + 1
		all[i].key = renditionKey(p.name, i+1, p.format, p.quality, p.width)
	}
	return all
}

// make makes the renditions of one original.
func (n renderer) make(ctx context.Context, batch []plan) error {
	release, err := n.shop.worker(ctx)
	if err != nil {
		return err
	}
	defer release()
	p := batch[0]
	if err := n.pixels.check(p.source.Header); err != nil {
		return err
	}
	if p.width == 0 && p.source.Format == adapter.PNG && p.source.Turn == 0 && p.format == adapter.PNG && p.quarter != 0 {
		if err := n.split(ctx, batch); !errors.Is(err, png.ErrForm) {
			return err
		}
	}
	img, err := n.pixels.decode(ctx, p.name, p.source.Header)
	if err != nil {
		return err
	}
	for _, p := range batch {
		if err := n.render(ctx, p, img); err != nil {
			return fmt.Errorf("make %s: %w", p.format, err)
		}
	}
	return nil
}

// render encodes one rendition of a decoded original.
func (n renderer) render(ctx context.Context, p plan, img image.Image) error {
	b := img.Bounds()
	part := crop(img, png.Quarter(b.Dx(), b.Dy(), p.quarter).Add(b.Min))
	o, err := n.bucket.create(ctx, p.key, false)
	if err != nil {
		return cannotStore(err)
	}
	defer o.abort()
	count := &counting{w: o}
	if p.width == 0 {
		n.fingerprintPart(ctx, p, part)
	}
	if err := format.Encode(count, p.shrunk(part), p.format, p.quality); err != nil {
		if count.err != nil {
			return cannotStore(count.err)
		}
		return err
	}
	return n.keep(ctx, p, o, count.n)
}

// crop returns the part of img, sharing its memory where it can.
func crop(img image.Image, r image.Rectangle) image.Image {
	if r == img.Bounds() {
		return img
	}
	if s, ok := img.(interface {
		SubImage(r image.Rectangle) image.Image
	}); ok {
		return s.SubImage(r)
	}
	dst := image.NewNRGBA(r)
	draw.Draw(dst, r, img, r.Min, draw.Src)
	return dst
}

// split cuts a PNG grid by rows.
func (n renderer) split(ctx context.Context, batch []plan) error {
	src, err := n.bucket.open(ctx, batch[0].name)
	if err != nil {
		return err
	}
	defer func() { _ = src.Close() }()
	var objects [4]*object
	var counts [4]*counting
	var dst [4]io.Writer
	for i, p := range batch {
		if objects[i], err = n.bucket.create(ctx, p.key, false); err != nil {
			return cannotStore(err)
		}
		defer objects[i].abort()
		counts[i] = &counting{w: objects[i]}
		dst[i] = counts[i]
	}
	four := newQuarterBuilders(batch[0].source.Header)
	if err := png.SplitQuarters(bufio.NewReaderSize(src, 64<<10), dst, four.addRow); err != nil {
		return splitFailed(err, counts[:])
	}
	for i, p := range batch {
		n.kept.keepFingerprint(ctx, fingerprintKey(p.name, p.quarter), four[i].Fingerprint().Encode())
		if err := n.keep(ctx, p, objects[i], counts[i].n); err != nil {
			return err
		}
	}
	return nil
}

// splitFailed tells a picture that cannot be cut from a bucket that cannot be written.
func splitFailed(err error, counts []*counting) error {
	if errors.Is(err, png.ErrForm) {
		return err
	}
	for _, c := range counts {
		if c.err != nil {
			return cannotStore(c.err)
		}
	}
	return format.Damaged(err)
}

// keep makes a rendition visible and keeps its metadata, in this order: where there is
// metadata there are whole bytes.
func (n renderer) keep(ctx context.Context, p plan, o *object, size int64) error {
	if err := o.commit(); err != nil {
		return cannotStore(err)
	}
	of := p.size()
	f := metadata{Header: format.Header{Format: p.format, Width: of.X, Height: of.Y}, Size: size}
	n.kept.keepMetadata(ctx, p.metadataKey(), f)
	return nil
}

// counting counts what is written and remembers a failure.
type counting struct {
	w   io.Writer
	n   int64
	err error
}

func (c *counting) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	if err != nil {
		c.err = err
	}
	return n, err
}
