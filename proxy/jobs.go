package proxy

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/adapter/jsonstream"
	"midgate/proxy/chat"
	"midgate/proxy/responses"
	"midgate/proxy/web"
)

// jobDocument writes a job with its result, rendered as its route answers; bytes says whether base64 may be in it.
func (s *Server) jobDocument(ctx context.Context, d *jsonstream.Document, c *gin.Context, job adapter.Job, bytes bool) error {
	shown := s.ShowJob(job, s.Base(c))
	if web.RequestOf(c).Caller.Admin {
		shown.Trace = web.TraceOf(job)
	}
	d.Text("{")
	d.Members(shown)
	d.Text(`,"result":`)
	if job.Status != adapter.JobCompleted || job.Result == nil {
		d.Text("null}")
		return nil
	}
	if err := s.resultOf(c, job, bytes)(ctx, d, *job.Answer()); err != nil {
		return err
	}
	d.Text("}")
	return nil
}

// resultOf renders a job's result as the route that began it does. Without bytes it has URLs where base64 was asked for.
func (s *Server) resultOf(c *gin.Context, job adapter.Job, bytes bool) web.Renderer {
	if job.Route == chat.Route {
		return s.chat.Result(c, job)
	}
	if job.Route == responses.Route {
		return s.responses.Result(c, job, bytes)
	}
	if job.Kind == adapter.JobVideo {
		return s.videos.Render(c, job)
	}
	if job.Result != nil && len(job.Result.Texts) > 0 {
		return s.images.RenderTexts(job.Created.Unix())
	}
	var f web.Echo
	_ = json.Unmarshal(job.Echo, &f) // written by attempt; a job that another face began has none
	if !bytes && f.Output.Base64 {
		f.Output.Base64, f.Output.URL = false, true
	}
	return s.images.Render(c, f)
}

// getJob serves GET /v1/jobs/{id}.
func (s *Server) getJob(c *gin.Context) error {
	return s.oneJob(c, s.core.Jobs.Job)
}

// cancelJob serves POST /v1/jobs/{id}/cancel.
func (s *Server) cancelJob(c *gin.Context) error {
	return s.oneJob(c, s.core.Jobs.Cancel)
}

func (s *Server) oneJob(c *gin.Context, find func(context.Context, adapter.Caller, string) (adapter.Job, error)) error {
	id := c.Param("id")
	if !adapter.ValidID(id) || !strings.HasPrefix(id, "job_") {
		return &adapter.Error{Kind: adapter.NotFound, Code: "job_not_found", Message: "There is no job with this ID."}
	}
	ctx := c.Request.Context()
	job, err := find(ctx, web.RequestOf(c).Caller, id)
	if err != nil {
		return err
	}
	doc := &jsonstream.Document{}
	defer func() { _ = doc.Close() }() // files that were only read
	if err := s.jobDocument(ctx, doc, c, job, true); err != nil {
		return err
	}
	return s.WriteDocument(c, doc)
}

// listJobs serves GET /v1/jobs, newest first. Results in a list carry URLs, never base64.
func (s *Server) listJobs(c *gin.Context) error {
	limit, err := web.PageLimit(c, 100)
	if err != nil {
		return err
	}
	statuses, err := jobStatuses(c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	jobs, err := s.core.Jobs.Jobs(ctx, web.RequestOf(c).Caller, adapter.JobQuery{Limit: limit + 1, After: c.Query("after"), Statuses: statuses, Deleted: true})
	if err != nil {
		return err
	}
	l := web.Page(jobs, limit, func(r adapter.Job) (string, any) {
		d := &jsonstream.Document{}
		if err := s.jobDocument(ctx, d, c, r, false); err != nil {
			return r.ID, s.PendingJob(c, r) // its pictures are gone; the job itself is not
		}
		return r.ID, json.RawMessage([]byte(d.String()))
	})
	s.WriteJSON(c, http.StatusOK, l)
	return nil
}

// jobStatuses reads ?status=, one or several with commas between them; none given selects all.
func jobStatuses(c *gin.Context) (found []adapter.JobStatus, err error) {
	all := []adapter.JobStatus{adapter.JobQueued, adapter.JobInProgress, adapter.JobCompleted, adapter.JobFailed, adapter.JobCancelled}
	for word := range strings.SplitSeq(c.Query("status"), ",") {
		status := adapter.JobStatus(strings.TrimSpace(word))
		switch {
		case slices.Contains(all, status):
			found = append(found, status)
		case status != "":
			return nil, adapter.BadParam("status", "invalid_value", "'status' must be queued, in_progress, completed, failed or cancelled, or several of them with commas.")
		}
	}
	return found, nil
}
