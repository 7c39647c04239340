package workflow

import (
	"context"
	"errors"
	"time"

	"midgate/adapter"
	"midgate/adapter/workflow/download"
)

// How often a grid whose four pictures are there is tried for later.
const (
	asideTries = 8
	asideFirst = 15 * time.Second
)

// gridAside is a grid that is fetched while nobody waits for it.
type gridAside struct {
	there chan struct{} // closed when it is known whether the grid can be had now
	kept  adapter.Picture
	ok    bool

	noted  chan struct{} // closed when it is known whether the records lack the grid
	record string        // the grid's, if it was stored without its own file
}

// get is the grid, if it is there within a while.
func (g *gridAside) get(ctx context.Context, wait time.Duration) (adapter.Picture, bool) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-g.there:
		return g.kept, g.ok
	case <-timer.C:
	case <-ctx.Done():
	}
	return adapter.Picture{}, false
}

// aside begins to fetch a task's grid beside its four pictures. If it comes after they were answered, its record gets
// it then. An upstream that names none is not asked.
func (g *gridStorage) aside() *gridAside {
	a := &gridAside{there: make(chan struct{}), noted: make(chan struct{})}
	w := download.Grid(g.from.Account, g.task)
	w.Patience = 3 * time.Second
	if len(w.Addresses()) == 0 {
		close(a.there)
		return a
	}
	stored := "pictures/" + g.q.ImageID(g.from.Name)
	started := g.q.Later(func(ctx context.Context) {
		defer close(a.there)
		for wait, i := asideFirst, 0; i < asideTries; wait, i = 2*wait, i+1 {
			var err error
			if a.kept, err = g.q.files.Keep(ctx, &w, stored, adapter.MaxPicture); err == nil {
				a.ok = true
				return
			}
			g.q.s.parts.Log.InfoContext(g.q.ctx, "a grid could not be fetched beside its pictures", "name", stored, "error", err)
			if !adapter.Pause(ctx, wait) {
				return
			}
		}
	})
	if !started {
		close(a.there)
		return a
	}
	g.q.Later(func(ctx context.Context) {
		<-a.noted
		<-a.there
		if !a.ok || a.record == "" {
			return
		}
		if err := g.noteGrid(ctx, a); err != nil {
			g.q.s.parts.Log.WarnContext(g.q.ctx, "a grid that came late could not be noted", "image", a.record, "error", err)
		}
	})
	return a
}

// noteGrid gives the grid's record its own file. The record is stored with the job's result, which may take a moment.
func (g *gridStorage) noteGrid(ctx context.Context, a *gridAside) (err error) {
	for tries := 0; tries < asideTries; {
		err = g.q.s.parts.Store.Update(ctx, a.record, func(i *adapter.Image) {
			i.Source, i.Quarter, i.Width, i.Height = a.kept.Name, 0, a.kept.Width, a.kept.Height
		})
		if !errors.Is(err, adapter.ErrNotFound) || !adapter.Pause(ctx, time.Second) {
			return err
		}
		if g.q.ctx.Err() != nil { // the job is over: its records are there, or never will be
			tries++
		}
	}
	return err
}
