package proxy

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/web"
)

// refusedAs sends a generation and returns how it was refused.
func (h *house) refusedAs(t *testing.T, path, body string) (int, web.Problem, http.Header) {
	t.Helper()
	status, header, raw := h.call(t, "POST", path, body)
	var e struct{ Error web.Problem }
	if err := json.Unmarshal(raw, &e); err != nil {
		t.Fatalf("%s answered %d %s, want an error", path, status, raw)
	}
	return status, e.Error, header
}

// TestHowAnUpstreamSaysNoDecidesTheAnswer: status, code and parameter, and nothing is paid for what was refused.
func TestHowAnUpstreamSaysNoDecidesTheAnswer(t *testing.T) {
	tests := map[string]struct {
		fault  simulator.Fault
		status int
		code   string
		param  string
		paid   string
		says   string
	}{
		"a challenge":            {simulator.Fault{Kind: "answer", Status: 403, Header: map[string]string{"Content-Type": "text/html"}, Body: "<title>Just a moment...</title>"}, 503, "overloaded", "", "", "answered with a page"},
		"a firewall":             {simulator.Fault{Kind: "answer", Status: 403, Body: "error code: 1020"}, 503, "overloaded", "", "", "answered with a page"},
		"a mitigation":           {simulator.Fault{Kind: "answer", Status: 403, Header: map[string]string{"cf-mitigated": "challenge"}}, 503, "overloaded", "", "", "answered with a page"},
		"arrears":                {simulator.Fault{Kind: "answer", Status: 403, Body: `{"error":{"message":"the account is in arrears"}}`}, 402, "insufficient_quota", "", "", "credit is used up"},
		"no balance":             {simulator.Fault{Kind: "answer", Status: 403, Body: `{"error":{"message":"用户余额不足"}}`}, 402, "insufficient_quota", "", "", "credit is used up"},
		"a refused key":          {simulator.Fault{Kind: "answer", Status: 403, Body: `{"error":{"message":"invalid api key"}}`}, 502, "upstream_auth", "", "", "with the key that is set"},
		"code 9":                 {simulator.Fault{Kind: "answer", Status: 200, Body: `{"code":9,"description":"BaseImageUrl is empty"}`}, 502, "upstream_error", "", "", "refused the job: BaseImageUrl is empty"},
		"code 4":                 {simulator.Fault{Kind: "answer", Status: 200, Body: `{"code":4,"description":"something is wrong"}`}, 400, "invalid_value", "", "", "refused the request: something is wrong"},
		"an error with 200":      {simulator.Fault{Kind: "answer", Status: 200, Body: `{"error":{"message":"it did not work"}}`}, 502, "upstream_error", "", "", "refused the job: it did not work"},
		"the limit of a day":     {simulator.Fault{Kind: "answer", Status: 200, Body: `{"code":4,"description":"今日绘图次数已达上限"}`}, 429, "rate_limit_exceeded", "", "", "limit for a day"},
		"a banned prompt":        {simulator.Fault{Kind: "ends", Body: "Banned prompt, `timeout` is banned"}, 400, "content_policy_violation", "", "imagine", "safety system"},
		"an outage":              {simulator.Fault{Kind: "ends", Body: "There is a content moderator outage"}, 503, "overloaded", "", "imagine", "moderation is out of order"},
		"a message to the owner": {simulator.Fault{Kind: "ends", Body: "Pending mod message"}, 503, "overloaded", "", "imagine", "must answer a message of the moderators"},
		"an account without":     {simulator.Fault{Kind: "ends", Body: "账号用量已经用完"}, 503, "overloaded", "", "imagine", "account cannot take jobs"},
		"too fast":               {simulator.Fault{Kind: "ends", Body: "Slow down! You are being rate limited"}, 429, "rate_limit_exceeded", "", "imagine", "no more requests"},
		"a bad parameter":        {simulator.Fault{Kind: "ends", Body: "Invalid parameter, `--moderation`"}, 400, "invalid_value", "prompt", "imagine", "Midjourney refused the prompt: Invalid parameter"},
		"a bad prompt":           {simulator.Fault{Kind: "ends", Body: "Invalid prompt, `/imagine a timeout sign`"}, 400, "invalid_value", "prompt", "imagine", "Midjourney refused the prompt: Invalid prompt"},
		"a guard in Chinese":     {simulator.Fault{Kind: "answer", Status: 200, Header: map[string]string{"Content-Type": "text/html"}, Body: "<html>请进行人机验证</html>"}, 503, "overloaded", "", "", "answered with a page"},
		"a quota in a word":      {simulator.Fault{Kind: "answer", Status: 400, Body: `{"code":"insufficient_user_quota","message":"x"}`}, 402, "insufficient_quota", "", "", "credit is used up"},
		"an error in a list":     {simulator.Fault{Kind: "answer", Status: 200, Body: `{"success":false,"errors":["it did not work"]}`}, 502, "upstream_error", "", "", "refused the job: it did not work"},
		"drawings of a day":      {simulator.Fault{Kind: "answer", Status: 200, Body: `{"code":4,"description":"Daily drawing limit reached"}`}, 429, "rate_limit_exceeded", "", "", "limit for a day"},
		"the month's limit":      {simulator.Fault{Kind: "answer", Status: 200, Body: `{"code":4,"description":"本月绘图次数已用完"}`}, 429, "rate_limit_exceeded", "", "", "limit for a day"},
		"a flagged prompt":       {simulator.Fault{Kind: "ends", Body: "Your prompt was flagged as inappropriate"}, 400, "content_policy_violation", "", "imagine", "safety system"},
		"a sensitive prompt":     {simulator.Fault{Kind: "ends", Body: "检测到违规内容"}, 400, "content_policy_violation", "", "imagine", "safety system"},
		"a suspended account":    {simulator.Fault{Kind: "ends", Body: "Your account has been suspended"}, 503, "overloaded", "", "imagine", "account cannot take jobs"},
		"an error of a server":   {simulator.Fault{Kind: "ends", Body: `bad status 500: {"code":24,"description":"Banned prompt"}`}, 400, "content_policy_violation", "", "imagine", "safety system"},
		"a link that is bad":     {simulator.Fault{Kind: "ends", Body: "解析链接失败"}, 400, "invalid_value", "prompt", "imagine", "a link or picture cannot be read"},
		"a prompt without marks": {simulator.Fault{Kind: "ends", Body: "Could not draw a timeout sign, sorry"}, 502, "upstream_error", "", "imagine", "failed at the upstream"},
		"a time-out":             {simulator.Fault{Kind: "ends", Body: "任务超时"}, 502, "upstream_error", "", "imagine", "timed out at the upstream"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, simulator.Config{})
			test.fault.Route = "imagine"
			h.sim.Fail(test.fault)
			start := time.Now()
			status, e, _ := h.refusedAs(t, "/v1/images/generations", `{"prompt":"a timeout sign","model":"midjourney"}`)
			if status != test.status || e.Code == nil || *e.Code != test.code || test.param != "" && (e.Param == nil || *e.Param != test.param) {
				t.Errorf("answered %d %+v, want %d %s about %q", status, e, test.status, test.code, test.param)
			}
			if !strings.Contains(e.Message, test.says) {
				t.Errorf("the message is %q, want %q in it", e.Message, test.says)
			}
			if got := h.charged(); got != test.paid || h.sim.Requests().Routes["imagine"] != 1 {
				t.Errorf("jobs = %q after %d submissions, want %q after one", got, h.sim.Requests().Routes["imagine"], test.paid)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("the refusal took %v, want it at once", took)
			}
		})
	}
}

