package pictures

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"midgate/adapter"
	"midgate/adapter/pictures/png"
)

// errStale says that stored bytes are not what is remembered of them.
var errStale = errors.New("stored bytes differ from what was known of them")

// open opens the rendition's bytes, made if need be, and wraps them as a blob.
func (n renderer) open(ctx context.Context, p plan) (*adapter.Blob, error) {
	f, err := n.ensure(ctx, p)
	if err != nil {
		return nil, err
	}
	r, err := n.bucket.open(ctx, p.key)
	if errors.Is(err, adapter.ErrNotFound) {
		if p.passedOn() {
			n.kept.drop(p.name)
			return nil, err
		}
		return nil, errStale
	}
	if err != nil {
		return nil, err
	}
	blob, err := n.tag(ctx, p, f, r)
	if err == nil {
		blob.Fingerprint, err = n.fingerprint(ctx, p)
	}
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	blob.Modified = r.ModTime()
	return blob, nil
}

// sizedReader is an open object.
type sizedReader interface {
	io.ReadSeekCloser
	Size() int64
}

// tag puts the ID into a PNG and completes the blob.
func (n renderer) tag(ctx context.Context, p plan, f metadata, r sizedReader) (*adapter.Blob, error) {
	if r.Size() != f.Size {
		return nil, errStale
	}
	blob := &adapter.Blob{ReadSeekCloser: r, Format: f.Format, Width: f.Width, Height: f.Height, Size: f.Size}
	id := ""
	if p.format == adapter.PNG && p.id != "" {
		id = p.id
		sealed, err := png.Tag(r, f.Size, id)
		if err != nil {
			return nil, err
		}
		blob.ReadSeekCloser, blob.Size = sealed, sealed.Size()
	}
	digest, ok := f.Digests[id]
	if !ok {
		var err error
		if digest, err = n.digest(ctx, p, f, id, blob); err != nil {
			return nil, err
		}
	}
	blob.SHA256 = digest
	return blob, nil
}

// digest reads the blob once and remembers its SHA-256.
func (n renderer) digest(ctx context.Context, p plan, f metadata, id string, blob *adapter.Blob) (string, error) {
	sum := sha256.New()
	size, err := io.Copy(sum, blob)
	if err == nil && size != blob.Size {
		err = errStale
	}
	if err == nil {
		_, err = blob.Seek(0, io.SeekStart)
	}
	if err != nil {
		return "", fmt.Errorf("digest picture: %w", err)
	}
	digest := hex.EncodeToString(sum.Sum(nil))
	n.kept.keepMetadata(ctx, p.metadataKey(), f.with(id, digest))
	n.kept.clear(ctx, p.name)
	return digest, nil
}
