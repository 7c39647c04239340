package proxy

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/chat"
	"midgate/proxy/web"
)

// What clients need of answers, and what those may cost.
var clientAnswerCases = []conformanceCase{
	{name: "clients/01 the form that response_format asks for comes alone", run: bareCase},
	{name: "clients/02 without response_format the family decides", run: familyCase},
	{name: "clients/03 edits without response_format always bring base64", run: func(t *testing.T, h *house) {
		for model, url := range map[string]bool{"gpt-image-1": false, "dall-e-2": true, "midjourney": true, "": true} {
			i := h.send(t, edits, file("image", "a.png", "image/png", flat(t, red)), text("prompt", "snow for "+model), text("model", model)).items(t)[0]
			if base64Picture(t, i.B64, pngMagic); (i.URL != nil) != url {
				t.Errorf("%q has a url: %v, want %v", model, i.URL != nil, url)
			}
		}
	}},
	{name: "clients/04 base64 is bare, strict and of a PNG", run: func(t *testing.T, h *house) {
		id := h.drawnID(t, "a fox")
		for path, body := range map[string]string{
			generations: `{"prompt":"a fox","model":"gpt-image-1"}`, edits: `{"prompt":"snow","model":"gpt-image-1","image":"` + id + `"}`,
			variations: `{"image":"` + id + `","response_format":"b64_json"}`, "/v1/images/" + id + "/actions": `{"action":"zoom_out_2x","response_format":"b64_json"}`,
		} {
			for _, i := range h.ask(t, http.MethodPost, path, body).items(t) {
				base64Picture(t, i.B64, pngMagic)
			}
		}
	}},
	{name: "clients/05 a request that is repeated is still one job", sim: simulator.Config{Pace: unhurried}, run: func(t *testing.T, h *house) {
		gate := newCutter(t, h, impatience{submitted: 1})
		newSDK(t, "openai-go").do(t, gate.generation("a red fox")).pictures(t, 1)
		insist(t, newSDK(t, "go-openai"), gate.generation("a blue fox")).pictures(t, 1)
		h.costs(t, 2)
	}},
	{name: "clients/06 only what was not submitted invites a repeat", sim: simulator.Config{Pace: unhurried}, run: func(t *testing.T, h *house) {
		for prompt, status := range map[string]int{"sim-fail": 502, "sim-banned": 400, "sim-credits": 503, "sim-moderated": 400} {
			a := h.ask(t, http.MethodPost, generations, `{"prompt":"a fox sim-instant `+prompt+`"}`).is(t, status)
			if retry := a.header.Get("X-Should-Retry"); retry == "true" || status >= 500 && retry != "false" || a.header.Get("Retry-After") != "" {
				t.Errorf("%s: x-should-retry %q, retry-after %q", prompt, retry, a.header.Get("Retry-After"))
			}
		}
		h.cfg.MaxInFlight, h.cfg.MaxQueue = 1, 1
		h.reopen(t)
		for _, prompt := range []string{"one", "two"} {
			h.ask(t, http.MethodPost, generations, `{"prompt":"`+prompt+`"}`, "Prefer", "respond-async").is(t, 202)
		}
		if a := h.ask(t, http.MethodPost, generations, `{"prompt":"three"}`).is(t, 429); a.header.Get("X-Should-Retry") != "true" || a.header.Get("Retry-After") == "" {
			t.Errorf("a full queue: %v", a.header)
		}
	}},
	{name: "clients/07 a job that still runs is no 408 and no 409", sim: simulator.Config{Pace: 2 * time.Second}, run: func(t *testing.T, h *house) {
		h.cfg.JobTimeout = 100 * time.Millisecond
		h.reopen(t)
		for header, retry := range map[string]string{"X-Nothing": "false", "X-Stainless-Retry-Count": "true", "Idempotency-Key": "true"} {
			a := h.ask(t, http.MethodPost, generations, `{"prompt":"a fox for `+header+`"}`, header, "0")
			a.refused(t, refusal{504, "", "timeout"})
			if got := a.header.Get("X-Should-Retry"); got != retry || !strings.Contains(a.problem(t).Message, a.header.Get("Midgate-Job")) {
				t.Errorf("with %s: x-should-retry %q, %q, want %s and the job's name", header, got, a.problem(t).Message, retry)
			}
		}
		h.costs(t, 3)
	}},
	{name: "clients/08 what a client left is there when it comes back", sim: simulator.Config{Pace: 500 * time.Millisecond}, run: comeBackCase},
	{name: "clients/09 answers survive what cuts silence after 60, 100 and 300 s", run: func(t *testing.T, _ *house) {
		for _, job := range []time.Duration{70 * time.Second, 110 * time.Second, 310 * time.Second, 9 * time.Minute} {
			t.Run(job.String(), func(t *testing.T) { slowAnswer(t, 50*time.Second, job) })
		}
	}},
	{name: "clients/10 background requests are answered without a job", run: tasksCase},
	{name: "clients/11 structured output is JSON with all that its schema requires", run: structuredCase},
	{name: "clients/12 connection tests are answered without a job", run: func(t *testing.T, h *house) {
		for _, word := range []string{"ping", "hi", "hello", "test", "Ping", "HELLO"} {
			if text := h.chat(t, userTurn(word), nil).chatText(t); text == "" || strings.Contains(text, "![") {
				t.Errorf("%s: %q, want a word", word, text)
			}
		}
		h.chat(t, userTurn("a picture of a fox"), map[string]any{"max_tokens": 16}).chatText(t)
		h.costs(t, 0)
	}},
	{name: "clients/13 unknown keys and form fields are ignored", run: func(t *testing.T, h *house) {
		h.takes(t, `"foo":1`, `"tools":[{}]`, `"extra":{"a":[null]}`, `"watermark":false,"image_urls":[]`)
		h.send(t, edits, file("image", "a.png", "image/png", flat(t, red)), text("prompt", "snow"), text("foo", "bar"), text("strength", "0.7"),
			file("notes", "n.txt", "text/plain", []byte("nothing"))).items(t)
	}},
	{name: "clients/14 a model that is absent, empty or OpenAI's is taken", run: func(t *testing.T, h *house) {
		h.takes(t, `"model":null`, `"model":""`, `"model":"dall-e-2"`, `"model":"dall-e-3"`)
		for _, model := range []string{"gpt-image-1", "gpt-image-1.5", "gpt-image-1-mini", "gpt-image-2", "gpt-image-2.5-flare", "gpt-image-2-2026-04-21", "chatgpt-image-latest", "openai/gpt-image-1", "openwebui.dall-e-3", "midjourney-v7", "niji-6"} {
			h.draw(t, `{"prompt":"a fox","response_format":"url","model":"`+model+`"}`)
		}
	}},
	{name: "clients/15 every spelling of a size becomes a ratio", run: sizeCase},
	{name: "clients/16 every quality is taken", run: func(t *testing.T, h *house) {
		h.takes(t, `"quality":"auto"`, `"quality":"standard"`, `"quality":"hd"`, `"quality":"low"`, `"quality":"medium"`, `"quality":"high"`, `"quality":"xhigh"`, `"quality":"max"`, `"quality":"best"`, `"quality":7`)
	}},
	{name: "clients/17 every style is taken", run: func(t *testing.T, h *house) {
		h.takes(t, `"style":"vivid"`, `"style":"natural"`, `"style":"cubist"`, `"style":["vivid"]`)
		if paid := h.sim.Ledger(); paid[0].Prompt == paid[1].Prompt && paid[1].Prompt == paid[2].Prompt {
			t.Errorf("style changes nothing: %q", paid[0].Prompt)
		}
	}},
	{name: "clients/18 n is read as clients write it, and kept to", run: countCase},
	{name: "clients/19 equal requests at the same time share a job and get different quarters", run: fourAtOnceCase},
}

