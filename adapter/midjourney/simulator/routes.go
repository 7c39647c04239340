package simulator

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"midgate/adapter/midjourney/simulator/reply"
)

// maxBody bounds what is read of one request body.
const maxBody = 64 << 20

// fixedRoutes are the routes without an id, by method and path behind the speed prefix.
var fixedRoutes = map[string]string{
	"POST /mj/submit/imagine":               "imagine",
	"POST /mj/submit/action":                "action",
	"POST /mj/submit/modal":                 "modal",
	"POST /mj/submit/change":                "change",
	"POST /mj/submit/simple-change":         "simple-change",
	"POST /mj/submit/blend":                 "blend",
	"POST /mj/submit/describe":              "describe",
	"POST /mj/submit/shorten":               "shorten",
	"POST /mj/submit/video":                 "video",
	"POST /mj/submit/edits":                 "edits",
	"POST /mj/submit/edit":                  "edit",
	"POST /mj/submit/retexture":             "retexture",
	"POST /mj/submit/upload-discord-images": "upload",
	"POST /mj/task/list-by-condition":       "list",
	"POST /mj/task/list-by-ids":             "list-by-ids",
	"GET /mj/task/list":                     "tasks",
	"GET /mj/task/queue":                    "queue",
}

// idRoutes are the routes under /mj/task/{id}/.
var idRoutes = map[string]string{
	"GET fetch":      "fetch",
	"GET image-seed": "image-seed",
	"POST cancel":    "cancel",
}

// submitHandlers work a submission out, by route. Names that mean the same share one.
var submitHandlers = map[string]func(submission) reply.Reply{
	"imagine":       submission.imagine,
	"action":        submission.action,
	"modal":         submission.modal,
	"change":        submission.change,
	"simple-change": submission.simpleChange,
	"blend":         submission.blend,
	"describe":      submission.describe,
	"shorten":       submission.shorten,
	"video":         submission.video,
	"edits":         submission.edits,
	"edit":          submission.edits,
	"retexture":     submission.edits,
	"upload":        submission.upload,
}

// readHandlers are those of the other routes.
var readHandlers = map[string]func(*Simulator, *call) reply.Reply{
	"fetch":       (*Simulator).fetch,
	"list":        (*Simulator).list,
	"list-by-ids": (*Simulator).list,
	"tasks":       (*Simulator).listAll,
	"queue":       (*Simulator).listQueue,
	"image-seed":  (*Simulator).imageSeed,
	"cancel":      (*Simulator).cancel,
}

// call is one request, read and classified.
type call struct {
	r      *http.Request
	now    time.Time
	route  string // a name of the tables above, "image", "cdn" or "other"
	id     string // the id in the path
	prefix string // the speed word of the path: "relax", "fast", "turbo" or ""
	base   string // scheme and host under which the client reached us
	user   string // the key, once known
	body   []byte
	broken bool // the body could not be read or was too long
}

// submits reports whether the call may start or change a job.
func (c *call) submits() bool {
	return c.r.Method == http.MethodPost && strings.HasPrefix(pathBehindPrefix(c.r.URL.Path), "/mj/submit/")
}

// read classifies a request, takes its body in and counts it.
func (s *Simulator) read(r *http.Request) *call {
	c := &call{r: r, now: time.Now(), base: baseURL(r)}
	c.prefix, _ = cutSpeed(r.URL.Path)
	c.route, c.id = routeOf(s.habits.Lacks, r)
	if r.Body != nil {
		body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
		c.body, c.broken = body, err != nil || len(body) > maxBody
	}
	s.tally.count(c)
	return c
}

// routeOf names the route of a request; "other" is one that this upstream does not have.
func routeOf(lacks map[string]bool, r *http.Request) (route, id string) {
	path := pathBehindPrefix(r.URL.Path)
	if name, ok := fixedRoutes[r.Method+" "+path]; ok {
		return having(lacks, name), ""
	}
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch {
	case reads && strings.HasPrefix(path, "/mj/image/"):
		return having(lacks, "image"), strings.TrimPrefix(path, "/mj/image/")
	case reads && strings.HasPrefix(path, "/cdn/"):
		return "cdn", strings.TrimPrefix(path, "/cdn/")
	}
	rest, ok := strings.CutPrefix(path, "/mj/task/")
	if id, verb, found := strings.Cut(rest, "/"); ok && found {
		if name, ok := idRoutes[r.Method+" "+verb]; ok {
			return having(lacks, name), id
		}
	}
	return "other", ""
}

// having is the route's name if this upstream has it, else "other".
func having(lacks map[string]bool, route string) string {
	if lacks[route] {
		return "other"
	}
	return route
}

// answer runs the route's handler, behind the key check where there is one.
func (s *Simulator) answer(c *call) reply.Reply {
	switch c.route {
	case "image":
		return s.relayImage(c)
	case "cdn":
		return s.cdn(c)
	}
	user, refusal := s.keys.check(c.r.Header)
	if refusal != nil {
		return *refusal
	}
	c.user = user
	switch {
	case s.cfg.TakesAnything && c.submits():
		return submission{c, s}.takeAnything()
	case c.route == "other" && s.habits.NoMethod != nil && takesPosts(s.habits.Lacks, c):
		return s.habits.NoMethod(c.said())
	case c.route == "other":
		return s.habits.NoRoute(c.said())
	}
	if submit, ok := submitHandlers[c.route]; ok {
		return submit(submission{c, s})
	}
	return readHandlers[c.route](s, c)
}

// takesPosts reports whether there is something at the call's path, for another method.
func takesPosts(lacks map[string]bool, c *call) bool {
	name, ok := fixedRoutes["POST "+pathBehindPrefix(c.r.URL.Path)]
	return ok && having(lacks, name) != "other"
}

// takeAnything makes a job of a submission that its route refuses, or that has no route.
func (c submission) takeAnything() reply.Reply {
	if handler, ok := submitHandlers[c.route]; ok {
		var said struct {
			Result any `json:"result"`
		}
		if out := handler(c); json.Unmarshal(out.Body, &said) == nil && out.Status == http.StatusOK && said.Result != nil {
			return out
		}
	}
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	return c.start(c.birth("imagine", common{}, "whatever was posted to "+c.r.URL.Path))
}

// pathBehindPrefix is the path without the speed word: /mj-fast/mj/… is /mj/….
func pathBehindPrefix(path string) string {
	_, rest := cutSpeed(path)
	return rest
}

// cutSpeed splits /mj-fast, /mj-turbo or /mj-relax off a path.
func cutSpeed(path string) (speed, rest string) {
	for _, speed := range []string{"relax", "fast", "turbo"} {
		if rest, ok := strings.CutPrefix(path, "/mj-"+speed+"/mj/"); ok {
			return speed, "/mj/" + rest
		}
	}
	return "", path
}

// baseURL is what the client calls this server, also for requests that came without a socket.
func baseURL(r *http.Request) string {
	scheme, host := "http", r.Host
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" || r.URL.Scheme == "https" {
		scheme = "https"
	}
	if host == "" {
		host = r.URL.Host
	}
	return scheme + "://" + host
}

// mentions reports whether the body holds a word, before anything is decoded.
func (c *call) mentions(word string) bool { return bytes.Contains(c.body, []byte(word)) }
