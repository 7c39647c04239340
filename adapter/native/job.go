package native

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"
	"strconv"
	"strings"

	"midgate/adapter"
	"midgate/adapter/jobs"
	"midgate/adapter/library"
	"midgate/adapter/prompt"
	"midgate/adapter/spend"
	"midgate/adapter/workflow"
)

// nativeRoutes are the routes that make jobs, with whether they go on from a task.
var nativeRoutes = map[string]bool{
	"imagine": false, "blend": false, "describe": false, "shorten": false, "edits": false, "edit": false, "retexture": false,
	"video": false, "swap": false, "action": true, "modal": true, "change": true,
}

// Deps are what the upstream's own API stands on.
type Deps struct {
	Accounts adapter.Accounts
	Store    adapter.Store
	Notify   adapter.Notify // nil: clients' own webhooks are not told
	Log      *slog.Logger
}

// API serves the upstream's own API. It is safe for concurrent use.
type API struct {
	parts   Deps
	recipes *workflow.Recipes
	jobs    *jobs.Engine
	lib     *library.Library
}

// New makes it; its jobs are executed by the engine, which must know NativeWorkflow. The engine tells it of the
// jobs whose clients named a webhook.
func New(parts Deps, recipes *workflow.Recipes, jobs *jobs.Engine, lib *library.Library) *API {
	s := &API{parts: parts, recipes: recipes, jobs: jobs, lib: lib}
	jobs.OnStart(s.announce)
	return s
}

// Workflow is the workflow of the native jobs.
func Workflow(recipes *workflow.Recipes) jobs.Workflow {
	return func(x *jobs.Execution) (adapter.Result, error) {
		job := x.Job()
		request, err := nativeOf(job)
		if err != nil {
			return adapter.Result{}, err
		}
		return execution{recipes.On(x)}.native(job, request)
	}
}

// execution is one execution of a native job.
type execution struct{ *workflow.Run }

// maxNative is how large a native request may be without its pictures: it is kept in the job's record.
const maxNative = 32 << 10

// Native submits a request of the upstream's own API as a job: recorded before it is sent, never sent twice, followed to
// its end, and its pictures known afterwards.
func (s *API) Native(ctx context.Context, a adapter.Attempt, n adapter.NativeRequest) (adapter.Ticket, error) {
	fields := map[string]any{}
	if err := json.Unmarshal(n.Body, &fields); err != nil {
		return nil, adapter.Wrap(adapter.Invalid, err, "The request body could not be parsed as JSON.")
	}
	fields, err := settle(&n, fields)
	if err != nil {
		return nil, err
	}
	speed, err := s.recipes.PathSpeed(n.Speed)
	if err != nil {
		return nil, err
	}
	account, err := s.nativeAccount(ctx, a.Caller, &n, speed)
	if err != nil {
		return nil, err
	}
	if n.Body, err = json.Marshal(fields); err != nil {
		return nil, err
	}
	if len(n.Body) > maxNative {
		return nil, adapter.Errorf(adapter.TooLarge, "The request, without its pictures, is larger than %d bytes.", maxNative)
	}
	kind, pieces := spend.Sold(adapter.Native{Route: n.Route, Body: n.Body})
	return s.jobs.Accept(ctx, a, jobs.Spec{Takes: map[string]int{kind: pieces}, Kind: adapter.JobNative, Detached: true, Model: "midjourney", N: 1, Request: n, Account: account, Speed: speed})
}

var simpleChange = regexp.MustCompile(`^\s*(\S+)\s+([UuVv])([1-4])\s*$|^\s*(\S+)\s+[Rr]\s*$`)

