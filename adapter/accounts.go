package adapter

import "context"

// Account is one upstream and key that jobs can be given to.
type Account struct {
	Name     string // the upstream's name in the configuration
	Upstream Upstream
	Waiter   Waiter
}

// Accounts knows the upstreams.
type Accounts interface {
	// Choose returns the account for a new job. An Unavailable *Error if all are down.
	Choose(ctx context.Context, c Caller, speed Speed) (Account, error)
	// Made returns the account of an earlier job by its Name: follow-ups go where the picture was made.
	Made(ctx context.Context, c Caller, name string) (Account, error)
}

// Caller is who asks.
type Caller struct {
	Owner string // hex digest: pictures, jobs and files belong to it
	Name  string // of the key, for logs and metrics; never the key
	Key   string // passthrough only: the upstream key that the client brought
	User  string // digest of the person behind a shared key, where a trusted proxy named one
	Admin bool   // may read what everybody spent
}

// Others finds accounts for jobs that an upstream certainly did not take. An Accounts may be one.
type Others interface {
	// Other is Choose without the upstreams that were tried; an Unavailable *Error if none is left.
	Other(ctx context.Context, c Caller, speed Speed, tried []string) (Account, error)
}
