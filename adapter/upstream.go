package adapter

import (
	"context"
	"io"
)

// Upstream is one account at a midjourney-proxy server: a base URL and a key.
//
// Submit is never repeated by an implementation once a byte of the request may
// have arrived. Its error is an *Error; Busy, Unavailable, Credit, Invalid,
// Moderated and the two auth kinds mean that no job was created, Ambiguous that
// nobody knows. Task and Picture are reads: an implementation repeats them itself.
type Upstream interface {
	Submit(ctx context.Context, cmd Command, opts Options) (Submission, error)
	// Task asks for one task; ErrNotFound if the upstream does not know it.
	Task(ctx context.Context, id string) (Task, error)
	// Picture opens the bytes behind a URL that a task named. The caller closes it.
	Picture(ctx context.Context, url string) (io.ReadCloser, error)
	// Has tells whether an optional route exists there, as far as that is known: nothing that could be a job is posted to
	// find out, and a route of which nothing is known counts as there until a submission has shown that it is not. What
	// is known is remembered for an hour.
	Has(ctx context.Context, f Feature) (bool, error)
}

// Finder looks for a task by the state that its submission carried. ErrNotFound
// means "not seen", which proves nothing. Not every server has a list to search.
type Finder interface {
	Find(ctx context.Context, state string) (Task, error)
}

// Tools are an upstream's cheap extras.
type Tools interface {
	// Seed returns the seed of a finished task, best effort.
	Seed(ctx context.Context, taskID string) (string, error)
	// Cancel asks the upstream to stop a task; an Unsupported *Error where there is no such route.
	Cancel(ctx context.Context, taskID string) error
}

// Feature is an optional route of an upstream.
type Feature string

// The optional routes.
const (
	FeatureEdits   Feature = "edits"
	FeatureVideo   Feature = "video"
	FeatureShorten Feature = "shorten"
	FeatureList    Feature = "list-by-condition"
)

// Speed is Midjourney's GPU speed; the upstream's path prefix chooses it.
type Speed string

// The speeds, cheapest first. Empty means the configured default.
const (
	Relax Speed = "relax"
	Fast  Speed = "fast"
	Turbo Speed = "turbo"
)

// Options accompany every submission.
type Options struct {
	Speed Speed
	State string // echoed in the task: how a lost submission is found again
}

// Uploader is an upstream that keeps pictures under addresses which Midjourney can fetch. Nothing is paid for it. An
// Unsupported *Error where there is no such route.
type Uploader interface {
	Upload(ctx context.Context, pictures []Attachment) (urls []string, err error)
}
