package jobs

// Rules of which attempt is which that a test has switched off, to see that their lack is found. In production none is.
type withoutRules struct {
	lateOriginals bool // an original that comes after its repeat joins it
	overtaking    bool // a repeat without a counter may come before the end of its client is noticed
	deserted      bool // a job that nobody waits for is not submitted
	rotation      bool // several repeats of a shared grid take a delivery of their own each
	onePress      bool // what several need is pressed once
	meantPresses  bool // who comes again a while after a reported failure means it
	oneDecision   bool // an attempt is decided and recorded in one unit
}
