package proxy

import (
	"context"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
)

// Natives serves the upstream's own API (upstream-protocol.md §1) on what midgate knows.
type Natives interface {
	Native(ctx context.Context, a adapter.Attempt, n adapter.NativeRequest) (Ticket, error)
	// NativeTask is a NotFound *Error for an unknown task and for somebody else's.
	NativeTask(ctx context.Context, c adapter.Caller, taskID string) (adapter.NativeTask, error)
	NativeTasks(ctx context.Context, c adapter.Caller, limit int) ([]adapter.NativeTask, error)
	TaskSeed(ctx context.Context, c adapter.Caller, taskID string) (string, error)
	// NativePreview is public: a job's id cannot be guessed.
	NativePreview(ctx context.Context, jobID string) (*adapter.Blob, error)
}

// nativeSpeeds are the speeds of the paths (upstream-protocol.md §2.1); an empty one is the configured default.
var nativeSpeeds = map[string]adapter.Speed{"/mj/": "", "/mj-relax/mj/": adapter.Relax, "/mj-fast/mj/": adapter.Fast, "/mj-turbo/mj/": adapter.Turbo}

// nativeRoutes are the table's lines for it.
func (s *Server) nativeRoutes() []route {
	var table []route
	for prefix := range nativeSpeeds {
		table = append(table,
			route{"GET", prefix + "*path", s.nativeGet, nil},
			route{"POST", prefix + "*path", s.nativePost, []handler{s.nativeKeyed, s.limitBody}})
	}
	return table
}

// nativeKeyed understands the ways in which native clients show a key: in mj-api-secret, or in Authorization without
// its scheme (upstream-protocol.md §2.3).
func (s *Server) nativeKeyed(c *gin.Context) error {
	h := c.Request.Header
	if len(sentKeys(h)) == 0 || strings.EqualFold(h.Get("Authorization"), "Bearer midjourney-proxy") {
		key := first(strings.TrimSpace(h.Get("Mj-Api-Secret")), strings.TrimSpace(h.Get("Authorization")))
		if scheme, rest, ok := strings.Cut(key, " "); ok && strings.EqualFold(scheme, "Bearer") {
			key = strings.TrimSpace(rest)
		}
		if key != "" {
			h.Set("Authorization", "Bearer "+key)
		}
	}
	return s.keyed(c)
}

// nativeSpeed is the speed that the request's path names.
func nativeSpeed(c *gin.Context) adapter.Speed {
	return nativeSpeeds[strings.TrimSuffix(c.FullPath(), "*path")]
}

// nativeGet serves pictures to everybody who knows their names, and tasks to their owners.
func (s *Server) nativeGet(c *gin.Context) error {
	parts := strings.Split(strings.Trim(c.Param("path"), "/"), "/")
	if len(parts) == 2 && parts[0] == "image" {
		return s.nativeImage(c, parts[1])
	}
	if err := s.nativeKeyed(c); err != nil {
		return err
	}
	switch {
	case len(parts) == 3 && parts[0] == "task" && parts[2] == "fetch":
		return native(s, c, s.nativeFetch(c, parts[1]))
	case len(parts) == 3 && parts[0] == "task" && parts[2] == "image-seed":
		return native(s, c, s.nativeSeed(c, parts[1]))
	case len(parts) == 2 && parts[0] == "task" && (parts[1] == "list" || parts[1] == "queue"):
		return native(s, c, s.nativeList(c, parts[1] == "queue"))
	default:
		return s.unknownURL(c)
	}
}

func (s *Server) nativePost(c *gin.Context) error {
	parts := strings.Split(strings.Trim(c.Param("path"), "/"), "/")
	switch {
	case len(parts) == 2 && parts[0] == "submit" && parts[1] == "upload-discord-images":
		return native(s, c, s.nativeUpload(c))
	case len(parts) == 2 && parts[0] == "submit":
		return native(s, c, s.nativeSubmit(c, parts[1]))
	case len(parts) == 2 && parts[0] == "insight-face" && parts[1] == "swap":
		return native(s, c, s.nativeSubmit(c, "swap"))
	case len(parts) == 2 && parts[0] == "task" && (parts[1] == "list-by-condition" || parts[1] == "list-by-ids"):
		return native(s, c, s.nativeTasks(c))
	case len(parts) == 3 && parts[0] == "task" && parts[2] == "cancel":
		return native(s, c, s.nativeCancel(c, parts[1]))
	default:
		return s.unknownURL(c)
	}
}

// The codes of submissions that clients act upon (upstream-protocol.md §3.2).
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

// submitJSON is the answer to a submission (upstream-protocol.md §3.1).
type submitJSON struct {
	Code        int            `json:"code"`
	Description string         `json:"description"`
	Result      any            `json:"result"`
	Properties  map[string]any `json:"properties"`
}

// native renders an error as origins and relays do: the code says what it is, most of them are HTTP 200
// (upstream-protocol.md §3.2, §3.4). What concerns the connection stays as everywhere.
func native(s *Server, c *gin.Context, err error) error {
	if err == nil {
		return nil
	}
	e := typed(ofClient(c, err))
	answer := submitJSON{Code: mjFailed, Description: e.Message, Properties: map[string]any{}}
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
		status = rows[e.Kind].status
	default:
		return err
	}
	x := explain(err, asked{})
	x.setHeaders(c.Writer.Header())
	visitOf(c).failed, visitOf(c).cause = &x, cause(err)
	s.metrics.refused(e.Kind)
	s.writeJSON(c, status, answer)
	return nil
}
