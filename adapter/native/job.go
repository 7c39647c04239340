package native

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"

	"midgate/adapter"
	"midgate/adapter/jobs"
	"midgate/adapter/library"
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
