package proxy

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// TestUpstream_ButtonsThatComeLate are waited for: the press comes at once, they come a while after each picture.
func TestUpstream_ButtonsThatComeLate(t *testing.T) {
	press := func(action string) func(*testing.T, *house, string) {
		return func(t *testing.T, h *house, id string) {
			a := h.ask(t, http.MethodPost, "/v1/images/"+id+"/actions", `{"action":"`+action+`","response_format":"url"}`).is(t, 200)
			if !strings.HasPrefix(action, "animate") {
				return
			}
			if v := h.finished(t, videoIn(t, a.status, a.body).ID); v.Status != "completed" {
				t.Errorf("the video is %s", v.Status)
			}
		}
	}
	vary := func(t *testing.T, h *house, id string) {
		h.ask(t, http.MethodPost, variations, `{"image":"`+id+`","response_format":"url"}`).is(t, 200)
	}
	for name, test := range map[string]struct {
		form any
		do   func(*testing.T, *house, string)
		paid string
	}{
		"null":            {nil, press("zoom_out_2x"), "imagine upscale zoom"},
		"an empty list":   {[]any{}, press("upscale_subtle"), "imagine upscale upscale_hd"},
		"an empty text":   {"", vary, "imagine variation"},
		"an empty object": {map[string]any{}, press("animate_low"), "imagine upscale video"},
		"links only":      {[]any{map[string]any{"label": "Web", "style": 5}}, press("reroll"), "imagine reroll"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouseRetold(t, simulator.Config{Dialect: simulator.TrueAI, NoVideo: true}, late(1500*time.Millisecond, "buttons", func(task map[string]any) { task["buttons"] = test.form }))
			id := h.drawnID(t, "a red fox --v 7")
			test.do(t, h, id)
			if got := h.charged(); got != test.paid || h.sim.Requests().Routes["change"] != 0 {
				t.Errorf("jobs = %q and %d presses by number, want %q and none", got, h.sim.Requests().Routes["change"], test.paid)
			}
			h.paidAsCharged(t)
			if r := h.image(t, id); len(r.Buttons) == 0 {
				t.Error("the picture's record has no buttons")
			}
		})
	}
}

// TestUpstream_ASinglePicturesLateButtonsAreSeenLater: U was pressed by itself, and nobody waited for them.
func TestUpstream_ASinglePicturesLateButtonsAreSeenLater(t *testing.T) {
	for _, action := range []string{"zoom_out_2x", "vary_strong", "pan_left"} {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			h := newHouseRetold(t, simulator.Config{Dialect: simulator.TrueAI}, late(2*time.Second, "buttons", func(task map[string]any) {
				if task["action"] != "UPSCALE" {
					return
				}
				task["buttons"] = []any{}
			}))
			id := h.drawnID(t, "a red fox --v 7")
			h.ask(t, http.MethodPost, "/v1/images/"+id+"/actions", `{"action":"upscale","force":true,"response_format":"url"}`).is(t, 200)
			if r := h.image(t, id); !slices.Contains(append(r.Actions, r.Likely...), action) {
				t.Errorf("actions = %v, likely %v; want %s in one of them", r.Actions, r.Likely, action)
			}
			h.ask(t, http.MethodPost, "/v1/images/"+id+"/actions", `{"action":"`+action+`","response_format":"url"}`).is(t, 200)
			if got, _, _ := strings.Cut(strings.TrimPrefix(h.charged(), "imagine upscale "), " "); got == "" || strings.Count(h.charged(), "upscale") != 1 {
				t.Errorf("jobs = %q, want one U and the press", h.charged())
			}
			if r := h.image(t, id); !slices.Contains(r.Actions, action) {
				t.Errorf("actions = %v, want %s among them now", r.Actions, action)
			}
		})
	}
}

