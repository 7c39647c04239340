package videos

import (
	"cmp"
	"context"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/adapter/jsonstream"
	"midgate/proxy/body"
	"midgate/proxy/images"
	"midgate/proxy/web"
)

// VideoJSON is OpenAI's Video: the first 13 members are always there. Those from Parent on are extensions.
type VideoJSON struct {
	ID          string   `json:"id"`
	Object      string   `json:"object"`
	Model       string   `json:"model"`
	Status      string   `json:"status"`
	Progress    int      `json:"progress"`
	CreatedAt   int64    `json:"created_at"`
	CompletedAt *int64   `json:"completed_at"`
	ExpiresAt   *int64   `json:"expires_at"`
	Prompt      *string  `json:"prompt"`
	Size        string   `json:"size"`
	Seconds     string   `json:"seconds"`
	RemixedFrom *string  `json:"remixed_from_video_id"`
	Error       *failure `json:"error"`
	Parent      string   `json:"parent,omitempty"`  // the picture that it begins with, or the video that it carries on
	URL         string   `json:"url,omitempty"`     // of the bytes, once they exist
	Clips       int      `json:"clips,omitempty"`   // how many there are, if more than one was asked for
	Missing     string   `json:"missing,omitempty"` // why it is shorter than asked for
}

type failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// unmeasured is the size of a video whose first frame is still to be drawn.
const unmeasured = "1024x1024"

// show shows a job as a video. Clients know four statuses and no others.
func (s *Routes) show(base string, job adapter.Job) VideoJSON {
	f, _ := adapter.VideoRequestOf(job) // a record that cannot be read has no prompt to show
	v := VideoJSON{
		ID: adapter.VideoID(job.ID), Object: "video", Model: cmp.Or(job.Model, "midjourney"), Status: string(job.Status),
		CreatedAt: job.Created.Unix(), Prompt: web.OrNull(f.Prompt), Size: cmp.Or(f.Frame, images.PixelSize(f.Size), unmeasured),
		Seconds: strconv.Itoa(adapter.VideoLength(job, f)), RemixedFrom: web.OrNull(f.RemixOf),
		Parent: adapter.VideoParent(job, f),
	}
	if !job.Expires.IsZero() {
		v.ExpiresAt = new(job.Expires.Unix())
	}
	switch job.Status {
	case adapter.JobCompleted:
		v.Progress, v.CompletedAt = 100, new(job.Finished.Unix())
		result := cmp.Or(job.Result, &adapter.Result{})
		v.URL = web.VideoURL(base, job.ID, result.Moving)
		if len(result.Videos) > 1 {
			v.Clips = len(result.Videos)
		}
		if result.Missing > 0 {
			v.Missing = result.Reason
		}
	case adapter.JobFailed, adapter.JobCancelled:
		x := web.Explain(job.Error, web.ErrorContext{Model: job.Model})
		v.Status, v.Error = "failed", &failure{Code: x.Problem.Type, Message: x.Problem.Message}
		if x.Problem.Code != nil {
			v.Error.Code = *x.Problem.Code
		}
	default:
		v.Progress = s.Services.Jobs.JobProgress(job.ID).Percent
	}
	return v
}

// Render renders a job's result as its video.
func (s *Routes) Render(c *gin.Context, job adapter.Job) web.Renderer {
	base := s.Base(c)
	return func(_ context.Context, d *jsonstream.Document, _ adapter.Result) error {
		d.Value(s.show(base, job))
		return nil
	}
}

// pollAfter is how long clients are asked to wait before they look again; SDKs take it from the first answer, and Go's
// takes at most eight seconds.
const pollAfter = "5000"

// Get serves GET /v1/videos/{id}.
func (s *Routes) Get(c *gin.Context) error {
	job, err := s.owned(c)
	if err != nil {
		return err
	}
	if !job.Status.Ended() {
		c.Header("Openai-Poll-After-Ms", pollAfter)
	}
	s.WriteJSON(c, http.StatusOK, s.show(s.Base(c), job))
	return nil
}

func (s *Routes) owned(c *gin.Context) (adapter.Job, error) {
	id, err := named(c)
	if err != nil {
		return adapter.Job{}, err
	}
	return s.films.Video(c.Request.Context(), web.RequestOf(c).Caller, id)
}

// List serves GET /v1/videos, newest first unless order=asc.
func (s *Routes) List(c *gin.Context) error {
	limit, err := pageLimit(c)
	if err != nil {
		return err
	}
	order := c.DefaultQuery("order", "desc")
	if order != "asc" && order != "desc" {
		return adapter.BadParam("order", "invalid_value", "'order' must be 'asc' or 'desc'.")
	}
	after := c.Query("after")
	if after != "" && !isID(after) {
		return adapter.BadParam("after", "invalid_value", "'after' must be the ID of a video.")
	}
	jobs, err := s.films.Videos(c.Request.Context(), web.RequestOf(c).Caller, limit+1, after, order == "asc")
	if err != nil {
		return body.Blame(err, "after")
	}
	base := s.Base(c)
	s.WriteJSON(c, http.StatusOK, web.Page(jobs, limit, func(r adapter.Job) (string, any) { return adapter.VideoID(r.ID), s.show(base, r) }))
	return nil
}

// pageLimit reads ?limit=, which may be 0 here.
func pageLimit(c *gin.Context) (int, error) {
	if c.Query("limit") == "0" {
		return 0, nil
	}
	return web.PageLimit(c, 100)
}

// Delete serves DELETE /v1/videos/{id}.
func (s *Routes) Delete(c *gin.Context) error {
	id, err := named(c)
	if err != nil {
		return err
	}
	if err := s.films.DeleteVideo(c.Request.Context(), web.RequestOf(c).Caller, id); err != nil {
		return err
	}
	s.WriteJSON(c, http.StatusOK, web.DeletedJSON{ID: id, Object: "video.deleted", Deleted: true})
	return nil
}
