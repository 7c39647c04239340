package adapter

import "time"

// Observer is told what metrics count. Nil functions are skipped.
type Observer struct {
	JobStarted func(kind, upstream string, speed Speed)
	JobEnded   func(kind, upstream string, speed Speed, outcome string, took time.Duration)
	Paid       func(kind, upstream string, jobs int)      // what a job that ended has paid an upstream for
	Sold       func(key, kind, speed string, cost Amount) // a step of a job that ended and was paid: the key's name, what it was sold as
	Refunded   func(key, kind, speed string, cost Amount) // one that the upstream gave back
	InFlight   func(upstream string, jobs int)
	Waiting    func(upstream string, requests int)         // for a place at it
	Placed     func(upstream string, waited time.Duration) // a submission has its place
	Ambiguous  func(upstream string)                       // nobody knows what became of a submission, and looking for it found nothing
	Late       func(upstream string)                       // a submission was found whose job had ended without it
	Joined     func(how string)                            // an attempt that paid nothing of its own: "repeat", "shared", or "restarted" for a job that came to nothing
}

// Places tells of an upstream's places: jobs at it, and requests that wait for one.
func (o Observer) Places(upstream string, jobs, waiting int) {
	if o.InFlight != nil {
		o.InFlight(upstream, jobs)
	}
	if o.Waiting != nil {
		o.Waiting(upstream, waiting)
	}
}

// Join tells of an attempt that begins no job.
func (o Observer) Join(how string) {
	if o.Joined != nil {
		o.Joined(how)
	}
}

// Place tells of a submission that waited for its place at an upstream.
func (o Observer) Place(upstream string, waited time.Duration) {
	if o.Placed != nil {
		o.Placed(upstream, waited)
	}
}

// Lose tells of a submission of unknown outcome that was looked for in vain.
func (o Observer) Lose(upstream string) {
	if o.Ambiguous != nil {
		o.Ambiguous(upstream)
	}
}

// Adopt tells of a submission that was found when its job was over.
func (o Observer) Adopt(upstream string) {
	if o.Late != nil {
		o.Late(upstream)
	}
}
