// Package chat reads what a turn of a conversation asks Midjourney for, and writes how its answer reads.
//
// It is pure: it starts no job, waits for nothing and keeps no conversation. What it knows of earlier pictures stands in the
// messages that the client sent, completed by the picture's record where the caller hands one in (Options.Picture).
package chat
