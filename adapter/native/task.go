package native

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"midgate/adapter"
	"midgate/adapter/library"
)

// NativeTask returns one of the caller's tasks. It does not say that a task has succeeded before its pictures are
// stored here.
func (s *API) NativeTask(ctx context.Context, c adapter.Caller, taskID string) (adapter.NativeTask, error) {
	job, err := s.jobs.JobOfTask(ctx, c, taskID)
	if err != nil {
		return adapter.NativeTask{}, err
	}
	t := adapter.NativeTask{Job: job, Task: adapter.Task{ID: taskID, Status: adapter.NotStarted, Prompt: promptOf(job)}}
	if job.Kind == adapter.JobNative {
		if t.Request, err = nativeOf(job); err != nil {
			return t, err
		}
		t.Task.Prompt = t.Request.Prompt
	}
	if i := slices.IndexFunc(job.Steps, func(st adapter.Step) bool { return st.Submission != nil && st.Submission.TaskID == taskID }); i >= 0 {
		t.Submitted = job.Steps[i].Submission.At
	}
	switch {
	case job.Status == adapter.JobCompleted:
		return t, s.completed(ctx, &t)
	case job.Status.Ended():
		t.Task.Status, t.Task.Failure = adapter.Failure, job.Error
	default:
		if p := s.jobs.JobProgress(job.ID); p.Percent > 0 {
			t.Task.Status, t.Task.Progress, t.Task.ImageURL = adapter.InProgress, p.Percent, p.Preview
		} else if !t.Submitted.IsZero() {
			t.Task.Status = adapter.Submitted
		}
	}
	return t, nil
}

// completed fills in what a finished job made.
func (s *API) completed(ctx context.Context, t *adapter.NativeTask) error {
	r := t.Job.Result
	t.Task.Status, t.Task.Progress = adapter.Success, 100
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
		if errors.Is(err, adapter.ErrNotFound) {
			continue
		}
		if err != nil {
			return adapter.Wrap(adapter.Storage, err, "The pictures' records cannot be read at the moment.")
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
func (s *API) NativeTasks(ctx context.Context, c adapter.Caller, limit int) ([]adapter.NativeTask, error) {
	jobs, err := s.jobs.Jobs(ctx, c, adapter.JobQuery{Kinds: []adapter.JobKind{adapter.JobNative}, Limit: 200, Deleted: true})
	if err != nil {
		return nil, err
	}
	var tasks []adapter.NativeTask
	for _, job := range jobs {
		if len(job.Steps) == 0 || job.Steps[0].Submission == nil || len(tasks) == limit {
			continue
		}
		t, err := s.NativeTask(ctx, c, job.Steps[0].Submission.TaskID)
		if adapter.KindOf(err) == adapter.NotFound && err != nil || t.Job.ID != job.ID {
			continue // a dialog's answer has taken its task over
		}
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, t)
	}
	return tasks, nil
}

// nativeOf is the request behind a native job.
func nativeOf(job adapter.Job) (n adapter.NativeRequest, err error) {
	if err = json.Unmarshal(job.Request, &n); err != nil {
		err = fmt.Errorf("read the recorded request: %w", err)
	}
	return n, err
}

// TaskSeed asks for the seed of one of the caller's tasks, best effort.
func (s *API) TaskSeed(ctx context.Context, c adapter.Caller, taskID string) (string, error) {
	job, err := s.jobs.JobOfTask(ctx, c, taskID)
	if err != nil {
		return "", err
	}
	return s.lib.SeedOf(ctx, c, job.UpstreamOf(taskID), taskID)
}

// NativePreview opens the newest preview of a job that is executed here, or what it made. The job's ID is unguessable.
func (s *API) NativePreview(ctx context.Context, jobID string) (*adapter.Blob, error) {
	job, err := s.jobs.Record(ctx, jobID)
	if err != nil {
		return nil, library.ImageNotFound()
	}
	if job.Result != nil && len(job.Result.Images) > 0 {
		return s.lib.Bytes(ctx, cmp.Or(job.Result.Grid, job.Result.Images[0]), adapter.PNG, 0)
	}
	blob, err := s.jobs.NewestPreview(ctx, jobID)
	if errors.Is(err, adapter.ErrNotFound) || err != nil && adapter.KindOf(err) == adapter.Invalid {
		return nil, library.ImageNotFound() // what the upstream shows of a video may be a video
	}
	return blob, err
}

// promptOf is what a job was asked to draw.
func promptOf(job adapter.Job) string {
	var asked struct {
		Prompt string `json:"prompt"`
	}
	_ = json.Unmarshal(job.Request, &asked) // every kind of request that has a prompt calls it so
	return asked.Prompt
}
