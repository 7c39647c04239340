package proxy

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"midgate/adapter"
	"midgate/proxy/chat"
)

var routeCases = []conformanceCase{
	{name: "§14/44 listed models can be asked for one by one, also with a slash in the name", run: modelsCase},
	{name: "§14/45 unknown paths and wrong methods are told in the errorBody, slashes are forgiven", run: pathsCase},
	{name: "§14/46 a key comes as a bearer in any case or as api-key", run: keysCase},
	{name: "§14/47 a preflight needs no key and gets its headers back", run: preflightCase},
	{name: "§14/48 ?api-version= means nothing", run: func(t *testing.T, h *house) {
		h.ask(t, http.MethodGet, "/v1/models?api-version=2024-02-01", "").is(t, 200)
		h.ask(t, http.MethodPost, generations+"?api-version=preview&x=1", `{"prompt":"a fox"}`, "Authorization", "", "api-key", "sk-alice").items(t)
	}},
}

var errorCases = []conformanceCase{
	{name: "§14/69 every error has the errorBody's four members and a message", run: everyErrorCase},
	{name: "§14/70 a panic is a 500 in the errorBody, and no error is HTML", run: panicCase},
}

func modelsCase(t *testing.T, h *house) {
	var list struct {
		Object string
		Data   []modelJSON
	}
	a := h.ask(t, http.MethodGet, "/v1/models", "").is(t, 200)
	if err := json.Unmarshal(a.body, &list); err != nil || list.Object != "list" || len(list.Data) == 0 || strings.Contains(string(a.body), "null") {
		t.Fatalf("models = %s", a.body)
	}
	var ids []string
	for _, m := range list.Data {
		ids = append(ids, m.ID)
		var one modelJSON
		if err := json.Unmarshal(h.ask(t, http.MethodGet, "/v1/models/"+m.ID, "").is(t, 200).body, &one); err != nil || one != m {
			t.Errorf("%s alone = %+v, listed %+v", m.ID, one, m)
		}
	}
	if !slices.Equal(ids, adapter.DefaultListed) {
		t.Errorf("listed %q, want %q", ids, adapter.DefaultListed)
	}
	for _, path := range []string{"vendor%2Fmidjourney", "vendor/midjourney", "openai%2Fdall-e-3", "niji-6-fast", "gpt-image-1-mini"} {
		h.ask(t, http.MethodGet, "/v1/models/"+path, "").is(t, 200)
	}
	h.ask(t, http.MethodGet, "/v1/models/mj-v99", "").refused(t, refusal{404, "model", "model_not_found"})
}

func pathsCase(t *testing.T, h *house) {
	for _, path := range []string{"/v1/image/generation", "/v2/models", "/v1/images/generations/more", "/nothing.php"} {
		p := h.ask(t, http.MethodPost, path, `{}`).is(t, 404).problem(t)
		if orNone(p.Code) != "unknown_url" || !strings.Contains(p.Message, "POST "+path) {
			t.Errorf("%s: %+v, want unknown_url with the method and the path", path, p)
		}
	}
	for path, allow := range map[string]string{generations: "POST", edits: "POST", chat.Route: "POST"} {
		a := h.ask(t, http.MethodGet, path, "")
		a.refused(t, refusal{405, "", "method_not_supported"})
		if got := a.header.Get("Allow"); got != allow || !strings.Contains(string(a.body), "Allowed: "+allow) {
			t.Errorf("GET %s allows %q, want %q", path, got, allow)
		}
	}
	if a := h.ask(t, http.MethodPost, "/v1/models", ""); a.is(t, 405).header.Get("Allow") != "GET, HEAD" {
		t.Errorf("Allow = %q, want GET, HEAD", a.header.Get("Allow"))
	}
	for _, path := range []string{"/v1/images/generations/", "/v1//images///generations", "/images/generations", "//images/generations/"} {
		h.ask(t, http.MethodPost, path, `{"prompt":"a fox","response_format":"url"}`).items(t)
	}
}

func keysCase(t *testing.T, h *house) {
	models := func(headers ...string) answered {
		return h.ask(t, http.MethodGet, "/v1/models", "", headers...)
	}
	a := models("Authorization", "")
	a.refused(t, refusal{401, "", ""})
	if got := a.problem(t).Type; got != "invalid_request_error" {
		t.Errorf("type = %s", got)
	}
	models("Authorization", "Bearer sk-nobody").refused(t, refusal{401, "", "invalid_api_key"})
	if p := models("Authorization", "Bearer alice:sk-alice").problem(t); !strings.Contains(p.Message, "behind the name") {
		t.Errorf("a key with its name: %+v, want a hint", p)
	}
	models("Authorization", "Basic c2stYWxpY2U=").refused(t, refusal{401, "", ""})
	for _, key := range []string{"Bearer sk-alice", "bearer sk-alice", "BEARER  sk-alice ", " Bearer sk-alice"} {
		models("Authorization", key).is(t, 200)
	}
	models("Authorization", "", "api-key", "sk-alice").is(t, 200)
	models("Authorization", "Bearer sk-alice", "x-api-key", "sk-alice").is(t, 200)
}

