package library

import (
	"context"
	"errors"

	"midgate/adapter"
)

// Seed asks for the seed of one of the caller's pictures, best effort: not every server tells it.
func (s *Library) Seed(ctx context.Context, c adapter.Caller, imageID string) (string, error) {
	img, err := s.Image(ctx, c, imageID)
	if err != nil {
		return "", err
	}
	return s.SeedOf(ctx, c, img.Upstream, img.TaskID)
}

// SeedOf asks for the seed of a task of one of the upstreams, best effort.
func (s *Library) SeedOf(ctx context.Context, c adapter.Caller, upstream, taskID string) (string, error) {
	account, err := s.parts.Accounts.Made(ctx, c, upstream)
	if err != nil {
		return "", err
	}
	tools, ok := account.Upstream.(adapter.Tools)
	if !ok {
		return "", &adapter.Error{Kind: adapter.Unsupported, Code: "unsupported", Message: "This upstream does not tell seeds."}
	}
	seed, err := tools.Seed(ctx, taskID)
	if errors.Is(err, adapter.ErrNotFound) {
		return "", adapter.TaskNotFound()
	}
	return seed, err
}
