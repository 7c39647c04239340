package mcp

import (
	"cmp"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
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

// metaKey is where programs find an answer as data: clients hand it on where they would otherwise lose the picture.
const metaKey = "midgate/result"

// result is an answer as data.
type result struct {
	Job      *jobData      `json:"job,omitempty"`
	Pictures []pictureData `json:"pictures"`
	Videos   []videoData   `json:"videos"`
	Texts    []string      `json:"texts,omitempty"`
	Jobs     []jobData     `json:"jobs,omitempty"`
	Repeated bool          `json:"repeated"`
}

type jobData struct {
	ID     string `json:"id"`
	Status string `json:"status"`
	Paid   int    `json:"jobs_paid"`
}

type pictureData struct {
	ID      string   `json:"id"`
	URL     string   `json:"url"`
	Width   int      `json:"width"`
	Height  int      `json:"height"`
	Prompt  string   `json:"prompt"`
	Buttons []string `json:"buttons"`
	Likely  []string `json:"likely_buttons"`
	Parent  string   `json:"parent,omitempty"`
}

type videoData struct {
	ID      string `json:"id"`
	URL     string `json:"url"`
	Seconds int    `json:"seconds"`
}

// outputSchema describes result, for programs that ask for results=structured.
var outputSchema = json.RawMessage(`{"type":"object","properties":{` +
	`"job":{"type":"object","properties":{"id":{"type":"string"},"status":{"type":"string"},"jobs_paid":{"type":"integer"}},"required":["id","status","jobs_paid"]},` +
	`"pictures":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"url":{"type":"string"},"width":{"type":"integer"},"height":{"type":"integer"},` +
	`"prompt":{"type":"string"},"buttons":{"type":"array","items":{"type":"string"}},"likely_buttons":{"type":"array","items":{"type":"string"}},"parent":{"type":"string"}},"required":["id","url"]}},` +
	`"videos":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"url":{"type":"string"},"seconds":{"type":"integer"}},"required":["id","url"]}},` +
	`"texts":{"type":"array","items":{"type":"string"}},` +
	`"jobs":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"status":{"type":"string"},"jobs_paid":{"type":"integer"}}}},` +
	`"repeated":{"type":"boolean"}},"required":["pictures","videos","repeated"]}`)

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

func (w *work) shownJob(job adapter.Job) result {
	d := dataOf(job)
	return result{Job: &d}
}

func dataOf(job adapter.Job) jobData {
	paid := 0
	for _, st := range job.Steps {
		if st.Paid() {
			paid++
		}
	}
	return jobData{ID: job.ID, Status: string(job.Status), Paid: paid}
}

// pending is the answer when the call's time is over and the job's is not.
func (w *work) pending(job adapter.Job) *sdk.CallToolResult {
	doing := "is waiting for its turn"
	if job.Status == adapter.JobInProgress {
		doing = fmt.Sprintf("is being drawn (%d %%)", w.core.Jobs.JobProgress(job.ID).Percent)
	}
	return w.say(w.shownJob(job), `%s %s. Nothing more is paid by waiting. Call get_job with {"job":"%s"} now.`, job.ID, doing, job.ID)
}

// finished is the answer of a job that ended well.
func (w *work) finished(job adapter.Job, r adapter.Result, mine string) (*sdk.CallToolResult, error) {
	data := w.shownJob(job)
	var kept echo
	_ = json.Unmarshal(job.Echo, &kept) // another face's job has none like it
	data.Repeated = mine != "" && kept.Call != mine
	head := w.head(job, data)
	switch {
	case len(r.Texts) > 0:
		data.Texts = r.Texts
		return w.answer(data, head("%d prompts", len(r.Texts))+numbered(r.Texts)+"\nThese are prompts, not what the picture shows.", nil), nil
	case len(r.Videos) > 0:
		return w.finishedVideo(job, r, data, head), nil
	default:
		return w.finishedPictures(r, data, head)
	}
}

// head makes the first line of an answer: what there is, when it was made and what it cost.
func (w *work) head(job adapter.Job, data result) func(format string, args ...any) string {
	return func(format string, args ...any) string {
		what := fmt.Sprintf(format, args...)
		if data.Repeated && job.Finished.Before(w.begun) {
			return fmt.Sprintf("%s, made %s ago for the same request; nothing was paid (%s). For another set call again with take: %d, or press reroll.",
				what, span(time.Since(job.Finished)), job.ID, max(w.args.whole("take"), 1)+1)
		}
		hour := ""
		if n, ok := w.paidThisHour(); ok {
			hour = fmt.Sprintf(", %d this hour", n)
		}
		line := fmt.Sprintf("%s in %s (%s, %s paid%s).", what, span(job.Finished.Sub(job.Created)), job.ID, count(data.Job.Paid, "job"), hour)
		if data.Repeated {
			line += " The same request was under way already: it was paid once."
		}
		return line
	}
}

// paidThisHour is how many jobs the caller has paid by tools within the last hour.
func (w *work) paidThisHour() (n int, ok bool) {
	jobs, err := w.core.Jobs.Jobs(w.ctx, w.caller(), adapter.JobQuery{Routes: jobRoutes, Since: time.Now().Add(-time.Hour), Limit: 1000, Deleted: true})
	for _, job := range jobs {
		n += dataOf(job).Paid
	}
	return n, err == nil
}

func (w *work) finishedPictures(r adapter.Result, data result, head func(string, ...any) string) (*sdk.CallToolResult, error) {
	var images []adapter.Image
	for _, id := range r.Images {
		img, err := w.core.Pictures.Image(w.ctx, w.caller(), id)
		if adapter.KindOf(err) == adapter.NotFound && err != nil {
			continue // it was removed
		}
		if err != nil {
			return nil, err
		}
		images = append(images, img)
	}
	if len(images) == 0 {
		return w.answer(data, head("The job is done, and its pictures were removed since"), nil), nil
	}
	var t textOf
	t.line("%s%s", head("%s drawn", count(len(images), "picture")), sizes(images))
	if r.Missing > 0 {
		t.line("%d could not be made: %s", r.Missing, cut(r.Reason, 200))
	}
	for i, img := range images {
		d := w.pictureData(img)
		data.Pictures = append(data.Pictures, d)
		t.line("%d. %s ![%d](%s)", i+1, img.ID, i+1, d.URL)
	}
	t.line("%s", buttonsOf(images))
	t.line("Next: ask the user which one; press_button, edit_picture or make_video with its id.")
	return w.answer(data, t.within(maxText), w.sheet(images, w.images == imagesLarge)), nil
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
		w.Log.Warn("a preview could not be made", "job", w.job, "error", err)
	}
	return sheet
}

