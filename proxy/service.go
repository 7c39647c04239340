package proxy

import (
	"context"

	"midgate/adapter"
)

// CoreOf makes the service what the routes speak to.
func CoreOf(s *adapter.Service) Core {
	b := bridge{s}
	return Core{Draw: b, Edit: b, Talk: b, Keep: b, Files: b, Films: b, Natives: b, Runs: b, Followers: b, Ready: b}
}

// bridge turns the service's tickets into the routes' own interface; the rest fits as it is.
type bridge struct{ *adapter.Service }

var _ Ticket = (*adapter.Ticket)(nil)

// ticket keeps a nil ticket from becoming an interface that is not nil.
func ticket(t *adapter.Ticket, err error) (Ticket, error) {
	if err != nil {
		return nil, err
	}
	return t, nil
}

func (b bridge) Model(name string) error {
	_, err := b.Service.Model(name)
	return err
}

func (b bridge) Generate(ctx context.Context, a adapter.Attempt, g adapter.Generation) (Ticket, error) {
	return ticket(b.Service.Generate(ctx, a, g))
}

func (b bridge) Shorten(ctx context.Context, a adapter.Attempt, g adapter.Generation) (Ticket, error) {
	return ticket(b.Service.Shorten(ctx, a, g))
}

func (b bridge) Act(ctx context.Context, a adapter.Attempt, act adapter.Act) (Ticket, error) {
	return ticket(b.Service.Act(ctx, a, act))
}

func (b bridge) Edit(ctx context.Context, a adapter.Attempt, e adapter.Edit) (Ticket, error) {
	return ticket(b.Service.Edit(ctx, a, e))
}

func (b bridge) Vary(ctx context.Context, a adapter.Attempt, e adapter.Edit) (Ticket, error) {
	return ticket(b.Service.Vary(ctx, a, e))
}

func (b bridge) Blend(ctx context.Context, a adapter.Attempt, e adapter.Edit) (Ticket, error) {
	return ticket(b.Service.Blend(ctx, a, e))
}

func (b bridge) Describe(ctx context.Context, a adapter.Attempt, e adapter.Edit) (Ticket, error) {
	return ticket(b.Service.Describe(ctx, a, e))
}

func (b bridge) Converse(ctx context.Context, a adapter.Attempt, t adapter.Turn, g adapter.Generation, attached []adapter.Reference) (Talk, error) {
	answer, err := b.Service.Converse(ctx, a, t, g, attached)
	if err != nil || answer.Ticket == nil {
		return Talk{Images: answer.Images}, err
	}
	return Talk{Ticket: answer.Ticket}, nil
}

func (b bridge) Follow(ctx context.Context, c adapter.Caller, jobID string) (Ticket, error) {
	return ticket(b.Service.Follow(ctx, c, jobID))
}

func (b bridge) Film(ctx context.Context, a adapter.Attempt, f adapter.Film) (Ticket, error) {
	return ticket(b.Service.Film(ctx, a, f))
}

func (b bridge) Remix(ctx context.Context, a adapter.Attempt, videoID, prompt string) (Ticket, error) {
	return ticket(b.Service.Remix(ctx, a, videoID, prompt))
}

func (b bridge) Animate(ctx context.Context, a adapter.Attempt, act adapter.Act) (Ticket, error) {
	return ticket(b.Service.Animate(ctx, a, act))
}

func (b bridge) Native(ctx context.Context, a adapter.Attempt, n adapter.NativeJob) (Ticket, error) {
	return ticket(b.Service.Native(ctx, a, n))
}
