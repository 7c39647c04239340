package adapter

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// NativeTask returns one of the caller's tasks. It does not say that a task has succeeded before its pictures are
// stored here.
func (s *Natives) NativeTask(ctx context.Context, c Caller, taskID string) (NativeTask, error) {
	run, err := s.jobs.JobOfTask(ctx, c, taskID)
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
		if p := s.jobs.JobProgress(run.ID); p.Percent > 0 {
			t.Task.Status, t.Task.Progress, t.Task.ImageURL = InProgress, p.Percent, p.Preview
		} else if !t.Submitted.IsZero() {
			t.Task.Status = Submitted
		}
	}
	return t, nil
}

// completed fills in what a finished run made.
func (s *Natives) completed(ctx context.Context, t *NativeTask) error {
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
func (s *Natives) NativeTasks(ctx context.Context, c Caller, limit int) ([]NativeTask, error) {
	runs, err := s.jobs.Jobs(ctx, c, 200, "")
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
	if err = json.Unmarshal(run.Request, &n); err != nil {
		err = fmt.Errorf("read the recorded request: %w", err)
	}
	return n, err
}

// TaskSeed asks for the seed of one of the caller's tasks, best effort.
func (s *Natives) TaskSeed(ctx context.Context, c Caller, taskID string) (string, error) {
	run, err := s.jobs.JobOfTask(ctx, c, taskID)
	if err != nil {
		return "", err
	}
	return s.lib.SeedOf(ctx, c, run.at(taskID), taskID)
}

// NativePreview opens the newest preview of a job that is executed here, or what it made. The job's ID is unguessable.
func (s *Natives) NativePreview(ctx context.Context, jobID string) (*Blob, error) {
	run, known := s.jobs.Known(jobID)
	if !known {
		return nil, imageNotFound()
	}
	if run.Result != nil && len(run.Result.Images) > 0 {
		return s.lib.Bytes(ctx, cmp.Or(run.Result.Grid, run.Result.Images[0]), PNG, 0)
	}
	blob, err := s.jobs.NewestPreview(ctx, jobID)
	if errors.Is(err, ErrNotFound) || err != nil && KindOf(err) == Invalid {
		return nil, imageNotFound() // what the upstream shows of a video may be a video
	}
	return blob, err
}

// promptOf is what a run was asked to draw.
func promptOf(run Run) string {
	var asked struct {
		Prompt string `json:"prompt"`
	}
	_ = json.Unmarshal(run.Request, &asked) // every kind of request that has a prompt calls it so
	return asked.Prompt
}