// comeBackCase leaves without a counter or a key: the body alone must do.
func comeBackCase(t *testing.T, h *house) {
	gate := newCutter(t, h, impatience{submitted: 1})
	o := gate.generation("a red fox")
	if got := newSDK(t, "go-openai").do(t, o); got.OK {
		t.Fatalf("the first answer came: %+v", got)
	}
	var list struct{ Data []web.JobJSON }
	if err := json.Unmarshal(h.ask(t, http.MethodGet, "/v1/jobs", "").is(t, 200).body, &list); err != nil || len(list.Data) != 1 {
		t.Fatalf("%d jobs: %v, want one", len(list.Data), err)
	}
	if j := h.ended(t, list.Data[0].ID); j.Status != "completed" {
		t.Errorf("the job is %s, want completed", j.Status)
	}
	newSDK(t, "go-openai").do(t, o).pictures(t, 1)
	h.costs(t, 1)
}

// chat sends one message, and whatever more there is of the body.
func (h *house) chat(t *testing.T, message, more map[string]any) answered {
	t.Helper()
	return h.ask(t, http.MethodPost, chat.Route, string(turns(t, "midjourney", more, message)))
}

func tasksCase(t *testing.T, h *house) {
	history := "\n### Chat History:\n<chat_history>\nUSER: a red fox\nASSISTANT: ![](x)\n</chat_history>"
	for ask, want := range map[string]string{
		"### Task:\nGenerate a concise, 3-5 word title with an emoji summarizing the chat history." + history:                   `"title":`,
		"### Task:\nGenerate 1-3 broad tags categorizing the main themes of the chat history." + history:                        `"tags":`,
		"### Task:\nSuggest 3-5 relevant follow-up questions or prompts." + history:                                             `"follow_ups":`,
		"### Task:\nAnalyze the chat history to determine the necessity of generating search queries." + history:                `"queries":`,
		"Provide a concise, 5-word-or-less title for the conversation, using its same language. User: a red fox":                "",
		"Hold on, before you continue I need you to write me a checkpoint":                                                      "",
		"Please use four to five word title summarizing our conversation without any lead-in":                                   "",
		"Write a short label describing what this block of agent activity did":                                                  "",
		"Based on the chat history, give this conversation a name. Keep it short":                                               "",
		"### Task:\nGenerate a detailed prompt for am image generation task based on the given language and context." + history: `"prompt":`,
	} {
		text := h.chat(t, userTurn(ask), nil).chatText(t)
		if text == "" || strings.Contains(text, "![") || !strings.Contains(text, want) || want != "" && !json.Valid([]byte(text)) {
			t.Errorf("%.60s… = %q, want %s", ask, text, want)
		}
	}
	h.costs(t, 0)
}

