package mcp

import (
	"cmp"
	"context"
	"encoding/json"
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

	failed adapter.Job // the job, if it came to nothing
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
	w.note(func(r *web.Request) { r.Model = g.Model })
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
	return cmp.Or(web.OwnPath(text), text)
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

// own is one of the caller's pictures, by its ID or an address.
func (w *work) own(text string) (adapter.Image, error) {
	id := w.sameName(text)
	if !adapter.ValidID(id) || !strings.HasPrefix(id, adapter.ImagePrefix) {
		return adapter.Image{}, &adapter.Error{Kind: adapter.NotFound, Code: "image_not_found"}
	}
	return w.core.Pictures.Image(w.ctx, w.caller(), id)
}

// errGone ends the work for a client that has left.
var errGone = &adapter.Error{Kind: body.ClientGone, Message: "The client closed the connection."}
