package workflow

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"midgate/adapter"
)

// StoreGrid stores the pictures of a finished grid task, with a record for the whole grid and for each of its four
// quarters whatever was asked for: all of them are paid. It returns the first count pictures.
func (q *Run) StoreGrid(task adapter.Task, from Origin, count int) (adapter.Result, error) {
	return q.RecordStorage(task, func() (adapter.Result, error) {
		if len(task.ImageURLs) == 4 {
			return q.deliverSeparate(task, from, count)
		}
		return q.deliverGrid(task, from, count)
	})
}

// deliverGrid stores a grid once; its quarters are cut when they are first needed.
func (q *Run) deliverGrid(task adapter.Task, from Origin, count int) (adapter.Result, error) {
	kept, err := q.fetch(from.Account, task.ImageURL, from.Name)
	if err != nil {
		return adapter.Result{}, err
	}
	grid := q.record(from, task, from.Name)
	grid.Source, grid.Width, grid.Height = kept.Name, kept.Width, kept.Height
	cells := make([]adapter.Image, 4)
	for i := range cells {
		cell := q.record(from, task, fmt.Sprintf("%s/%d", from.Name, i+1))
		cell.Created = listedBefore(cell.Created, i)
		cell.Source, cell.Quarter, cell.Index, cell.Grid = kept.Name, i+1, i+1, grid.ID
		cell.Width, cell.Height = kept.Width/2, kept.Height/2
		cells[i] = cell
	}
	return q.keepGrid(grid, cells, from, count)
}

// deliverSeparate stores the four pictures that an upstream sends apart, beside the grid where it sends that too.
func (q *Run) deliverSeparate(task adapter.Task, from Origin, count int) (adapter.Result, error) {
	cells := make([]adapter.Image, 4)
	err := q.Each(4, func(i int) error {
		name := fmt.Sprintf("%s/%d", from.Name, i+1)
		kept, err := q.fetch(from.Account, task.ImageURLs[i], name)
		if err != nil {
			return err
		}
		cell := q.record(from, task, name)
		cell.Created = listedBefore(cell.Created, i)
		cell.Source, cell.Index, cell.Grid = kept.Name, i+1, q.ImageID(from.Name)
		cell.Width, cell.Height = kept.Width, kept.Height
		cells[i] = cell
		return nil
	})
	if err != nil {
		return adapter.Result{}, err
	}
	grid := q.record(from, task, from.Name)
	grid.Source, grid.Width, grid.Height = cells[0].Source, cells[0].Width, cells[0].Height
	if kept, err := q.fetch(from.Account, task.ImageURL, from.Name); err == nil {
		grid.Source, grid.Width, grid.Height = kept.Name, kept.Width, kept.Height
	}
	return q.keepGrid(grid, cells, from, count)
}

// listedBefore makes a grid's quarters stand in their order, before their grid, in lists that begin with the newest.
func listedBefore(grid time.Time, i int) time.Time {
	return grid.Add(time.Duration(4-i) * time.Millisecond)
}

// keepGrid makes single pictures of the wanted quarters as the request says, then stores the five records.
func (q *Run) keepGrid(grid adapter.Image, cells []adapter.Image, from Origin, count int) (adapter.Result, error) {
	for _, c := range cells {
		grid.Cells = append(grid.Cells, c.ID)
	}
	q.CloseSharing()
	if shares := len(q.Job().Deliveries); shares > 1 {
		count = max(count, min(shares, 4))
	}
	reason := q.enlarge(cells[:min(count, 4)], from)
	q.Keep(grid)
	q.Keep(cells...)
	if q.s.gridMode(from.Request) == adapter.GridWhole {
		return adapter.Result{Images: []string{grid.ID}, Grid: grid.ID}, nil
	}
	result := adapter.Result{Grid: grid.ID, Reason: reason}
	for _, c := range cells[:q.handedOut(count)] {
		result.Images = append(result.Images, c.ID)
	}
	return result, nil
}

// handedOut is how many cells the result names: all four where each delivery is one quarter and finds its own.
func (q *Run) handedOut(count int) int {
	if d := q.Job().Deliveries; len(d) > 0 && d[0].Quarter > 0 {
		return 4
	}
	return min(count, 4)
}

