package adapter

import "context"

// Store keeps picture records by image ID. It is safe for concurrent use.
//
// Put replaces, but for what was noted of a record since it was first put. Get of an unknown or expired ID is
// ErrNotFound, and so is Update: it gives change what is stored and stores what change made of it, with nobody in
// between, whichever replica makes it. List returns what a query selects. Digest and FindDigest remember which picture
// some exact bytes are, per owner.
type Store interface {
	Put(ctx context.Context, img Image) error
	Update(ctx context.Context, id string, change func(*Image)) error
	Get(ctx context.Context, id string) (Image, error)
	List(ctx context.Context, q ImageQuery) ([]Image, error)
	Delete(ctx context.Context, id string) error
	Digest(ctx context.Context, owner, sha256, id string) error
	FindDigest(ctx context.Context, owner, sha256 string) (string, error)
}
