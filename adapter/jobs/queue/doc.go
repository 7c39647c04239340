// Package queue limits how many jobs are at an upstream at once, and lets the others wait in a line that is fair between
// owners. It knows no job, and nothing of it is recorded: a line is its process's own.
package queue
