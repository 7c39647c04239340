// Package unit writes the engine's units of work: each with what rides on it and with the books of the jobs that it
// changes, all of it or nothing.
//
// What rides, such as what became of an answer, costs one free old answer at most if a crash loses it, and so causes no
// commit of its own as long as others come. Every decision about an attempt is such a unit, and so knows of it.
//
// It never writes a second time by itself: whoever does not know whether a unit was committed asks again.
package unit
