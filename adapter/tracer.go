package adapter

import (
	"context"
	"time"
)

// Tracer follows jobs through time, for whoever wants to see where it goes. It is safe for concurrent use and never
// waits. It is told no prompt, no key and no address of a picture.
//
// Each job has a trace of its own, since it outlives its request: the two know each other by links.
type Tracer interface {
	// Begin begins the trace of a job that the request of ctx would begin. If that turns out to be none, nothing is called
	// of what Begin returns but Name, and nothing is seen of it.
	Begin(ctx context.Context, job Job) JobTrace
	// Resume goes on with a job's trace where an earlier execution of it has ended, of this process or another.
	Resume(ctx context.Context, job Job) JobTrace
	// Meet says that the request of ctx waits for a job, its own or another's.
	Meet(ctx context.Context, job Job)
}

// JobTrace is the trace of one execution of a job.
type JobTrace interface {
	// Name is what the job's record keeps, so that its trace can be gone on with.
	Name() string
	// Context returns a context whose log lines belong to the trace.
	Context(ctx context.Context) context.Context
	// Meet says that the request of ctx waits for the job, too.
	Meet(ctx context.Context)
	// Part begins a part of the execution, at a time; zero: now. end says how it came out, with what is known of its step.
	Part(name string, since time.Time) (end func(st Step, err error))
	// End ends it, with the job as it is then: one that has not ended is gone on with by somebody else.
	End(job Job)
}

// The names of parts. PartStep is followed by the name of the step.
const (
	PartQueue    = "queue"
	PartStep     = "step "
	PartPictures = "pictures"
)