// TestALimitOfADayIsNotWaitedFor, nor are clients told to ask again.
func TestALimitOfADayIsNotWaitedFor(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	h.sim.Fail(simulator.Fault{Route: "imagine", Kind: "answer", Status: 200, Body: `{"code":4,"description":"访客今日绘图次数已达上限"}`, Times: -1})
	status, e, header := h.refusedAs(t, "/v1/images/generations", `{"prompt":"a fox"}`)
	if status != 429 || header.Get("X-Should-Retry") != "false" || !strings.Contains(e.Message, "day") {
		t.Errorf("answered %d %q with x-should-retry %q, want 429 and no invitation", status, e.Message, header.Get("X-Should-Retry"))
	}
}

// TestAnEarlierTaskThatAnAnswerNamesIsFollowed: its state is that of the submission that made it.
func TestAnEarlierTaskThatAnAnswerNamesIsFollowed(t *testing.T) {
	for _, description := range []string{"任务已存在", "task exists", ""} {
		h := newHouse(t, simulator.Config{})
		h.draw(t, `{"prompt":"a red fox","response_format":"url"}`)
		id := h.sim.Tasks()[0].ID
		body, err := json.Marshal(map[string]any{"code": 21, "description": description, "result": id, "properties": map[string]any{"status": "SUCCESS"}})
		if err != nil {
			t.Fatal(err)
		}
		h.sim.Fail(simulator.Fault{Route: "imagine", Kind: "answer", Status: 200, Body: string(body)})
		h.draw(t, `{"prompt":"a blue fox","response_format":"url"}`)
		if got := h.charged(); got != "imagine" {
			t.Errorf("jobs = %q, want the one that existed", got)
		}
		h.paidAsCharged(t)
	}
}

