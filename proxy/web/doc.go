// Package web is what the routes of every API share: it knows who asks (auth.go), reads requests (read.go), looks up the
// pictures that they name (pictures.go, references.go, fetch.go), and answers with documents, jobs and events.
//
// A request's life:
//
//	Observe names it, and writes its one access line when it is over (request.go)
//	Do runs its handlers; whatever they return as an error is answered by one table (respond.go, errors.go)
//	Keyed finds its caller, LimitBody bounds its body
//	Read decodes the body, Resolve its pictures, Attempt says what makes two requests the same
//	Deliver waits for the job and answers with its result (deliver.go, heartbeat.go); EndStream is a stream's end (sse.go, stream.go)
//
// An answer that is not whole never looks whole: it is cut, and its ticket is told so.
//
// It never starts a job, and knows no route and no API's own JSON but the error's, the job's and the list's.
package web
