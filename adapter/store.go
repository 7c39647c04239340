package adapter

import (
	"context"
)

// Store keeps picture records by image ID. It is safe for concurrent use.
//
// Put replaces. Get of an unknown or expired ID is ErrNotFound, and so is Update: it gives change what is stored and
// stores what change made of it, once more from the beginning whenever somebody else wrote the record in between:
// no change is lost, whichever replica makes it. List returns an owner's
// records, newest first, those after the record with ID after if it is not empty.
// Digest and FindDigest remember which picture some exact bytes are, per owner.
type Store interface {
	Put(ctx context.Context, img Image) error
	Update(ctx context.Context, id string, change func(*Image)) error
	Get(ctx context.Context, id string) (Image, error)
	List(ctx context.Context, owner string, limit int, after string) ([]Image, error)
	Delete(ctx context.Context, id string) error
	Digest(ctx context.Context, owner, sha256, id string) error
	FindDigest(ctx context.Context, owner, sha256 string) (string, error)
}
