package workflow

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"midgate/adapter"
	"midgate/adapter/workflow/download"
)

// StoreGrid stores the pictures of a finished grid task, with a record for the whole grid and for each of its four
// quarters whatever was asked for: all of them are paid. It returns the first count pictures.
func (q *Run) StoreGrid(task *adapter.Task, from *Origin, count int) (adapter.Result, error) {
	return q.RecordStorage(*task, func() (adapter.Result, error) {
		g := gridStorage{q: q, task: *task, from: from, count: count}
		if apart(*task) {
			return g.separate()
		}
		return g.whole()
	})
}

// gridStorage is a grid task whose pictures are being stored.
type gridStorage struct {
	q     *Run
	task  adapter.Task
	from  *Origin
	count int // how many pictures are wanted
}

// apart reports whether a task has its pictures one by one: four, or the many sketches of a draft.
func apart(task adapter.Task) bool { return len(task.ImageURLs) >= 4 }

// some reports whether a task has fewer pictures than a grid, and no grid: they are paid.
func some(task adapter.Task) bool { return task.ImageURL == "" && len(task.ImageURLs) > 0 }

// whole stores a grid once; its quarters are cut when they are first needed.
func (g *gridStorage) whole() (adapter.Result, error) {
	w := download.Grid(g.from.Account, g.task)
	w.Patience = cellFor
	stored := "pictures/" + g.q.ImageID(g.from.Name)
	kept, err := g.q.files.Keep(g.q.ctx, &w, stored, adapter.MaxPicture)
	if err != nil && (apart(w.Task) || some(w.Task)) { // they came later than the grid, or none comes
		g.task = w.Task
		return g.separate()
	} else if err != nil {
		w.Patience = download.Patience - cellFor
		kept, err = g.q.files.Keep(g.q.ctx, &w, stored, adapter.MaxPicture)
	}
	if err != nil {
		return adapter.Result{}, err
	}
	grid := g.q.record(g.from, g.task, g.from.Name)
	grid.Source, grid.Width, grid.Height = kept.Name, kept.Width, kept.Height
	cells := make([]adapter.Image, 4)
	for i := range cells {
		cell := g.q.record(g.from, g.task, fmt.Sprintf("%s/%d", g.from.Name, i+1))
		cell.Created = listedBefore(cell.Created, i)
		cell.Source, cell.Quarter, cell.Index, cell.Grid = kept.Name, i+1, i+1, grid.ID
		cell.Width, cell.Height = kept.Width/2, kept.Height/2
		cells[i] = cell
	}
	return g.keep(grid, cells)
}

// separate stores all pictures that an upstream sends apart, beside the grid where it sends that too. Nobody waits
// for the grid unless it is what was asked for; one of four that cannot be had is cut out of it.
func (g *gridStorage) separate() (adapter.Result, error) {
	aside := g.aside()
	defer close(aside.noted)
	wait := download.Patience
	if g.task.ImageURL != "" && len(g.task.ImageURLs) == 4 {
		wait = cellFor
	}
	cells := make([]adapter.Image, len(g.task.ImageURLs))
	err := errors.Join(g.q.Each(len(cells), func(i int) error {
		name := fmt.Sprintf("%s/%d", g.from.Name, i+1)
		at := download.Nth(g.from.Account, g.task, i)
		at.Patience = wait
		kept, err := g.q.fetch(at, name)
		quarter := 0
		if err != nil && wait < download.Patience && len(cells) == 4 && g.q.ctx.Err() == nil {
			if grid, ok := aside.get(g.q.ctx, download.Patience); ok {
				kept, quarter, err = grid, i+1, nil
				kept.Width, kept.Height = grid.Width/2, grid.Height/2
			}
		}
		if err != nil {
			return err
		}
		cell := g.q.record(g.from, g.task, name)
		cell.Created = listedBefore(cell.Created, i)
		cell.Source, cell.Quarter, cell.Index, cell.Grid = kept.Name, quarter, i+1, g.q.ImageID(g.from.Name)
		cell.Width, cell.Height = kept.Width, kept.Height
		cells[i] = cell
		return nil
	})...)
	if err != nil {
		return adapter.Result{}, err
	}
	grid := g.q.record(g.from, g.task, g.from.Name)
	grid.Source, grid.Quarter, grid.Width, grid.Height = cells[0].Source, cells[0].Quarter, cells[0].Width, cells[0].Height
	wait = gridFor
	if g.q.s.gridMode(&g.from.Request) == adapter.GridWhole {
		wait = download.Patience
	}
	if kept, ok := aside.get(g.q.ctx, wait); ok {
		grid.Source, grid.Quarter, grid.Width, grid.Height = kept.Name, 0, kept.Width, kept.Height
	} else {
		aside.record = grid.ID
	}
	return g.keep(grid, cells)
}

// listedBefore makes the pictures of a grid stand in their order, before their grid, in lists that begin with the newest.
func listedBefore(grid time.Time, i int) time.Time {
	return grid.Add(time.Duration(40-i) * time.Millisecond)
}