// TestUpstream_FormsOfButtons: in rows, as a text, with Discord's names.
func TestUpstream_FormsOfButtons(t *testing.T) {
	for name, form := range map[string]func(all []any) any{
		"a text":           func(all []any) any { return inJSON(all) },
		"rows":             func(all []any) any { return []any{all[:5], all[5:]} },
		"rows in objects":  func(all []any) any { return []any{map[string]any{"type": 1, "components": all}} },
		"one row of them":  func(all []any) any { return map[string]any{"type": 1, "components": all} },
		"Discord's names":  func(all []any) any { return renamed(all, "customId", "custom_id") },
		"names of Go":      func(all []any) any { return renamed(all, "customId", "CustomId") },
		"with empty ones":  func(all []any) any { return append([]any{nil, map[string]any{}, 7, "x"}, all...) },
		"numbers as texts": func(all []any) any { return restyled(all) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouseRetold(t, simulator.Config{}, func(task map[string]any) {
				if all, ok := task["buttons"].([]any); ok && len(all) > 5 {
					task["buttons"] = form(all)
				}
			})
			id := h.drawnID(t, "a red fox --v 7")
			for _, action := range []string{"vary", "zoom_out_2x"} {
				h.ask(t, http.MethodPost, "/v1/images/"+id+"/actions", `{"action":"`+action+`","response_format":"url"}`).is(t, 200)
			}
			if got := h.charged(); got != "imagine variation upscale zoom" {
				t.Errorf("jobs = %q, want the presses", got)
			}
		})
	}
}

