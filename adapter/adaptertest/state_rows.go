package adaptertest

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"midgate/adapter"
)

// rows are the tables. Its methods hold no lock: they are those of a unit.
type rows struct {
	*data
	jobRows
	stepRows
	imageRows
	printRows
	fileRows
	ledgerRows
	leaseRows
	byteRows
}

func newRows() rows {
	d := &data{
		jobs: map[string]adapter.Job{}, images: map[string]adapter.Image{}, digests: map[string]digestRow{}, prints: map[string]printRow{},
		files: map[string]adapter.FileRecord{}, presses: map[string]string{}, ledger: map[string]adapter.LedgerRow{}, orphans: map[string]bool{}, replicas: map[string]time.Time{},
	}
	return rows{d, jobRows{d}, stepRows{d}, imageRows{d}, printRows{d}, fileRows{d}, ledgerRows{d}, leaseRows{d}, byteRows{d}}
}

// data is what all tables hold.
type data struct {
	jobs     map[string]adapter.Job
	images   map[string]adapter.Image
	digests  map[string]digestRow // by owner and digest
	prints   map[string]printRow
	files    map[string]adapter.FileRecord
	presses  map[string]string
	ledger   map[string]adapter.LedgerRow // by account and span
	orphans  map[string]bool
	replicas map[string]time.Time
	undo     []func()
}

type digestRow struct {
	image   string
	expires time.Time
}

type printRow struct {
	adapter.Print
	looks []byte
}

// put sets a row, del removes one; both can be undone.
func put[V any](r *data, table map[string]V, key string, v V) {
	del(r, table, key)
	table[key] = v
}

func del[V any](r *data, table map[string]V, key string) {
	was, had := table[key]
	r.undo = append(r.undo, func() {
		delete(table, key)
		if had {
			table[key] = was
		}
	})
	delete(table, key)
}

// copied is a value that shares nothing with another one, as after a way through a database.
func copied[T any](v T) (c T) {
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil {
		panic(err)
	}
	return c
}

// rounded are times as databases keep them.
func rounded(times ...*time.Time) {
	for _, t := range times {
		*t = t.UTC().Truncate(time.Microsecond)
	}
}

// Lock implements adapter.Tx: there is one unit at a time.
func (r *rows) Lock(context.Context, string) error { return nil }

// paged sorts what selects chose, newest or oldest first, and cuts a page of it.
func paged[V any](of []V, created func(V) (time.Time, string), oldest bool, limit int, after string) []V {
	slices.SortFunc(of, func(a, b V) int {
		at, ai := created(a)
		bt, bi := created(b)
		order := cmp.Or(at.Compare(bt), cmp.Compare(ai, bi))
		if oldest {
			return order
		}
		return -order
	})
	if after != "" {
		i := slices.IndexFunc(of, func(v V) bool { _, id := created(v); return id == after })
		of = of[i+1:]
	}
	return of[:min(limit, len(of))]
}

func gone(expires time.Time) bool {
	return !expires.IsZero() && !expires.After(time.Now())
}