func (w *work) finishedVideo(job adapter.Job, r adapter.Result, data result, head func(string, ...any) string) *sdk.CallToolResult {
	seconds := 4
	if f, err := adapter.VideoRequestOf(job); err == nil {
		seconds = adapter.VideoLength(job, f)
	}
	id := adapter.VideoID(job.ID)
	d := videoData{ID: id, URL: web.VideoURL(w.base(), job.ID, r.Moving), Seconds: seconds}
	data.Videos = append(data.Videos, d)
	var t textOf
	t.line("%s", head("A video of %d seconds was made", seconds))
	if r.Missing > 0 {
		t.line("It is %d seconds shorter than asked for: %s", 4*r.Missing, cut(r.Reason, 200))
	}
	t.line("%s [video](%s)", id, d.URL)
	if len(r.Videos) > 1 {
		t.line("There are %d takes: add ?index=2 to %d to the address for the others.", len(r.Videos), len(r.Videos))
	}
	t.line("Next: show the user the link; make_video with \"video\":\"%s\" carries it on.", id)
	var frame []byte
	if w.images != imagesNone && !w.structured {
		var err error
		if frame, err = w.core.Films.VideoPreview(w.ctx, w.caller(), id, previewForm); err != nil && adapter.KindOf(err) != adapter.NotFound {
			w.Log.Warn("a preview could not be made", "job", w.job, "error", err)
		}
	}
	return w.answer(data, t.within(maxText), frame)
}

func (w *work) pictureData(img adapter.Image) pictureData {
	return pictureData{ID: img.ID, URL: web.PictureURL(w.base(), img.ID, adapter.PNG), Width: img.Width, Height: img.Height, Prompt: cut(img.Prompt, maxPrompt),
		Buttons: pressable(img.Offers()), Likely: pressable(img.Likely()), Parent: img.Parent}
}

// pressable are the buttons that press_button takes: a region is edit_picture's.
func pressable(actions []string) []string {
	return slices.DeleteFunc(slices.Clone(actions), func(a string) bool { return a == adapter.ActVaryRegion })
}

