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
func (s *gridStorage) aside() *gridAside {
	g := &gridAside{there: make(chan struct{}), noted: make(chan struct{})}
	w := download.Grid(s.from.Account, s.task)
	w.Patience = 3 * time.Second
	if len(w.Addresses()) == 0 {
		close(g.there)
		return g
	}
	stored := "pictures/" + s.q.ImageID(s.from.Name)
	started := s.q.Later(func(ctx context.Context) {
		defer close(g.there)
		for wait, i := asideFirst, 0; i < asideTries; wait, i = 2*wait, i+1 {
			var err error
			if g.kept, err = s.q.files.Keep(ctx, &w, stored, adapter.MaxPicture); err == nil {
				g.ok = true
				return
			}
			s.q.s.parts.Log.InfoContext(s.q.ctx, "a grid could not be fetched beside its pictures", "name", stored, "error", err)
			if !adapter.Pause(ctx, wait) {
				return
			}
		}
	})
	if !started {
		close(g.there)
		return g
	}
	s.q.Later(func(ctx context.Context) {
		<-g.noted
		<-g.there
		if !g.ok || g.record == "" {
			return
		}
		if err := s.noteGrid(ctx, g); err != nil {
			s.q.s.parts.Log.WarnContext(s.q.ctx, "a grid that came late could not be noted", "image", g.record, "error", err)
		}
	})
	return g
}

// noteGrid gives the grid's record its own file. The record is stored with the job's result, which may take a moment.
func (s *gridStorage) noteGrid(ctx context.Context, g *gridAside) (err error) {
	for range asideTries {
		err = s.q.s.parts.Store.Update(ctx, g.record, func(i *adapter.Image) {
			i.Source, i.Quarter, i.Width, i.Height = g.kept.Name, 0, g.kept.Width, g.kept.Height
		})
		if !errors.Is(err, adapter.ErrNotFound) || !adapter.Pause(ctx, time.Second) {
			return err
		}
	}
	return err
}
