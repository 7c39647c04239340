package proxy

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"midgate/adapter/adaptertest/harness"
	"midgate/adapter/midjourney/simulator"
)

// lacking are ways in which an upstream says that it does not take a kind of job.
func lacking(model string) map[string]simulator.Fault {
	say := func(status int, body string) simulator.Fault {
		return simulator.Fault{Kind: "answer", Status: status, Header: map[string]string{"Content-Type": "application/json"}, Body: body, Times: -1}
	}
	return map[string]simulator.Fault{
		"no channel":    say(503, `{"error":{"message":"当前分组 default 下对于模型 `+model+` 无可用渠道 (request id: 1)","type":"new_api_error"}}`),
		"no right":      say(403, `{"error":{"message":"该令牌无权访问模型 `+model+`","type":"new_api_error"}}`),
		"no price":      say(500, `{"error":{"message":"模型 `+model+` 倍率或价格未配置，请联系管理员设置","type":"new_api_error"}}`),
		"no such model": say(404, `{"error":{"message":"The model `+model+` does not exist or you do not have access to it","code":"model_not_found"}}`),
		"not bought":    say(200, `{"code":4,"description":"该功能未开通"}`),
		"another name":  say(400, `{"code":4,"msg":"当前账号不支持该任务"}`),
	}
}

// TestUpstream_WhatItDoesNotOfferIsDoneInAnotherWay, or refused for what it is, and costs nothing then.
func TestUpstream_WhatItDoesNotOfferIsDoneInAnotherWay(t *testing.T) {
	for name, fault := range lacking("mj_edits") {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, simulator.Config{})
			fault.Route = "edits"
			h.sim.Fail(fault)
			picture := filmPart{name: "image", file: stillOf(t, 96, 64)}
			status, _, body := h.form(t, edits, picture, filmPart{name: "prompt", text: "make it blue"}, filmPart{name: "response_format", text: "url"})
			if status != 200 || h.charged() != "imagine" {
				t.Errorf("an edit = %d %.200s with jobs %q, want it drawn after the picture", status, body, h.charged())
			}
			status, header, body := h.form(t, edits, picture, filmPart{name: "mask", file: harness.RightHalf(t, 96, 64)}, filmPart{name: "prompt", text: "a boat"})
			answered{status, header, body}.refused(t, refusal{400, "mask", "unsupported"})
			h.costs(t, 1)
			if n := h.sim.Requests().Routes["edits"]; n != 1 {
				t.Errorf("edits were tried %d times, want once an hour", n)
			}
			h.paidAsCharged(t)
		})
	}
	for name, fault := range lacking("mj_video") {
		t.Run("video, "+name, func(t *testing.T) {
			h := newHouse(t, simulator.Config{})
			fault.Route = "video"
			h.sim.Fail(fault)
			film := func(input string) (string, string) {
				status, _, body := h.call(t, "POST", "/v1/videos", `{"prompt":"it waves","input_reference":{"image_url":"`+input+`"}}`)
				v := h.finished(t, videoIn(t, status, body).ID)
				if v.Error != nil {
					return v.Status, v.Error.Message
				}
				return v.Status, ""
			}
			if status, says := film(stillURL(t, 96, 64)); status != "failed" || !strings.Contains(says, "animates only pictures that it made") {
				t.Errorf("a video of an upload is %s: %q, want to be told what can be animated", status, says)
			}
			h.costs(t, 0)
			id := h.drawnID(t, "a red fox --v 7")
			if status, says := film(h.image(t, id).URL); status != "completed" || h.charged() != "imagine upscale video" {
				t.Errorf("a video of a picture is %s %s with jobs %q, want it animated", status, says, h.charged())
			}
			h.paidAsCharged(t)
		})
	}
}

