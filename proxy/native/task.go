package native

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/body"
	"midgate/proxy/web"
)

// TaskJSON is a task as relays describe it, with the lists of newer origins.
type TaskJSON struct {
	ID          string         `json:"id"`
	Action      string         `json:"action"`
	Status      string         `json:"status"`
	Progress    string         `json:"progress"`
	Prompt      string         `json:"prompt"`
	PromptEn    string         `json:"promptEn"`
	Description string         `json:"description"`
	State       string         `json:"state"`
	SubmitTime  int64          `json:"submitTime"`
	StartTime   int64          `json:"startTime"`
	FinishTime  int64          `json:"finishTime"`
	ImageURL    string         `json:"imageUrl"`
	ImageURLs   []urlJSON      `json:"imageUrls,omitempty"`
	VideoURL    string         `json:"videoUrl,omitempty"`
	VideoURLs   []urlJSON      `json:"videoUrls,omitempty"`
	FailReason  string         `json:"failReason"`
	Buttons     []buttonJSON   `json:"buttons"`
	Properties  map[string]any `json:"properties"`
}

type urlJSON struct {
	URL string `json:"url"`
}

type buttonJSON struct {
	CustomID string `json:"customId"`
	Emoji    string `json:"emoji"`
	Label    string `json:"label"`
	Type     int    `json:"type"`
	Style    int    `json:"style"`
}

// show shows a task. Every address in it is one of ours.
func (s *Routes) show(base string, t adapter.NativeTask) TaskJSON {
	j := TaskJSON{
		ID: t.Task.ID, Action: actionOf(t), Status: string(t.Task.Status), Progress: strconv.Itoa(t.Task.Progress) + "%",
		Prompt: t.Task.Prompt, PromptEn: t.Task.Prompt, Description: t.Task.Description, State: t.Request.State,
		SubmitTime: millis(t.Submitted), StartTime: millis(t.Submitted), FinishTime: millis(t.Job.Finished),
		Buttons: []buttonJSON{}, Properties: map[string]any{"finalPrompt": t.Task.FinalPrompt},
	}
	if t.Task.Status == adapter.Success {
		j.Progress = "100%"
	}
	if len(t.Task.Texts) > 0 {
		words := strings.Join(t.Task.Texts, "\n\n")
		j.PromptEn, j.Properties["finalPrompt"] = words, cmp.Or(t.Task.FinalPrompt, words)
	}
	for _, b := range t.Task.Buttons {
		j.Buttons = append(j.Buttons, buttonJSON{b.CustomID, b.Emoji, b.Label, 2, 2})
	}
	if t.Task.Failure != nil {
		j.Progress, j.FailReason = "100%", t.Task.Failure.Message
	}
	s.showURLs(base, t, &j)
	return j
}

func (s *Routes) showURLs(base string, t adapter.NativeTask, j *TaskJSON) {
	clips := 0
	if t.Job.Result != nil {
		clips = len(t.Job.Result.Videos)
	}
	for i := range clips {
		url := web.VideoURL(base, t.Job.ID, t.Job.Result.Moving)
		if i > 0 {
			url += "?index=" + strconv.Itoa(i+1)
		}
		j.VideoURLs = append(j.VideoURLs, urlJSON{url})
	}
	switch {
	case clips > 0:
		j.VideoURL, j.ImageURL = j.VideoURLs[0].URL, j.VideoURLs[0].URL
	case t.Grid != "":
		j.ImageURL = web.PictureURL(base, t.Grid, adapter.PNG)
		for _, id := range t.Cells {
			j.ImageURLs = append(j.ImageURLs, urlJSON{web.PictureURL(base, id, adapter.PNG)})
		}
	case t.Task.ImageURL != "" && t.Task.Status == adapter.InProgress:
		j.ImageURL = base + web.JobPreview + t.Job.ID
	}
}

