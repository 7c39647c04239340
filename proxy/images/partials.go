package images

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"

	"midgate/adapter"
	"midgate/proxy/web"
)

// Previewer is a ticket that can open the previews that Wait reports.
type Previewer interface {
	Preview(ctx context.Context, p adapter.Progress, f adapter.Format, compression int) (*adapter.Blob, error)
}

// Partials shows the first distinct previews, at most as many as were asked for.
type Partials struct {
	log  *slog.Logger
	t    adapter.Ticket
	form web.Echo
	send func(index int, blob *adapter.Blob) error // writes the event

	shown int
	last  string // address of the preview shown last
}

// NewPartials shows the previews of a ticket's job that come after the first shown ones; send writes their events.
func NewPartials(log *slog.Logger, t adapter.Ticket, f web.Echo, shown int, send func(index int, blob *adapter.Blob) error) *Partials {
	return &Partials{log: log, t: t, form: f, shown: shown, send: send}
}

// Show sends a preview if it is a new one and one is still wanted. A preview that cannot be had is left out.
func (p *Partials) Show(ctx context.Context, now adapter.Progress) {
	opener, ok := p.t.(Previewer)
	if !ok || p.shown >= p.form.Output.Partials || now.Preview == "" || now.Preview == p.last || now.Percent >= 100 {
		return
	}
	p.last = now.Preview
	blob, err := opener.Preview(ctx, now, web.OrPNG(p.form.Output.Format), p.form.Output.Compression)
	if err != nil {
		p.log.Debug("a preview could not be shown", "error", err)
		return
	}
	defer func() { _ = blob.Close() }() // it was only read
	whole, err := held(blob)
	if err != nil {
		p.log.Debug("a preview could not be read", "error", err)
		return
	}
	if p.send(p.shown, whole) == nil {
		p.shown++
	}
}

// maxHeld is more than any preview has bytes; one that has more is not shown.
const maxHeld = 16 << 20

var errTooLarge = errors.New("the preview is too large to be held")

// held is a preview that cannot vanish while it is sent, as the file can: the upstream's next one takes its place, and the
// end of the job removes it.
func held(blob *adapter.Blob) (*adapter.Blob, error) {
	if blob.Size > maxHeld {
		return nil, errTooLarge
	}
	data := make([]byte, blob.Size)
	if _, err := io.ReadFull(blob, data); err != nil {
		return nil, err
	}
	whole := *blob
	whole.ReadSeekCloser = inMemory{bytes.NewReader(data)}
	return &whole, nil
}

// inMemory is a picture that needs no closing.
type inMemory struct{ *bytes.Reader }

// Close implements io.Closer.
func (inMemory) Close() error { return nil }
