// Package mcp serves midgate's tools to agents and chat programs over the Model Context Protocol.
//
// One route answers every revision of the protocol, without sessions: each request stands for itself, at any replica.
//
//	route.go      one request: its switches, its stream that is kept alive, what became of its answers
//	tools.json    the tools as they are listed; arguments.go reads calls by the same schemas
//	tools.go      what each tool asks the service for
//	wait.go       how long a call waits, and what it tells meanwhile
//	answer.go     what a finished job looks like to a model: text and one picture
//	resources.go  pictures that a person attaches, and a prompt to begin with
//	app.html      the page that some chat programs show beside an answer
//	errors.go     what went wrong, and what the model shall do about it
//
// A call never waits longer than a client does: then it is answered with its job's ID. A job is never cancelled since a
// client left, and equal calls are one job (adapter.Standing): clients send a cut call again by themselves, and models do
// minutes later.
//
// It never speaks to an upstream or a store, and knows no prompts' grammar.
package mcp