// keep makes single pictures of the wanted quarters as the request says, then stores the five records.
func (g *gridStorage) keep(grid adapter.Image, cells []adapter.Image) (adapter.Result, error) {
	for _, c := range cells {
		grid.Cells = append(grid.Cells, c.ID)
	}
	g.q.CloseSharing()
	if shares := len(g.q.Job().Deliveries); shares > 1 {
		g.count = max(g.count, min(shares, len(cells)))
	}
	reason := g.enlarge(&grid, cells)
	g.q.Keep(grid)
	g.q.Keep(cells...)
	g.q.seeLater(grid)
	if g.q.s.gridMode(&g.from.Request) == adapter.GridWhole {
		return adapter.Result{Images: []string{grid.ID}, Grid: grid.ID, Version: grid.Version}, nil
	}
	result := adapter.Result{Grid: grid.ID, Version: grid.Version, Reason: reason}
	if lacking := g.count - len(cells); lacking > 0 && g.quartered() == 0 {
		result.Missing, result.Reason = lacking, fmt.Sprintf("Midjourney made only %d pictures.", len(cells))
	}
	for _, c := range cells[:g.handedOut(len(cells))] {
		result.Images = append(result.Images, c.ID)
	}
	return result, nil
}

// handedOut is how many cells the result names: all four where each delivery is one quarter and finds its own.
func (g *gridStorage) handedOut(there int) int {
	return min(cmp.Or(g.quartered(), g.count), there)
}

// quartered is how many quarters there are to hand out one by one, 0 if the pictures are handed out together.
func (g *gridStorage) quartered() int {
	if d := g.q.Job().Deliveries; len(d) > 0 && d[0].Quarter > 0 {
		return 4
	}
	return 0
}

// enlarge presses U, and for high quality Upscale (Subtle), where the request wants single pictures made so. A quarter
// whose press fails is cut instead: paid pictures are never thrown away. It returns why, if any did.
func (g *gridStorage) enlarge(grid *adapter.Image, cells []adapter.Image) string {
	if g.q.s.gridMode(&g.from.Request) != adapter.GridUpscale && !g.from.Drawing.Upscale {
		return ""
	}
	g.dress(grid, cells)
	cells = cells[:min(g.count, len(cells))]
	var reason string
	for _, err := range g.q.Each(len(cells), func(i int) error { return g.enlargeOne(&cells[i]) }) {
		if err != nil && g.q.ctx.Err() == nil {
			g.q.s.parts.Log.WarnContext(g.q.ctx, "an upscale failed; its quarter is cut instead", "job", g.q.job.ID, "error", adapter.Reason(err))
			reason = adapter.PublicError(err).Message
		}
	}
	return reason
}

// dress gives a grid and its pictures the buttons that they do not show yet.
func (g *gridStorage) dress(grid *adapter.Image, cells []adapter.Image) {
	if !grid.Bare() {
		return
	}
	task, err := g.q.s.dressed(g.q.ctx, g.from.Account, *grid)
	if err != nil {
		return // then it goes by numbers, or the pictures are cut
	}
	grid.Buttons = task.Buttons
	for i := range cells {
		cells[i].Buttons = task.Buttons
	}
}

func (g *gridStorage) enlargeOne(cell *adapter.Image) error {
	if err := g.q.single(cell, g.from.Account, g.from.Name); err != nil {
		return err
	}
	own := adapter.Task{ID: cell.Single.TaskID, Status: adapter.Success, ImageURL: cell.Single.URL}
	kept, err := g.q.fetch(download.Whole(g.from.Account, own), fmt.Sprintf("%s/single/%d", g.from.Name, cell.Index))
	if err != nil {
		return err
	}
	cell.Source, cell.Quarter, cell.Width, cell.Height = kept.Name, 0, kept.Width, kept.Height
	if !g.from.Drawing.Upscale {
		return nil
	}
	b, ok := adapter.FindButton(cell.Single.Buttons, adapter.ActUpscaleSubtle, 0)
	if !ok && len(cell.Single.Buttons) == 0 && len(cell.Buttons) > 0 {
		b, cell.Single.Buttons, ok = g.q.refreshed(g.from.Account, cell.Single.TaskID, adapter.ActUpscaleSubtle, 0)
	}
	if !ok {
		return nil // this version has no upscaler: the single picture is the best there is
	}
	step := fmt.Sprintf("%s/upscale_subtle:%d", g.from.Name, cell.Index)
	task, err := g.q.press(buttonPress{step: step, account: g.from.Account, taskID: cell.Single.TaskID, button: b, speed: g.from.Drawing.Speed})
	if err != nil {
		return err
	}
	if kept, err = g.q.fetch(download.Whole(g.from.Account, task), step); err != nil {
		return err
	}
	cell.Source, cell.Width, cell.Height = kept.Name, kept.Width, kept.Height
	cell.Single = &adapter.Single{TaskID: task.ID, URL: task.ShownURL(), Buttons: task.Buttons}
	return nil
}
