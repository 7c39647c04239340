package jetstream

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// item is what the index knows of a record.
type item struct {
	id       string
	owner    string
	created  time.Time
	expires  time.Time // zero: never
	revision uint64
	bytes    []string // names in Pictures that the record needs
}

// index lists records by owner, newest first, without reading them. It is safe for concurrent use.
type index struct {
	mu     sync.RWMutex
	byID   map[string]item
	owners map[string][]item // oldest first
	bytes  map[string]int    // how many records need these bytes
}

func newIndex() *index {
	return &index{byID: map[string]item{}, owners: map[string][]item{}, bytes: map[string]int{}}
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
	own := x.owners[it.owner]
	at, _ := slices.BinarySearchFunc(own, it, older)
	x.owners[it.owner] = slices.Insert(own, at, it)
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
	for _, name := range it.bytes {
		if x.bytes[name]--; x.bytes[name] == 0 {
			delete(x.bytes, name)
		}
	}
	own := x.owners[it.owner]
	if at, ok := slices.BinarySearchFunc(own, it, older); ok {
		own = slices.Delete(own, at, at+1)
	}
	if len(own) == 0 {
		delete(x.owners, it.owner)
		return
	}
	x.owners[it.owner] = own
}

// older orders records by age, and by ID where they are equally old.
func older(a, b item) int {
	return cmp.Or(a.created.Compare(b.created), cmp.Compare(a.id, b.id))
}

// page returns up to limit IDs of an owner's records that have not expired, newest first, those older than after if
// after has an ID. A limit of 0 means all.
func (x *index) page(owner string, limit int, after item, now time.Time) []item {
	x.mu.RLock()
	defer x.mu.RUnlock()
	own := x.owners[owner]
	if after.id != "" {
		at, _ := slices.BinarySearchFunc(own, after, older)
		own = own[:at]
	}
	var page []item
	for _, it := range slices.Backward(own) {
		if limit > 0 && len(page) == limit {
			break
		}
		if !expired(it.expires, now) {
			page = append(page, it)
		}
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

// needed reports how many records need the bytes of that name.
func (x *index) needed(name string) int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.bytes[name]
}

// expired reports whether a record's time is over; the zero time means never.
func expired(at, now time.Time) bool { return !at.IsZero() && !now.Before(at) }
