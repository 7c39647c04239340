// Package course is how a job of the simulator goes: how long it takes, what a reader sees of it at each moment, when
// that changes, and how it ends where words in its prompt say so. All of it is computed from the time since the job's
// submission; nothing runs.
//
// It never knows tasks or who asks for them, and reads no clock: the moment is given.
package course
