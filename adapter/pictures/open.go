package pictures

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"midgate/adapter"
	"midgate/adapter/pictures/format"
	"midgate/adapter/pictures/png"
)

// defaultQuality is used for JPEG and WebP when a rendition names none. tileQuality is
// used for a quarter of a JPEG grid, which was already compressed once.
const (
	defaultQuality = 90
	tileQuality    = 95
)

// plan is a rendition after its defaults: which object it is, and how to make it.
type plan struct {
	name    string // of the original
	source  metadata
	quarter int
	format  adapter.Format
	quality int
	width   int    // 0: not made smaller
	key     string // of the bytes; the original's name when they are passed on
	id      string // goes into a PNG
}

func (p plan) passedOn() bool { return p.key == p.name }

// metadataKey is where the metadata of the rendition's bytes is.
func (p plan) metadataKey() string {
	if p.passedOn() {
		return metadataKey(p.name)
	}
	return renditionMetadataKey(p.key)
}

// Open hands out a rendition. An original that is already in the wanted form, and an
// animated WebP in any, is passed on byte for byte; a PNG gains the ID's chunk. An AVIF picture, which
// not every client reads, becomes a PNG unless another form is wanted. What
// has to be made is made once and kept in the bucket.
func (s *Store) Open(ctx context.Context, r adapter.Rendition) (*adapter.Blob, error) {
	p, err := s.renderer.plan(ctx, r)
	if err != nil {
		return nil, err
	}
	// What is kept may have been deleted, cut short by a crash or remembered wrongly: then
	// it is made again, once.
	blob, err := s.renderer.open(ctx, p)
	if errors.Is(err, errStale) {
		s.kept.drop(p.name)
		if p, err = s.renderer.replan(ctx, p, r); err == nil {
			blob, err = s.renderer.open(ctx, p)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open picture: %w", blame(r.Name, err))
	}
	return blob, nil
}

// blame says whose a damaged picture is: what was not uploaded came from the upstream, and no request is at fault for it.
func blame(name string, err error) error {
	if e, ok := errors.AsType[*adapter.Error](err); ok && e.Code == format.CodeDamaged && !strings.HasPrefix(name, uploads) {
		return adapter.Wrap(adapter.Failed, err, "The picture that the upstream sent is damaged.")
	}
	return err
}

func (n renderer) plan(ctx context.Context, r adapter.Rendition) (plan, error) {
	if !validName(r.Name) {
		return plan{}, adapter.ErrNotFound
	}
	if r.Quarter < 0 || r.Quarter > 4 || r.Compression < 0 || r.Compression > 100 || !png.ValidTag(r.ImageID) {
		return plan{}, fmt.Errorf("open picture: a rendition that cannot be: quarter %d, compression %d", r.Quarter, r.Compression)
	}
	source, err := n.kept.original(ctx, r.Name)
	if err != nil {
		return plan{}, err
	}
	p := plan{name: r.Name, source: source, quarter: r.Quarter, format: r.Format, key: r.Name, id: r.ImageID, width: r.Width}
	return p, p.settle(r.Compression)
}

// settle chooses format, quality and key.
func (p *plan) settle(compression int) error {
	own := p.source.Format
	if p.format == "" {
		p.format = own
		if p.quarter != 0 || own == adapter.AVIF {
			p.format = adapter.PNG
		}
	}
	if p.width < 0 || p.width >= png.Quarter(p.source.Width, p.source.Height, p.quarter).Dx() || p.source.Animated {
		p.width = 0
	}
	if p.width == 0 && p.quarter == 0 && (p.format == own || p.source.Animated) {
		p.format = own
		return nil
	}
	switch {
	case own.Film() || p.format.Film() || p.format == adapter.GIF || p.format == adapter.AVIF:
		return adapter.Errorf(adapter.Unsupported, "A %s file cannot be turned into %s.", own, p.format)
	case p.source.Animated:
		return adapter.Errorf(adapter.Unsupported, "An animated picture cannot be cut.")
	case p.quarter != 0 && (p.source.Width < 2 || p.source.Height < 2):
		return adapter.Errorf(adapter.Invalid, "A picture of %d×%d pixels has no quarters.", p.source.Width, p.source.Height)
	}
	p.quality = cmp.Or(compression, defaultQuality)
	if compression == 0 && p.quarter != 0 && own == adapter.JPEG && p.format == adapter.JPEG {
		p.quality = tileQuality
	}
	p.key = renditionKey(p.name, p.quarter, p.format, p.quality, p.width)
	return nil
}

// replan finds out the original's metadata again and removes what was made.
func (n renderer) replan(ctx context.Context, p plan, r adapter.Rendition) (plan, error) {
	if p.passedOn() {
		if _, err := n.kept.inspect(ctx, p.name); err != nil {
			return plan{}, err
		}
	} else if err := n.bucket.remove(ctx, p.metadataKey()); err != nil {
		return plan{}, err
	}
	return n.plan(ctx, r)
}
