package mcp

import (
	"slices"
	"strings"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"midgate/adapter"
)

func (w *work) get() (*sdk.CallToolResult, error) {
	if w.args.text("job") == "" {
		return w.recent()
	}
	id, err := w.jobID()
	if err != nil {
		return nil, err
	}
	job, err := w.core.Jobs.Job(w.ctx, w.caller(), id)
	if err != nil {
		return nil, err
	}
	follow := w.core.Jobs.Follow
	if strings.HasPrefix(job.Route, jobRoutes) {
		follow = w.core.Jobs.Collect
	}
	t, err := follow(w.ctx, w.caller(), id)
	if err != nil {
		return nil, err
	}
	return w.deliver(t, "")
}

// jobID is the job that is named, also by the ID of its video.
func (w *work) jobID() (string, error) {
	id := w.args.text("job")
	if strings.HasPrefix(id, "video_") {
		id = adapter.VideoJob(id)
	}
	if !adapter.ValidID(id) || !strings.HasPrefix(id, adapter.JobPrefix) {
		return "", &adapter.Error{Kind: adapter.NotFound, Code: "job_not_found"}
	}
	return id, nil
}

func (w *work) cancel() (*sdk.CallToolResult, error) {
	id, err := w.jobID()
	if err != nil {
		return nil, err
	}
	job, err := w.core.Jobs.Cancel(w.ctx, w.caller(), id)
	if err != nil {
		return nil, err
	}
	switch {
	case job.Status == adapter.JobCancelled:
		return w.say(shownJob(job), "%s is cancelled. What was paid is not given back.", id), nil
	case job.Status.Ended():
		return w.say(shownJob(job), "%s is over already: %s. Call get_job for what came of it.", id, job.Status), nil
	default:
		return w.say(shownJob(job), "%s is being cancelled. What was paid is not given back.", id), nil
	}
}

func (w *work) view() (*sdk.CallToolResult, error) {
	img, err := w.own(w.args.text("picture"))
	if err != nil {
		return nil, err
	}
	return w.showPicture(img, w.args.text("size") == imagesLarge), nil
}

// listed is how many records are looked through for one list.
const listed = 500

func (w *work) list() (*sdk.CallToolResult, error) {
	limit := 12
	if n := w.args.whole("limit"); n > 0 {
		limit = n
	}
	q := adapter.ImageQuery{Text: w.args.text("text"), After: w.args.text("after"), Limit: 100}
	if q.After != "" {
		q.After = w.sameName(q.After)
	}
	var found []adapter.Image
	for looked := 0; looked < listed && len(found) <= limit; looked += q.Limit {
		page, err := w.core.Pictures.Images(w.ctx, w.caller(), q)
		if err != nil {
			return nil, err
		}
		found = append(found, slices.DeleteFunc(slices.Clone(page), adapter.Image.IsGrid)...)
		if len(page) < q.Limit {
			break
		}
		q.After = page[len(page)-1].ID
	}
	more := len(found) > limit
	return w.showList(found[:min(limit, len(found))], more), nil
}

// listedJobs is how many jobs are listed.
const listedJobs = 30

// recent lists the jobs of the last hour.
func (w *work) recent() (*sdk.CallToolResult, error) {
	jobs, err := w.core.Jobs.Jobs(w.ctx, w.caller(), adapter.JobQuery{Since: time.Now().Add(-time.Hour), Limit: listedJobs + 1})
	if err != nil {
		return nil, err
	}
	return w.showJobs(jobs), nil
}
