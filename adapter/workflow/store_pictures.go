package workflow

import (
	"fmt"
	"sync"
	"time"

	"midgate/adapter"
)

// StoreGrid stores the pictures of a finished grid task, with a record for the whole grid and for each of its four
// quarters whatever was asked for: all of them are paid. It returns the first count pictures.
func (q *Run) StoreGrid(task adapter.Task, from Origin, count int) (adapter.Result, error) {
	return q.RecordStorage(task, func() (adapter.Result, error) {
		if apart(task) {
			return q.deliverSeparate(task, from, count)
		}
		return q.deliverGrid(task, from, count)
	})
}

// apart reports whether a task has its pictures one by one: four, or the many sketches of a draft.
func apart(task adapter.Task) bool { return len(task.ImageURLs) >= 4 }

// deliverGrid stores a grid once; its quarters are cut when they are first needed.
func (q *Run) deliverGrid(task adapter.Task, from Origin, count int) (adapter.Result, error) {
	w := gridOf(from.Account, task)
	w.patience = cellFor
	stored := "pictures/" + q.ImageID(from.Name)
	kept, err := q.fetchAs(q.ctx, &w, stored, adapter.MaxPicture)
	if err != nil && apart(w.task) { // they came later than the grid
		return q.deliverSeparate(w.task, from, count)
	} else if err != nil {
		w.patience = fetchFor - cellFor
		kept, err = q.fetchAs(q.ctx, &w, stored, adapter.MaxPicture)
	}
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

// deliverSeparate stores all pictures that an upstream sends apart, beside the grid where it sends that too. Nobody waits
// for the grid unless it is what was asked for; one of four that cannot be had is cut out of it.
func (q *Run) deliverSeparate(task adapter.Task, from Origin, count int) (adapter.Result, error) {
	aside := q.gridAside(task, from)
	defer close(aside.noted)
	wait := fetchFor
	if task.ImageURL != "" && len(task.ImageURLs) == 4 {
		wait = cellFor
	}
	cells := make([]adapter.Image, len(task.ImageURLs))
	err := q.Each(len(cells), func(i int) error {
		name := fmt.Sprintf("%s/%d", from.Name, i+1)
		at := nth(from.Account, task, i)
		at.patience = wait
		kept, err := q.fetch(at, name)
		quarter := 0
		if err != nil && wait < fetchFor && len(cells) == 4 && q.ctx.Err() == nil {
			if grid, ok := aside.get(q.ctx, fetchFor); ok {
				kept, quarter, err = grid, i+1, nil
				kept.Width, kept.Height = grid.Width/2, grid.Height/2
			}
		}
		if err != nil {
			return err
		}
		cell := q.record(from, task, name)
		cell.Created = listedBefore(cell.Created, i)
		cell.Source, cell.Quarter, cell.Index, cell.Grid = kept.Name, quarter, i+1, q.ImageID(from.Name)
		cell.Width, cell.Height = kept.Width, kept.Height
		cells[i] = cell
		return nil
	})
	if err != nil {
		return adapter.Result{}, err
	}
	grid := q.record(from, task, from.Name)
	grid.Source, grid.Quarter, grid.Width, grid.Height = cells[0].Source, cells[0].Quarter, cells[0].Width, cells[0].Height
	wait = gridFor
	if q.s.gridMode(from.Request) == adapter.GridWhole {
		wait = fetchFor
	}
	if kept, ok := aside.get(q.ctx, wait); ok {
		grid.Source, grid.Quarter, grid.Width, grid.Height = kept.Name, 0, kept.Width, kept.Height
	} else {
		aside.record = grid.ID
	}
	return q.keepGrid(grid, cells, from, count)
}

// listedBefore makes the pictures of a grid stand in their order, before their grid, in lists that begin with the newest.
func listedBefore(grid time.Time, i int) time.Time {
	return grid.Add(time.Duration(40-i) * time.Millisecond)
}

// keepGrid makes single pictures of the wanted quarters as the request says, then stores the five records.
func (q *Run) keepGrid(grid adapter.Image, cells []adapter.Image, from Origin, count int) (adapter.Result, error) {
	for _, c := range cells {
		grid.Cells = append(grid.Cells, c.ID)
	}
	q.CloseSharing()
	if shares := len(q.Job().Deliveries); shares > 1 {
		count = max(count, min(shares, len(cells)))
	}
	reason := q.enlarge(cells[:min(count, len(cells))], from)
	q.Keep(grid)
	q.Keep(cells...)
	if q.s.gridMode(from.Request) == adapter.GridWhole {
		return adapter.Result{Images: []string{grid.ID}, Grid: grid.ID}, nil
	}
	result := adapter.Result{Grid: grid.ID, Reason: reason}
	for _, c := range cells[:q.handedOut(count, len(cells))] {
		result.Images = append(result.Images, c.ID)
	}
	return result, nil
}

// handedOut is how many cells the result names: all four where each delivery is one quarter and finds its own.
func (q *Run) handedOut(count, there int) int {
	if d := q.Job().Deliveries; len(d) > 0 && d[0].Quarter > 0 {
		return 4
	}
	return min(count, there)
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
			q.s.parts.Log.WarnContext(q.ctx, "an upscale failed; its quarter is cut instead", "job", from.Job.ID, "error", err)
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
	own := adapter.Task{ID: cell.Single.TaskID, Status: adapter.Success, ImageURL: cell.Single.URL}
	kept, err := q.fetch(whole(from.Account, own), fmt.Sprintf("%s/single/%d", from.Name, cell.Index))
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
	if kept, err = q.fetch(whole(from.Account, task), step); err != nil {
		return err
	}
	cell.Source, cell.Width, cell.Height = kept.Name, kept.Width, kept.Height
	cell.Single = &adapter.Single{TaskID: task.ID, URL: task.ShownURL(), Buttons: task.Buttons}
	return nil
}
