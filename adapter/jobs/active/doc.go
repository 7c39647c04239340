// Package active holds the jobs that a process has in memory: those that it executes, and those that somebody waits for
// here. Each is the newest that is known of its record, with what is shown to those who wait.
//
// It writes no record and submits nothing: whoever executes a job does.
package active