// settle reads what costs money or belongs to somebody out of the fields, and returns them without what midgate decides
// itself, each under its one name.
func settle(n *adapter.NativeRequest, sent map[string]any) (map[string]any, error) {
	fields, err := spell(sent)
	if err != nil {
		return nil, err
	}
	if n.Route == "simple-change" {
		if err := changeFields(n, fields); err != nil {
			return nil, err
		}
	}
	follows, known := nativeRoutes[n.Route]
	if !known {
		return nil, &adapter.Error{Kind: adapter.NotFound, Code: "unknown_route", Message: "There is no such route."}
	}
	n.State, _ = fields["state"].(string)
	if len(n.State) > 255 {
		return nil, adapter.BadParam("state", "string_above_max_length", "state must have at most 255 characters.")
	}
	for _, own := range nativeDecided {
		delete(fields, own)
	}
	if err := takeHook(n, fields); err != nil {
		return nil, err
	}
	if err := readPromptField(n, fields); err != nil {
		return nil, err
	}
	if err := readClips(n, fields); err != nil {
		return nil, err
	}
	n.Parent, _ = fields["taskId"].(string)
	if follows && n.Parent == "" {
		return nil, adapter.BadParam("taskId", "missing_required_parameter", "task_id_is_required")
	}
	if id, _ := fields["customId"].(string); strings.HasSuffix(strings.ToLower(strings.TrimSpace(id)), "picreader::all") {
		return nil, &adapter.Error{Kind: adapter.Unsupported, Code: "unsupported", Param: "customId", Message: "This button starts four jobs at once; press them one by one."}
	}
	if id, _ := fields["customId"].(string); bookmark.MatchString(id) {
		return nil, &adapter.Error{Kind: adapter.Unsupported, Code: "unsupported", Param: "customId", Message: "This button only marks the picture at Midjourney; it makes nothing."}
	}
	return fields, nil
}

// readClips reads how many clips a video is to have: each is paid. Servers make four where nothing is said.
func readClips(n *adapter.NativeRequest, fields map[string]any) error {
	if n.Route != "video" || fields["batchSize"] == nil {
		return nil
	}
	switch fmt.Sprint(fields["batchSize"]) {
	case "1":
		fields["batchSize"] = 1
	case "2":
		fields["batchSize"] = 2
	case "4":
		fields["batchSize"] = 4
	default:
		return adapter.BadParam("batchSize", "invalid_value", "batchSize must be 1, 2 or 4; every clip is paid.")
	}
	return nil
}

// bookmark is a button that only notes something, and names the task that it is on: pressed, it would be waited for in vain.
var bookmark = regexp.MustCompile(`(?i)^\s*MJ::(?:BOOKMARK|Job::(?:favorite|bookmark|like|rating))`)

// changeFields turns the text form of a change into its fields, which relays understand.
func changeFields(n *adapter.NativeRequest, fields map[string]any) error {
	content, _ := fields["content"].(string)
	m := simpleChange.FindStringSubmatch(content)
	if m == nil {
		return adapter.BadParam("content", "invalid_value", "content_parse_failed")
	}
	delete(fields, "content")
	n.Route = "change"
	fields["taskId"], fields["action"], fields["index"] = cmp.Or(m[1], m[4]), "REROLL", 1
	if m[2] != "" {
		fields["action"] = map[string]string{"u": "UPSCALE", "v": "VARIATION"}[strings.ToLower(m[2])]
		fields["index"] = int(m[3][0] - '0')
	}
	return nil
}

// readPromptField reads the prompt by midgate's rules: what could start jobs that nobody asked for is refused, and a speed in it
// chooses the path.
func readPromptField(n *adapter.NativeRequest, fields map[string]any) error {
	text, given := fields["prompt"].(string)
	if !given || strings.TrimSpace(text) == "" {
		if n.Route == "imagine" || n.Route == "shorten" || n.Route == "edits" {
			return adapter.BadParam("prompt", "missing_required_parameter", "prompt_is_required")
		}
		return nil
	}
	n.Prompt = text
	if n.Route == "video" {
		f := adapter.VideoRequest{Generation: adapter.Generation{}}
		f.Prompt = text
		if err := prompt.ReadVideoFlags(&f); err != nil {
			return err
		}
		videoInto(f, fields)
		text = f.Prompt
	}
	pictures, _ := fields["base64Array"].([]any)
	p, err := prompt.ReadOwn(text, n.Route == "imagine", len(pictures) > 0)
	if err != nil {
		return err
	}
	n.Speed = cmp.Or(p.Speed, n.Speed)
	if n.Route == "imagine" {
		p.URLs = sendAlong(n, p.URLs, fields)
	}
	fields["prompt"] = p.String()
	return prompt.CheckDenied(p.String())
}

