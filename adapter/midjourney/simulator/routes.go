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

// handlers work a request out, by route. Names that mean the same share one.
var handlers = map[string]func(*Simulator, *call) reply.Reply{
	"imagine":       (*Simulator).imagine,
	"action":        (*Simulator).action,
	"modal":         (*Simulator).modal,
	"change":        (*Simulator).change,
	"simple-change": (*Simulator).simpleChange,
	"blend":         (*Simulator).blend,
	"describe":      (*Simulator).describe,
	"shorten":       (*Simulator).shorten,
	"video":         (*Simulator).video,
	"edits":         (*Simulator).edits,
	"edit":          (*Simulator).edits,
	"retexture":     (*Simulator).edits,
	"upload":        (*Simulator).upload,
	"fetch":         (*Simulator).fetch,
	"list":          (*Simulator).list,
	"list-by-ids":   (*Simulator).list,
	"tasks":         (*Simulator).listAll,
	"queue":         (*Simulator).listQueue,
	"image-seed":    (*Simulator).imageSeed,
	"cancel":        (*Simulator).cancel,
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
	c.route, c.id = s.routeOf(r)
	if r.Body != nil {
		body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
		c.body, c.broken = body, err != nil || len(body) > maxBody
	}
	s.count(c)
	return c
}

// routeOf names the route of a request; "other" is one that this upstream does not have.
func (s *Simulator) routeOf(r *http.Request) (route, id string) {
	path := pathBehindPrefix(r.URL.Path)
	if name, ok := fixedRoutes[r.Method+" "+path]; ok {
		return s.having(name), ""
	}
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch {
	case reads && strings.HasPrefix(path, "/mj/image/"):
		return s.having("image"), strings.TrimPrefix(path, "/mj/image/")
	case reads && strings.HasPrefix(path, "/cdn/"):
		return "cdn", strings.TrimPrefix(path, "/cdn/")
	}
	rest, ok := strings.CutPrefix(path, "/mj/task/")
	if id, verb, found := strings.Cut(rest, "/"); ok && found {
		if name, ok := idRoutes[r.Method+" "+verb]; ok {
			return s.having(name), id
		}
	}
	return "other", ""
}

// having is the route's name if this upstream has it, else "other".
func (s *Simulator) having(route string) string {
	if s.habits.Lacks[route] {
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
	user, refusal := s.authenticate(c.r.Header)
	if refusal != nil {
		return *refusal
	}
	c.user = user
	switch {
	case s.cfg.TakesAnything && c.submits():
		return s.takeAnything(c)
	case c.route == "other" && s.habits.NoMethod != nil && s.takesPosts(c):
		return s.habits.NoMethod(c.said())
	case c.route == "other":
		return s.habits.NoRoute(c.said())
	}
	return handlers[c.route](s, c)
}

// takesPosts reports whether there is something at the call's path, for another method.
func (s *Simulator) takesPosts(c *call) bool {
	name, ok := fixedRoutes["POST "+pathBehindPrefix(c.r.URL.Path)]
	return ok && s.having(name) != "other"
}

// takeAnything makes a job of a submission that its route refuses, or that has no route.
func (s *Simulator) takeAnything(c *call) reply.Reply {
	if handler, ok := handlers[c.route]; ok {
		var said struct {
			Result any `json:"result"`
		}
		if out := handler(s, c); json.Unmarshal(out.Body, &said) == nil && out.Status == http.StatusOK && said.Result != nil {
			return out
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.start(s.birth(c, "imagine", common{}, "whatever was posted to "+c.r.URL.Path), c)
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
