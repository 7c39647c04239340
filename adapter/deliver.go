package adapter

import (
	"fmt"
	"sync"
	"time"
)

// How many bytes of a picture and of a clip are taken from an upstream (upstream-protocol.md §10.3).
const (
	maxPicture = 50 << 20
	maxVideo   = 300 << 20
)

// deliver stores the pictures of a finished grid task, with a record for the whole grid and for each of its four
// quarters whatever was asked for: all of them are paid. It returns the first count pictures.
func (q *recipe) deliver(task Task, from provenance, count int) (Result, error) {
	return q.storing(task, func() (Result, error) {
		if len(task.ImageURLs) == 4 {
			return q.deliverSeparate(task, from, count)
		}
		return q.deliverGrid(task, from, count)
	})
}

// deliverGrid stores a grid once; its quarters are cut when they are first needed.
func (q *recipe) deliverGrid(task Task, from provenance, count int) (Result, error) {
	w := gridOf(from.account, task)
	w.patience = cellFor
	kept, err := q.fetchAs(q.ctx, &w, "pictures/"+q.id(from.name), maxPicture)
	if err != nil && len(w.task.ImageURLs) == 4 { // they came later than the grid
		return q.deliverSeparate(w.task, from, count)
	} else if err != nil {
		w.patience = fetchFor - cellFor
		kept, err = q.fetchAs(q.ctx, &w, "pictures/"+q.id(from.name), maxPicture)
	}
	if err != nil {
		return Result{}, err
	}
	grid := q.record(from, task, from.name)
	grid.Source, grid.Width, grid.Height = kept.Name, kept.Width, kept.Height
	cells := make([]Image, 4)
	for i := range cells {
		cell := q.record(from, task, fmt.Sprintf("%s/%d", from.name, i+1))
		cell.Created = listedBefore(cell.Created, i)
		cell.Source, cell.Quarter, cell.Index, cell.Grid = kept.Name, i+1, i+1, grid.ID
		cell.Width, cell.Height = kept.Width/2, kept.Height/2
		cells[i] = cell
	}
	return q.keepGrid(grid, cells, from, count)
}

