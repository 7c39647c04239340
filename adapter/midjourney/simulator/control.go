package simulator

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"midgate/adapter/midjourney/simulator/course"
	"midgate/adapter/midjourney/simulator/reply"
)

// isControl reports whether a path belongs to the simulator itself.
func isControl(path string) bool { return path == "/sim" || strings.HasPrefix(path, "/sim/") }

// control answers the simulator's own pages: documentation, ledger, counts, faults.
func (s *Simulator) control(r *http.Request) reply.Reply {
	switch r.Method + " " + strings.TrimSuffix(r.URL.Path, "/") {
	case "GET /sim":
		return reply.JSON(200, s.help())
	case "GET /sim/ledger":
		return reply.JSON(200, orEmpty(s.Ledger()))
	case "GET /sim/requests":
		return reply.JSON(200, s.Requests())
	case "GET /sim/tasks":
		return reply.JSON(200, s.Tasks())
	case "POST /sim/fail":
		return s.programme(r)
	case "POST /sim/heal":
		s.Heal()
		return reply.Reply{Status: http.StatusNoContent}
	case "POST /sim/forget":
		return s.lose(r)
	case "POST /sim/reset":
		s.reset()
		return reply.Reply{Status: http.StatusNoContent}
	}
	return reply.JSON(404, map[string]string{"error": "no such page; GET /sim/ lists them"})
}

func orEmpty(list []Charge) []Charge {
	if list == nil {
		return []Charge{}
	}
	return list
}

// helpJSON is GET /sim/.
type helpJSON struct {
	What    string            `json:"what"`
	Dialect Dialect           `json:"dialect"`
	Pages   map[string]string `json:"pages"`
	Words   map[string]string `json:"prompt_words"`
	Faults  string            `json:"faults"`
}

func (s *Simulator) help() helpJSON {
	dialect := s.cfg.Dialect
	if dialect == "" {
		dialect = Comet
	}
	return helpJSON{
		What:    "A simulated midjourney-proxy upstream. The protocol is under /mj/; these pages are for tests and the curious.",
		Dialect: dialect,
		Pages: map[string]string{
			"GET /sim/ledger": "every charged submission", "GET /sim/requests": "requests by route, ids asked, submit bodies",
			"GET /sim/tasks": "all tasks, live", "POST /sim/fail": "programme a fault", "POST /sim/heal": "forget all faults",
			"POST /sim/forget": `lose tasks: {"ids":["…"]}, {} for all`, "POST /sim/reset": "start afresh",
		},
		Words: course.OrderHelp,
		Faults: `{"route":"imagine","kind":"500","times":1,"accepted":false,"match":"","share":0,"delay":0,"retry_after":0}; kinds: a status, ` +
			`"502-html", "html-200", "garbage", "truncated", "empty", "no-id", "queue-full", "banned", "no-account", "hang", ` +
			`"drop-before", "drop-after", "slow"; "cut", "short", "short-length" with "part":n, the bytes that are left; "answer" (with "status", "header", "body"), ` +
			`"ends" (the job fails with "body" as its reason), "task" (finished tasks get the members of "body")`,
	}
}

// maxControl bounds the bodies of these pages.
const maxControl = 1 << 20

func (s *Simulator) programme(r *http.Request) reply.Reply {
	var f Fault
	if err := decodeControl(r, &f); err != nil || f.Kind == "" {
		return reply.JSON(400, map[string]string{"error": "the body is no fault; GET /sim/ shows one"})
	}
	s.Fail(f)
	return reply.Reply{Status: http.StatusNoContent}
}

func (s *Simulator) lose(r *http.Request) reply.Reply {
	var in struct {
		IDs []string `json:"ids"`
	}
	if err := decodeControl(r, &in); err != nil {
		return reply.JSON(400, map[string]string{"error": `the body should be {"ids":["…"]}`})
	}
	s.Forget(in.IDs...)
	return reply.Reply{Status: http.StatusNoContent}
}

func decodeControl(r *http.Request, into any) error {
	if r.Body == nil {
		return io.ErrUnexpectedEOF
	}
	return json.NewDecoder(io.LimitReader(r.Body, maxControl)).Decode(into)
}