// enlarge presses U, and for high quality Upscale (Subtle), where the request wants single pictures made so. A quarter
// whose press fails is cut instead: paid pictures are never thrown away. It returns why, if any did.
func (q *Run) enlarge(cells []adapter.Image, from Origin) string {
	if q.s.gridMode(from.Request) != adapter.GridUpscale && !from.Drawing.Upscale {
		return ""
	}
	var mu sync.Mutex
	var reason string
	_ = q.Each(len(cells), func(i int) error {
		err := q.Shielded(func() error { return q.enlargeOne(&cells[i], from) })
		if err != nil && q.ctx.Err() == nil {
			q.s.parts.Log.Warn("an upscale failed; its quarter is cut instead", "job", from.Job.ID, "error", err)
			mu.Lock()
			reason = adapter.PublicError(err).Message
			mu.Unlock()
		}
		return nil
	})
	return reason
}

func (q *Run) enlargeOne(cell *adapter.Image, from Origin) error {
	if err := q.single(cell, from.Account, from.Name); err != nil {
		return err
	}
	kept, err := q.fetch(from.Account, cell.Single.URL, fmt.Sprintf("%s/single/%d", from.Name, cell.Index))
	if err != nil {
		return err
	}
	cell.Source, cell.Quarter, cell.Width, cell.Height = kept.Name, 0, kept.Width, kept.Height
	if !from.Drawing.Upscale {
		return nil
	}
	b, ok := adapter.FindButton(cell.Single.Buttons, adapter.ActUpscaleSubtle, 0)
	if !ok {
		return nil // this version has no upscaler: the single picture is the best there is
	}
	step := fmt.Sprintf("%s/upscale_subtle:%d", from.Name, cell.Index)
	task, err := q.press(buttonPress{step: step, account: from.Account, taskID: cell.Single.TaskID, button: b, speed: from.Drawing.Speed})
	if err != nil {
		return err
	}
	if kept, err = q.fetch(from.Account, task.ShownURL(), step); err != nil {
		return err
	}
	cell.Source, cell.Width, cell.Height = kept.Name, kept.Width, kept.Height
	cell.Single = &adapter.Single{TaskID: task.ID, URL: task.ShownURL(), Buttons: task.Buttons}
	return nil
}

// fetch downloads a finished task's picture and stores it under the name of this run's step.
func (q *Run) fetch(account adapter.Account, url, name string) (adapter.Picture, error) {
	return q.fetchAs("pictures/"+q.ImageID(name), account, url, adapter.MaxPicture)
}

// FetchVideo is fetch for a clip.
func (q *Run) FetchVideo(account adapter.Account, url, name string) (adapter.Picture, error) {
	return q.fetchAs("videos/"+q.ImageID(name), account, url, adapter.MaxVideo)
}

// fetchFor is how long a picture is asked for that cannot be fetched. One that cannot be stored, since the disk is full,
// is paid all the same: that is tried until the run ends.
const fetchFor = 2 * time.Minute

func (q *Run) fetchAs(stored string, account adapter.Account, url string, limit int64) (adapter.Picture, error) {
	if kept, err := q.s.parts.Pictures.Stat(q.ctx, stored); err == nil {
		return kept, nil // an earlier life of this run had it already
	}
	began := time.Now()
	for wait := time.Second; ; wait = min(2*wait, 10*time.Second) {
		kept, err := q.download(account, url, stored, limit)
		if err == nil {
			return kept, nil
		}
		var known *adapter.Error
		if q.ctx.Err() != nil {
			return adapter.Picture{}, context.Cause(q.ctx)
		}
		if errors.As(err, &known) && known.Kind == adapter.TooLarge || time.Since(began) > fetchFor && adapter.KindOf(err) != adapter.Storage || !adapter.Pause(q.ctx, wait) {
			return adapter.Picture{}, adapter.Wrap(adapter.Failed, err, "The picture was made but could not be fetched and stored.")
		}
		q.s.parts.Log.Warn("a picture could not be fetched; trying again", "name", stored, "error", err)
	}
}

func (q *Run) download(account adapter.Account, url, name string, limit int64) (adapter.Picture, error) {
	if url == "" {
		return adapter.Picture{}, adapter.Errorf(adapter.Failed, "Midjourney finished the job without a picture.")
	}
	body, err := account.Upstream.Picture(q.ctx, url)
	if err != nil {
		return adapter.Picture{}, err
	}
	defer func() { _ = body.Close() }() // it was only read
	return q.s.parts.Pictures.Save(q.ctx, name, body, limit)
}
