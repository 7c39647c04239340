package mcp

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"midgate/adapter"
	"midgate/proxy/body"
	"midgate/proxy/web"
)

// Path is where the protocol is spoken.
const Path = "/mcp"

// maxBody is how large one message may be: arguments are words and addresses.
const maxBody = 16 << 20

// maxBatch is how many messages one request may have: they are all worked on at once.
const maxBatch = 100

// crowded reports whether a body is a batch of too many messages. The library would read them all, twice.
func crowded(data []byte) bool {
	if !bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("[")) {
		return false
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if _, err := d.Token(); err != nil {
		return false
	}
	for n := 0; d.More(); n++ {
		var one json.RawMessage
		if n == maxBatch {
			return true
		}
		if d.Decode(&one) != nil { // which the library says better
			return false
		}
	}
	return false
}

// Routes serves the protocol.
type Routes struct {
	*web.Server
	core     Core
	servers  sync.Map        // by what the address switches on and off: *http handler
	draining context.Context // ends when midgate stops: whoever waits is answered then
	drain    context.CancelFunc
}

// Core is what the tools ask of the service.
type Core struct {
	Draw     Drawer
	Edit     Editor
	Films    Films
	Pictures Pictures
	Jobs     Jobs
}

// Drawer starts the requests that begin with words or a button.
type Drawer interface {
	Generate(ctx context.Context, a adapter.Attempt, g adapter.Generation) (adapter.Ticket, error)
	Act(ctx context.Context, a adapter.Attempt, act adapter.Act) (adapter.Ticket, error)
}

// Editor starts the requests that begin with pictures.
type Editor interface {
	Edit(ctx context.Context, a adapter.Attempt, e adapter.Edit) (adapter.Ticket, error)
	Blend(ctx context.Context, a adapter.Attempt, e adapter.Edit) (adapter.Ticket, error)
	Describe(ctx context.Context, a adapter.Attempt, e adapter.Edit) (adapter.Ticket, error)
}

// Films makes videos.
type Films interface {
	Film(ctx context.Context, a adapter.Attempt, f adapter.VideoRequest) (adapter.Ticket, error)
	Animate(ctx context.Context, a adapter.Attempt, act adapter.Act) (adapter.Ticket, error)
	// VideoPreview draws a video's first frame.
	VideoPreview(ctx context.Context, c adapter.Caller, id string, form adapter.PreviewForm) ([]byte, error)
}

// Pictures knows pictures.
type Pictures interface {
	Image(ctx context.Context, c adapter.Caller, id string) (adapter.Image, error)
	Images(ctx context.Context, c adapter.Caller, q adapter.ImageQuery) ([]adapter.Image, error)
	// PreviewImages draws pictures on one sheet.
	PreviewImages(ctx context.Context, c adapter.Caller, ids []string, form adapter.PreviewForm) ([]byte, error)
	// Stencil makes a mask for a picture.
	Stencil(ctx context.Context, c adapter.Caller, of adapter.Reference, holes []adapter.Hole) (adapter.Reference, error)
}

// Jobs knows the jobs of an owner.
type Jobs interface {
	Job(ctx context.Context, c adapter.Caller, id string) (adapter.Job, error)
	Jobs(ctx context.Context, c adapter.Caller, q adapter.JobQuery) ([]adapter.Job, error)
	Cancel(ctx context.Context, c adapter.Caller, id string) (adapter.Job, error)
	JobProgress(id string) adapter.Progress
	// Follow waits for any job; Collect for one that belongs to whoever asks for it by its ID.
	Follow(ctx context.Context, c adapter.Caller, id string) (adapter.Ticket, error)
	Collect(ctx context.Context, c adapter.Caller, id string) (adapter.Ticket, error)
}

// New makes the route.
func New(w *web.Server, core Core) *Routes {
	s := &Routes{Server: w, core: core}
	s.draining, s.drain = context.WithCancel(context.Background())
	return s
}

// Drain answers whoever waits, with the ID of its job: midgate stops, and a cut would be worse.
func (s *Routes) Drain() { s.drain() }

// Admit lets those pass who have a key and come from where they may, and says how a key is sent.
func (s *Routes) Admit(c *gin.Context) error {
	if err := s.Keyed(c); err != nil {
		if web.StatusOf(body.Typed(err).Kind) == http.StatusUnauthorized {
			c.Header("WWW-Authenticate", "Bearer")
		}
		return err
	}
	return s.CheckPage(c)
}

// call is one HTTP request, and what its tools have begun.
type call struct {
	*Routes
	switches
	gin   *gin.Context
	out   *stream
	begun time.Time

	mu     sync.Mutex
	over   bool
	owed   []owed
	inside sync.WaitGroup // tools at work
}

// owed is a job whose answer is on its way to the client.
type owed struct {
	ticket adapter.Ticket
	whole  bool // the answer has what the job came to
}

type callKey struct{}

// Serve serves POST /mcp.
func (s *Routes) Serve(c *gin.Context) error {
	on, err := readSwitches(c.Request.URL.Query())
	if err != nil {
		return err
	}
	data, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, min(maxBody, s.Config.MaxBody)))
	if err != nil {
		return body.BadBody(err)
	}
	if crowded(data) {
		return adapter.BadParam("", "too_many_messages", "A batch has at most %d messages.", maxBatch)
	}
	v := &call{Routes: s, switches: on, gin: c, begun: time.Now()}
	r := c.Request.WithContext(context.WithValue(c.Request.Context(), callKey{}, v))
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(data)), int64(len(data))
	if r.Header.Get("Accept") == "" {
		r.Header = r.Header.Clone()
		r.Header.Set("Accept", "*/*") // as HTTP understands it; the library wants it said
	}
	w := &stream{ResponseWriter: c.Writer, pace: func() { s.Pace(c) }, every: s.Config.CommentEvery}
	v.out = w
	w.Header().Set("X-Accel-Buffering", "no") // nginx passes pieces on, and does not collect them
	defer v.settle(c, w)
	s.handler(on).ServeHTTP(w, r)
	return nil
}

// settle waits for the tools, which notice that the client has left, and says what became of their answers.
func (v *call) settle(c *gin.Context, w *stream) {
	err := w.end()
	v.mu.Lock()
	v.over = true
	v.mu.Unlock()
	v.inside.Wait()
	for _, o := range v.owed {
		if o.whole && err == nil && c.Request.Context().Err() == nil {
			o.ticket.Answered()
		} else {
			o.ticket.Abandoned()
		}
	}
}

// enter begins a tool's work, unless the request is over already. By then the library has written the answer's header, and
// it writes nothing more before leave.
func (v *call) enter() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.over {
		v.inside.Add(1)
		v.out.keepAlive()
	}
	return !v.over
}

// leave ends a tool's work.
func (v *call) leave() {
	v.out.quiet()
	v.inside.Done()
}

// owe notes an answer that is on its way.
func (v *call) owe(t adapter.Ticket, whole bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.owed = append(v.owed, owed{t, whole})
}

func (v *call) caller() adapter.Caller { return web.RequestOf(v.gin).Caller }

func (v *call) base() string { return v.Base(v.gin) }

// guarded does a tool's work. A panic must not end the process: it is in a goroutine of the library's.
func (v *call) guarded(tool string, work func() (*sdk.CallToolResult, error)) (result *sdk.CallToolResult, err error) {
	err = v.Guarded(slog.String("tool", tool), func() (err error) {
		result, err = work()
		return err
	})
	return result, err
}
