package workflow

import (
	"context"
	"errors"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs"
)

// buttonPress is one press of a button, with what its dialog is answered if it opens one.
type buttonPress struct {
	step    string
	account adapter.Account
	taskID  string
	button  adapter.Button
	speed   adapter.Speed
	prompt  string              // for the dialog; empty: what it is pre-filled with
	mask    *adapter.Attachment // for Vary (Region)
	remix   bool                // ask for a dialog, to change the prompt
	hidden  bool                // its picture is another than the one that comes: it is not shown on its way
	dialog  bool                // this button always opens one
}

// modalWait is how long a dialog may take to appear.
const modalWait = time.Minute

// pressing is a press under way.
type pressing struct {
	q *Run
	p buttonPress
	o *jobs.StepRequest
}

// press presses a button and waits for what comes of it, through a dialog where there is one: known beforehand, told by
// the answer, or seen as the task's status. A dialog is answered once.
func (q *Run) press(p buttonPress) (adapter.Task, error) {
	w := pressing{q: q, p: p, o: &jobs.StepRequest{Step: p.step, Account: p.account, Speed: p.speed, Dialog: true, Hidden: p.hidden, Command: adapter.Action{TaskID: p.taskID, CustomID: p.button.CustomID, Remix: p.remix}}}
	if st, ok := q.Recorded(modalStep(p.step)); ok && (st.Submission != nil || st.Refusal == nil) {
		answered := adapter.Modal{} // by an earlier life of this run; where that is not certain, the dialog's own task tells
		if opened, ok := q.Recorded(p.step); ok && opened.Submission != nil {
			answered.TaskID = opened.Submission.TaskID
		}
		return w.modal(st.Name, answered)
	}
	task, err := w.open()
	if err != nil || task.Status != adapter.Dialog {
		return task, err
	}
	q.MarkFree(p.step)
	prompt := p.prompt
	if prompt == "" {
		prompt = task.FinalPrompt
	}
	answer := adapter.Modal{TaskID: task.ID, Prompt: prompt, Mask: p.mask}
	done, err := w.modal(modalStep(p.step), answer)
	if !tooEarly(err) {
		return done, err
	}
	// Some relays know the dialog only once their copy says so: wait for it and answer again; the first was refused.
	if err := w.seeDialog(task.ID); err != nil {
		return adapter.Task{}, err
	}
	return w.modal(modalStep(p.step), answer)
}

// modalStep names the step that answers the dialog of a press.
func modalStep(step string) string { return "modal/" + step }

// open submits the press and returns its task: done, or waiting for its dialog.
func (w *pressing) open() (adapter.Task, error) {
	if !w.p.dialog {
		return w.q.Do(w.o)
	}
	return w.q.OpenDialog(w.o)
}

// modal answers the dialog and waits for the task, whose ID may be a new one or the same.
func (w *pressing) modal(step string, answer adapter.Modal) (adapter.Task, error) {
	return w.q.Do(&jobs.StepRequest{Step: step, Account: w.p.account, Speed: w.p.speed, Command: answer, Answers: w.p.step, Hidden: w.p.hidden})
}

// tooEarly reports whether a dialog's answer was refused because the upstream does not know the dialog (yet).
func tooEarly(err error) bool {
	var e *adapter.Error
	return errors.As(err, &e) && (e.Kind == adapter.NotFound || e.Kind == adapter.Invalid && e.Code == adapter.CodeTaskStatus)
}

// stale reports whether a press was refused because the button is not what it was: nothing was submitted.
func stale(err error) bool {
	var e *adapter.Error
	return errors.As(err, &e) && (e.Kind == adapter.NotFound || e.Kind == adapter.Invalid || e.Kind == adapter.Unsupported)
}

// seeDialog waits until the task says that it awaits its dialog.
func (w *pressing) seeDialog(taskID string) error {
	ctx, cancel := context.WithTimeout(w.q.ctx, modalWait)
	defer cancel()
	task, err := w.q.AwaitDialog(ctx, w.o, taskID)
	if err != nil {
		return err
	}
	if task.Status != adapter.Dialog {
		return adapter.Errorf(adapter.Failed, "Midjourney did not open the dialog of this button.")
	}
	return nil
}
