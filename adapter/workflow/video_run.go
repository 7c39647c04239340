package workflow

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"midgate/adapter"
	"midgate/adapter/jobs"
	"midgate/adapter/prompt"
)

// film executes a video's sequence: the still where there is none, the clip, then as many extensions as its length wants.
func (q *Run) film(f *adapter.VideoRequest) (adapter.Result, error) {
	account, err := q.Account()
	if err != nil {
		return adapter.Result{}, err
	}
	draw, err := q.s.drawing(f.Generation, prompt.Options{Image: f.Input != nil || f.Extends != ""})
	if err != nil {
		return adapter.Result{}, err
	}
	shot := videoBuild{q: q, request: *f, draw: draw, account: account}
	task, err := shot.first()
	if err != nil {
		return adapter.Result{}, err
	}
	done := 0 // extensions
	if f.Extends != "" {
		done = 1
	}
	for i := 1; i < f.Seconds/4; i++ {
		longer, err := shot.extend(task.ID, Numbered("extend", done))
		if err != nil {
			return shot.shorter(task, f.Seconds/4-i, err)
		}
		task = longer
		done++
	}
	return shot.keep(task, "video")
}

// shorter keeps what there is of a video whose next extension failed: it is paid. lacking says how many extensions it lacks.
func (v *videoBuild) shorter(task adapter.Task, lacking int, failed error) (adapter.Result, error) {
	if v.q.ctx.Err() != nil {
		return adapter.Result{}, failed
	}
	result, err := v.keep(task, fmt.Sprintf("video-%d", lacking)) // the whole one may turn up, and has another name
	if err != nil {
		return adapter.Result{}, failed
	}
	v.q.s.parts.Log.WarnContext(v.q.ctx, "an extension failed; the video is shorter than asked for", "job", v.q.job.ID, "error", adapter.Reason(failed))
	result.Missing, result.Reason = lacking, adapter.PublicError(failed).Message
	return result, nil
}

// videoBuild is a video being made.
type videoBuild struct {
	q            *Run
	request      adapter.VideoRequest
	draw         prompt.Drawing
	account      adapter.Account
	still        string // name of the first frame in Pictures
	stillQuarter int
	drawn        bool // the first frame was drawn for this video, of the same words
}

// first makes the first clip.
func (v *videoBuild) first() (adapter.Task, error) {
	if v.request.Extends != "" {
		before, err := v.q.Earlier(adapter.VideoJob(v.request.Extends))
		if err != nil || before.Result == nil {
			return adapter.Task{}, fmt.Errorf("read the video that is extended: %w", err)
		}
		v.still, v.stillQuarter = before.Result.Still, before.Result.StillQuarter
		task, err := v.extend(before.Result.Task, "extend")
		if adapter.KindOf(err) == adapter.Unsupported {
			err = v.lacking(noExtensions(), err)
		}
		return task, err
	}
	drawn := v.request.Input == nil
	if drawn {
		if err := v.drawStill(); err != nil {
			return adapter.Task{}, err
		}
	}
	if v.request.Animate != "" {
		return v.animate()
	}
	if button := animateButton(v.request.Motion); v.q.began(button) { // submit/video was refused before
		v.request.Animate = button
		return v.animate()
	}
	image, err := v.q.attachment(v.request.Input)
	if err != nil {
		return adapter.Task{}, err
	}
	end, err := v.q.attachment(v.request.End)
	if err != nil {
		return adapter.Task{}, err
	}
	if err := v.noteStill(); err != nil {
		return adapter.Task{}, err
	}
	task, account, err := v.q.DoAnywhere(&jobs.StepRequest{Step: "video", Account: v.account, Speed: v.draw.Speed, Command: adapter.Video{
		Prompt: v.words("animate"), Image: image, End: end, Motion: cmp.Or(v.request.Motion, "low"), Loop: v.request.Loop,
		Type: v.request.Type, BatchSize: max(v.request.Midjourney.BatchSize, 1),
	}})
	if adapter.KindOf(err) == adapter.Unsupported {
		return v.withoutVideo(err, drawn)
	}
	v.account = account // extensions stay there
	return task, err
}

// withoutVideo makes the clip that submit/video refused, since the server has no such route or the account cannot use
// it, by the picture's own button: nothing was created by the refusal.
func (v *videoBuild) withoutVideo(refused error, drawn bool) (adapter.Task, error) {
	able := v.request
	if drawn { // where the still is paid, a shorter video is better than none
		able.Seconds = 4
	}
	if e, ok := errors.AsType[*adapter.Error](byButton(&able)); ok {
		return adapter.Task{}, v.lacking(e, refused)
	}
	if v.request.Input.Image == "" {
		return adapter.Task{}, v.lacking(onlyOwn(), refused)
	}
	img, err := v.q.image(v.request.Input.Image)
	if err != nil {
		return adapter.Task{}, fmt.Errorf("read the picture: %w", err)
	}
	if v.account, err = v.q.AccountOf(img.Upstream); err != nil {
		return adapter.Task{}, err
	}
	v.request.Animate = animateButton(v.request.Motion)
	img = v.q.s.seen(v.q.ctx, v.q.caller, img)
	if img.IsGrid() || !img.MayHave(v.request.Animate) {
		return adapter.Task{}, unavailable("action", "Midjourney does not offer to animate this picture", img)
	}
	return v.animate()
}

// lacking is the reason of a refusal: that the upstream has no submit/video, if it has shown that by now, else its own.
func (v *videoBuild) lacking(reason *adapter.Error, refused error) error {
	if has, err := v.account.Upstream.Has(v.q.ctx, adapter.FeatureVideo); has || err != nil {
		return refused
	}
	reason.Err = refused
	return reason
}

