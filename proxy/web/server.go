package web

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"midgate/adapter"
	"midgate/proxy/metrics"
)

// Server is what the routes of every API share: it knows who asks, reads requests and answers them.
type Server struct {
	Config  Config
	Log     *slog.Logger
	Metrics *metrics.Metrics

	Services Services
	gate     *gatekeeper

	*addresses
	*answering
	origins
	sources
}

// Services are what the requests of every API need of the core.
type Services struct {
	Models   Models
	Pictures Pictures
	Files    Files
	Jobs     Jobs
}

// Models knows the names of models.
type Models interface {
	Model(name string) error // a NotFound *Error for a name that is nobody's
}

// Pictures knows pictures, and uploads on their way in.
type Pictures interface {
	// Image is a NotFound *Error for an unknown picture and for somebody else's.
	Image(ctx context.Context, c adapter.Caller, id string) (adapter.Image, error)
	// Receive stores an upload; an Invalid or TooLarge *Error if it is no picture that can be used.
	Receive(ctx context.Context, c adapter.Caller, r io.Reader, name string) (adapter.Reference, error)
	// UploadToUpstream returns an address at the upstream that Midjourney can fetch a picture from; an *Error where it gives none.
	UploadToUpstream(ctx context.Context, c adapter.Caller, ref adapter.Reference) (address string, err error)
	// Publish returns an ID for Bytes, so that Midjourney can fetch the picture here.
	Publish(ctx context.Context, c adapter.Caller, ref adapter.Reference) (id string, err error)
}

// Files knows the files that were uploaded before.
type Files interface {
	// File is a NotFound *Error for an unknown file and for somebody else's.
	File(ctx context.Context, c adapter.Caller, id string) (adapter.File, error)
}

// Jobs knows how far jobs are.
type Jobs interface {
	JobProgress(id string) adapter.Progress // of a job that is under way here; zero for any other
}

// New makes what the routes share. The error names what is wrong with the configuration.
func New(cfg Config, use Services, m *metrics.Metrics, log *slog.Logger) (*Server, error) {
	cfg = cfg.withDefaults()
	at, err := newAddresses(cfg, log)
	if err != nil {
		return nil, err
	}
	fetch, err := newFetcher(cfg.FetchAllow, cfg.FetchLimit, cfg.FetchTimeout)
	if err != nil {
		return nil, fmt.Errorf("fetch allow: %w", err)
	}
	return &Server{
		Config: cfg, Log: log, Metrics: m, Services: use, gate: newGatekeeper(cfg),
		addresses: at,
		answering: &answering{patience: cfg.WriteTimeout, log: log, metrics: m},
		origins:   origins{auth: cfg.Auth, allowed: cfg.Origins, at: at},
		sources:   sources{pictures: use.Pictures, files: use.Files, fetch: fetch, at: at},
	}, nil
}

// Client reaches public addresses and those of Config.FetchAllow, nothing else.
func (s *Server) Client() *http.Client { return s.fetch.client }