// TestUpstream_AnAnswerThatNamesATaskIsBelieved, whatever its status and form are.
func TestUpstream_AnAnswerThatNamesATaskIsBelieved(t *testing.T) {
	named := func(form string) func(status int, body []byte) (int, []byte) {
		return func(status int, body []byte) (int, []byte) {
			var a struct{ Result string }
			if json.Unmarshal(body, &a) != nil || a.Result == "" {
				return status, body
			}
			return status, []byte(strings.ReplaceAll(form, "ID", a.Result))
		}
	}
	status := func(status int, next func(int, []byte) (int, []byte)) func(int, []byte) (int, []byte) {
		return func(s int, body []byte) (int, []byte) {
			_, body = next(s, body)
			return status, body
		}
	}
	plain := named(`{"code":1,"description":"ok","result":"ID"}`)
	for name, tell := range map[string]func(int, []byte) (int, []byte){
		"400": status(400, plain), "404": status(404, plain), "500": status(500, plain), "503": status(503, plain), "429": status(429, plain), "302": status(302, plain),
		"a byte order mark":    named("\xef\xbb\xbf" + `{"code":1,"result":"ID"}`),
		"a number":             named(`{"code":"1","result":ID}`),
		"queued":               named(`{"code":22,"result":"ID","properties":{"numberOfQueues":"3"}}`),
		"a list":               named(`{"code":1,"result":["ID"]}`),
		"an object":            named(`{"code":1,"result":{"taskId":"ID"}}`),
		"under another name":   named(`{"code":1,"data":"ID"}`),
		"in data":              named(`{"code":1,"data":{"task_id":"ID"},"result":null}`),
		"an error that is not": named(`{"code":1,"result":"ID","error":null,"message":"queue full"}`),
		"blanks around it":     named("\n\n  " + `{"code":1,"result":" ID "}` + "\n"),
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouseAmid(t, simulator.Config{}, mischief{upstream: func(rt http.RoundTripper) http.RoundTripper {
				return &retelling{RoundTripper: rt, answer: func(_ string, status int, body []byte) (int, []byte) { return tell(status, body) }}
			}})
			start := time.Now()
			h.download(t, *h.draw(t, `{"prompt":"a red fox","response_format":"url"}`)[0].URL)
			if took := time.Since(start); took > 3*time.Second || h.sim.Requests().Routes["imagine"] != 1 {
				t.Errorf("%d submissions in %v, want one that is believed at once", h.sim.Requests().Routes["imagine"], took)
			}
			h.costs(t, 1)
			h.paidAsCharged(t)
		})
	}
}

