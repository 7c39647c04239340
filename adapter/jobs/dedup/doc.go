// Package dedup says which attempt is which: the repeat of a job, a share of one, a restart of one that came to nothing, or
// a new wish. It is a function of the jobs of one owner, route and body, as their rows say them, and of what is
// asked (Question), and so comes to the same in every process that asks under a lock on them. It reads and writes nothing.
package dedup