func (w *work) showPicture(img adapter.Image, large bool) *sdk.CallToolResult {
	d := w.pictureData(img)
	var t textOf
	t.line("%s ![picture](%s) %s", img.ID, d.URL, strings.TrimSpace(sizes([]adapter.Image{img})))
	t.line("Made %s ago from the words: %s", span(time.Since(img.Created)), cut(img.Prompt, maxPrompt))
	if img.Parent != "" {
		t.line("Made from %s by %s.", img.Parent, cmp.Or(img.Action, "an edit"))
	}
	t.line("%s", buttonsOf([]adapter.Image{img}))
	return w.answer(result{Pictures: []pictureData{d}}, t.within(maxText), w.sheet([]adapter.Image{img}, large || w.images == imagesLarge))
}

func (w *work) showList(images []adapter.Image, more bool) *sdk.CallToolResult {
	if len(images) == 0 {
		return w.say(result{}, "There are no such pictures. draw makes some.")
	}
	var t textOf
	var data result
	each := max(24, min(120, (maxText-200)/len(images)-70))
	t.line("%s, newest first:", count(len(images), "picture"))
	for _, img := range images {
		data.Pictures = append(data.Pictures, w.pictureData(img))
		t.line("%s %d×%d, %s ago: %s", img.ID, img.Width, img.Height, span(time.Since(img.Created)), cut(img.Prompt, each))
	}
	if more {
		t.line(`There are more: call list_pictures with {"after":"%s"}.`, images[len(images)-1].ID)
	}
	t.line("view_picture shows one of them.")
	return w.answer(data, string(t), nil)
}

func (w *work) showJobs(jobs []adapter.Job) *sdk.CallToolResult {
	if len(jobs) == 0 {
		return w.say(result{}, "No job was begun in the last hour.")
	}
	var t textOf
	var data result
	t.line("Jobs of the last hour, newest first:")
	for _, job := range jobs {
		d := dataOf(job)
		data.Jobs = append(data.Jobs, d)
		t.line("%s %s, begun %s ago: %s %s", job.ID, w.stands(job), span(time.Since(job.Created)), job.Kind, cut(job.Prompt, 60))
	}
	t.line("get_job with one of these ids waits for it, or gives its pictures again.")
	return w.answer(data, string(t), nil)
}

// stands says how far a job is.
func (w *work) stands(job adapter.Job) string {
	switch {
	case job.Status == adapter.JobInProgress:
		return fmt.Sprintf("is being drawn (%d %%)", w.core.Jobs.JobProgress(job.ID).Percent)
	case job.Status == adapter.JobCompleted:
		return "is done"
	case job.Error != nil:
		return "failed: " + cut(strings.TrimSuffix(job.Error.Message, "."), 120)
	default:
		return "is " + string(job.Status)
	}
}

// textOf is a text that grows by lines.
type textOf string

func (t *textOf) line(format string, args ...any) {
	if *t != "" {
		*t += "\n"
	}
	*t += textOf(fmt.Sprintf(format, args...))
}

// within is the text, without its end if it is too long.
func (t textOf) within(most int) string {
	text := string(t)
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most-len("…")], "") + "…"
}

// buttonsOf says what can be pressed.
func buttonsOf(images []adapter.Image) string {
	certain, likely := pressable(images[0].Offers()), pressable(images[0].Likely())
	whose := "Buttons"
	if len(images) > 1 {
		whose = "Buttons of each"
	}
	text := whose + ": " + cmp.Or(strings.Join(certain, ", "), "none")
	if len(likely) > 0 {
		text += "; after one more job, which is paid too: " + strings.Join(likely, ", ")
	}
	return text + "."
}

// sizes is the size of pictures that all have the same, as a sentence.
func sizes(images []adapter.Image) string {
	first := images[0]
	if first.Width == 0 || slices.ContainsFunc(images, func(i adapter.Image) bool { return i.Width != first.Width || i.Height != first.Height }) {
		return ""
	}
	return fmt.Sprintf(" %d×%d.", first.Width, first.Height)
}

func numbered(texts []string) string {
	var b strings.Builder
	for i, text := range texts {
		fmt.Fprintf(&b, "\n%d. %s", i+1, cut(text, 1500))
	}
	return b.String()
}

// cut keeps the first characters of a text, on one line.
func cut(text string, most int) string {
	text = strings.Join(strings.Fields(text), " ")
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// span says a length of time as people do.
func span(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return count(max(int(d.Round(time.Second).Seconds()), 0), "second")
	case d < 2*time.Hour:
		return count(int(d.Round(time.Minute).Minutes()), "minute")
	case d < 48*time.Hour:
		return count(int(d.Round(time.Hour).Hours()), "hour")
	default:
		return count(int(d.Hours()/24), "day")
	}
}
