// Package reconcile finds what earlier executions of jobs left: the open jobs of processes that died, which are executed
// from the top, and what jobs lack that ended although something of theirs may exist. What was paid is fetched, and
// answers later requests that repeat the one that failed.
//
// It asks, and goes on with what it found: it never submits anything, and never takes an answer back.
package reconcile