// actionOf is what relays call the task.
func actionOf(t adapter.NativeTask) string {
	switch t.Request.Route {
	case "":
		return "IMAGINE"
	case "swap":
		return "SWAP_FACE"
	default:
		return strings.ToUpper(t.Request.Route)
	}
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// fetch serves GET /mj/task/{id}/fetch.
func (s *Routes) fetch(c *gin.Context, id string) error {
	t, err := s.natives.NativeTask(c.Request.Context(), web.RequestOf(c).Caller, id)
	if adapter.KindOf(err) == adapter.NotFound && err != nil {
		s.WriteJSON(c, http.StatusBadRequest, gin.H{"code": mjInvalid, "description": "task_no_found ", "type": "upstream_error"})
		return nil //nolint:nilerr // told in the relays' own words
	}
	if err != nil {
		return err
	}
	s.WriteJSON(c, http.StatusOK, s.show(s.Base(c), t))
	return nil
}

// maxListed is how many tasks one question may name.
const maxListed = 500

// listByCondition serves POST /mj/task/list-by-condition from what is known here; unknown tasks are left out.
func (s *Routes) listByCondition(c *gin.Context) error {
	p, err := s.read(c)
	if err != nil {
		return err
	}
	ids, err := body.ListOf(p.Fields["ids"], "ids")
	if err != nil {
		return err
	}
	if len(ids) > maxListed {
		return adapter.BadParam("ids", "array_above_max_length", "At most %d ids may be sent.", maxListed)
	}
	tasks, base := []TaskJSON{}, s.Base(c)
	for _, id := range ids {
		t, err := s.natives.NativeTask(c.Request.Context(), web.RequestOf(c).Caller, id)
		if adapter.KindOf(err) == adapter.NotFound && err != nil {
			continue
		}
		if err != nil {
			return err
		}
		tasks = append(tasks, s.show(base, t))
	}
	s.WriteJSON(c, http.StatusOK, tasks)
	return nil
}

// list serves GET /mj/task/list and /queue: of this key's tasks, where origins show everybody's.
func (s *Routes) list(c *gin.Context, queued bool) error {
	found, err := s.natives.NativeTasks(c.Request.Context(), web.RequestOf(c).Caller, 100)
	if err != nil {
		return err
	}
	tasks, base := []TaskJSON{}, s.Base(c)
	for _, t := range found {
		if !queued || !t.Job.Status.Ended() {
			tasks = append(tasks, s.show(base, t))
		}
	}
	s.WriteJSON(c, http.StatusOK, tasks)
	return nil
}

// seed serves GET /mj/task/{id}/image-seed.
func (s *Routes) seed(c *gin.Context, id string) error {
	seed, err := s.natives.TaskSeed(c.Request.Context(), web.RequestOf(c).Caller, id)
	if err != nil {
		return err
	}
	s.WriteJSON(c, http.StatusOK, SubmitJSON{Code: mjAccepted, Description: "Success", Result: seed, Properties: map[string]any{}})
	return nil
}

// cancel serves POST /mj/task/{id}/cancel, whose answer is empty.
func (s *Routes) cancel(c *gin.Context, id string) error {
	ctx, caller := c.Request.Context(), web.RequestOf(c).Caller
	t, err := s.natives.NativeTask(ctx, caller, id)
	if err != nil {
		return err
	}
	if _, err := s.jobs.Cancel(ctx, caller, t.Job.ID); err != nil {
		return err
	}
	s.Pace(c) // the upstream may have taken its time
	c.Status(http.StatusOK)
	c.Writer.WriteHeaderNow()
	return nil
}

// preview serves GET /mj/image/{job}: how far a picture is. Finished ones have addresses of their own.
func (s *Routes) preview(c *gin.Context, job string) error {
	if !adapter.ValidID(job) || !strings.HasPrefix(job, "job_") {
		return web.NoPicture()
	}
	blob, err := s.natives.NativePreview(c.Request.Context(), job)
	if err != nil && adapter.KindOf(err) == adapter.Internal && c.Request.Context().Err() == nil {
		s.Log.Debug("a preview could not be had", "error", err)
		return web.NoPicture() // the next one has taken its place, or the job's end has
	}
	if err != nil {
		return err
	}
	defer func() { _ = blob.Close() }() // only read
	h := c.Writer.Header()
	h.Set("Content-Type", "image/"+string(blob.Format))
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "no-store") // another one soon
	s.ServeBlob(c, blob)
	return nil
}
