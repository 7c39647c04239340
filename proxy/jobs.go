package proxy

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/adapter/jsonstream"
)

// jobJSON is the job behind an answer (contract.md §5). Result is written by its renderer, as the last member but one.
type jobJSON struct {
	ID         string     `json:"id"`
	Object     string     `json:"object"`
	Status     string     `json:"status"`
	Progress   int        `json:"progress"`
	CreatedAt  int64      `json:"created_at"`
	FinishedAt *int64     `json:"finished_at"`
	Kind       string     `json:"kind"`
	Model      string     `json:"model"`
	N          int        `json:"n"`
	Preview    *string    `json:"preview"`
	Steps      []stepJSON `json:"steps"`
	JobsPaid   int        `json:"jobs_paid"`
	Error      *problem   `json:"error"`
}

type stepJSON struct {
	Name        string  `json:"name"`
	TaskID      *string `json:"task_id"`
	State       string  `json:"state"`
	SubmittedAt *int64  `json:"submitted_at"`
	FinishedAt  *int64  `json:"finished_at"`
	Polls       int     `json:"polls"`
	Paid        bool    `json:"paid"`
}

// job shows a run without its result; base is where its preview is handed out.
func (s *Server) job(run adapter.Job, base string) jobJSON {
	j := jobJSON{
		ID: run.ID, Object: "job", Status: string(run.Status), CreatedAt: run.Created.Unix(),
		Kind: string(run.Kind), Model: first(run.Model, "midjourney"), N: max(run.N, 1), Steps: []stepJSON{},
	}
	if run.Status == adapter.JobCompleted {
		j.Progress = 100
	} else if !run.Status.Ended() {
		now := s.core.Runs.JobProgress(run.ID)
		j.Progress = now.Percent
		if now.Preview != "" {
			j.Preview = new(base + jobPreview + run.ID)
		}
	}
	if !run.Finished.IsZero() {
		j.FinishedAt = new(run.Finished.Unix())
	}
	for _, st := range run.Steps {
		j.Steps = append(j.Steps, step(st))
		if st.Paid() {
			j.JobsPaid++
		}
	}
	if run.Error != nil {
		x := explain(run.Error, asked{model: run.Model})
		j.Error = &x.problem
	}
	return j
}

func step(st adapter.Step) stepJSON {
	s := stepJSON{Name: st.Name, State: first(string(st.Status), st.State), Polls: st.Polls, Paid: st.Paid()}
	if st.Submission != nil {
		s.TaskID = orNull(st.Submission.TaskID)
		s.SubmittedAt = new(st.Submission.At.Unix())
	}
	if !st.Finished.IsZero() {
		s.FinishedAt = new(st.Finished.Unix())
	}
	return s
}

// jobDocument writes a job with its result, rendered as its route answers; bytes says whether base64 may be in it.
func (s *Server) jobDocument(ctx context.Context, d *jsonstream.Document, c *gin.Context, run adapter.Job, bytes bool) error {
	d.Text("{")
	d.Members(s.job(run, s.base(c)))
	d.Text(`,"result":`)
	if run.Status != adapter.JobCompleted || run.Result == nil {
		d.Text("null}")
		return nil
	}
	if err := s.resultOf(c, run, bytes)(ctx, d, *run.Answer()); err != nil {
		return err
	}
	d.Text("}")
	return nil
}

// jobObject is a job that has no result yet.
func (s *Server) jobObject(c *gin.Context, run adapter.Job) any {
	return struct {
		jobJSON
		Result *struct{} `json:"result"`
	}{jobJSON: s.job(run, s.base(c))}
}

// resultOf renders a run's result as the route that began it does. Without bytes it has URLs where base64 was asked for.
func (s *Server) resultOf(c *gin.Context, run adapter.Job, bytes bool) renderer {
	if run.Route == chatRoute {
		return s.chatResult(c, run)
	}
	if run.Route == responsesRoute {
		return s.response(c, run, keptResponse(run), bytes)
	}
	if run.Kind == adapter.JobVideo {
		return s.videoResult(c, run)
	}
	if run.Result != nil && len(run.Result.Texts) > 0 {
		return s.texts(run.Created.Unix())
	}
	var f form
	_ = json.Unmarshal(run.Echo, &f) // written by attempt; a run that another face began has none
	if !bytes && f.Output.Base64 {
		f.Output.Base64, f.Output.URL = false, true
	}
	return s.pictures(c, f)
}

// getJob serves GET /v1/jobs/{id}.
func (s *Server) getJob(c *gin.Context) error {
	return s.oneJob(c, s.core.Runs.Job)
}

// cancelJob serves POST /v1/jobs/{id}/cancel.
func (s *Server) cancelJob(c *gin.Context) error {
	return s.oneJob(c, s.core.Runs.Cancel)
}

func (s *Server) oneJob(c *gin.Context, find func(context.Context, adapter.Caller, string) (adapter.Job, error)) error {
	id := c.Param("id")
	if !adapter.ValidID(id) || !strings.HasPrefix(id, "job_") {
		return &adapter.Error{Kind: adapter.NotFound, Code: "job_not_found", Message: "There is no job with this ID."}
	}
	ctx := c.Request.Context()
	run, err := find(ctx, visitOf(c).caller, id)
	if err != nil {
		return err
	}
	doc := &jsonstream.Document{}
	defer func() { _ = doc.Close() }() // files that were only read
	if err := s.jobDocument(ctx, doc, c, run, true); err != nil {
		return err
	}
	return s.writeDocument(c, doc)
}

// listJobs serves GET /v1/jobs, newest first. Results in a list carry URLs, never base64.
func (s *Server) listJobs(c *gin.Context) error {
	limit, err := pageLimit(c, 100)
	if err != nil {
		return err
	}
	statuses, err := jobStatuses(c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	runs, err := s.core.Runs.Jobs(ctx, visitOf(c).caller, adapter.JobQuery{Limit: limit + 1, After: c.Query("after"), Statuses: statuses, Deleted: true})
	if err != nil {
		return err
	}
	l := page(runs, limit, func(r adapter.Job) (string, any) {
		d := &jsonstream.Document{}
		if err := s.jobDocument(ctx, d, c, r, false); err != nil {
			return r.ID, s.jobObject(c, r) // its pictures are gone; the job itself is not
		}
		return r.ID, json.RawMessage([]byte(d.String()))
	})
	s.writeJSON(c, http.StatusOK, l)
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

// writeDocument answers with a document that no ticket waits for.
func (s *Server) writeDocument(c *gin.Context, doc *jsonstream.Document) error {
	if err := primed(doc); err != nil {
		return err
	}
	c.Header("Content-Type", "application/json")
	c.Header("Content-Length", strconv.FormatInt(doc.Size(), 10))
	s.stamp(c)
	s.pace(c)
	c.Writer.WriteHeader(http.StatusOK)
	if c.Request.Method == http.MethodHead {
		c.Writer.WriteHeaderNow()
		return nil
	}
	if err := doc.Stream(c.Request.Context(), c.Writer, func() { s.pace(c) }); err != nil {
		visitOf(c).cut, visitOf(c).cause = true, err
		panic(http.ErrAbortHandler) // an answer that is not whole must not look whole
	}
	return nil
}
