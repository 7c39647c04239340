package adapter

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// film executes a video's sequence: the still where there is none, the clip, then as many extensions as its length wants.
func (q *recipe) film(run Run, f Film) (Result, error) {
	account, err := q.account()
	if err != nil {
		return Result{}, err
	}
	draw, err := q.s.drawing(f.Generation, DrawOptions{Image: f.Input != nil || f.Extends != ""})
	if err != nil {
		return Result{}, err
	}
	shot := shot{q: q, run: run, film: f, draw: draw, account: account}
	task, err := shot.first()
	if err != nil {
		return Result{}, err
	}
	done := 0 // extensions
	if f.Extends != "" {
		done = 1
	}
	for i := 1; i < f.Seconds/4; i++ {
		longer, err := shot.extend(task.ID, numbered("extend", done))
		if err != nil {
			return shot.shorter(task, f.Seconds/4-i, err)
		}
		task = longer
		done++
	}
	return shot.keep(task, "video")
}

// shorter keeps what there is of a video whose next extension failed: it is paid. lacking says how many extensions it lacks.
func (v *shot) shorter(task Task, lacking int, failed error) (Result, error) {
	if v.q.ctx.Err() != nil {
		return Result{}, failed
	}
	result, err := v.keep(task, fmt.Sprintf("video-%d", lacking)) // the whole one may turn up, and has another name
	if err != nil {
		return Result{}, failed
	}
	v.q.s.parts.Log.Warn("an extension failed; the video is shorter than asked for", "job", v.run.ID, "error", failed)
	result.Missing, result.Reason = lacking, refused(failed).Message
	return result, nil
}

// shot is a video being made.
type shot struct {
	q            *recipe
	run          Run
	film         Film
	draw         Drawing
	account      Account
	still        string // name of the first frame in Pictures
	stillQuarter int
}

// first makes the first clip.
func (v *shot) first() (Task, error) {
	if v.film.Extends != "" {
		before, err := v.q.earlier(VideoJob(v.film.Extends))
		if err != nil || before.Result == nil {
			return Task{}, fmt.Errorf("read the video that is extended: %w", err)
		}
		v.still, v.stillQuarter = before.Result.Still, before.Result.StillQuarter
		return v.extend(before.Result.Task, "extend")
	}
	if v.film.Input == nil {
		if err := v.drawStill(); err != nil {
			return Task{}, err
		}
	}
	if v.film.Animate != "" {
		return v.animate()
	}
	image, err := v.q.attachment(v.film.Input)
	if err != nil {
		return Task{}, err
	}
	end, err := v.q.attachment(v.film.End)
	if err != nil {
		return Task{}, err
	}
	if err := v.noteStill(); err != nil {
		return Task{}, err
	}
	task, account, err := v.q.doAnywhere(order{step: "video", account: v.account, speed: v.draw.Speed, command: Video{
		Prompt: v.words("animate"), Image: image, End: end, Motion: cmp.Or(v.film.Motion, "low"), Loop: v.film.Loop,
		Type: v.film.Type, BatchSize: max(v.film.Midjourney.BatchSize, 1),
	}})
	if KindOf(err) == Unsupported && v.film.End == nil && !v.film.Loop {
		return v.otherwise(err)
	}
	v.account = account // extensions stay there
	return task, err
}

// otherwise makes the first clip where nobody offers submit/video: by the button of the picture, if it was made
// here. Nothing was submitted before.
func (v *shot) otherwise(refusal error) (Task, error) {
	if v.film.Input.Image == "" {
		return Task{}, refusal
	}
	img, err := v.q.s.parts.Store.Get(v.q.ctx, v.film.Input.Image)
	if err != nil {
		return Task{}, fmt.Errorf("read the picture: %w", err)
	}
	if v.account, err = v.q.accountOf(img.Upstream); err != nil {
		return Task{}, err
	}
	v.film.Animate = map[bool]string{false: ActAnimateLow, true: ActAnimateHigh}[v.film.Motion == "high"]
	task, err := v.animate()
	if e, ok := errors.AsType[*Error](err); ok && e.Code == "action_unavailable" {
		return Task{}, refusal
	}
	return task, err
}

// stillName is what a run calls the picture that it drew to animate: the first quarter of its grid.
const stillName = "imagine/1"

