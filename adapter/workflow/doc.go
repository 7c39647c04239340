// Package workflow knows which upstream calls each kind of job makes, and what is kept of them.
//
// Service checks a request, settles its pictures, chooses the account and has a job accepted: an error means that nothing
// was recorded and nothing was spent. Recipes are the workflows that the engine executes: straight-line code over a job's
// execution, which is run again from the top after a crash.
//
// It never submits by itself: every command goes through an execution, under the name of its step, so that none is paid
// twice. It knows nothing of HTTP and of how an upstream is spoken to.
package workflow
