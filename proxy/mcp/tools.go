package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"midgate/adapter"
	"midgate/proxy/body"
	"midgate/proxy/web"
)

// work is one call of a tool.
type work struct {
	*call
	tool  *tool
	ctx   context.Context // ends when the client leaves
	reply context.Context // of the library: what progress belongs to
	req   *sdk.CallToolRequest
	args  arguments
	job   string // once there is one
}

// does says what each tool does.
var does = map[string]func(*work) (*sdk.CallToolResult, error){
	"draw":             (*work).draw,
	"edit_picture":     (*work).edit,
	"press_button":     (*work).press,
	"make_video":       (*work).film,
	"blend_pictures":   (*work).blend,
	"describe_picture": (*work).describe,
	"get_job":          (*work).get,
	"cancel_job":       (*work).cancel,
	"view_picture":     (*work).view,
	"list_pictures":    (*work).list,
}

func (w *work) do() (result *sdk.CallToolResult, err error) {
	if w.args, err = w.tool.readArguments(w.req.Params.Arguments); err != nil {
		return nil, err
	}
	return does[w.tool.Name](w)
}

// Equal calls are one job: Claude Code tells its model two minutes after a cut that the answer is lost, and the model then
// thinks before it calls again.
var standing = adapter.Standing{Untold: 24 * time.Hour, Told: 30 * time.Minute}

// jobRoutes is how the routes of all jobs begin that tools have started.
const jobRoutes = Path + "/"

// echo is what a job keeps for its answer.
type echo struct {
	web.Echo
	Call string `json:"call"` // the call that began it; every other one has joined
}

// begin starts a job that pays so many jobs at least, or joins its equal, and answers with what comes of it in time.
func (w *work) begin(g adapter.Generation, needs int, start func(adapter.Attempt) (adapter.Ticket, error)) (*sdk.CallToolResult, error) {
	mine := adapter.NewID("")
	kept, err := json.Marshal(echo{web.EchoOf(g), mine})
	if err != nil {
		return nil, err
	}
	web.RequestOf(w.gin).Model = g.Model
	t, err := start(adapter.Attempt{
		Caller: w.caller(), RequestID: mine, Route: jobRoutes + w.tool.Name, Body: w.args.digest(w.sameName), Async: true, Echo: kept,
		Standing: standing, Hourly: adapter.Hourly{Routes: jobRoutes, Most: w.Config.MCPJobs, Needs: needs},
	})
	if err != nil {
		return nil, err
	}
	return w.deliver(t, mine)
}

// sameName is the same for all names of a picture.
func (w *work) sameName(text string) string {
	if isAddress(text) {
		if id := w.OwnPicture(w.gin, text); id != "" {
			return id
		}
	}
	return text
}

// all is a request for all four pictures of a grid.
func (w *work) all() (g adapter.Generation) {
	g.Prompt, g.Model, g.N, g.Size = w.args.text("prompt"), w.args.text("model"), 4, w.args.text("aspect_ratio")
	g.Midjourney.Speed = w.args.text("speed")
	g.Output.URL = true
	return g
}

// picture looks up a picture that an argument names.
func (w *work) picture(param, text string) (adapter.Reference, error) {
	return w.Resolve(w.gin, body.Source{Param: param, Text: text})
}

func (w *work) pictures(param string) (refs []adapter.Reference, err error) {
	for _, text := range w.args.texts(param) {
		ref, err := w.picture(param, text)
		if err != nil {
			return nil, err
		}
		refs = append(refs, ref)
	}
	return refs, nil
}

func (w *work) draw() (*sdk.CallToolResult, error) {
	g := w.all()
	g.Midjourney.StyleRef, g.Midjourney.OmniRef = w.args.texts("style_references"), w.args.text("omni_reference")
	if err := w.ResolveReferences(w.gin, &body.Body{}, &g); err != nil {
		return nil, err
	}
	refs, err := w.pictures("image_prompts")
	if err != nil {
		return nil, err
	}
	g.References = refs
	return w.begin(g, 1, func(a adapter.Attempt) (adapter.Ticket, error) { return w.core.Draw.Generate(w.ctx, a, g) })
}