// animateButton is the button that animates a picture so.
func animateButton(motion string) string {
	if motion == "high" {
		return adapter.ActAnimateHigh
	}
	return adapter.ActAnimateLow
}

// drawStill draws the first frame from the words; the grid it is a quarter of is kept like any other.
func (v *videoBuild) drawStill() error {
	from := &Origin{Request: v.request.Generation, Drawing: v.draw, Account: v.account, Name: "imagine"}
	from.Request.Midjourney.Grid, from.Drawing.Upscale = adapter.GridSplit, false // the first frame is one picture, however pictures are handed out
	made, err := v.q.grid(&jobs.StepRequest{Step: "imagine", Account: v.account, Speed: v.draw.Speed, Command: adapter.Imagine{Prompt: v.draw.Prompt, Niji: v.draw.Niji}}, from, 1)
	if err != nil {
		return err
	}
	v.request.Input, v.drawn = &adapter.Reference{Image: made.Images[0]}, true
	if v.account, err = v.q.AccountOf(v.q.Job().UpstreamOf("")); err != nil {
		return err
	}
	has, err := v.account.Upstream.Has(v.q.ctx, adapter.FeatureVideo)
	if err != nil {
		return err
	}
	if able := v.request; !has {
		able.Seconds = 4 // the still is paid: a shorter video is better than none
		if byButton(&able) == nil {
			v.request.Animate = animateButton(v.request.Motion)
		}
	}
	return nil
}

func (v *videoBuild) noteStill() error {
	if v.request.Input.Image == "" {
		v.still = v.request.Input.Upload
		return nil
	}
	img, err := v.q.image(v.request.Input.Image)
	if err != nil {
		return fmt.Errorf("read the picture: %w", err)
	}
	v.still, v.stillQuarter = img.Source, img.Quarter
	return nil
}

// animate presses the picture's own button, on an upstream without submit/video.
func (v *videoBuild) animate() (adapter.Task, error) {
	if err := v.noteStill(); err != nil {
		return adapter.Task{}, err
	}
	img, err := v.q.image(v.request.Input.Image)
	if err != nil {
		return adapter.Task{}, fmt.Errorf("read the picture: %w", err)
	}
	if img.NeedsSingle(v.request.Animate) {
		if err := v.q.ownSingle(&img, v.account, hiddenStep); err != nil {
			return adapter.Task{}, err
		}
	}
	taskID, buttons := img.TaskID, img.Buttons
	if img.Single != nil {
		taskID, buttons = img.Single.TaskID, img.Single.Buttons
	}
	b, ok := adapter.FindButton(buttons, v.request.Animate, 0)
	if !ok {
		b, buttons, ok = v.q.refreshed(v.account, taskID, v.request.Animate, 0)
		if err := v.q.noteShown(&img, buttons); err != nil {
			return adapter.Task{}, err
		}
	}
	if !ok {
		return adapter.Task{}, unavailable("action", "Midjourney does not offer to animate this picture", img)
	}
	words := strings.TrimSpace(v.words(""))
	task, err := v.q.press(buttonPress{step: v.request.Animate, account: v.account, taskID: taskID, button: b, speed: v.draw.Speed, prompt: words, remix: words != "" && !v.drawn})
	if adapter.KindOf(err) == adapter.Unsupported {
		return v.imagined()
	}
	return task, err
}

// imagined makes the clip by a prompt, behind relays that have no submit/video and let no animate button through:
// the press before it was refused, so it was not paid.
func (v *videoBuild) imagined() (adapter.Task, error) {
	image, err := v.q.attachment(v.request.Input)
	if err != nil {
		return adapter.Task{}, err
	}
	clips := max(v.request.Midjourney.BatchSize, 1)
	prompt := fmt.Sprintf("%s --video 1 --motion %s --bs %d", v.words("animate"), cmp.Or(v.request.Motion, "low"), clips)
	return v.q.Do(&jobs.StepRequest{Step: "imagine_video", Account: v.account, Speed: v.draw.Speed, Command: adapter.Imagine{Prompt: prompt, Pictures: []adapter.Attachment{*image}, Clips: clips}})
}

// words are what the clip's prompt says; instead stands where it says nothing, since origins refuse an empty one.
func (v *videoBuild) words(instead string) string {
	words := cmp.Or(v.draw.Text, instead)
	if drawn := " " + v.draw.Prompt + " "; strings.Contains(drawn, " --raw ") || strings.Contains(drawn, " --style raw ") {
		words += " --raw"
	}
	return words
}

// extend continues a clip by about four seconds.
func (v *videoBuild) extend(taskID, step string) (adapter.Task, error) {
	return v.q.Do(&jobs.StepRequest{Step: step, Account: v.account, Speed: v.draw.Speed, Command: adapter.Video{
		Prompt: v.words("continue"), TaskID: taskID, Motion: cmp.Or(v.request.Motion, "low"), BatchSize: 1,
	}})
}

// keep downloads the clips and stores them under the run's names that begin so.
func (v *videoBuild) keep(task adapter.Task, name string) (adapter.Result, error) {
	return v.q.RecordStorage(task, func() (adapter.Result, error) {
		result := adapter.Result{Task: task.ID, Still: v.still, StillQuarter: v.stillQuarter}
		err := v.q.StoreClips(v.account, task, func(i int) string { return fmt.Sprintf("%s/%d", name, i+1) }, &result)
		return result, err
	})
}