func preflightCase(t *testing.T, h *house) {
	names := "authorization, content-type, x-title, x-stainless-lang, x-stainless-retry-count, openai-beta"
	for path, method := range map[string]string{generations: "POST", edits: "POST", "/v1/models": "GET", chat.Route: "POST", "/v1/files/file-1": "DELETE", "/v1/nothing": "POST"} {
		a := h.ask(t, http.MethodOptions, path, "", "Authorization", "", "Origin", "https://ui.example", "Access-Control-Request-Method", method, "Access-Control-Request-Headers", names).is(t, 204)
		if a.header.Get("Access-Control-Allow-Headers") != names || a.header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(a.header.Get("Access-Control-Allow-Methods"), method) {
			t.Errorf("%s: %v", path, a.header)
		}
	}
	a := h.ask(t, http.MethodGet, "/v1/models", "", "Authorization", "Bearer sk-nobody", "Origin", "https://ui.example").is(t, 401)
	if a.header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(a.header.Get("Access-Control-Expose-Headers"), "x-request-id") {
		t.Errorf("an error's headers: %v", a.header)
	}
}

func everyErrorCase(t *testing.T, h *house) {
	img, job, video := "img_"+strings.Repeat("A", 26), "job_"+strings.Repeat("A", 26), "video_"+strings.Repeat("A", 26)
	for request, status := range map[string]int{
		"POST " + generations + ` {`:                                             400,
		"POST " + generations + ` {"prompt":"sim-banned"}`:                       400,
		"POST " + generations + ` {"prompt":"fox sim-fail"}`:                     502,
		"POST " + generations + ` {"prompt":"fox sim-credits"}`:                  503,
		"POST " + generations + ` {"prompt":"fox sim-no-account"}`:               503,
		"POST " + generations + ` {"prompt":"fox sim-cancel"}`:                   400,
		"POST " + generations + ` {"prompt":"fox sim-invalid"}`:                  400,
		"POST " + edits + ` {"prompt":"x","image":"` + img + `"}`:                404,
		"POST " + variations + ` {}`:                                             400,
		"POST /v1/images/blends {}":                                              400,
		"POST /v1/images/descriptions {}":                                        400,
		"POST /v1/prompts/shorten {}":                                            400,
		"POST /v1/images/" + img + `/actions {"action":"vary"}`:                  404,
		"GET /v1/images/" + img:                                                  404,
		"GET /v1/images/nothing":                                                 404,
		"GET /images/" + img + ".png":                                            404,
		"GET /v1/images?limit=0":                                                 400,
		"GET /v1/jobs/" + job:                                                    404,
		"POST /v1/jobs/" + job + "/cancel":                                       404,
		"GET /v1/videos/" + video:                                                404,
		"GET /v1/videos/" + video + "/content":                                   404,
		"DELETE /v1/videos/" + video:                                             404,
		"POST /v1/videos/edits {}":                                               400,
		"GET /v1/files/file-none":                                                404,
		"POST /v1/files {}":                                                      400,
		"POST /v1/chat/completions {}":                                           400,
		`POST /v1/chat/completions {"messages":[]}`:                              400,
		"POST /v1/responses {}":                                                  400,
		"GET /v1/responses/resp_none":                                            404,
		`POST /v1/responses {"input":"x","previous_response_id":"resp_none"}`:    400,
		"PUT /v1/models":                                                         405,
		"GET /v1/nothing":                                                        404,
		"POST /hooks/nothing {}":                                                 404,
		"DELETE " + generations:                                                  405,
		"POST " + generations + ` {"prompt":"x --ar 0:1"}`:                       400,
		"POST " + generations + ` {"prompt":"x","midjourney":{"stylize":5000}}`:  400,
		"POST " + generations + ` {"prompt":"x","midjourney":{"speed":"light"}}`: 400,
	} {
		t.Run(request, func(t *testing.T) {
			method, rest, _ := strings.Cut(request, " ")
			path, body, _ := strings.Cut(rest, " ")
			a := h.ask(t, method, path, body).is(t, status)
			p := a.problem(t)
			if p.Message == "" || p.Type == "" || strings.ContainsAny(p.Message, "\n<>{}") || !strings.HasPrefix(a.header.Get("Content-Type"), "application/json") {
				t.Errorf("%s %+v, want one plain sentence", a.header.Get("Content-Type"), p)
			}
			if status >= 500 && a.header.Get("X-Should-Retry") != "false" {
				t.Errorf("x-should-retry = %q after a submission, want false", a.header.Get("X-Should-Retry"))
			}
		})
	}
}

// panicCase needs a core that dies, which the real one never does.
func panicCase(t *testing.T, h *house) {
	f := newFake()
	f.refuse = panicking{"secret"}
	h.base = "http://" + listen(t, newServer(t, f))
	a := h.ask(t, http.MethodPost, generations, `{"prompt":"x"}`)
	a.refused(t, refusal{500, "", ""})
	if p := a.problem(t); p.Message != "Internal server error." || strings.Contains(string(a.body), "<") {
		t.Errorf("%s, want the fixed text", a.body)
	}
}
