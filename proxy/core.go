package proxy

import (
	"context"
	"io"

	"midgate/adapter"
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
	Model(name string) error // a NotFound *Error for a name that is nobody's
	Generate(ctx context.Context, a adapter.Attempt, g adapter.Generation) (Ticket, error)
	Shorten(ctx context.Context, a adapter.Attempt, g adapter.Generation) (Ticket, error)
	Act(ctx context.Context, a adapter.Attempt, act adapter.Act) (Ticket, error)
}

// Editor starts the requests that begin with pictures.
type Editor interface {
	Edit(ctx context.Context, a adapter.Attempt, e adapter.Edit) (Ticket, error)
	Vary(ctx context.Context, a adapter.Attempt, e adapter.Edit) (Ticket, error)
	Blend(ctx context.Context, a adapter.Attempt, e adapter.Edit) (Ticket, error)
	Describe(ctx context.Context, a adapter.Attempt, e adapter.Edit) (Ticket, error)
}

// Library knows pictures: their records, their bytes, and uploads on their way in.
type Library interface {
	// Image is a NotFound *Error for an unknown picture and for somebody else's.
	Image(ctx context.Context, c adapter.Caller, id string) (adapter.Image, error)
	Images(ctx context.Context, c adapter.Caller, q adapter.ImageQuery) ([]adapter.Image, error) // q's owner is the caller
	SetFavorite(ctx context.Context, c adapter.Caller, id string, favorite bool) (adapter.Image, error)
	RemoveImage(ctx context.Context, c adapter.Caller, id string) error
	// Seed asks the upstream for a picture's seed, best effort: an *Error where it does not tell.
	Seed(ctx context.Context, c adapter.Caller, id string) (string, error)
	// Bytes is public: an id cannot be guessed. An empty format means PNG.
	Bytes(ctx context.Context, id string, f adapter.Format, compression int) (*adapter.Blob, error)
	// Receive stores an upload; an Invalid or TooLarge *Error if it is no picture that can be used.
	Receive(ctx context.Context, c adapter.Caller, r io.Reader, name string) (adapter.Reference, error)
	// Lend returns an address at the upstream that Midjourney can fetch a picture from; an *Error where it gives none.
	Lend(ctx context.Context, c adapter.Caller, ref adapter.Reference) (address string, err error)
	// Publish returns an ID for Bytes, so that Midjourney can fetch the picture here.
	Publish(ctx context.Context, c adapter.Caller, ref adapter.Reference) (id string, err error)
}

// Runs knows the jobs of an owner.
type Runs interface {
	Job(ctx context.Context, c adapter.Caller, id string) (adapter.Job, error)
	JobProgress(id string) adapter.Progress                                                // of a job that is under way here; zero for any other
	Jobs(ctx context.Context, c adapter.Caller, q adapter.JobQuery) ([]adapter.Job, error) // q's owner is the caller
	Cancel(ctx context.Context, c adapter.Caller, id string) (adapter.Job, error)
}

// Readiness tells whether requests can be served: an error says in plain words what is missing.
type Readiness interface {
	Ready(ctx context.Context) error
}

// Ticket is one client's share of a job.
type Ticket = adapter.Ticket
