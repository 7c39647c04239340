package images

import (
	"context"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/body"
	"midgate/proxy/web"
)

// Routes serves OpenAI's image API, and the records and bytes of pictures.
type Routes struct {
	*web.Server
	drawer  Drawer
	editor  Editor
	library Library
	animate Animator
}

// Animator answers a request that makes a video of a picture.
type Animator func(c *gin.Context, p *body.Body, act adapter.Act) error

// New makes the routes; a button that makes a video is animate's to serve.
func New(w *web.Server, d Drawer, e Editor, l Library, animate Animator) *Routes {
	return &Routes{Server: w, drawer: d, editor: e, library: l, animate: animate}
}

// Drawer starts the requests that begin with words or a button.
type Drawer interface {
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

// Library knows pictures: their records and their bytes.
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
	// Thumbnail is the picture made smaller, to a width in pixels.
	Thumbnail(ctx context.Context, id string, f adapter.Format, width int) (*adapter.Blob, error)
}
