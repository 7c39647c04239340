// Package download fetches what finished tasks made, picture and clips, and keeps it: whichever of a task's addresses has
// it, and as long as it may still come.
//
// It never knows jobs or records, and presses nothing: the task is given, and read again where its addresses have moved.
package download