func (w *work) edit() (*sdk.CallToolResult, error) {
	e := adapter.Edit{Generation: w.all(), Once: true}
	ref, err := w.picture("picture", w.args.text("picture"))
	if err != nil {
		return nil, err
	}
	e.Images = []adapter.Reference{ref}
	holes, mask := w.args.holes(), w.args.text("mask")
	switch {
	case len(holes) > 0 && mask != "":
		return nil, bad("mask", "cannot be used together with 'region'")
	case len(holes) > 0:
		made, err := w.core.Pictures.Stencil(w.ctx, w.caller(), ref, holes)
		if err != nil {
			return nil, err
		}
		e.Mask = &made
	case mask != "":
		given, err := w.picture("mask", mask)
		if err != nil {
			return nil, err
		}
		e.Mask = &given
	}
	return w.begin(e.Generation, 1, func(a adapter.Attempt) (adapter.Ticket, error) { return w.core.Edit.Edit(w.ctx, a, e) })
}

func (w *work) press() (*sdk.CallToolResult, error) {
	img, err := w.own(w.args.text("picture"))
	if err != nil {
		return nil, err
	}
	act := adapter.Act{Generation: w.all(), Image: img.ID, Action: w.args.text("button"), Index: w.args.whole("index"), Zoom: w.args.number("zoom")}
	if strings.HasPrefix(act.Action, adapter.ActUpscale) {
		act.N = 1 // one picture becomes one
	}
	needs := 1
	if act.Action == adapter.ActUpscale && adapter.Separates(img.Version) {
		needs = 0 // it is cut
	}
	return w.begin(act.Generation, needs, func(a adapter.Attempt) (adapter.Ticket, error) {
		if act.Action == adapter.ActAnimateLow || act.Action == adapter.ActAnimateHigh {
			return w.core.Films.Animate(w.ctx, a, act)
		}
		return w.core.Draw.Act(w.ctx, a, act)
	})
}

// videoID finds the ID of a video in its address.
var videoID = regexp.MustCompile(`video_[A-Z2-7]{26}`)

func (w *work) film() (*sdk.CallToolResult, error) {
	f := adapter.VideoRequest{Generation: w.all(), Seconds: max(w.args.whole("seconds"), 4), Motion: w.args.text("motion"), Loop: w.args.truth("loop")}
	f.N = 1
	picture, end, video := w.args.text("picture"), w.args.text("end_picture"), w.args.text("video")
	needs := f.Seconds / 4
	switch {
	case video != "" && picture != "":
		return nil, bad("picture", "cannot be used together with 'video', which is carried on from its last frame")
	case video != "":
		if f.Extends = videoID.FindString(video); f.Extends == "" {
			return nil, noVideo(video)
		}
	case picture != "":
		ref, err := w.picture("picture", picture)
		if err != nil {
			return nil, err
		}
		f.Input = &ref
	case f.Prompt == "":
		return nil, adapter.BadParam("prompt", "missing_required_parameter", "'prompt', 'picture' or 'video' is needed: a video is made of words, of a picture, or of a video.")
	default:
		needs++
	}
	if end != "" {
		ref, err := w.picture("end_picture", end)
		if err != nil {
			return nil, err
		}
		f.End = &ref
	}
	return w.begin(f.Generation, needs, func(a adapter.Attempt) (adapter.Ticket, error) { return w.core.Films.Film(w.ctx, a, f) })
}

func (w *work) blend() (*sdk.CallToolResult, error) {
	refs, err := w.pictures("pictures")
	if err != nil {
		return nil, err
	}
	e := adapter.Edit{Generation: w.all(), Images: refs}
	return w.begin(e.Generation, 1, func(a adapter.Attempt) (adapter.Ticket, error) { return w.core.Edit.Blend(w.ctx, a, e) })
}

func (w *work) describe() (*sdk.CallToolResult, error) {
	ref, err := w.picture("picture", w.args.text("picture"))
	if err != nil {
		return nil, err
	}
	e := adapter.Edit{Generation: w.all(), Images: []adapter.Reference{ref}}
	e.N = 1
	return w.begin(e.Generation, 1, func(a adapter.Attempt) (adapter.Ticket, error) { return w.core.Edit.Describe(w.ctx, a, e) })
}

