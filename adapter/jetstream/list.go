package jetstream

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"midgate/adapter"
)

// readers is how many records of a page are read at once.
const readers = 16

// list reads a page of an owner's records, newest first. find tells where the record after which the page begins
// stands, if the index does not know it yet; get reads one record.
func list[T any](ctx context.Context, x *index, owner string, limit int, after string,
	find func(context.Context, string) (item, error), get func(context.Context, string) (T, error)) ([]T, error) {
	if err := x.await(ctx); err != nil {
		return nil, err
	}
	var from item
	if after != "" {
		it, ok := x.find(after)
		if !ok {
			var err error
			if it, err = find(ctx, after); err != nil {
				return nil, err
			}
		}
		if it.owner != owner {
			return nil, adapter.ErrNotFound
		}
		from = it
	}
	var all []T
	for {
		want := 0
		if limit > 0 {
			want = limit - len(all)
		}
		page := x.page(owner, want, from, time.Now())
		got, err := readAll(ctx, page, get)
		if err != nil {
			return nil, err
		}
		all = append(all, got...)
		if len(page) < want || len(all) == limit || limit <= 0 {
			return all, nil
		}
		from = page[len(page)-1] // some were removed meanwhile: the page is filled up
	}
}

// readAll reads records in the order of their items and leaves out what is gone.
func readAll[T any](ctx context.Context, items []item, get func(context.Context, string) (T, error)) ([]T, error) {
	records := make([]T, len(items))
	found := make([]bool, len(items))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(readers)
	for i, it := range items {
		g.Go(func() error {
			record, err := get(ctx, it.id)
			if errors.Is(err, adapter.ErrNotFound) {
				return nil
			}
			records[i], found[i] = record, err == nil
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	kept := records[:0]
	for i, record := range records {
		if found[i] {
			kept = append(kept, record)
		}
	}
	return kept, nil
}
