package adapter

import (
	"encoding/json"
	"regexp"
	"slices"
)

// nativeResult stores what a task made, so that it is known to every other route.
func (q nativeRun) nativeResult(run Run, n NativeJob, account Account, task Task) (Result, error) {
	var gen Generation
	gen.Prompt, gen.Model, gen.Midjourney.Grid = n.Prompt, run.Model, GridSplit
	from := provenance{run: run, gen: gen, draw: Drawing{Prompt: n.Prompt, Speed: run.Speed}, account: account, name: n.Route}
	_, grid := FindButton(task.Buttons, ActUpscale, 0)
	switch {
	case len(task.VideoURLs) > 0, n.films() && task.shownURL() != "":
		return q.nativeFilm(account, task)
	case slices.Contains([]string{"describe", "shorten"}, n.Route), task.shownURL() == "":
		return Result{Texts: task.Texts}, nil
	case grid, len(task.ImageURLs) == 4, n.Route == "imagine", n.Route == "blend":
		return q.deliver(task, from, 4)
	default:
		return q.deliverOne(task, from)
	}
}

// films reports whether the request makes a video, whatever its task shows of it: some accounts animate as one WebP
// (upstream-protocol.md §5.6).
func (n NativeJob) films() bool {
	var asked struct {
		CustomID string `json:"customId"`
	}
	_ = json.Unmarshal(n.Body, &asked) // it was read before
	return n.Route == "video" || filming.MatchString(asked.CustomID)
}

// filming is a button of a picture or of a video that makes a video (upstream-protocol.md §5.7).
var filming = regexp.MustCompile(`(?i)^MJ::JOB::(?:animate_|video)`)

// nativeFilm stores the clips of a video.
func (q nativeRun) nativeFilm(account Account, task Task) (Result, error) {
	return q.storing(task, func() (Result, error) {
		result := Result{Task: task.ID}
		err := q.clips(account, task, func(i int) string { return numbered("video", i) }, &result)
		return result, err
	})
}
