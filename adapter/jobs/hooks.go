package jobs

import (
	"context"

	"midgate/adapter"
)

// StartHook is told of each job that begins to be executed here, again after a restart. It returns what follows the job
// in a goroutine of the engine's until it has ended; nil if nothing does.
type StartHook func(job adapter.Job) Follower

// Follower follows a job that is executed here, until it has ended or look says that it is another replica's now, at the
// latest until ctx ends.
type Follower func(ctx context.Context, look func() (job adapter.Job, changed <-chan struct{}, ours bool))

// OnStart adds a hook. It must be called before Start.
func (s *Engine) OnStart(hook StartHook) { s.onStart = append(s.onStart, hook) }

// started tells the hooks of a run that begins to be executed here.
func (s *Engine) started(l *live) {
	for _, hook := range s.onStart {
		follow := hook(l.snapshot())
		if follow == nil {
			continue
		}
		s.spawn(func() {
			follow(s.life, func() (adapter.Job, <-chan struct{}, bool) {
				run, changed := l.look()
				return run, changed, run.Replica == s.cfg.Replica
			})
		})
	}
}