// sendAlong makes image prompts of those addresses that are midgate's own: the upstream may not reach them, and they are
// what a task's imageUrl says here. The others stay.
func sendAlong(n *adapter.NativeRequest, urls []string, fields map[string]any) (rest []string) {
	pictures, _ := fields["base64Array"].([]any)
	for _, url := range urls {
		id, ours := library.OwnImage(url)
		if !ours {
			rest = append(rest, url)
			continue
		}
		pictures = append(pictures, adapter.NativeUpload+strconv.Itoa(len(n.Uploads)))
		n.Uploads = append(n.Uploads, adapter.Reference{Image: id})
	}
	if len(pictures) > 0 {
		fields["base64Array"] = pictures
	}
	return rest
}

// videoInto writes what a video's prompt said into the fields that mean the same.
func videoInto(f adapter.VideoRequest, fields map[string]any) {
	if f.Motion != "" {
		fields["motion"] = f.Motion
	}
	if f.Loop {
		fields["loop"] = true
	}
	if f.End != nil {
		fields["endImage"] = f.End.URL
	}
	if f.Midjourney.BatchSize > 0 {
		fields["batchSize"] = f.Midjourney.BatchSize
	}
}

// nativeAccount is where the job goes: to the account that has its parent.
func (s *API) nativeAccount(ctx context.Context, c adapter.Caller, n *adapter.NativeRequest, speed adapter.Speed) (adapter.Account, error) {
	for i := range n.Uploads {
		if n.Uploads[i].Image == "" {
			continue
		}
		if _, err := s.lib.Image(ctx, c, n.Uploads[i].Image); err != nil {
			return adapter.Account{}, err
		}
	}
	if n.Parent == "" {
		return s.parts.Accounts.Choose(ctx, c, speed)
	}
	parent, err := s.jobs.JobOfTask(ctx, c, n.Parent)
	if err != nil {
		return adapter.Account{}, err
	}
	if n.Prompt == "" {
		n.Prompt = promptOf(parent)
	}
	if n.Route == "modal" && parent.Kind == adapter.JobNative { // what was asked for with the button counts
		if button, err := nativeOf(parent); err == nil {
			n.State, n.Hook, n.Base = cmp.Or(n.State, button.State), cmp.Or(n.Hook, button.Hook), cmp.Or(n.Base, button.Base)
		}
	}
	return s.parts.Accounts.Made(ctx, c, parent.UpstreamOf(n.Parent))
}

// native submits the request and keeps what comes of it. A button that opened a dialog is a job by itself: the dialog's
// answer is another request of the client.
func (q execution) native(job adapter.Job, n adapter.NativeRequest) (adapter.Result, error) {
	account, err := q.Account()
	if err != nil {
		return adapter.Result{}, err
	}
	pictures, err := q.Attachments(n.Uploads)
	if err != nil {
		return adapter.Result{}, err
	}
	o := &jobs.StepRequest{Step: n.Route, Account: account, Speed: job.Speed, Dialog: n.Route == "action", Continues: n.Route == "modal" || n.Route == "change",
		Command: adapter.Native{Route: n.Route, Body: n.Body, Pictures: pictures, Parent: n.Parent}}
	sub, account, release, err := q.SubmitAnywhere(o)
	defer release()
	if err != nil {
		return adapter.Result{}, err
	}
	o.Account = account
	task := adapter.Task{ID: sub.TaskID, Status: adapter.Dialog, FinalPrompt: sub.Prompt}
	if !sub.Dialog {
		if task, err = q.Await(o, sub); err != nil {
			return adapter.Result{}, err
		}
	}
	if task.Status == adapter.Dialog {
		q.MarkFree(o.Step)
		return adapter.Result{Native: &task}, nil
	}
	result, err := q.nativeResult(job, n, account, task)
	result.Native = &task
	return result, err
}
