package workflow

import (
	"time"

	"midgate/adapter"
	"midgate/adapter/workflow/download"
)

// How long one of four pictures is asked for that the grid has, too; and the grid of four that are there already.
const (
	cellFor = 15 * time.Second
	gridFor = time.Second
)

// fetch downloads a finished task's picture and stores it under the name of this run's step.
func (q *Run) fetch(w download.File, name string) (adapter.Picture, error) {
	return q.files.Keep(q.ctx, &w, "pictures/"+q.ImageID(name), adapter.MaxPicture)
}

// StoreClips stores a finished task's clips. How many they are is known when the first of them is there: until then a task may
// show no more than a still.
func (q *Run) StoreClips(a adapter.Account, task adapter.Task, name func(i int) string, to *adapter.Result) error {
	for i := 0; i == 0 || i < len(task.VideoURLs); i++ {
		w := download.Clip(a, task, i)
		kept, err := q.files.Keep(q.ctx, &w, "videos/"+q.ImageID(name(i)), adapter.MaxVideo)
		if err != nil {
			return err
		}
		task = w.Task
		to.AddClip(kept)
	}
	return nil
}
