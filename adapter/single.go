package adapter

import (
	"errors"
	"fmt"
)

// prelude is what steps are named after that only make a button reachable: their picture is the one that is there already.
const prelude = "single"

// ownSingle sees to it that a quarter has a picture of its own, noted in its record. Of all requests that need it at the
// same time one presses U; the others let go of their place at the upstream until it is there.
func (q *recipe) ownSingle(img *Image, account Account, name string) error {
	if img.Single != nil || img.Index == 0 {
		return nil
	}
	release, err := q.exclusively(img.ID)
	if err != nil {
		return err
	}
	defer release()
	known, err := q.s.parts.Store.Get(q.ctx, img.ID)
	switch {
	case err == nil && known.Single != nil:
		img.Single = known.Single
		return nil
	case err != nil && !errors.Is(err, ErrNotFound): // a record that has expired since is not missed
		return fmt.Errorf("read the picture: %w", err)
	}
	if err := q.single(img, account, name); err != nil {
		return err
	}
	return q.keepSingle(*img)
}

// single presses U for a quarter that has no picture of its own yet.
func (q *recipe) single(img *Image, account Account, name string) error {
	if img.Single != nil || img.Index == 0 {
		return nil
	}
	step := fmt.Sprintf("%s/U%d", name, img.Index)
	var task Task
	var err error
	if img.bare() {
		task, err = q.do(order{step: step, account: account, speed: img.Speed, hidden: name == prelude, command: Change{TaskID: img.TaskID, Verb: "UPSCALE", Index: img.Index}})
	} else if b, ok := FindButton(img.Buttons, ActUpscale, img.Index); ok {
		task, err = q.press(pressing{step: step, account: account, taskID: img.TaskID, button: b, speed: img.Speed, hidden: name == prelude})
	} else {
		return unavailable("action", "Midjourney does not offer U for this picture", *img)
	}
	if err != nil {
		return err
	}
	img.Single = &Single{TaskID: task.ID, URL: task.shownURL(), Buttons: task.Buttons}
	return nil
}

// keepSingle notes in a stored record that the quarter has a picture of its own now. A record that has expired since
// needs no note.
func (q *recipe) keepSingle(img Image) error {
	return q.write(img.ID, func() error {
		err := q.s.parts.Store.Update(q.ctx, img.ID, func(i *Image) { i.Single = img.Single })
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		return err
	})
}
