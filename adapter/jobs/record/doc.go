// Package record says what a job's record means: whether anything was paid, whether it came to nothing, whether something
// of it may still turn up, how it is concluded, which times of it are true and how a client's own key lies in it. It is
// about one record in memory; it reads and writes no state.
package record
