package mcp

import (
	"encoding/json"
	"slices"

	"midgate/adapter"
	"midgate/proxy/web"
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

func shownJob(job adapter.Job) result {
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

func (w *work) pictureData(img adapter.Image) pictureData {
	return pictureData{ID: img.ID, URL: web.PictureURL(w.base(), img.ID, adapter.PNG), Width: img.Width, Height: img.Height, Prompt: cut(img.Prompt, maxPrompt),
		Buttons: pressable(img.Offers()), Likely: pressable(img.Likely()), Parent: img.Parent}
}

// pressable are the buttons that press_button takes: a region is edit_picture's.
func pressable(actions []string) []string {
	return slices.DeleteFunc(slices.Clone(actions), func(a string) bool { return a == adapter.ActVaryRegion })
}
