package adaptertest

import (
	"cmp"
	"slices"
	"time"

	"midgate/adapter"
)

// newest puts records in the order of the ports' lists, newest first and by ID where two are equally
// old, and cuts the page after one ID out of it. A limit of 0 means all. An ID that is not
// in the list is ErrNotFound.
func newest[T any](all []T, limit int, after string, key func(T) (time.Time, string)) ([]T, error) {
	slices.SortFunc(all, func(a, b T) int {
		ta, ia := key(a)
		tb, ib := key(b)
		return cmp.Or(tb.Compare(ta), cmp.Compare(ib, ia))
	})
	if after != "" {
		i := slices.IndexFunc(all, func(v T) bool {
			_, id := key(v)
			return id == after
		})
		if i < 0 {
			return nil, adapter.ErrNotFound
		}
		all = all[i+1:]
	}
	if limit > 0 && len(all) > limit {
		all = all[:limit]
	}
	return all, nil
}
