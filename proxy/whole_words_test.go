package proxy

import (
	"net/http"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/chat"
	"midgate/proxy/responses"
)

// Our own pictures among the words reach Midjourney, which cannot fetch them from here, or are refused if there is none.
func TestOurPicturesInTheWordsAreUsed(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	id := h.drawnID(t, "a red fox --v 7")
	lost := "http://localhost:8080/images/img_" + strings.Repeat("A", 26) + ".png"
	file := "/images/" + id + ".png"
	for _, ours := range []string{h.base + file, "http://localhost:8080" + file, "https://pics.example.org/midgate" + file, "//pics.example.org" + file, file, "/midgate" + file, id} {
		for name, ask := range map[string]struct{ path, body, flag string }{
			"an image prompt":     {generations, `{"prompt":"` + ours + ` a hare"}`, "http"},
			"in the middle":       {generations, `{"prompt":"a hare like ` + ours + ` at night"}`, "http"},
			"a link":              {generations, `{"prompt":"a hare like ![the fox](` + ours + `), at night"}`, "http"},
			"a style":             {generations, `{"prompt":"a hare --sref ` + ours + `::2"}`, "--sref http"},
			"a person":            {generations, `{"prompt":"a hare --oref ` + ours + ` --v 7"}`, "--oref http"},
			"a chat":              {chat.Route, `{"messages":[{"role":"user","content":"` + ours + ` a hare on a hill"}]}`, "http"},
			"a chat's style":      {chat.Route, `{"messages":[{"role":"user","content":"a hare on a hill --sref ` + ours + `"}]}`, "--sref http"},
			"a response":          {responses.Route, drawn(`"`+ours+` a hare on a hill"`, "", ""), "http"},
			"a press's words":     {"/v1/images/" + id + "/actions", `{"action":"vary_strong","prompt":"` + ours + ` a hare"}`, "http"},
			"an edit's style":     {edits, `{"image":"` + inURL(flat(t, red)) + `","prompt":"a hare --sref ` + ours + `"}`, "--sref http"},
			"a variation's style": {variations, `{"image":"` + id + `","prompt":"a hare --sref ` + ours + `"}`, "--sref http"},
		} {
			if a := h.ask(t, http.MethodPost, ask.path, ask.body); a.status != http.StatusOK {
				t.Errorf("%s from %s: %d %.300s", name, ours, a.status, a.body)
				continue
			}
			if said := h.lastPrompt(t); !strings.Contains(said, ask.flag) && name != "a press's words" || strings.Contains(said, id) {
				t.Errorf("%s from %s: Midjourney ran %q, want an address that it can reach", name, ours, said)
			}
		}
	}
	paid := len(h.sim.Ledger())
	unknown := refusal{http.StatusNotFound, "prompt", "image_not_found"}
	for _, words := range []string{lost + " a fox", strings.Replace(lost, "http://localhost:8080", "https://pics.example.org", 1) + " a fox", "a fox --sref " + lost, "a fox like img_" + strings.Repeat("A", 26), h.base + strings.TrimPrefix(lost, "http://localhost:8080") + " a fox"} {
		h.ask(t, http.MethodPost, generations, `{"prompt":"`+words+`"}`).refused(t, unknown)
		h.ask(t, http.MethodPost, chat.Route, `{"messages":[{"role":"user","content":"`+words+`"}]}`).refused(t, refusal{http.StatusNotFound, "messages", "image_not_found"})
		h.ask(t, http.MethodPost, responses.Route, drawn(`"`+words+`"`, "", "")).refused(t, refusal{http.StatusNotFound, "input", "image_not_found"})
	}
	h.ask(t, http.MethodPost, generations, `{"prompt":"`+h.base+`/images/`+id+`.png"}`).refused(t, refusal{http.StatusBadRequest, "prompt", "unknown_upload"})
	h.costs(t, paid)
}

// Whatever way a form has to say a value, it is read.
func TestAFormsValuesAreRead(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	picture := file("image", "a.png", "image/png", flat(t, red))
	typed := func(name, value string) formPart {
		return formPart{name: name, contentType: "application/json", value: value, isFile: true}
	}
	for _, test := range []struct {
		parts []formPart
		want  string
	}{
		{[]formPart{text("prompt", "a cat"), text("extra_body[stylize]", "303")}, "a cat --s 303"},
		{[]formPart{text("prompt", "a cat"), text("extra_body[midjourney][stylize]", "304")}, "a cat --s 304"},
		{[]formPart{text("prompt", "a cat"), text("extra_body.stylize", "305")}, "a cat --s 305"},
		{[]formPart{typed("prompt", `"a \"cat\" \u00e9"`), typed("stylize", "306")}, `a "cat" é --s 306`},
		{[]formPart{typed("prompt", `a cat`), typed("stylize", "null")}, "a cat"},
		{[]formPart{text("prompt", `"a cat"`)}, `"a cat"`},
	} {
		h.send(t, edits, append(test.parts, picture)...).is(t, http.StatusOK)
		if said := h.lastPrompt(t); !strings.HasPrefix(said, test.want) {
			t.Errorf("%+v: Midjourney ran %q, want %q", test.parts, said, test.want)
		}
	}
	paid := len(h.sim.Ledger())
	h.send(t, edits, text("prompt", "a cat"), text("stylize", "1"), text("extra_body[stylize]", "2"), picture).refused(t, refusal{http.StatusBadRequest, "stylize", "duplicate_parameter"})
	h.send(t, edits, typed("prompt", `"a \ud800cat"`), picture).refused(t, refusal{http.StatusBadRequest, "prompt", "invalid_utf8"})
	h.costs(t, paid)
}

// Nobody reads parameters in an address: they are refused there, unless the body says the same.
func TestParametersInTheAddressAreRefused(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for query, param := range map[string]string{"n=3&size=1536x1024": "n", "size=1536x1024": "size", "aspect_ratio=16:9": "aspect_ratio", "stylize=5": "stylize", "model=niji-6": "model", "version=7": "version", "midjourney.chaos=5": "midjourney.chaos"} {
		bad := refusal{http.StatusBadRequest, param, "invalid_value"}
		h.ask(t, http.MethodPost, generations+"?"+query, `{"prompt":"a cat"}`).refused(t, bad)
		h.ask(t, http.MethodPost, chat.Route+"?"+query, `{"messages":[{"role":"user","content":"a cat"}]}`).refused(t, bad)
		h.ask(t, http.MethodPost, responses.Route+"?"+query, drawn(`"a cat"`, "", "")).refused(t, bad)
	}
	h.costs(t, 0)
	h.ask(t, http.MethodPost, generations+"?api-version=2025-04-01-preview&version=2024-01&n=2&size=&key=k", `{"prompt":"a cat","n":2}`).is(t, http.StatusOK)
}
