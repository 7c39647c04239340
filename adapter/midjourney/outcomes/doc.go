// Package outcomes knows how upstreams say no, and what that comes to: whose fault it is, whether a job may exist all the
// same, whether another upstream may do the job, how long to stay away, and what the client is told.
//
//	Refusal --Lookup--> Outcome --Err--> *adapter.Error     an answer to a submission
//	failReason ------Failure-----------> *adapter.Error     the reason of a task that ended badly
//
// Both look in one table (sayings.go) with a text that was taken apart (telling.go), and tell it in clean English
// (message.go). The table is printed into ../PROTOCOL.md.
//
// It never asks an upstream, never remembers anything, and never lets a host, a key or an id of a text through.
package outcomes
