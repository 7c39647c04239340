// Package record says what a job's record means: whether anything was paid, whether it came to nothing, whether something
// of it may still turn up, and how it is concluded. It is about one record in memory; it reads and writes no state.
package record