func structuredCase(t *testing.T, h *house) {
	schema := map[string]any{"type": "object", "required": []string{"language", "title", "score", "done"}, "properties": map[string]any{
		"language": map[string]any{"type": "string"}, "title": map[string]any{"type": "string"}, "score": map[string]any{"type": "integer"}, "done": map[string]any{"type": "boolean"}}}
	for name, format := range map[string]map[string]any{
		"json_schema": {"type": "json_schema", "json_schema": map[string]any{"name": "title", "strict": true, "schema": schema}}, "json_object": {"type": "json_object"},
	} {
		text := h.chat(t, userTurn("Analyze this conversation and provide: a title. User: a red fox"), map[string]any{"response_format": format}).chatText(t)
		var made map[string]any
		if err := json.Unmarshal([]byte(text), &made); err != nil {
			t.Errorf("%s: %q: %v", name, text, err)
		}
		if keys := slices.Sorted(maps.Keys(made)); name == "json_schema" && fmt.Sprint(keys) != "[done language score title]" {
			t.Errorf("%s has %q, want what is required", name, keys)
		}
	}
	forced := map[string]any{"tools": []map[string]any{{"type": "function", "function": map[string]any{"name": "title", "parameters": schema}}},
		"tool_choice": map[string]any{"type": "function", "function": map[string]any{"name": "title"}}}
	a := h.chat(t, userTurn("Analyze this conversation and provide: a title. User: a red fox"), forced).is(t, 200)
	if !strings.Contains(string(a.body), `"tool_calls":[{`) || !strings.Contains(string(a.body), `"finish_reason":"tool_calls"`) {
		t.Errorf("a forced function = %s", a.body)
	}
	h.costs(t, 0)
}

// fourAtOnceCase is the Vercel SDK's n: 4.
func fourAtOnceCase(t *testing.T, _ *house) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, simulator.Config{Pace: 20 * time.Second}, indoors)
		answers := make([]answered, 4)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() {
				answers[i] = h.indoor(t, generations, `{"model":"midjourney","prompt":"koi pond","n":1,"size":"1024x1024","response_format":"b64_json"}`)
			})
		}
		all.Wait()
		var got []dataItem
		for _, a := range answers {
			got = append(got, a.items(t)...)
		}
		distinct(t, got, 4)
		h.costs(t, 1)
	})
}
