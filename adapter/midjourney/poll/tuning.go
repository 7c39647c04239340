package poll

import "time"

// Tuning says how often tasks are asked for. Default has the values that the comments name.
type Tuning struct {
	Tick       time.Duration // the poller's step: 500 ms
	First      time.Duration // the earliest first look after a submission: 2 s
	Surprise   time.Duration // how much later than it could be a job that shows no progress is looked at, however slow such jobs were: 3 s
	Longest    time.Duration // the longest pause between two looks at a task: 10 s
	SingleTick time.Duration // the shortest pause between two looks at a task where there is no list: 1 s
	RelayTick  time.Duration // the step at relays that serve copies: 3 s
	RelayCycle time.Duration // how often such a relay refreshes its copies: 15 s
	HookTick   time.Duration // the shortest pause while webhooks prove to arrive: 5 s
	HookRun    int           // webhooks in a row without a loss that are such a proof: 200
	Gather     time.Duration // how long a webhook's question waits for others to join it: 5 ms
	Chunk      int           // ids per list call at the start: 100
	MinChunk   int           // what size learning comes back to: 50
	MaxChunk   int           // and never exceeds: 500
	Singles    int           // single fetches at once: 8
	Lost       time.Duration // a task must be absent this long, and three times, to count as lost: 30 s
	Bare       time.Duration // a success without a picture is asked for again this long: 30 s
	Backoff    time.Duration // the first pause after failed calls, doubled by each further failure: 2 s
	MaxBackoff time.Duration // its limit: 30 s
}

// Default returns the tuning for real upstreams.
func Default() Tuning {
	return Tuning{
		Tick: 500 * time.Millisecond, First: 2 * time.Second, Surprise: 3 * time.Second, Longest: 10 * time.Second,
		SingleTick: time.Second, RelayTick: 3 * time.Second, RelayCycle: 15 * time.Second,
		HookTick: 5 * time.Second, HookRun: 200, Gather: 5 * time.Millisecond,
		Chunk: 100, MinChunk: 50, MaxChunk: 500, Singles: 8,
		Lost: 30 * time.Second, Bare: 30 * time.Second,
		Backoff: 2 * time.Second, MaxBackoff: 30 * time.Second,
	}
}
