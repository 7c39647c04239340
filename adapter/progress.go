package adapter

import "context"

// Ticket is one client's share of a job: its own, one that it joined, or one whose result is stored.
type Ticket interface {
	// Job is its newest state.
	Job() Job
	// Wait returns the share when the job is over; its *Error, a Timeout *Error when the answer's time is over, or ctx's.
	// watch, which may be nil, is told of progress from this goroutine.
	Wait(ctx context.Context, watch func(Progress)) (Result, error)
	// Accepted returns nil as soon as the upstream accepted the submission, else the job's error.
	Accepted(ctx context.Context) error
	Answered()  // the answer was written to the client completely
	Abandoned() // the client left, or the answer was cut
}

// Progress is what a waiting client may be shown.
type Progress struct {
	Status  JobStatus
	Percent int    // 0–100 over all tasks so far; 100 only when the job has ended well
	Preview string // URL at the upstream of the newest preview picture, for Service.Preview; may be empty
	Step    string // name of the step that moved last
	Ahead   int    // how many get a place at the upstream before it, where it waits for one here; only JobProgress says it
}

// TurnAnswer is how a turn of a conversation is answered: by a job, or by pictures that are there already.
type TurnAnswer struct {
	Ticket Ticket // nil where nothing has to be made
	Images []Image
}
