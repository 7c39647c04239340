// Package dialect is how each kind of server says things: the JSON of its tasks, its answers to submissions taken and
// refused, its habits where they differ, all written from what the servers were seen to do.
//
// It never decides what happens: it knows no table of tasks and no clock, and words what it is given.
package dialect
