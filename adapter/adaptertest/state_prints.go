package adaptertest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"midgate/adapter"
)

// ImageByDigest implements adapter.ImageReader.
func (r imageRows) ImageByDigest(_ context.Context, owner, sha256 string) (string, error) {
	d, ok := r.digests[owner+" "+sha256]
	if !ok || gone(d.expires) {
		return "", adapter.ErrNotFound
	}
	return d.image, nil
}

// PutDigest implements adapter.ImageWriter.
func (r imageRows) PutDigest(_ context.Context, owner, sha256, id string, expires time.Time) error {
	put(r.data, r.digests, owner+" "+sha256, digestRow{id, expires})
	return nil
}

// printRows are what pictures are recognised by.
type printRows struct{ *data }

// Prints implements adapter.ImageReader.
func (r printRows) Prints(_ context.Context, q adapter.PrintQuery) ([]adapter.Print, error) {
	var found []adapter.Print
	away := map[string]int{}
	for _, p := range r.prints {
		misses := 0
		for i, v := range q.Cells {
			d := max(int(p.Cells[i])-int(v), int(v)-int(p.Cells[i]))
			away[p.Image] += d
			if d > q.Within {
				misses++
			}
		}
		if d := p.Ratio - q.Ratio; p.Owner == q.Owner && d <= q.RatioOff && -d <= q.RatioOff && misses <= q.Misses {
			found = append(found, p.Print)
		}
	}
	slices.SortFunc(found, func(a, b adapter.Print) int {
		return cmp.Or(cmp.Compare(away[a.Image], away[b.Image]), b.Created.Compare(a.Created), cmp.Compare(a.Image, b.Image))
	})
	return found[:min(q.Limit, len(found))], nil
}

// Fingerprint implements adapter.ImageReader.
func (r printRows) Fingerprint(_ context.Context, owner, id string) (adapter.Print, []byte, error) {
	p, ok := r.prints[id]
	if !ok || p.Owner != owner {
		return adapter.Print{}, nil, adapter.ErrNotFound
	}
	return p.Print, slices.Clone(p.looks), nil
}

// PutPrint implements adapter.ImageWriter.
func (r printRows) PutPrint(_ context.Context, p adapter.Print, looks []byte) error {
	rounded(&p.Created)
	put(r.data, r.prints, p.Image, printRow{p, slices.Clone(looks)})
	return nil
}