// deliverSeparate stores the four pictures that an upstream sends apart, beside the grid where it sends that too. Nobody
// waits for the grid unless it is what was asked for; one of the four that cannot be had is cut out of it.
func (q *recipe) deliverSeparate(task Task, from provenance, count int) (Result, error) {
	aside := q.gridAside(task, from)
	defer close(aside.noted)
	wait := fetchFor
	if task.ImageURL != "" {
		wait = cellFor
	}
	cells := make([]Image, 4)
	err := q.each(4, func(i int) error {
		name := fmt.Sprintf("%s/%d", from.name, i+1)
		at := nth(from.account, task, i)
		at.patience = wait
		kept, err := q.fetch(at, name)
		quarter := 0
		if err != nil && wait < fetchFor && q.ctx.Err() == nil {
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
		cell.Source, cell.Quarter, cell.Index, cell.Grid = kept.Name, quarter, i+1, q.id(from.name)
		cell.Width, cell.Height = kept.Width, kept.Height
		cells[i] = cell
		return nil
	})
	if err != nil {
		return Result{}, err
	}
	grid := q.record(from, task, from.name)
	grid.Source, grid.Quarter, grid.Width, grid.Height = cells[0].Source, cells[0].Quarter, cells[0].Width, cells[0].Height
	wait = gridFor
	if q.s.gridMode(from.gen) == GridWhole {
		wait = fetchFor
	}
	if kept, ok := aside.get(q.ctx, wait); ok {
		grid.Source, grid.Quarter, grid.Width, grid.Height = kept.Name, 0, kept.Width, kept.Height
	} else {
		aside.record = grid.ID
	}
	return q.keepGrid(grid, cells, from, count)
}

// listedBefore makes a grid's quarters stand in their order, before their grid, in lists that begin with the newest.
func listedBefore(grid time.Time, i int) time.Time {
	return grid.Add(time.Duration(4-i) * time.Millisecond)
}

// keepGrid makes single pictures of the wanted quarters as the request says, then stores the five records.
func (q *recipe) keepGrid(grid Image, cells []Image, from provenance, count int) (Result, error) {
	for _, c := range cells {
		grid.Cells = append(grid.Cells, c.ID)
	}
	q.closeShare()
	if shares := len(q.job().Deliveries); shares > 1 {
		count = max(count, min(shares, 4))
	}
	reason := q.enlarge(cells[:min(count, 4)], from)
	err := q.each(5, func(i int) error {
		if i == 4 {
			return q.keep(grid)
		}
		return q.keep(cells[i])
	})
	if err != nil {
		return Result{}, err
	}
	if q.s.gridMode(from.gen) == GridWhole {
		return Result{Images: []string{grid.ID}, Grid: grid.ID}, nil
	}
	result := Result{Grid: grid.ID, Reason: reason}
	for _, c := range cells[:q.handedOut(count)] {
		result.Images = append(result.Images, c.ID)
	}
	return result, nil
}

// handedOut is how many cells the result names: all four where each delivery is one quarter and finds its own.
func (q *recipe) handedOut(count int) int {
	if d := q.job().Deliveries; len(d) > 0 && d[0].Quarter > 0 {
		return 4
	}
	return min(count, 4)
}

// enlarge presses U, and for high quality Upscale (Subtle), where the request wants single pictures made so. A quarter
// whose press fails is cut instead: paid pictures are never thrown away. It returns why, if any did.
func (q *recipe) enlarge(cells []Image, from provenance) string {
	if q.s.gridMode(from.gen) != GridUpscale && !from.draw.Upscale {
		return ""
	}
	var mu sync.Mutex
	var reason string
	_ = q.each(len(cells), func(i int) error {
		err := q.shielded(func() error { return q.enlargeOne(&cells[i], from) })
		if err != nil && q.ctx.Err() == nil {
			q.s.parts.Log.Warn("an upscale failed; its quarter is cut instead", "job", from.run.ID, "error", err)
			mu.Lock()
			reason = refused(err).Message
			mu.Unlock()
		}
		return nil
	})
	return reason
}

func (q *recipe) enlargeOne(cell *Image, from provenance) error {
	if err := q.single(cell, from.account, from.name); err != nil {
		return err
	}
	own := Task{ID: cell.Single.TaskID, Status: Success, ImageURL: cell.Single.URL}
	kept, err := q.fetch(whole(from.account, own), fmt.Sprintf("%s/single/%d", from.name, cell.Index))
	if err != nil {
		return err
	}
	cell.Source, cell.Quarter, cell.Width, cell.Height = kept.Name, 0, kept.Width, kept.Height
	if !from.draw.Upscale {
		return nil
	}
	b, ok := FindButton(cell.Single.Buttons, ActUpscaleSubtle, 0)
	if !ok {
		return nil // this version has no upscaler: the single picture is the best there is
	}
	step := fmt.Sprintf("%s/upscale_subtle:%d", from.name, cell.Index)
	task, err := q.press(pressing{step: step, account: from.account, taskID: cell.Single.TaskID, button: b, speed: from.draw.Speed})
	if err != nil {
		return err
	}
	if kept, err = q.fetch(whole(from.account, task), step); err != nil {
		return err
	}
	cell.Source, cell.Width, cell.Height = kept.Name, kept.Width, kept.Height
	cell.Single = &Single{TaskID: task.ID, URL: task.shownURL(), Buttons: task.Buttons}
	return nil
}

// keep stores a record. The picture is paid, so it is tried until the run ends.
func (q *recipe) keep(img Image) error {
	if img.Grid == "" && q.job().Kind != KindNative {
		if err := q.index(img.TaskID); err != nil { // the upstream's own API knows its task, too
			return err
		}
	}
	put := q.s.parts.Store.Put
	if q.resumed() {
		put = q.s.lib.putAgain
	}
	return q.write(img.ID, func() error { return put(q.ctx, img) })
}
