package proxy

import (
	"context"

	"midgate/adapter"
	"midgate/proxy/web"
)

// Core is everything that the routes ask of the service, one small interface per concern.
// An error is an *adapter.Error; before a Ticket exists nothing was recorded and nothing spent.
type Core struct {
	Draw      Drawer
	Edit      Editor
	Talk      Talker
	Keep      Library
	Files     Files
	Films     Films
	Natives   Natives
	Runs      Runs
	Followers Followers
	Ready     Readiness
	Hooks     Hooks // nil: upstreams are given no webhook address

	// Upstream says in a few words whether the upstream answers; with ask it is asked, if nothing was heard of it for a
	// while. nil: not told.
	Upstream func(ctx context.Context, ask bool) string
}

// Drawer starts the requests that begin with words or a button.
type Drawer interface {
	web.Models
	Generate(ctx context.Context, a adapter.Attempt, g adapter.Generation) (adapter.Ticket, error)
	Shorten(ctx context.Context, a adapter.Attempt, g adapter.Generation) (adapter.Ticket, error)
	Act(ctx context.Context, a adapter.Attempt, act adapter.Act) (adapter.Ticket, error)
}

// Editor starts the requests that begin with pictures.
type Editor interface {
	Edit(ctx context.Context, a adapter.Attempt, e adapter.Edit) (adapter.Ticket, error)
	Vary(ctx context.Context, a adapter.Attempt, e adapter.Edit) (adapter.Ticket, error)
	Blend(ctx context.Context, a adapter.Attempt, e adapter.Edit) (adapter.Ticket, error)
	Describe(ctx context.Context, a adapter.Attempt, e adapter.Edit) (adapter.Ticket, error)
}

// Library knows pictures: their records, their bytes, and uploads on their way in.
type Library interface {
	web.Pictures
	Images(ctx context.Context, c adapter.Caller, q adapter.ImageQuery) ([]adapter.Image, error) // q's owner is the caller
	SetFavorite(ctx context.Context, c adapter.Caller, id string, favorite bool) (adapter.Image, error)
	RemoveImage(ctx context.Context, c adapter.Caller, id string) error
	// Seed asks the upstream for a picture's seed, best effort: an *Error where it does not tell.
	Seed(ctx context.Context, c adapter.Caller, id string) (string, error)
	// Bytes is public: an id cannot be guessed. An empty format means PNG.
	Bytes(ctx context.Context, id string, f adapter.Format, compression int) (*adapter.Blob, error)
}

// Runs knows the jobs of an owner.
type Runs interface {
	Job(ctx context.Context, c adapter.Caller, id string) (adapter.Job, error)
	web.Jobs
	Jobs(ctx context.Context, c adapter.Caller, q adapter.JobQuery) ([]adapter.Job, error) // q's owner is the caller
	Cancel(ctx context.Context, c adapter.Caller, id string) (adapter.Job, error)
}

// Readiness tells whether requests can be served: an error says in plain words what is missing.
type Readiness interface {
	Ready(ctx context.Context) error
}
