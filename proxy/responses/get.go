package responses

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/adapter/jsonstream"
	"midgate/proxy/images"
	"midgate/proxy/web"
)

// Get serves GET /v1/responses/{id}: as it stands, or with ?stream=true what is still to come of it.
func (s *Routes) Get(c *gin.Context) error {
	job, f, err := s.owned(c, c.Param("id"))
	if err != nil {
		return err
	}
	if c.Query("stream") != "true" || c.Request.Method == http.MethodHead {
		return s.write(c, job)
	}
	seen := fresh
	if after := c.Query("starting_after"); after != "" {
		if seen, err = strconv.Atoi(after); err != nil || seen < 0 || seen > 1<<20 {
			return adapter.BadParam("starting_after", "invalid_value", "'starting_after' must be the sequence number of an event.")
		}
	}
	t, err := s.followers.Follow(c.Request.Context(), web.RequestOf(c).Caller, job.ID)
	if err != nil {
		return err
	}
	return s.stream(c, onlooker{t}, f, seen)
}

// onlooker is a ticket whose reader comes and goes without anybody noting it.
type onlooker struct{ adapter.Ticket }

// Answered does nothing.
func (onlooker) Answered() {}

// Abandoned does nothing.
func (onlooker) Abandoned() {}

// Preview opens a preview as the ticket itself does.
func (o onlooker) Preview(ctx context.Context, p adapter.Progress, f adapter.Format, compression int) (*adapter.Blob, error) {
	opener, ok := o.Ticket.(images.Previewer)
	if !ok {
		return nil, adapter.ErrNotFound
	}
	return opener.Preview(ctx, p, f, compression)
}

// write answers with a job's response as it stands.
func (s *Routes) write(c *gin.Context, job adapter.Job) error {
	doc := &jsonstream.Document{}
	defer func() { _ = doc.Close() }() // files that were only read
	f := keptEcho(job)
	if job.Status != adapter.JobCompleted || job.Result == nil {
		responseOf(job, f).write(doc, nil)
		return s.WriteDocument(c, doc)
	}
	if err := s.render(c, job, f, true)(c.Request.Context(), doc, *job.Answer()); err != nil {
		return err
	}
	return s.WriteDocument(c, doc)
}

// Cancel serves POST /v1/responses/{id}/cancel.
func (s *Routes) Cancel(c *gin.Context) error {
	job, _, err := s.owned(c, c.Param("id"))
	if err != nil {
		return err
	}
	if job, err = s.jobs.Cancel(c.Request.Context(), web.RequestOf(c).Caller, job.ID); err != nil {
		return err
	}
	return s.write(c, job)
}

// Delete serves DELETE /v1/responses/{id}: its pictures stay under GET /v1/images.
func (s *Routes) Delete(c *gin.Context) error {
	id := c.Param("id")
	job, _, err := s.owned(c, id)
	if err != nil {
		return err
	}
	if err := s.followers.Forget(c.Request.Context(), web.RequestOf(c).Caller, job.ID); err != nil {
		return err
	}
	s.WriteJSON(c, http.StatusOK, web.DeletedJSON{ID: id, Object: "response", Deleted: true})
	return nil
}

// ListInput serves GET /v1/responses/{id}/input_items, newest first unless ?order=asc.
func (s *Routes) ListInput(c *gin.Context) error {
	_, f, err := s.owned(c, c.Param("id"))
	if err != nil {
		return err
	}
	items := slices.Clone(f.Input)
	if c.Query("order") != "asc" {
		slices.Reverse(items)
	}
	limit, err := web.PageLimit(c, 100)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(items, func(m inputJSON) bool { return m.ID == c.Query("after") }); i >= 0 {
		items = items[i+1:]
	}
	s.WriteJSON(c, http.StatusOK, web.Page(items, limit, func(m inputJSON) (string, any) { return m.ID, m }))
	return nil
}
