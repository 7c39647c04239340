package native

import (
	"context"
	"net/url"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs"
)

// maxNotifyHook is how long an address may be.
const maxNotifyHook = 2000

// takeHook takes the client's own webhook out of a request. The upstream is given midgate's, if any: what it would post
// to the client has addresses and a state that are not the client's, and relays drop it.
func takeHook(n *adapter.NativeRequest, fields map[string]any) error {
	hook, _ := fields["notifyHook"].(string)
	delete(fields, "notifyHook")
	if hook == "" {
		n.Base = ""
		return nil
	}
	u, err := url.Parse(hook)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(hook) > maxNotifyHook {
		return adapter.BadParam("notifyHook", "invalid_value", "notifyHook must be an http or https address of at most %d characters.", maxNotifyHook)
	}
	n.Hook = hook
	return nil
}

// noticeTries is how often the end of a task is posted, noticeTimeout how long one post may take.
const (
	noticeTries   = 3
	noticeTimeout = 10 * time.Second
)

// announce tells the client's webhook of a job that is executed here: each change of its task, one after the other, and
// the end for sure as long as this process lives. What changes while a post is under way is told by the next.
func (s *API) announce(job adapter.Job) jobs.Follower {
	if s.parts.Notify == nil || job.Kind != adapter.JobNative {
		return nil
	} else if request, err := nativeOf(job); err != nil || request.Hook == "" {
		return nil
	}
	return func(ctx context.Context, look func() (adapter.Job, <-chan struct{}, bool)) {
		var told adapter.NativeTask
		for {
			job, changed, ours := look()
			if !ours {
				return // told by who took it over
			}
			if t, ok := s.news(ctx, job, told); ok {
				told = t
				s.tell(ctx, t)
			}
			if job.Status.Ended() {
				return
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
		}
	}
}

// news is a job's task if it is not what was told last. A task that waits for its dialog is none.
func (s *API) news(ctx context.Context, job adapter.Job, told adapter.NativeTask) (adapter.NativeTask, bool) {
	if len(job.Steps) == 0 || job.Steps[0].Submission == nil {
		return adapter.NativeTask{}, false
	}
	t, err := s.NativeTask(ctx, adapter.Caller{Owner: job.Owner}, job.Steps[0].Submission.TaskID)
	if err != nil || t.Job.ID != job.ID || t.Task.Status == adapter.Dialog {
		return adapter.NativeTask{}, false
	}
	return t, t.Task.Status != told.Task.Status || t.Task.Progress != told.Task.Progress
}

// tell posts one state of a task.
func (s *API) tell(life context.Context, t adapter.NativeTask) {
	for try := 1; ; try++ {
		ctx, cancel := context.WithTimeout(life, noticeTimeout)
		err := s.parts.Notify(ctx, t)
		cancel()
		if err == nil {
			return
		}
		if !t.Job.Status.Ended() {
			return // the next change says more
		}
		s.parts.Log.Warn("a client's notifyHook was not delivered", "job", t.Job.ID, "try", try, "error", err)
		if try == noticeTries || !adapter.Pause(life, time.Duration(try*try)*time.Second) {
			return
		}
	}
}
