package reconcile

import (
	"context"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/record"
)

// fetchFor is how long it may take to learn whether a picture can be fetched now.
const fetchFor = 10 * time.Second

// Find asks once for a submission of unknown outcome: by the state that it carried, made at that time, or, where it
// answered the dialog of a task that keeps its ID and the state of the press which opened it, by whether that task goes on.
func Find(ctx context.Context, a adapter.Account, state string, at func() time.Time, opened string) (adapter.Submission, bool) {
	if finder, ok := a.Upstream.(adapter.Finder); ok {
		if task, err := finder.Find(ctx, state); err == nil {
			return adapter.Submission{TaskID: task.ID, Dialog: task.Status == adapter.Dialog, At: at()}, true
		}
	}
	if opened == "" {
		return adapter.Submission{}, false
	}
	task, err := a.Upstream.Task(ctx, opened)
	if err != nil || task.Status != adapter.InProgress && !task.Done() {
		return adapter.Submission{}, false
	}
	return adapter.Submission{TaskID: opened, At: time.Now()}, true
}

// turnedUp looks for a step's task: by its state while it has no ID, else until it is finished and its pictures, if they
// could not be fetched before, are there.
func (r *Reconciler) turnedUp(ctx context.Context, a adapter.Account, run adapter.Job, st adapter.Step) (adapter.Submission, bool) {
	if st.Submission != nil {
		task, err := a.Upstream.Task(ctx, st.Submission.TaskID)
		own := task.State == "" || task.State == st.State || st.Continues || st.Submission.Existing
		return *st.Submission, err == nil && task.Done() && own && (!st.Unstored || r.fetchable(ctx, a, task))
	}
	opened := ""
	if press := record.StepOf(&run, st.Answers); st.Answers != "" && press != nil && press.Submission != nil {
		opened = press.Submission.TaskID
	}
	return Find(ctx, a, st.State, func() time.Time { return st.Intended }, opened)
}

// fetchable reports whether a task's first picture can be fetched now: all of it, as far as the time allows to see.
func (r *Reconciler) fetchable(ctx context.Context, a adapter.Account, task adapter.Task) bool {
	ctx, cancel := context.WithTimeout(ctx, fetchFor)
	defer cancel()
	if len(task.VideoURLs) > 0 {
		return r.whole(ctx, a, task.VideoURLs[0], adapter.MaxVideo)
	}
	for _, url := range append([]string{task.ShownURL()}, task.OtherURLs...) {
		if r.whole(ctx, a, url, adapter.MaxPicture) {
			return true
		}
	}
	return len(task.ImageURLs) > 0 && r.whole(ctx, a, task.ImageURLs[0], adapter.MaxPicture)
}

// whole reports whether all of a file can be fetched.
func (r *Reconciler) whole(ctx context.Context, a adapter.Account, url string, limit int64) bool {
	body, err := a.Upstream.Picture(ctx, url)
	if err != nil {
		return false
	}
	defer func() { _ = body.Close() }() // it was only read
	inspector, ok := r.Pictures.(adapter.Inspector)
	if !ok {
		return true
	}
	return inspector.Inspect(body, limit) == nil || ctx.Err() != nil
}
