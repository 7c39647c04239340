// Package adaptertest proves that an engine keeps the contracts of adapter's state ports,
// and offers memory implementations that keep them too.
//
// Store, Journal and Leases are the conformance suites; every implementation runs them.
// NewStore, NewJournal and NewLeases need no socket, file or timer and start no goroutine
// of their own, so they can be used inside testing/synctest bubbles. Faults makes any
// implementation fail on command.
package adaptertest

import "midgate/adapter"

var (
	_ adapter.Store   = (*MemoryStore)(nil)
	_ adapter.Journal = (*MemoryJournal)(nil)
	_ adapter.Leases  = (*MemoryLeases)(nil)
)
