package mcp

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"midgate/adapter"
	"midgate/proxy/web"
)

// What an answer holds at most. Claude Desktop takes a megabyte, and some clients put a picture's base64 into the text.
var (
	previewForm = adapter.PreviewForm{Edge: 1024, Most: 180 << 10}
	largeForm   = adapter.PreviewForm{Edge: 1568, Most: 270 << 10}
)

const (
	maxText   = 2 << 10 // bytes of the text beside a picture
	maxPrompt = 500     // characters of a prompt that is shown as data
)

// answer puts an answer together: a text, a picture if there is one, the data.
func (w *work) answer(data result, text string, sheet []byte) *sdk.CallToolResult {
	data.Pictures, data.Videos = slices.Clip(data.Pictures), slices.Clip(data.Videos)
	if data.Pictures == nil {
		data.Pictures = []pictureData{}
	}
	if data.Videos == nil {
		data.Videos = []videoData{}
	}
	r := &sdk.CallToolResult{Meta: sdk.Meta{metaKey: data}, Content: []sdk.Content{&sdk.TextContent{Text: text}}}
	if w.structured {
		r.StructuredContent = data
		return r
	}
	if sheet != nil {
		r.Content = append(r.Content, &sdk.ImageContent{Data: sheet, MIMEType: "image/jpeg", Annotations: &sdk.Annotations{Audience: []sdk.Role{"user", "assistant"}}})
	}
	return r
}

// say answers with a sentence.
func (w *work) say(data result, format string, args ...any) *sdk.CallToolResult {
	return w.answer(data, fmt.Sprintf(format, args...), nil)
}

func (w *work) attr() slog.Attr { return slog.String("tool", w.tool.Name) }

// pending is the answer when the call's time is over and the job's is not.
func (w *work) pending(job adapter.Job) *sdk.CallToolResult {
	doing, now := "is waiting for its turn", w.core.Jobs.JobProgress(job.ID)
	switch {
	case job.Status == adapter.JobInProgress:
		doing = fmt.Sprintf("is being drawn (%d %%)", now.Percent)
	case now.Ahead > 0:
		doing += fmt.Sprintf(", with %s before it", count(now.Ahead, "job"))
	}
	return w.say(shownJob(job), `%s %s. Nothing more is paid by waiting. Call get_job with {"job":"%s"} now.`, job.ID, doing, job.ID)
}

// finish is the answer of a job that ended well.
func (w *work) finish(job adapter.Job, r adapter.Result, mine string) (*sdk.CallToolResult, error) {
	f := finished{w: w, job: job, came: r, data: shownJob(job)}
	var kept echo
	_ = json.Unmarshal(job.Echo, &kept) // another face's job has none like it
	f.data.Repeated = mine != "" && kept.Call != mine
	switch {
	case len(r.Texts) > 0:
		return f.texts(), nil
	case len(r.Videos) > 0:
		return f.video(), nil
	default:
		return f.pictures()
	}
}

// finished is the answer of a job that ended well, being written.
type finished struct {
	w    *work
	job  adapter.Job
	came adapter.Result
	data result
}

func (f *finished) texts() *sdk.CallToolResult {
	f.data.Texts = f.came.Texts
	return f.w.answer(f.data, f.head("%d prompts", len(f.came.Texts))+numbered(f.came.Texts)+"\nThese are prompts, not what the picture shows.", nil)
}

// head is the first line of an answer: what there is, when it was made and what it cost.
func (f *finished) head(format string, args ...any) string {
	what := fmt.Sprintf(format, args...)
	if f.data.Repeated && f.job.Finished.Before(f.w.begun) {
		return fmt.Sprintf("%s, made %s ago for the same request; nothing was paid (%s).%s", what, span(time.Since(f.job.Finished)), f.job.ID, f.another())
	}
	hour := ""
	if n, ok := f.w.paidThisHour(); ok {
		hour = fmt.Sprintf(", %d this hour", n)
	}
	line := fmt.Sprintf("%s in %s (%s, %s paid%s).", what, span(f.job.Finished.Sub(f.job.Created)), f.job.ID, count(f.data.Job.Paid, "job"), hour)
	if f.data.Repeated {
		line += " The same request was under way already: it was paid once."
	}
	return line
}

