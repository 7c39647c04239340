package jetstream

import (
	"bytes"
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/tidwall/btree"
)

// item is what the index knows of a record.
type item struct {
	id       string
	owner    string
	created  time.Time
	expires  time.Time // zero: never
	revision uint64
	bytes    []string // names in Pictures that the record needs
	request  []byte   // JSON of a run that is not over: what it has still to send may be named in it
}

// index lists records by owner, newest first, without reading them. It is safe for concurrent use.
type index struct {
	filled chan struct{} // closed when it knows everything that was stored when the engine began

	mu     sync.RWMutex
	byID   map[string]item
	owners map[string]*btree.BTreeG[item] // oldest first
	bytes  map[string]int                 // how many records need these bytes
	open   map[string][]byte              // requests of the runs that are not over, by ID
}

func newIndex() *index {
	return &index{filled: make(chan struct{}), byID: map[string]item{}, owners: map[string]*btree.BTreeG[item]{}, bytes: map[string]int{},
		open: map[string][]byte{}}
}

// fill says that everything that was stored is known.
func (x *index) fill() { close(x.filled) }

// await returns once the index is filled, or ctx's error.
func (x *index) await(ctx context.Context) error {
	select {
	case <-x.filled:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// set notes a record, unless a newer revision of it is known.
func (x *index) set(it item) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if known, ok := x.byID[it.id]; ok {
		if known.revision >= it.revision {
			return
		}
		x.drop(known)
	}
	x.byID[it.id] = it
	for _, name := range it.bytes {
		x.bytes[name]++
	}
	if len(it.request) > 0 {
		x.open[it.id] = it.request
	}
	own := x.owners[it.owner]
	if own == nil {
		own = btree.NewBTreeGOptions(older, btree.Options{NoLocks: true}) // mu is held
		x.owners[it.owner] = own
	}
	own.Set(it)
}

// remove forgets a record that was removed at that revision.
func (x *index) remove(id string, revision uint64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if known, ok := x.byID[id]; ok && known.revision < revision {
		x.drop(known)
	}
}

// drop takes a known record out of all maps; the caller holds mu.
func (x *index) drop(it item) {
	delete(x.byID, it.id)
	delete(x.open, it.id)
	for _, name := range it.bytes {
		if x.bytes[name]--; x.bytes[name] == 0 {
			delete(x.bytes, name)
		}
	}
	own := x.owners[it.owner]
	own.Delete(it)
	if own.Len() == 0 {
		delete(x.owners, it.owner)
	}
}

// older orders records by age, and by ID where they are equally old.
func older(a, b item) bool {
	return cmp.Or(a.created.Compare(b.created), cmp.Compare(a.id, b.id)) < 0
}

// page returns up to limit IDs of an owner's records that have not expired, newest first, those older than after if
// after has an ID. A limit of 0 means all.
func (x *index) page(owner string, limit int, after item, now time.Time) []item {
	x.mu.RLock()
	defer x.mu.RUnlock()
	own := x.owners[owner]
	if own == nil {
		return nil
	}
	var page []item
	take := func(it item) bool {
		if !expired(it.expires, now) && (after.id == "" || older(it, after)) {
			page = append(page, it)
		}
		return limit <= 0 || len(page) < limit
	}
	if after.id == "" {
		own.Reverse(take)
	} else {
		own.Descend(after, take)
	}
	return page
}

// find returns what is known of a record.
func (x *index) find(id string) (item, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	it, ok := x.byID[id]
	return it, ok
}

// due returns the records that have expired.
func (x *index) due(now time.Time) []item {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var due []item
	for _, it := range x.byID {
		if expired(it.expires, now) {
			due = append(due, it)
		}
	}
	return due
}

// knows reports whether a record is known as it is at that revision, or newer: it was written here.
func (x *index) knows(id string, revision uint64) bool {
	it, ok := x.find(id)
	return ok && it.revision >= revision
}

// needed reports how many records need the bytes of that name.
func (x *index) needed(name string) int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.bytes[name]
}

// asked reports whether a run that is not over has that name in its request. There are few such runs.
func (x *index) asked(name string) bool {
	quoted := []byte(`"` + name + `"`) // names have nothing that JSON escapes
	x.mu.RLock()
	defer x.mu.RUnlock()
	for _, request := range x.open {
		if bytes.Contains(request, quoted) {
			return true
		}
	}
	return false
}

// expired reports whether a record's time is over; the zero time means never.
func expired(at, now time.Time) bool { return !at.IsZero() && !now.Before(at) }
