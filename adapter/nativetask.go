package adapter

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"
)

// taskKey is under what the store remembers which run a task belongs to. Only its owner finds it.
func taskKey(taskID string) string { return digest("task", taskID) }

// index notes which run a task belongs to. A dialog's answer keeps its task: the newest run counts.
func (q *sequence) index(run Run, taskID string) error {
	return q.write(run.ID, func() error {
		return q.s.parts.Store.Digest(q.ctx, run.Owner, taskKey(taskID), run.ID)
	})
}

// Acquaint makes a run's task known before its client hears of it, who may ask for it at once: the run's own sequence
// notes it a moment after its submission. A failure does no harm, since the sequence goes on trying.
func (s *Service) Acquaint(ctx context.Context, run Run) {
	if len(run.Steps) > 0 && run.Steps[0].Submission != nil {
		_ = s.parts.Store.Digest(ctx, run.Owner, taskKey(run.Steps[0].Submission.TaskID), run.ID)
	}
}

// taskRun is the run of one of the caller's tasks; a NotFound *Error for an unknown one and for another owner's.
func (s *Service) taskRun(ctx context.Context, c Caller, taskID string) (Run, error) {
	id, err := s.parts.Store.FindDigest(ctx, c.Owner, taskKey(taskID))
	if errors.Is(err, ErrNotFound) {
		return Run{}, taskNotFound()
	}
	if err != nil {
		return Run{}, Wrap(Storage, err, "The tasks' records cannot be read at the moment.")
	}
	run, err := s.Job(ctx, c, id)
	if KindOf(err) == NotFound && err != nil {
		return Run{}, taskNotFound()
	}
	return run, err
}

func taskNotFound() *Error {
	return &Error{Kind: NotFound, Code: "task_not_found", Param: "taskId", Message: "task_not_found"}
}

// NativeTask is a task as far as midgate knows it, without asking the upstream: the shared poller does.
type NativeTask struct {
	Task      Task
	Run       Run
	Job       NativeJob // zero where another route made the task
	Submitted time.Time
	Grid      string   // ID of what it made: the whole grid, or the only picture
	Cells     []string // IDs of a grid's quarters
}

// NativeTask returns one of the caller's tasks. It does not say that a task has succeeded before its pictures are
// stored here.
func (s *Service) NativeTask(ctx context.Context, c Caller, taskID string) (NativeTask, error) {
	run, err := s.taskRun(ctx, c, taskID)
	if err != nil {
		return NativeTask{}, err
	}
	t := NativeTask{Run: run, Task: Task{ID: taskID, Status: NotStarted, Prompt: promptOf(run)}}
	if run.Kind == KindNative {
		if t.Job, err = nativeOf(run); err != nil {
			return t, err
		}
		t.Task.Prompt = t.Job.Prompt
	}
	if i := slices.IndexFunc(run.Steps, func(st Step) bool { return st.Submission != nil && st.Submission.TaskID == taskID }); i >= 0 {
		t.Submitted = run.Steps[i].Submission.At
	}
	switch {
	case run.Status == RunCompleted:
		return t, s.completed(ctx, &t)
	case run.Status.Ended():
		t.Task.Status, t.Task.Failure = Failure, run.Error
	default:
		if p := s.JobProgress(run.ID); p.Percent > 0 {
			t.Task.Status, t.Task.Progress, t.Task.ImageURL = InProgress, p.Percent, p.Preview
		} else if !t.Submitted.IsZero() {
			t.Task.Status = Submitted
		}
	}
	return t, nil
}

