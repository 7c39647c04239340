package native

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/body"
	"midgate/proxy/web"
)

// Routes serves the upstream's own API, /mj/….
type Routes struct {
	*web.Server
	natives Natives
	jobs    Jobs
}

// New makes the routes.
func New(w *web.Server, n Natives, j Jobs) *Routes {
	return &Routes{Server: w, natives: n, jobs: j}
}

// Jobs cancels jobs.
type Jobs interface {
	Cancel(ctx context.Context, c adapter.Caller, id string) (adapter.Job, error)
}

// Natives serves the upstream's own API on what midgate knows.
type Natives interface {
	Native(ctx context.Context, a adapter.Attempt, n adapter.NativeRequest) (adapter.Ticket, error)
	// NativeTask is a NotFound *Error for an unknown task and for somebody else's.
	NativeTask(ctx context.Context, c adapter.Caller, taskID string) (adapter.NativeTask, error)
	NativeTasks(ctx context.Context, c adapter.Caller, limit int) ([]adapter.NativeTask, error)
	TaskSeed(ctx context.Context, c adapter.Caller, taskID string) (string, error)
	// NativePreview is public: a job's id cannot be guessed.
	NativePreview(ctx context.Context, jobID string) (*adapter.Blob, error)
}

// Speeds are the speeds of the paths; an empty one is the configured default.
var Speeds = map[string]adapter.Speed{"/mj/": "", "/mj-relax/mj/": adapter.Relax, "/mj-fast/mj/": adapter.Fast, "/mj-turbo/mj/": adapter.Turbo}

// Admit understands the ways in which native clients show a key: in mj-api-secret, or in Authorization without
// its scheme.
func (s *Routes) Admit(c *gin.Context) error {
	h := c.Request.Header
	if len(web.SentKeys(h)) == 0 || strings.EqualFold(h.Get("Authorization"), "Bearer midjourney-proxy") {
		key := cmp.Or(strings.TrimSpace(h.Get("Mj-Api-Secret")), strings.TrimSpace(h.Get("Authorization")))
		if scheme, rest, ok := strings.Cut(key, " "); ok && strings.EqualFold(scheme, "Bearer") {
			key = strings.TrimSpace(rest)
		}
		if key != "" {
			h.Set("Authorization", "Bearer "+key)
		}
	}
	return s.Keyed(c)
}

// speedOf is the speed that the request's path names.
func speedOf(c *gin.Context) adapter.Speed {
	return Speeds[strings.TrimSuffix(c.FullPath(), "*path")]
}

// Get serves pictures to everybody who knows their names, and tasks to their owners.
func (s *Routes) Get(c *gin.Context) error {
	parts := strings.Split(strings.Trim(c.Param("path"), "/"), "/")
	if len(parts) == 2 && parts[0] == "image" {
		return s.preview(c, parts[1])
	}
	if err := s.Admit(c); err != nil {
		return err
	}
	switch {
	case len(parts) == 3 && parts[0] == "task" && parts[2] == "fetch":
		return s.told(c, s.fetch(c, parts[1]))
	case len(parts) == 3 && parts[0] == "task" && parts[2] == "image-seed":
		return s.told(c, s.seed(c, parts[1]))
	case len(parts) == 2 && parts[0] == "task" && (parts[1] == "list" || parts[1] == "queue"):
		return s.told(c, s.list(c, parts[1] == "queue"))
	default:
		return web.UnknownURL(c)
	}
}

// Post starts what the upstream's own routes start, and answers their lists and cancellations.
func (s *Routes) Post(c *gin.Context) error {
	parts := strings.Split(strings.Trim(c.Param("path"), "/"), "/")
	switch {
	case len(parts) == 2 && parts[0] == "submit" && parts[1] == "upload-discord-images":
		return s.told(c, s.upload(c))
	case len(parts) == 2 && parts[0] == "submit":
		return s.told(c, s.submit(c, parts[1]))
	case len(parts) == 2 && parts[0] == "insight-face" && parts[1] == "swap":
		return s.told(c, s.submit(c, "swap"))
	case len(parts) == 2 && parts[0] == "task" && (parts[1] == "list-by-condition" || parts[1] == "list-by-ids"):
		return s.told(c, s.listByCondition(c))
	case len(parts) == 3 && parts[0] == "task" && parts[2] == "cancel":
		return s.told(c, s.cancel(c, parts[1]))
	default:
		return web.UnknownURL(c)
	}
}

// The codes of submissions that clients act upon.
const (
	mjAccepted = 1
	mjNobody   = 3
	mjInvalid  = 4
	mjFailed   = 9
	mjDialog   = 21
	mjQueued   = 22
	mjFull     = 23
	mjBanned   = 24
)

// SubmitJSON is the answer to a submission.
type SubmitJSON struct {
	Code        int            `json:"code"`
	Description string         `json:"description"`
	Result      any            `json:"result"`
	Properties  map[string]any `json:"properties"`
}

// told renders an error as origins and relays do: the code says what it is, most of them are HTTP 200.
// What concerns the connection stays as everywhere.
func (s *Routes) told(c *gin.Context, err error) error {
	if err == nil {
		return nil
	}
	e := body.Typed(web.OfClient(c, err))
	answer := SubmitJSON{Code: mjFailed, Description: e.Message, Properties: map[string]any{}}
	status := http.StatusOK
	switch e.Kind {
	case adapter.Invalid, adapter.Unsupported, adapter.NotFound, adapter.TooLarge:
		answer.Code, status = mjInvalid, http.StatusBadRequest
	case adapter.Moderated:
		answer.Code = mjBanned
	case adapter.Busy:
		answer.Code, status = mjFull, http.StatusTooManyRequests
	case adapter.Unavailable:
		answer.Code = mjNobody
	case adapter.Cancelled, adapter.Failed, adapter.Ambiguous, adapter.Storage, adapter.Credit, adapter.Timeout, adapter.Overdue:
		status = web.StatusOf(e.Kind)
	default:
		return err
	}
	x := web.Explain(err, web.ErrorContext{})
	x.SetHeaders(c.Writer.Header())
	s.Tell(c, x, err)
	s.WriteJSON(c, status, answer)
	return nil
}
