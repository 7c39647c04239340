// Package studio is the simulator's pictures: what a job's pictures show, by its kind, its words and the picture it
// begins from; the files that clients sent; and the bytes of all of them, drawn when they are first asked for, some of
// them remembered.
//
// It never knows tasks, buttons or the protocol: a Job is all that it is told.
package studio