// another says how to get something else for the same arguments, where that can be asked for.
func (f *finished) another() string {
	if f.w.tool.schema.Properties["take"] == nil {
		return ""
	}
	says := fmt.Sprintf(" For another set call again with take: %d", max(f.w.args.whole("take"), 1)+1)
	if len(f.came.Videos) == 0 {
		says += ", or press reroll"
	}
	return says + "."
}

// paidThisHour is how many jobs the caller has paid by tools within the last hour.
func (w *work) paidThisHour() (n int, ok bool) {
	jobs, err := w.core.Jobs.Jobs(w.ctx, w.caller(), adapter.JobQuery{Routes: jobRoutes, Since: time.Now().Add(-time.Hour), Limit: 1000, Deleted: true})
	for _, job := range jobs {
		n += dataOf(job).Paid
	}
	return n, err == nil
}

func (f *finished) pictures() (*sdk.CallToolResult, error) {
	var images []adapter.Image
	for _, id := range f.came.Images {
		img, err := f.w.core.Pictures.Image(f.w.ctx, f.w.caller(), id)
		if adapter.KindOf(err) == adapter.NotFound && err != nil {
			continue // it was removed
		}
		if err != nil {
			return nil, err
		}
		images = append(images, img)
	}
	if len(images) == 0 {
		return f.w.answer(f.data, f.head("The job is done, and its pictures were removed since"), nil), nil
	}
	var t textOf
	t.line("%s%s", f.head("%s drawn", count(len(images), "picture")), sizes(images))
	if f.came.Missing > 0 {
		t.line("%d could not be made: %s", f.came.Missing, cut(f.came.Reason, 200))
	}
	for i, img := range images {
		d := f.w.pictureData(img)
		f.data.Pictures = append(f.data.Pictures, d)
		t.line("%d. %s ![%d](%s)", i+1, img.ID, i+1, d.URL)
	}
	t.line("%s", buttonsOf(images))
	t.line("Next: ask the user which one; press_button, edit_picture or make_video with its id.")
	return f.w.answer(f.data, t.within(maxText), f.w.sheet(images, f.w.images == imagesLarge)), nil
}

// sheet draws pictures for the model to look at; nil if none is wanted or none can be made.
func (w *work) sheet(images []adapter.Image, large bool) []byte {
	if w.images == imagesNone || w.structured {
		return nil
	}
	form := previewForm
	if large {
		form = largeForm
	}
	var ids []string
	for _, img := range images {
		ids = append(ids, img.ID)
	}
	sheet, err := w.core.Pictures.PreviewImages(w.ctx, w.caller(), ids, form)
	if err != nil {
		w.Log.WarnContext(w.ctx, "a preview could not be made", "job", w.job, "error", err)
	}
	return sheet
}

func (f *finished) video() *sdk.CallToolResult {
	seconds := 4
	if request, err := adapter.VideoRequestOf(f.job); err == nil {
		seconds = adapter.VideoLength(f.job, request)
	}
	id := adapter.VideoID(f.job.ID)
	d := videoData{ID: id, URL: web.VideoURL(f.w.base(), f.job.ID, f.came.Moving), Seconds: seconds}
	f.data.Videos = append(f.data.Videos, d)
	var t textOf
	t.line("%s", f.head("A video of %d seconds was made", seconds))
	if f.came.Missing > 0 {
		t.line("It is %d seconds shorter than asked for: %s", 4*f.came.Missing, cut(f.came.Reason, 200))
	}
	t.line("%s [video](%s)", id, d.URL)
	if len(f.came.Videos) > 1 {
		t.line("There are %d takes: add ?index=2 to %d to the address for the others.", len(f.came.Videos), len(f.came.Videos))
	}
	t.line("Next: show the user the link; make_video with \"video\":\"%s\" carries it on.", id)
	var frame []byte
	if f.w.images != imagesNone && !f.w.structured {
		var err error
		if frame, err = f.w.core.Films.VideoPreview(f.w.ctx, f.w.caller(), id, previewForm); err != nil && adapter.KindOf(err) != adapter.NotFound {
			f.w.Log.WarnContext(f.w.ctx, "a preview could not be made", "job", f.w.job, "error", err)
		}
	}
	return f.w.answer(f.data, t.within(maxText), frame)
}
