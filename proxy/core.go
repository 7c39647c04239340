package proxy

import (
	"context"

	"midgate/adapter"
	"midgate/proxy/chat"
	"midgate/proxy/images"
	"midgate/proxy/mcp"
	"midgate/proxy/native"
	"midgate/proxy/responses"
	"midgate/proxy/videos"
	"midgate/proxy/web"
)

// Core is everything that the routes ask of the service, one small interface per concern.
// An error is an *adapter.Error; before a Ticket exists nothing was recorded and nothing spent.
type Core struct {
	Draw      Models
	Edit      images.Editor
	Chat      chat.Conversations
	Keep      Pictures
	Files     Files
	Films     Films
	Natives   native.Natives
	Jobs      Jobs
	Followers responses.Followers
	Spending  Spending
	Agents    mcp.Jobs
	Ready     Readiness
	Hooks     Hooks // nil: upstreams are given no webhook address

	// Upstream says in a few words whether the upstream answers; with ask it is asked, if nothing was heard of it for a
	// while. stops is false where it is known that no upstream can stop a job that it has begun. nil: not told.
	Upstream func(ctx context.Context, ask bool) (words string, stops bool)
}

// Jobs knows the jobs of an owner.
type Jobs interface {
	Job(ctx context.Context, c adapter.Caller, id string) (adapter.Job, error)
	web.Jobs
	Jobs(ctx context.Context, c adapter.Caller, q adapter.JobQuery) ([]adapter.Job, error) // q's owner is the caller
	Cancel(ctx context.Context, c adapter.Caller, id string) (adapter.Job, error)
}

// Readiness tells whether requests can be served: an error says in plain words what is missing.
type Readiness interface {
	Ready(ctx context.Context) error
}

// Models knows the names of models, and starts the requests that begin with words or a button.
type Models interface {
	web.Models
	images.Drawer
	MayUse(c adapter.Caller, model string) bool // whether the caller's key may use a model
}

// Pictures knows pictures: their records, their bytes, and uploads on their way in.
type Pictures interface {
	web.Pictures
	images.Library
	mcp.Pictures
}

// Films makes and keeps videos.
type Films interface {
	videos.Films
	mcp.Films
}
