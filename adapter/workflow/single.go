package workflow

import (
	"errors"
	"fmt"

	"midgate/adapter"
	"midgate/adapter/jobs"
)

// hiddenStep is what steps are named after that only make a button reachable: their picture is the one that is there already.
const hiddenStep = "single"

// ownSingle sees to it that a quarter has a picture of its own, noted in its record. Of all requests that need it at the
// same time one presses U; the others let go of their place at the upstream until it is there.
func (q *Run) ownSingle(img *adapter.Image, account adapter.Account, name string) error {
	if img.Single != nil || img.Index == 0 {
		return nil
	}
	release, err := q.Exclusively(img.ID)
	if err != nil {
		return err
	}
	defer release()
	known, err := q.newest(img.ID)
	switch {
	case err == nil && known.Single != nil:
		img.Single = known.Single
		return nil
	case err != nil && !errors.Is(err, adapter.ErrNotFound): // a record that has expired since is not missed
		return fmt.Errorf("read the picture: %w", err)
	}
	if err := q.single(img, account, name); err != nil {
		return err
	}
	return q.keepSingle(*img)
}

// single presses U for a quarter that has no picture of its own yet.
func (q *Run) single(img *adapter.Image, account adapter.Account, name string) error {
	if img.Single != nil || img.Index == 0 {
		return nil
	}
	step := fmt.Sprintf("%s/U%d", name, img.Index)
	var task adapter.Task
	var err error
	if img.Bare() {
		task, err = q.Do(&jobs.StepRequest{Step: step, Account: account, Speed: img.Speed, Hidden: name == hiddenStep, Command: adapter.Change{TaskID: img.TaskID, Verb: "UPSCALE", Index: img.Index}})
	} else if b, ok := adapter.FindButton(img.Buttons, adapter.ActUpscale, img.Index); ok {
		task, err = q.press(buttonPress{step: step, account: account, taskID: img.TaskID, button: b, speed: img.Speed, hidden: name == hiddenStep})
	} else {
		return unavailable("action", "Midjourney does not offer U for this picture", *img)
	}
	if err != nil {
		return err
	}
	if img.Bare() {
		q.s.numbered.Store(account.Name, true)
	}
	img.Single = &adapter.Single{TaskID: task.ID, URL: task.ShownURL(), Buttons: task.Buttons}
	if name == hiddenStep && len(task.Buttons) == 0 { // it was pressed for one of them
		img.Single.Buttons = q.shown(account, task.ID)
	}
	return nil
}

// keepSingle notes in a stored record that the quarter has a picture of its own now. A record that has expired since
// needs no note.
func (q *Run) keepSingle(img adapter.Image) error {
	if kept, ok := q.Kept(img.ID); ok {
		kept.Single = img.Single
		q.Keep(kept)
		return nil
	}
	return q.Persist(img.ID, func() error {
		err := q.s.parts.Store.Update(q.ctx, img.ID, func(i *adapter.Image) { i.Single = img.Single })
		if errors.Is(err, adapter.ErrNotFound) {
			return nil
		}
		return err
	})
}

// newest is image without what is cached: another replica may have changed the record a moment ago.
func (q *Run) newest(id string) (adapter.Image, error) {
	if img, ok := q.Kept(id); ok {
		return img, nil
	}
	img, err := q.Stored(id)
	return img, unreadable(err)
}

// image reads a picture's record: the job's own are not stored before its end.
func (q *Run) image(id string) (adapter.Image, error) {
	if img, ok := q.Kept(id); ok {
		return img, nil
	}
	img, err := q.s.parts.Store.Get(q.ctx, id)
	return img, unreadable(err)
}

// unreadable is what clients are told of a record that is there and cannot be read.
func unreadable(err error) error {
	if err == nil || errors.Is(err, adapter.ErrNotFound) {
		return err
	}
	return adapter.Wrap(adapter.Storage, err, "The pictures' records cannot be read at the moment.")
}