// completed fills in what a finished run made.
func (s *Service) completed(ctx context.Context, t *NativeTask) error {
	r := t.Run.Result
	t.Task.Status, t.Task.Progress = Success, 100
	if r == nil {
		return nil
	}
	if r.Native != nil {
		t.Task = *r.Native
	}
	for _, id := range append([]string{r.Grid}, r.Images...) {
		if id == "" {
			continue
		}
		img, err := s.parts.Store.Get(ctx, id)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return Wrap(Storage, err, "The pictures' records cannot be read at the moment.")
		}
		if img.TaskID != t.Task.ID {
			continue
		}
		if img.Grid != "" {
			id = img.Grid
		}
		t.Grid, t.Cells = id, img.Cells
		if r.Native == nil {
			t.Task.Buttons, t.Task.FinalPrompt, t.Task.Prompt = img.Buttons, img.RevisedPrompt, img.Prompt
		}
		break
	}
	return nil
}

// NativeTasks lists the tasks of the caller's newest jobs in the upstream's own API, at most limit.
func (s *Service) NativeTasks(ctx context.Context, c Caller, limit int) ([]NativeTask, error) {
	runs, err := s.Jobs(ctx, c, 200, "")
	if err != nil {
		return nil, err
	}
	var tasks []NativeTask
	for _, run := range runs {
		if run.Kind != KindNative || len(run.Steps) == 0 || run.Steps[0].Submission == nil || len(tasks) == limit {
			continue
		}
		t, err := s.NativeTask(ctx, c, run.Steps[0].Submission.TaskID)
		if KindOf(err) == NotFound && err != nil || t.Run.ID != run.ID {
			continue // a dialog's answer has taken its task over
		}
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, t)
	}
	return tasks, nil
}

// nativeOf is the request behind a native run.
func nativeOf(run Run) (n NativeJob, err error) {
	_, err = with(run, func(_ Run, job NativeJob) (Result, error) {
		n = job
		return Result{}, nil
	})
	return n, err
}

// TaskSeed asks for the seed of one of the caller's tasks, best effort.
func (s *Service) TaskSeed(ctx context.Context, c Caller, taskID string) (string, error) {
	run, err := s.taskRun(ctx, c, taskID)
	if err != nil {
		return "", err
	}
	return s.seed(ctx, c, run.at(taskID), taskID)
}

// Seed asks for the seed of one of the caller's pictures, best effort: not every server tells it.
func (s *Service) Seed(ctx context.Context, c Caller, imageID string) (string, error) {
	img, err := s.Image(ctx, c, imageID)
	if err != nil {
		return "", err
	}
	return s.seed(ctx, c, img.Upstream, img.TaskID)
}

func (s *Service) seed(ctx context.Context, c Caller, upstream, taskID string) (string, error) {
	account, err := s.parts.Accounts.Made(ctx, c, upstream)
	if err != nil {
		return "", err
	}
	tools, ok := account.Upstream.(Tools)
	if !ok {
		return "", &Error{Kind: Unsupported, Code: "unsupported", Message: "This upstream does not tell seeds."}
	}
	seed, err := tools.Seed(ctx, taskID)
	if errors.Is(err, ErrNotFound) {
		return "", taskNotFound()
	}
	return seed, err
}

// NativePreview opens the newest preview of a job that is executed here, or what it made. The job's ID is unguessable.
func (s *Service) NativePreview(ctx context.Context, jobID string) (*Blob, error) {
	l := s.runs.get(jobID)
	if l == nil {
		return nil, imageNotFound()
	}
	run, progress := l.snapshot(), l.shown()
	if run.Result != nil && len(run.Result.Images) > 0 {
		return s.Bytes(ctx, cmp.Or(run.Result.Grid, run.Result.Images[0]), PNG, 0)
	}
	if progress.Preview == "" || run.Status.Ended() {
		return nil, imageNotFound()
	}
	l.mu.Lock()
	caller := Caller{Owner: run.Owner, Key: l.key}
	l.mu.Unlock()
	blob, err := (&Ticket{Job: run.ID, service: s, live: l, caller: caller, delivery: len(run.Deliveries)}).Preview(ctx, progress, PNG, 0)
	if err != nil && KindOf(err) == Invalid {
		return nil, imageNotFound() // what the upstream shows of a video may be a video
	}
	return blob, err
}