// TestUpstream_AGatewaysWordKillsNoJob: what stands before the upstream answers for it a while.
func TestUpstream_AGatewaysWordKillsNoJob(t *testing.T) {
	for name, fault := range map[string]simulator.Fault{
		"an ingress":    {Status: 404, Header: map[string]string{"Content-Type": "text/plain"}, Body: "default backend - 404"},
		"JSON":          {Status: 404, Body: `{"message":"no Route matched with those values"}`},
		"a page":        {Status: 404, Header: map[string]string{"Content-Type": "text/html"}, Body: "<html>404 Not Found</html>"},
		"a challenge":   {Status: 403, Header: map[string]string{"Content-Type": "text/html"}, Body: "<title>Just a moment...</title>"},
		"gone":          {Status: 410, Body: "Gone"},
		"not in a list": {Status: 404, Body: `{"detail":"Not Found"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, simulator.Config{Pace: 300 * time.Millisecond})
			for _, route := range []string{"fetch", "list"} {
				fault.Route, fault.Kind, fault.For, fault.Times = route, "answer", time.Second, -1
				h.sim.Fail(fault)
			}
			var all sync.WaitGroup
			for i := range 3 { // asked for alone and together
				all.Go(func() { h.draw(t, fmt.Sprintf(`{"prompt":"fox %d","response_format":"url"}`, i)) })
			}
			all.Wait()
			h.costs(t, 3)
			h.paidAsCharged(t)
		})
	}
}

// TestUpstream_WhereNobodyIsIsNoFaultOfTheRequest: an imagine that is answered as if the route were missing.
func TestUpstream_WhereNobodyIsIsNoFaultOfTheRequest(t *testing.T) {
	for name, fault := range map[string]simulator.Fault{
		"an ingress":  {Status: 404, Header: map[string]string{"Content-Type": "text/plain"}, Body: "default backend - 404"},
		"a framework": {Status: 404, Body: `{"detail":"Not Found"}`},
		"a relay":     {Status: 404, Body: `{"error":{"message":"Invalid URL (POST /mj/submit/imagine)"}}`},
		"a method":    {Status: 405, Body: `{"message":"Method Not Allowed"}`},
		"nothing":     {Status: 404},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, simulator.Config{})
			fault.Route, fault.Kind, fault.Times = "imagine", "answer", -1
			h.sim.Fail(fault)
			a := h.ask(t, http.MethodPost, generations, `{"prompt":"a fox"}`)
			a.refused(t, refusal{503, "", "overloaded"})
			if m := a.problem(t).Message; !strings.Contains(m, "does not know where jobs are submitted") {
				t.Errorf("the message is %q, want that nobody is there", m)
			}
			h.costs(t, 0)
		})
	}
}

// TestUpstream_TheLedgersAgreeOnEveryKindOfJob, with failures among them.
func TestUpstream_TheLedgersAgreeOnEveryKindOfJob(t *testing.T) {
	h := newHouse(t, simulator.Config{Dialect: simulator.TrueAI, Partner: true})
	for _, f := range []simulator.Fault{
		{Kind: "ends", Body: "Banned prompt detected", Share: .2}, {Kind: "ends", Body: "任务超时", Share: .2}, {Kind: "queue-full", Share: .1},
		{Kind: "answer", Status: 403, Body: "error code: 1020", Share: .1}, {Kind: "answer", Status: 200, Body: `{"code":9,"description":"no"}`, Share: .1},
	} {
		f.Route, f.Times = "submit", -1
		if f.Kind == "queue-full" {
			f.Times = 10
		}
		h.sim.Fail(f)
	}
	upload := stillURL(t, 96, 64)
	id := ""
	for i := 0; id == ""; i++ {
		if a := h.ask(t, http.MethodPost, generations, fmt.Sprintf(`{"prompt":"a red fox %d --v 7","response_format":"url"}`, i)); a.status == 200 {
			id = a.items(t)[0].ID
		}
	}
	asks := []func(i int) (path, body string){
		func(i int) (string, string) {
			return generations, fmt.Sprintf(`{"prompt":"fox %d","n":6,"response_format":"url"}`, i)
		},
		func(i int) (string, string) {
			return edits, fmt.Sprintf(`{"prompt":"blue %d","images":[{"image_url":%q}],"response_format":"url"}`, i, upload)
		},
		func(i int) (string, string) {
			return edits, fmt.Sprintf(`{"prompt":"a boat %d","image":%q,"response_format":"url"}`, i, id)
		},
		func(i int) (string, string) {
			return variations, fmt.Sprintf(`{"image":%q,"n":%d,"response_format":"url"}`, id, 1+i%5)
		},
		func(i int) (string, string) {
			return "/v1/images/descriptions", fmt.Sprintf(`{"image":{"image_url":%q},"user":"%d"}`, upload, i)
		},
		func(i int) (string, string) {
			return "/v1/prompts/shorten", fmt.Sprintf(`{"prompt":"a very long fox %d"}`, i)
		},
		func(i int) (string, string) {
			return "/v1/videos", fmt.Sprintf(`{"prompt":"it waves %d","seconds":"8","input_reference":{"image_url":%q}}`, i, upload)
		},
		func(i int) (string, string) {
			return "/v1/images/" + id + "/actions", fmt.Sprintf(`{"action":"zoom_out_2x","n":%d,"response_format":"url"}`, 1+i%6)
		},
		func(i int) (string, string) { return "/v1/images/" + id + "/actions", `{"action":"animate_low"}` },
		func(i int) (string, string) {
			return "/v1/chat/completions", fmt.Sprintf(`{"messages":[{"role":"user","content":"draw a fox number %d"}]}`, i)
		},
	}
	var all sync.WaitGroup
	turn := make(chan struct{}, 8)
	for i := range 60 {
		turn <- struct{}{}
		all.Go(func() {
			defer func() { <-turn }()
			path, body := asks[i%len(asks)](i)
			status, _, raw := h.call(t, "POST", path, body)
			if path == "/v1/videos" && status == 200 {
				h.finished(t, videoIn(t, status, raw).ID)
			}
		})
	}
	all.Wait()
	h.paidAsCharged(t)
}
