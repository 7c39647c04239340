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

// pages are the simulator's own: documentation, ledger, counts, faults.
type pages struct{ sim *Simulator }

// answer is the page of a request.
func (p pages) answer(r *http.Request) reply.Reply {
	switch r.Method + " " + strings.TrimSuffix(r.URL.Path, "/") {
	case "GET /sim":
		return reply.JSON(200, p.help())
	case "GET /sim/ledger":
		return reply.JSON(200, orEmpty(p.sim.Ledger()))
	case "GET /sim/requests":
		return reply.JSON(200, p.sim.Requests())
	case "GET /sim/tasks":
		return reply.JSON(200, p.sim.Tasks())
	case "POST /sim/fail":
		return p.programme(r)
	case "POST /sim/heal":
		p.sim.Heal()
		return reply.Reply{Status: http.StatusNoContent}
	case "POST /sim/forget":
		return p.lose(r)
	case "POST /sim/reset":
		p.sim.reset()
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

func (p pages) help() helpJSON {
	dialect := p.sim.cfg.Dialect
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

func (p pages) programme(r *http.Request) reply.Reply {
	var f Fault
	if err := decodeControl(r, &f); err != nil || f.Kind == "" {
		return reply.JSON(400, map[string]string{"error": "the body is no fault; GET /sim/ shows one"})
	}
	p.sim.Fail(f)
	return reply.Reply{Status: http.StatusNoContent}
}

func (p pages) lose(r *http.Request) reply.Reply {
	var in struct {
		IDs []string `json:"ids"`
	}
	if err := decodeControl(r, &in); err != nil {
		return reply.JSON(400, map[string]string{"error": `the body should be {"ids":["…"]}`})
	}
	p.sim.Forget(in.IDs...)
	return reply.Reply{Status: http.StatusNoContent}
}

func decodeControl(r *http.Request, into any) error {
	if r.Body == nil {
		return io.ErrUnexpectedEOF
	}
	return json.NewDecoder(io.LimitReader(r.Body, maxControl)).Decode(into)
}
