package native

import (
	"encoding/json"
	"regexp"
	"slices"

	"midgate/adapter"
	"midgate/adapter/prompt"
	"midgate/adapter/workflow"
)

// nativeResult stores what a task made, so that it is known to every other route.
func (q execution) nativeResult(job adapter.Job, n adapter.NativeRequest, account adapter.Account, task adapter.Task) (adapter.Result, error) {
	var gen adapter.Generation
	gen.Prompt, gen.Model, gen.Midjourney.Grid = n.Prompt, job.Model, adapter.GridSplit
	from := &workflow.Origin{Request: gen, Drawing: prompt.Drawing{Prompt: n.Prompt, Speed: job.Speed}, Account: account, Name: n.Route}
	_, grid := adapter.FindButton(task.Buttons, adapter.ActUpscale, 0)
	switch {
	case len(task.VideoURLs) > 0, makesVideo(n) && task.ShownURL() != "":
		return q.nativeFilm(account, task)
	case slices.Contains([]string{"describe", "shorten"}, n.Route), task.ShownURL() == "":
		return adapter.Result{Texts: task.Texts}, nil
	case grid, len(task.ImageURLs) >= 4, n.Route == "imagine", n.Route == "blend":
		return q.StoreGrid(&task, from, 4)
	default:
		return q.StoreSingle(task, from)
	}
}

// makesVideo reports whether the request makes a video, whatever its task shows of it: some accounts animate as one WebP.
func makesVideo(n adapter.NativeRequest) bool {
	var asked struct {
		CustomID string `json:"customId"`
	}
	_ = json.Unmarshal(n.Body, &asked) // it was read before
	return n.Route == "video" || filming.MatchString(asked.CustomID)
}

// filming is a button of a picture or of a video that makes a video.
var filming = regexp.MustCompile(`(?i)^MJ::JOB::(?:animate_|video)`)

// nativeFilm stores the clips of a video.
func (q execution) nativeFilm(account adapter.Account, task adapter.Task) (adapter.Result, error) {
	return q.RecordStorage(task, func() (adapter.Result, error) {
		result := adapter.Result{Task: task.ID}
		err := q.StoreClips(account, task, func(i int) string { return workflow.Numbered("video", i) }, &result)
		return result, err
	})
}
