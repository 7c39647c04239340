package proxy

import (
	"context"

	"midgate/adapter"
)

// previewer is a ticket that can open the previews that Wait reports.
type previewer interface {
	Preview(ctx context.Context, p adapter.Progress, f adapter.Format, compression int) (*adapter.Blob, error)
}

// partials shows the first distinct previews, at most as many as were asked for.
type partials struct {
	s    *Server
	t    Ticket
	form form
	send func(index int, blob *adapter.Blob) error // writes the event

	shown int
	last  string // address of the preview shown last
}

// show sends a preview if it is a new one and one is still wanted. A preview that cannot be had is left out.
func (p *partials) show(ctx context.Context, now adapter.Progress) {
	opener, ok := p.t.(previewer)
	if !ok || p.shown >= p.form.Output.Partials || now.Preview == "" || now.Preview == p.last || now.Percent >= 100 {
		return
	}
	p.last = now.Preview
	blob, err := opener.Preview(ctx, now, orPNG(p.form.Output.Format), p.form.Output.Compression)
	if err != nil {
		p.s.log.Debug("a preview could not be shown", "error", err)
		return
	}
	defer func() { _ = blob.Close() }() // it was only read
	if p.send(p.shown, blob) == nil {
		p.shown++
	}
}
