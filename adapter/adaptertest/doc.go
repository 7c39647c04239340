// Package adaptertest proves that a state keeps the contracts of adapter's ports: TestState is the suite that every
// implementation runs.
//
// NewState is one in memory. It needs no socket, file or timer and starts no goroutine of its own, so it can be used
// inside testing/synctest bubbles. Faults makes any state fail on command. No program that serves uses the package.
package adaptertest