// drawStill draws the first frame from the words; the grid it is a quarter of is kept like any other.
func (v *shot) drawStill() error {
	from := provenance{run: v.run, gen: v.film.Generation, draw: v.draw, account: v.account, name: "imagine"}
	from.gen.Midjourney.Grid, from.draw.Upscale = GridSplit, false // the first frame is one picture, however pictures are handed out
	made, err := v.q.grid(order{step: "imagine", account: v.account, speed: v.draw.Speed, command: Imagine{Prompt: v.draw.Prompt, Niji: v.draw.Niji}}, from, 1)
	if err != nil {
		return err
	}
	v.film.Input = &Reference{Image: made.Images[0]}
	if v.account, err = v.q.accountOf(v.q.job().at("")); err != nil {
		return err
	}
	has, err := v.account.Upstream.Has(v.q.ctx, FeatureVideo)
	if err != nil {
		return err
	}
	if !has {
		v.film.Animate = map[bool]string{false: ActAnimateLow, true: ActAnimateHigh}[v.film.Motion == "high"]
	}
	return nil
}

func (v *shot) noteStill() error {
	if v.film.Input.Image == "" {
		v.still = v.film.Input.Upload
		return nil
	}
	img, err := v.q.s.parts.Store.Get(v.q.ctx, v.film.Input.Image)
	if err != nil {
		return fmt.Errorf("read the picture: %w", err)
	}
	v.still, v.stillQuarter = img.Source, img.Quarter
	return nil
}

// animate presses the picture's own button, on an upstream without submit/video.
func (v *shot) animate() (Task, error) {
	if err := v.noteStill(); err != nil {
		return Task{}, err
	}
	img, err := v.q.s.parts.Store.Get(v.q.ctx, v.film.Input.Image)
	if err != nil {
		return Task{}, fmt.Errorf("read the picture: %w", err)
	}
	if img.needsSingle(v.film.Animate) {
		if err := v.q.ownSingle(&img, v.account, prelude); err != nil {
			return Task{}, err
		}
	}
	taskID, buttons := img.TaskID, img.Buttons
	if img.Single != nil {
		taskID, buttons = img.Single.TaskID, img.Single.Buttons
	}
	b, ok := FindButton(buttons, v.film.Animate, 0)
	if !ok {
		return Task{}, unavailable("action", "Midjourney does not offer to animate this picture", img)
	}
	task, err := v.q.press(pressing{step: v.film.Animate, account: v.account, taskID: taskID, button: b, speed: v.draw.Speed, prompt: v.draw.Text})
	if KindOf(err) == Unsupported {
		return v.imagined()
	}
	return task, err
}

// imagined makes the clip by a prompt, behind relays that have no submit/video and let no animate button through
// (upstream-protocol.md §1.8, §5.8): the press before it was refused, so it was not paid.
func (v *shot) imagined() (Task, error) {
	image, err := v.q.attachment(v.film.Input)
	if err != nil {
		return Task{}, err
	}
	prompt := fmt.Sprintf("%s --video 1 --motion %s --bs %d", v.words("animate"), cmp.Or(v.film.Motion, "low"), max(v.film.Midjourney.BatchSize, 1))
	return v.q.do(order{step: "imagine_video", account: v.account, speed: v.draw.Speed, command: Imagine{Prompt: prompt, Pictures: []Attachment{*image}}})
}

// words are what the clip's prompt says; instead stands where it says nothing, since origins refuse an empty one.
func (v *shot) words(instead string) string {
	words := cmp.Or(v.draw.Text, instead)
	if strings.Contains(v.draw.Prompt+" ", " --raw ") {
		words += " --raw"
	}
	return words
}

// extend continues a clip by about four seconds.
func (v *shot) extend(taskID, step string) (Task, error) {
	return v.q.do(order{step: step, account: v.account, speed: v.draw.Speed, command: Video{
		Prompt: v.words("continue"), TaskID: taskID, Motion: cmp.Or(v.film.Motion, "low"), BatchSize: 1,
	}})
}

// keep downloads the clips and stores them under the run's names that begin so.
func (v *shot) keep(task Task, name string) (Result, error) {
	return v.q.storing(task, func() (Result, error) {
		result := Result{Task: task.ID, Still: v.still, StillQuarter: v.stillQuarter}
		err := v.q.clips(v.account, task, func(i int) string { return fmt.Sprintf("%s/%d", name, i+1) }, &result)
		return result, err
	})
}