// inJSON is a value as a text.
func inJSON(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func renamed(all []any, from, to string) (out []any) {
	for _, e := range all {
		m := maps.Clone(e.(map[string]any))
		m[to] = m[from]
		delete(m, from)
		out = append(out, m)
	}
	return out
}

func restyled(all []any) (out []any) {
	for _, e := range renamed(all, "style", "style") {
		m := e.(map[string]any)
		m["style"], m["type"] = fmt.Sprint(m["style"]), fmt.Sprint(m["type"])
		out = append(out, m)
	}
	return out
}

// TestUpstream_WhatASingleDoesNotShowIsToldAfterItsU: one job was paid, and what can be pressed is named.
func TestUpstream_WhatASingleDoesNotShowIsToldAfterItsU(t *testing.T) {
	for _, action := range []string{"zoom_out_2x", "pan_left", "upscale_subtle", "upscale_creative"} {
		t.Run(action, func(t *testing.T) {
			h := newHouse(t, simulator.Config{})
			id := h.drawnID(t, "a red fox --v 8.2")
			if r := h.image(t, id); slices.Contains(r.Actions, action) || !slices.Contains(r.Likely, action) {
				t.Errorf("actions = %v, likely %v; want %s likely only", r.Actions, r.Likely, action)
			}
			a := h.ask(t, http.MethodPost, "/v1/images/"+id+"/actions", `{"action":"`+action+`","response_format":"url"}`)
			a.refused(t, refusal{400, "action", "action_unavailable"})
			if m := a.problem(t).Message; !strings.Contains(m, "One job was paid") || !strings.Contains(m, "Available now:") || !strings.Contains(m, "vary_") {
				t.Errorf("the message is %q, want what was paid and what there is", m)
			}
			if got := h.charged(); got != "imagine upscale" {
				t.Errorf("jobs = %q, want the U", got)
			}
			if r := h.image(t, id); len(r.Likely) != 0 || slices.Contains(r.Actions, action) {
				t.Errorf("then actions = %v, likely %v; want what is certain", r.Actions, r.Likely)
			}
			h.ask(t, http.MethodPost, "/v1/images/"+id+"/actions", `{"action":"`+action+`"}`).refused(t, refusal{400, "action", "action_unavailable"})
			h.ask(t, http.MethodPost, "/v1/images/"+id+"/actions", `{"action":"vary_subtle","response_format":"url"}`).is(t, 200)
			h.costs(t, 3)
			h.paidAsCharged(t)
		})
	}
}

// TestUpstream_AQuarterIsFreeWhereUOnlySeparates: in the API and in chat. A forced press and an old version are paid.
func TestUpstream_AQuarterIsFreeWhereUOnlySeparates(t *testing.T) {
	for prompt, test := range map[string]struct{ more, paid string }{
		"a fox --v 7": {"", "imagine"}, "a fox --v 8.2": {"", "imagine"}, "a fox --niji 7": {"", "imagine"}, "a fox": {"", "imagine"},
		"a fox --v 6.1": {`,"force":true`, "imagine upscale"}, "a fox --v 4": {"", "imagine upscale"},
	} {
		h := newHouse(t, simulator.Config{})
		id := h.drawnID(t, prompt)
		a := h.ask(t, http.MethodPost, "/v1/images/"+id+"/actions", `{"action":"upscale","response_format":"url"`+test.more+`}`).is(t, 200)
		if items := a.items(t); len(items) != 1 || items[0].ID != id {
			t.Errorf("%s: upscale = %s, want the quarter", prompt, a.body)
		}
		if got := h.charged(); got != test.paid {
			t.Errorf("%s: jobs = %q, want %q", prompt, got, test.paid)
		}
		h.paidAsCharged(t)
	}
	for _, words := range []string{"U2", "upscale 3", "the second one"} {
		p := &parley{h: newHouse(t, simulator.Config{})}
		p.say(t, "a red fox --v 7")
		shownIn(t, p.say(t, words))
		if got := p.h.charged(); got != "imagine" {
			t.Errorf("after %q jobs = %q, want only the imagine", words, got)
		}
	}
}

// TestUpstream_WhatOnlyMarksIsNotOffered: a press would be waited for in vain.
func TestUpstream_WhatOnlyMarksIsNotOffered(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	id := h.drawnID(t, "a red fox --v 7")
	h.ask(t, http.MethodPost, "/v1/images/"+id+"/actions", `{"action":"upscale","force":true,"response_format":"url"}`).is(t, 200)
	for _, b := range h.image(t, id).Buttons {
		if strings.Contains(strings.ToUpper(b.CustomID), "BOOKMARK") {
			t.Errorf("the picture offers %+v", b)
		}
	}
	task := h.sim.Tasks()[1].ID
	for _, custom := range []string{"MJ::BOOKMARK::" + task, "mj::bookmark::x", "MJ::Job::Favorite::1", "MJ::JOB::rating::3::x"} {
		h.ask(t, http.MethodPost, "/v1/images/"+id+"/actions", `{"custom_id":"`+custom+`"}`).refused(t, refusal{400, "custom_id", "action_unavailable"})
		m := mj{h, t, "sk-alice"}
		if status, answer := m.send("POST", "/mj/submit/action", fmt.Sprintf(`{"taskId":%q,"customId":%q}`, task, custom)); status != 400 || !strings.Contains(string(answer), `"code":4`) {
			t.Errorf("a native press of %s = %d %s, want a refusal", custom, status, answer)
		}
	}
	h.costs(t, 2)
}

// TestUpstream_ParametersThatCannotWorkCostNothing, and the message says what can.
func TestUpstream_ParametersThatCannotWorkCostNothing(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for prompt, says := range map[string]string{
		"a fox --q 2 --v 8.1": "--q belongs to versions up to 7", "a fox --v 7 --oref https://a.b/x --ow 0": "1 to 1000", "a fox --v 7 --oref https://a.b/x --ow 1001": "1 to 1000",
		"cat::2 dog::1 --v 8.2": "up to 6.1", "cat:: dog:: --v 8": "up to 6.1", "a fox --v 8.1 --edit" + strings.Repeat(" https://a.example/x.png", 5): "at most 4",
	} {
		body, err := json.Marshal(map[string]any{"prompt": prompt})
		if err != nil {
			t.Fatal(err)
		}
		a := h.ask(t, http.MethodPost, generations, string(body))
		a.is(t, 400)
		if p := a.problem(t); orNone(p.Param) != "prompt" || !strings.Contains(p.Message, says) {
			t.Errorf("%s: %s about %q, want the prompt and %q", prompt, p.Message, orNone(p.Param), says)
		}
	}
	h.costs(t, 0)
}
