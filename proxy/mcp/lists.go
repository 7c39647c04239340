package mcp

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"midgate/adapter"
)

func (w *work) showPicture(img adapter.Image, large bool) *sdk.CallToolResult {
	d := w.pictureData(img)
	var t textOf
	t.line("%s ![picture](%s) %s", img.ID, d.URL, strings.TrimSpace(sizes([]adapter.Image{img})))
	t.line("Made %s ago from the words: %s", span(time.Since(img.Created)), textOf(cut(img.Prompt, maxPrompt)).within(maxText/2)) // its buttons come after
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
		t.line("%s %d×%d, %s ago: %s", img.ID, img.Width, img.Height, span(time.Since(img.Created)), textOf(cut(img.Prompt, each)).within(each))
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
	for _, job := range jobs[:min(len(jobs), listedJobs)] {
		d := dataOf(job)
		data.Jobs = append(data.Jobs, d)
		t.line("%s %s, begun %s ago: %s %s", job.ID, w.stands(job), span(time.Since(job.Created)), job.Kind, cut(job.Prompt, 60))
	}
	if len(jobs) > listedJobs {
		t.line("There are older ones, too.")
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