// paidAsCharged compares the jobs_paid of all jobs and the metric with the upstream's ledger.
func (h *house) paidAsCharged(t *testing.T) {
	t.Helper()
	paid, after := 0, ""
	for more := true; more; {
		_, _, body := h.call(t, "GET", "/v1/jobs?limit=100"+after, "")
		var page struct {
			Data    []web.JobJSON `json:"data"`
			HasMore bool          `json:"has_more"`
		}
		if err := json.Unmarshal(body, &page); err != nil {
			t.Fatal(err)
		}
		for _, j := range page.Data {
			paid += j.JobsPaid
		}
		if more = page.HasMore; more {
			after = "&after=" + page.Data[len(page.Data)-1].ID
		}
	}
	_, _, metrics := h.call(t, "GET", "/metrics", "")
	counted := 0
	for _, m := range paidMetric.FindAllStringSubmatch(string(metrics), -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		counted += n
	}
	if charged := len(h.sim.Ledger()); paid != charged || counted != charged {
		t.Errorf("jobs_paid is %d in all, midgate_jobs_paid_total %d, and the upstream charged %d", paid, counted, charged)
	}
}

var paidMetric = regexp.MustCompile(`(?m)^midgate_jobs_paid_total\{[^}]*\} (\d+)$`)

// TestTheLedgersAgreeAfterManyRequests of all kinds, many of them at once and a good part of them failures.
func TestTheLedgersAgreeAfterManyRequests(t *testing.T) {
	h := newHouse(t, simulator.Config{Remix: true})
	for _, f := range []simulator.Fault{
		{Kind: "queue-full", Match: "busy"},
		{Kind: "answer", Status: 200, Body: `{"code":9,"description":"BaseImageUrl is empty"}`, Match: "refused", Times: -1},
		{Kind: "answer", Status: 503, Body: `{"error":{"message":"无可用的账号实例"}}`, Match: "nobody", Times: -1},
		{Kind: "answer", Status: 403, Body: "error code: 1020", Match: "guarded", Times: -1},
		{Kind: "ends", Body: "Credits exhausted", Match: "poor", Times: -1},
	} {
		f.Route = "imagine"
		h.sim.Fail(f)
	}
	first := h.draw(t, `{"prompt":"a red fox --v 7","response_format":"url"}`)[0].ID
	prompts := []string{"a fox", "busy", "refused", "sim-fail sim-instant", "sim-banned", "a bear", "nobody", "guarded", "poor", "a hare"}
	actions := []string{"upscale", "zoom_out_2x", "vary_strong", "pan_left", "make_square", "reroll", "vary_subtle", "upscale_subtle", "no_such_action", "pan_up"}
	var all sync.WaitGroup
	turn := make(chan struct{}, 8)
	for i := range 200 {
		turn <- struct{}{}
		all.Go(func() {
			defer func() { <-turn }()
			switch i % 3 {
			case 2:
				h.call(t, "POST", "/v1/images/"+first+"/actions", `{"action":"`+actions[i/3%len(actions)]+`","response_format":"url"}`)
			default:
				h.call(t, "POST", "/v1/images/generations", fmt.Sprintf(`{"prompt":"%s, number %d","n":%d,"response_format":"url"}`, prompts[i%len(prompts)], i, 1+i%5))
			}
		})
	}
	all.Wait()
	if n := len(h.sim.Ledger()); n < 100 {
		t.Errorf("%d jobs were paid, want a mixed run with more", n)
	}
	h.paidAsCharged(t)
}

// TestJobsPaidIsWhatTheUpstreamCharged: hidden presses count, dialogs and refusals do not.
func TestJobsPaidIsWhatTheUpstreamCharged(t *testing.T) {
	h := newHouse(t, simulator.Config{Remix: true})
	h.sim.Fail(simulator.Fault{Route: "imagine", Kind: "queue-full", Match: "busy"})
	h.sim.Fail(simulator.Fault{Route: "imagine", Kind: "answer", Status: 200, Body: `{"code":9,"description":"no"}`, Match: "refused", Times: -1})
	for _, prompt := range []string{"a fox", "busy", "refused", "sim-fail sim-instant", "sim-banned", "a bear"} {
		h.call(t, "POST", "/v1/images/generations", `{"prompt":"`+prompt+`","n":2,"response_format":"url"}`)
	}
	id := h.draw(t, `{"prompt":"a red fox --v 7","response_format":"url"}`)[0].ID
	for _, action := range []string{"upscale", "zoom_out_2x", "vary_strong", "pan_left", "make_square", "reroll"} {
		h.call(t, "POST", "/v1/images/"+id+"/actions", `{"action":"`+action+`","response_format":"url"}`)
	}
	h.paidAsCharged(t)
}