func (w *work) get() (*sdk.CallToolResult, error) {
	if w.args.text("job") == "" {
		return w.recent()
	}
	id, err := w.jobID()
	if err != nil {
		return nil, err
	}
	job, err := w.core.Jobs.Job(w.ctx, w.caller(), id)
	if err != nil {
		return nil, err
	}
	follow := w.core.Jobs.Follow
	if strings.HasPrefix(job.Route, jobRoutes) {
		follow = w.core.Jobs.Collect
	}
	t, err := follow(w.ctx, w.caller(), id)
	if err != nil {
		return nil, err
	}
	return w.deliver(t, "")
}

// jobID is the job that is named, also by the ID of its video.
func (w *work) jobID() (string, error) {
	id := w.args.text("job")
	if strings.HasPrefix(id, "video_") {
		id = adapter.VideoJob(id)
	}
	if !adapter.ValidID(id) || !strings.HasPrefix(id, adapter.JobPrefix) {
		return "", &adapter.Error{Kind: adapter.NotFound, Code: "job_not_found"}
	}
	return id, nil
}

func (w *work) cancel() (*sdk.CallToolResult, error) {
	id, err := w.jobID()
	if err != nil {
		return nil, err
	}
	job, err := w.core.Jobs.Cancel(w.ctx, w.caller(), id)
	if err != nil {
		return nil, err
	}
	switch {
	case job.Status == adapter.JobCancelled:
		return w.say(w.shownJob(job), "%s is cancelled. What was paid is not given back.", id), nil
	case job.Status.Ended():
		return w.say(w.shownJob(job), "%s is over already: %s. Call get_job for what came of it.", id, job.Status), nil
	default:
		return w.say(w.shownJob(job), "%s is being cancelled. What was paid is not given back.", id), nil
	}
}

// own is one of the caller's pictures, by its ID or an address.
func (w *work) own(text string) (adapter.Image, error) {
	id := w.sameName(text)
	if !adapter.ValidID(id) || !strings.HasPrefix(id, adapter.ImagePrefix) {
		return adapter.Image{}, &adapter.Error{Kind: adapter.NotFound, Code: "image_not_found"}
	}
	return w.core.Pictures.Image(w.ctx, w.caller(), id)
}

func noVideo(string) *adapter.Error {
	return &adapter.Error{Kind: adapter.NotFound, Code: "video_not_found"}
}

func (w *work) view() (*sdk.CallToolResult, error) {
	img, err := w.own(w.args.text("picture"))
	if err != nil {
		return nil, err
	}
	return w.showPicture(img, w.args.text("size") == imagesLarge), nil
}

// listed is how many records are looked through for one list.
const listed = 500

func (w *work) list() (*sdk.CallToolResult, error) {
	limit := 12
	if n := w.args.whole("limit"); n > 0 {
		limit = n
	}
	q := adapter.ImageQuery{Text: w.args.text("text"), After: w.args.text("after"), Limit: 100}
	if q.After != "" {
		q.After = w.sameName(q.After)
	}
	var found []adapter.Image
	for looked := 0; looked < listed && len(found) <= limit; looked += q.Limit {
		page, err := w.core.Pictures.Images(w.ctx, w.caller(), q)
		if err != nil {
			return nil, err
		}
		found = append(found, slices.DeleteFunc(slices.Clone(page), adapter.Image.IsGrid)...)
		if len(page) < q.Limit {
			break
		}
		q.After = page[len(page)-1].ID
	}
	more := len(found) > limit
	return w.showList(found[:min(limit, len(found))], more), nil
}

// recent lists the jobs of the last hour.
func (w *work) recent() (*sdk.CallToolResult, error) {
	jobs, err := w.core.Jobs.Jobs(w.ctx, w.caller(), adapter.JobQuery{Since: time.Now().Add(-time.Hour), Limit: 30})
	if err != nil {
		return nil, err
	}
	return w.showJobs(jobs), nil
}

// errGone ends the work for a client that has left.
var errGone = errors.New("the client has left")
