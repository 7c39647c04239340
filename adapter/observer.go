package adapter

import "time"

// Observer is told what metrics count. Nil functions are skipped.
type Observer struct {
	JobStarted func(kind, upstream string, speed Speed)
	JobEnded   func(kind, upstream string, speed Speed, outcome string, took time.Duration)
	Paid       func(kind, upstream string, jobs int)      // what a job that ended has paid an upstream for
	Sold       func(key, kind, speed string, cost Amount) // a step of a job that ended and was paid: the key's name, what it was sold as
	InFlight   func(upstream string, jobs int)
}
