package workflow

import (
	"context"
	"errors"
	"slices"
	"time"

	"midgate/adapter"
)

// How long a finished task's file is asked for that cannot be fetched; one of four that the grid has, too; and the grid
// of four that are there already. What cannot be stored, since the disk is full, is paid all the same: that is tried
// until the run ends.
const (
	fetchFor = 2 * time.Minute
	cellFor  = 15 * time.Second
	gridFor  = time.Second
)

// whereabouts is where a finished task's file is: at the addresses that the task names, by its newest word. Addresses
// expire and move, so that the task is read again when none of them has the file.
type whereabouts struct {
	account  adapter.Account
	task     adapter.Task
	pick     func(adapter.Task) []string // the addresses, best first
	moving   bool                        // only a clip will do: some servers show its first frame in its place for a while
	patience time.Duration               // 0: fetchFor
}

// whole is where the task's one picture is, or its grid.
func whole(a adapter.Account, t adapter.Task) whereabouts {
	return whereabouts{account: a, task: t, pick: func(t adapter.Task) []string {
		return append([]string{t.ImageURL, first(t.ImageURLs)}, t.OtherURLs...)
	}}
}

// gridOf is where the task's grid is. Where an upstream names none, the first of its four pictures is none.
func gridOf(a adapter.Account, t adapter.Task) whereabouts {
	return whereabouts{account: a, task: t, pick: func(t adapter.Task) []string {
		if t.ImageURL == "" {
			return nil
		}
		return append([]string{t.ImageURL}, t.OtherURLs...)
	}}
}

// nth is where one of the task's separate pictures is.
func nth(a adapter.Account, t adapter.Task, i int) whereabouts {
	return whereabouts{account: a, task: t, pick: func(t adapter.Task) []string { return at(t.ImageURLs, i) }}
}

// clip is where one of the task's clips is. On some accounts a video is one animated picture.
func clip(a adapter.Account, t adapter.Task, i int) whereabouts {
	return whereabouts{account: a, task: t, moving: true, pick: func(t adapter.Task) []string {
		if len(t.VideoURLs) == 0 && i == 0 {
			return append([]string{t.ImageURL, first(t.ImageURLs)}, t.OtherURLs...)
		}
		return at(t.VideoURLs, i)
	}}
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func at(list []string, i int) []string {
	if i >= len(list) {
		return nil
	}
	return list[i : i+1]
}

// addresses are those that can be asked.
func (w whereabouts) addresses() []string {
	var out []string
	for _, u := range w.pick(w.task) {
		if u != "" && !slices.Contains(out, u) {
			out = append(out, u)
		}
	}
	return out
}

// fetch downloads a finished task's picture and stores it under the name of this run's step.
func (q *Run) fetch(w whereabouts, name string) (adapter.Picture, error) {
	return q.fetchAs(q.ctx, &w, "pictures/"+q.ImageID(name), adapter.MaxPicture)
}

// fetchAs stores a file when it is there. After the first refusal the task is read again, and what it says then counts.
func (q *Run) fetchAs(ctx context.Context, w *whereabouts, stored string, limit int64) (adapter.Picture, error) {
	if kept, err := q.s.parts.Pictures.Stat(ctx, stored); err == nil && (kept.Moving || !w.moving) {
		return kept, nil // an earlier life of this run had it already
	}
	patience := w.patience
	if patience == 0 {
		patience = fetchFor
	}
	began := time.Now()
	for wait := time.Second; ; wait = min(2*wait, 10*time.Second) {
		kept, err := q.download(ctx, w, stored, limit)
		if err != nil && adapter.KindOf(err) != adapter.Storage && ctx.Err() == nil && q.renew(ctx, w) {
			kept, err = q.download(ctx, w, stored, limit)
		}
		if err == nil {
			return kept, nil
		}
		if ctx.Err() != nil {
			return adapter.Picture{}, context.Cause(ctx)
		}
		hopeless := adapter.KindOf(err) == adapter.TooLarge || adapter.KindOf(err) != adapter.Storage && (time.Since(began)+wait > patience || errors.Is(err, adapter.ErrPrivate) && wait > 2*time.Second)
		if hopeless || !adapter.Pause(ctx, wait) {
			return adapter.Picture{}, adapter.Wrap(adapter.Failed, err, "The picture was made but could not be fetched and stored.")
		}
		q.s.parts.Log.WarnContext(q.ctx, "a picture could not be fetched; trying again", "name", stored, "error", err)
	}
}

// renewFor is how long it may take to read a task again.
const renewFor = 10 * time.Second

// renew reads the task again, and reports whether its file has other addresses now.
func (q *Run) renew(ctx context.Context, w *whereabouts) bool {
	ctx, cancel := context.WithTimeout(ctx, renewFor)
	defer cancel()
	task, err := w.account.Upstream.Task(ctx, w.task.ID)
	if err != nil || task.Status != adapter.Success {
		return false
	}
	before := w.addresses()
	w.task = task
	return !slices.Equal(before, w.addresses())
}

// download tries one address after the other.
func (q *Run) download(ctx context.Context, w *whereabouts, name string, limit int64) (adapter.Picture, error) {
	err := error(adapter.Errorf(adapter.Failed, "Midjourney finished the job without a picture."))
	for _, address := range w.addresses() {
		var kept adapter.Picture
		if kept, err = q.downloadFrom(ctx, w, address, name, limit); err == nil || ctx.Err() != nil || adapter.KindOf(err) == adapter.Storage {
			return kept, err
		}
	}
	return adapter.Picture{}, err
}

func (q *Run) downloadFrom(ctx context.Context, w *whereabouts, address, name string, limit int64) (adapter.Picture, error) {
	body, err := w.account.Upstream.Picture(ctx, address)
	if err != nil {
		return adapter.Picture{}, err
	}
	defer func() { _ = body.Close() }() // it was only read
	kept, err := q.s.parts.Pictures.Save(ctx, name, body, limit)
	if err == nil && w.moving && !kept.Moving {
		_ = q.s.parts.Pictures.Delete(ctx, name) // what stays is replaced by the next one
		return adapter.Picture{}, adapter.Errorf(adapter.Failed, "Midjourney finished the job without a video.")
	}
	return kept, err
}

// StoreClips stores a finished task's clips. How many they are is known when the first of them is there: until then a task may
// show no more than a still.
func (q *Run) StoreClips(a adapter.Account, task adapter.Task, name func(i int) string, to *adapter.Result) error {
	for i := 0; i == 0 || i < len(task.VideoURLs); i++ {
		w := clip(a, task, i)
		kept, err := q.fetchAs(q.ctx, &w, "videos/"+q.ImageID(name(i)), adapter.MaxVideo)
		if err != nil {
			return err
		}
		task = w.task
		to.AddClip(kept)
	}
	return nil
}
