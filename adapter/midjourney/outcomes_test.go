package midjourney

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"midgate/adapter"
)

// TestEverySayingMeansWhatItsLineSays: no line of the table hides another one.
func TestEverySayingMeansWhatItsLineSays(t *testing.T) {
	for i := range sayings {
		l := &sayings[i]
		for _, in := range []place{inAnswers, inTasks} {
			if l.in&in == 0 {
				continue
			}
			a := answered{in: in, status: 400}
			if len(l.statuses) > 0 {
				a.status = l.statuses[0]
			}
			if len(l.codes) > 0 {
				a.code = l.codes[0]
			}
			for _, w := range append(append([]string{""}, l.titles...), l.words...) {
				if w == "" && len(l.titles)+len(l.words) > 0 {
					continue
				}
				for _, text := range []string{w, strings.ToUpper(w) + ", and some more"} {
					a.telling = tell(text)
					if got, _ := lookUp(a); got == nil || got.means != l.means {
						t.Errorf("%q with status %d and code %d in place %d is read as %+v, want %q", text, a.status, a.code, in, got, l.means.says)
					}
				}
			}
		}
	}
}

// failReasons are texts of failed tasks as they were seen, and what they come to. The parameter is named where the
// request is at fault.
var failReasons = []struct {
	reason string
	kind   adapter.Kind
	param  string
}{
	{"Banned prompt detected, The word `timeout` is banned. Circumventing this filter may result in access being revoked.", adapter.Moderated, ""},
	{"[Banned prompt] Sorry, the prompt cannot be used", adapter.Moderated, ""},
	{"Banned image prompt, one of your pictures was refused", adapter.Moderated, ""},
	{"Sorry! Our AI moderators feel your prompt might be against our community standards.", adapter.Moderated, ""},
	{"Action needed to continue, Sorry! Our AI moderators feel your prompt might be against our community standards.", adapter.Moderated, ""},
	{"This image has been blocked, it may be offensive", adapter.Moderated, ""},
	{"Request cancelled due to image filters", adapter.Moderated, ""},
	{"[Request cancelled due to output filters] try again", adapter.Moderated, ""},
	{"Image denied, pick another one", adapter.Moderated, ""},
	{"提示词可能包含敏感词", adapter.Moderated, ""},
	{"图片审核未通过，请更换图片", adapter.Moderated, ""},
	{"内容违规", adapter.Moderated, ""},
	{"There is a content moderator outage", adapter.Unavailable, ""},
	{"Moderation outage, please try again later", adapter.Unavailable, ""},
	{"Pending mod message, please acknowledge it to continue", adapter.Unavailable, ""},
	{"[Pending mod message] You have been blocked from accessing Midjourney for 1 hour", adapter.Unavailable, ""},
	{"You've run out of fast hours", adapter.Unavailable, ""},
	{"Credits exhausted, To purchase additional hours, visit your page", adapter.Unavailable, ""},
	{"You are not subscribed to Midjourney", adapter.Unavailable, ""},
	{"Please subscribe to MJ in your dashboard", adapter.Unavailable, ""},
	{"Subscription required, Subscribe to use", adapter.Unavailable, ""},
	{"[Subscription paused] resume it", adapter.Unavailable, ""},
	{"Plan Cancelled, you can renew it", adapter.Unavailable, ""},
	{"Tos not accepted, type /imagine to accept", adapter.Unavailable, ""},
	{"Action required to continue, please verify", adapter.Unavailable, ""},
	{"Blocked, You have been blocked for 3 days", adapter.Unavailable, ""},
	{"无可用的账号实例", adapter.Unavailable, ""},
	{"账号不可用: 1118138338562560102", adapter.Unavailable, ""},
	{"账号用量已经用完", adapter.Unavailable, ""},
	{"任务失败，请重试", adapter.Unavailable, ""},
	{"获取渠道信息失败，请联系管理员", adapter.Unavailable, ""},
	{"Slow down, you are doing that too much", adapter.Busy, ""},
	{"You are being rate limited", adapter.Busy, ""},
	{"Too Many Requests", adapter.Busy, ""},
	{"请求过于频繁", adapter.Busy, ""},
	{"Queue full, Your job queue is full", adapter.Busy, ""},
	{"队列已满，请稍后重试", adapter.Busy, ""},
	{"Invalid prompt, the command was `/imagine a timeout sign`", adapter.Invalid, "prompt"},
	{"Invalid prompt: /imagine prompt: a banned prompt on a wall --ar 1:1", adapter.Invalid, "prompt"},
	{"Invalid parameter, `--moderation` is none. Valid ones: --ar --timeout --queue", adapter.Invalid, "prompt"},
	{"[Invalid parameter] Unrecognized parameter(s): `--oref2`", adapter.Invalid, "prompt"},
	{"Unrecognized parameter(s), --blocked is not known", adapter.Invalid, "prompt"},
	{"Error: Invalid parameter", adapter.Invalid, "prompt"},
	{"Invalid link, the server blocked us: https://a.example/timeout.png", adapter.Invalid, "prompt"},
	{"Could not validate this link: \"https://a.example/queue full\"", adapter.Invalid, "prompt"},
	{"Empty prompt, there is nothing to draw", adapter.Invalid, "prompt"},
	{"解析链接失败", adapter.Invalid, "prompt"},
	{"无效的参数", adapter.Invalid, "prompt"},
	{"No start frame provided", adapter.Invalid, "image"},
	{"Job action restricted, You can not submit batch jobs in relax mode", adapter.Invalid, "action"},
	{"任务超时", adapter.Failed, ""},
	{"执行超时 5 分钟", adapter.Failed, ""},
	{"超时，未找到消息 ID", adapter.Failed, ""},
	{"The job timed out", adapter.Failed, ""},
	{"Midjourney Bot took too long to process your command", adapter.Failed, ""},
	{"[Internal Server Error] something broke", adapter.Failed, ""},
	{"Failed to process your command, the prompt “banned prompt” could not be sent", adapter.Failed, ""},
	{"Sorry! Could not complete the job!", adapter.Failed, ""},
	{"Invalid Form Body", adapter.Failed, ""},
	{"服务异常，请稍后重试", adapter.Failed, ""},
	{`{"code":5,"description":"Banned prompt detected"}`, adapter.Moderated, ""},
	{"取消任务", adapter.Cancelled, ""},
	{"The job was cancelled by its owner", adapter.Cancelled, ""},
	{"用户余额不足", adapter.Credit, ""},
	{"The poster says 'banned prompt' and nobody knows why", adapter.Failed, ""},
	{"", adapter.Failed, ""},
}

func TestFailReasonsComeToTheRightOutcome(t *testing.T) {
	if len(failReasons) < 60 {
		t.Fatalf("there are %d reasons, want 60", len(failReasons))
	}
	for _, c := range failReasons {
		got := failure(adapter.Failure, c.reason, "")
		if got.Kind != c.kind || got.Param != c.param || (got.Code != "") != (c.kind == adapter.Invalid) {
			t.Errorf("failure(%q) = %q about %q with code %q, want %q about %q", c.reason, got.Kind, got.Param, got.Code, c.kind, c.param)
		}
		sentenceIsClean(t, got)
	}
}

// mjError and openError are the two shapes in which relays refuse.
func mjError(code int, description string) string {
	raw, _ := json.Marshal(map[string]any{"description": description, "type": "upstream_error", "code": code})
	return string(raw)
}

func openError(message, code string) string {
	raw, _ := json.Marshal(map[string]any{"error": map[string]any{"message": message, "type": "new_api_error", "code": code}})
	return string(raw)
}

const challengePage = `<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Enable JavaScript and cookies to continue</body></html>`

var refusals = map[string]struct {
	cmd       adapter.Command
	status    int
	header    string
	body      string
	kind      adapter.Kind
	elsewhere bool
}{
	"a challenge":                        {adapter.Imagine{}, 403, "", challengePage, adapter.Unavailable, true},
	"a challenge with 503":               {adapter.Imagine{}, 503, "", challengePage, adapter.Unavailable, true},
	"a challenge with 200":               {adapter.Imagine{}, 200, "", challengePage, adapter.Unavailable, true},
	"a challenge with 429's neighbour":   {adapter.Imagine{}, 430, "", challengePage, adapter.Unavailable, true},
	"a check of the browser":             {adapter.Imagine{}, 200, "", "<html><title>DDoS-Guard</title>Checking your browser before accessing</html>", adapter.Unavailable, true},
	"a check for robots":                 {adapter.Imagine{}, 500, "", "<html>Please verify you are a human</html>", adapter.Unavailable, true},
	"a captcha at an edit":               {adapter.Edits{}, 404, "", `<html><div id="px-captcha"></div></html>`, adapter.Unavailable, true},
	"a challenge at a video":             {adapter.Video{}, 200, "", challengePage, adapter.Unavailable, true},
	"a Chinese firewall's page":          {adapter.Imagine{}, 200, "", "<html><title>网站防火墙</title>您的请求带有不合法参数，已被网站管理员设置拦截！</html>", adapter.Unavailable, true},
	"a challenge told by a header":       {adapter.Imagine{}, 403, "Cf-Mitigated", "", adapter.Unavailable, true},
	"a firewall":                         {adapter.Imagine{}, 403, "", "error code: 1020", adapter.Unavailable, true},
	"a firewall's captcha":               {adapter.Imagine{}, 405, "X-Amzn-Waf-Action", "", adapter.Unavailable, true},
	"a page with 401":                    {adapter.Imagine{}, 401, "", "<html>401 Authorization Required</html>", adapter.Unavailable, true},
	"a page with 403":                    {adapter.Imagine{}, 403, "", "<html><h1>403 Forbidden</h1></html>", adapter.Unavailable, true},
	"a page with 404":                    {adapter.Imagine{}, 404, "", "<html>not here</html>", adapter.Unavailable, true},
	"a page in place of edits":           {adapter.Edits{}, 404, "", "<html>not here</html>", adapter.Unsupported, true},
	"an empty 403":                       {adapter.Imagine{}, 403, "", "", adapter.Unavailable, true},
	"a 403 that speaks of nothing":       {adapter.Imagine{}, 403, "", `{"error":"Forbidden"}`, adapter.Unavailable, true},
	"a refused key":                      {adapter.Imagine{}, 401, "", openError("Invalid token", ""), adapter.UpstreamAuth, true},
	"a refused key with 403":             {adapter.Imagine{}, 403, "", openError("This API key is not valid", ""), adapter.UpstreamAuth, true},
	"a refused key in Chinese":           {adapter.Imagine{}, 401, "", openError("无效的令牌", ""), adapter.UpstreamAuth, true},
	"a key refused under status 200":     {adapter.Imagine{}, 200, "", `{"code":401,"message":"bad"}`, adapter.UpstreamAuth, true},
	"arrears":                            {adapter.Imagine{}, 403, "", openError("Access denied, your account is in arrears", "Arrearage"), adapter.Credit, true},
	"no balance in Chinese":              {adapter.Imagine{}, 403, "", openError("用户余额不足", ""), adapter.Credit, true},
	"no quota with 500":                  {adapter.Imagine{}, 500, "", openError("x", "insufficient_user_quota"), adapter.Credit, true},
	"no balance under status 200":        {adapter.Imagine{}, 200, "", openError("余额不足", ""), adapter.Credit, true},
	"edits have no channel":              {adapter.Edits{}, 503, "", openError("当前分组 default 下对于模型 mj_edits 无可用渠道", ""), adapter.Unsupported, true},
	"edits are not for this key":         {adapter.Edits{}, 403, "", openError("该令牌无权访问模型 mj_edits", ""), adapter.Unsupported, true},
	"video has no channel in English":    {adapter.Video{}, 503, "", openError("No available channel for model mj_video under group default", ""), adapter.Unsupported, true},
	"video is an unknown model":          {adapter.Video{}, 404, "", openError("x", "model_not_found"), adapter.Unsupported, true},
	"drawing has no channel":             {adapter.Imagine{}, 503, "", openError("当前分组 default 下对于模型 mj_imagine 无可用渠道", ""), adapter.Unavailable, true},
	"a press has no channel":             {adapter.Action{TaskID: "1"}, 503, "", openError("当前分组 default 下对于模型 mj_pan 无可用渠道", ""), adapter.Unavailable, true},
	"an account without edits":           {adapter.Edits{}, 200, "", mjError(9, "当前账号不支持编辑/重绘任务"), adapter.Unsupported, true},
	"videos are turned off":              {adapter.Video{}, 200, "", mjError(4, "视频功能未启用"), adapter.Unsupported, true},
	"code 9":                             {adapter.Imagine{}, 200, "", mjError(9, "BaseImageUrl is empty, task cannot run"), adapter.Failed, true},
	"code 9 in Chinese":                  {adapter.Imagine{}, 200, "", mjError(9, "提交失败，系统异常"), adapter.Failed, true},
	"code 9 of a full queue":             {adapter.Imagine{}, 200, "", mjError(9, "提交失败，队列已满，请稍后重试"), adapter.Busy, true},
	"code 4":                             {adapter.Imagine{}, 200, "", mjError(4, "whatever is wrong"), adapter.Invalid, false},
	"an error under status 200":          {adapter.Imagine{}, 200, "", openError("something broke", ""), adapter.Failed, true},
	"an error in a word under 200":       {adapter.Imagine{}, 200, "", `{"error":"something broke"}`, adapter.Failed, true},
	"no success under status 200":        {adapter.Imagine{}, 200, "", `{"success":false,"message":"something broke"}`, adapter.Failed, true},
	"the limit of a day":                 {adapter.Imagine{}, 200, "", mjError(4, "提交失败，今日绘图次数已达上限"), adapter.Busy, true},
	"the limit of a day in English":      {adapter.Imagine{}, 429, "", openError("You have reached your daily limit", ""), adapter.Busy, true},
	"an overloaded relay":                {adapter.Imagine{}, 503, "", openError("system cpu overloaded", "system_cpu_overloaded"), adapter.Busy, true},
	"too fast":                           {adapter.Imagine{}, 429, "", openError("Too many requests", ""), adapter.Busy, true},
	"a page that is too fast":            {adapter.Imagine{}, 429, "", "<html>429</html>", adapter.Busy, true},
	"a banned word":                      {adapter.Imagine{}, 200, "", mjError(24, "可能包含敏感词"), adapter.Moderated, false},
	"a content policy":                   {adapter.Imagine{}, 400, "", openError("refused by our content policy", ""), adapter.Moderated, false},
	"a relay that lost its server":       {adapter.Imagine{}, 400, "", mjError(4, "do_request_failed "), adapter.Ambiguous, false},
	"a gateway's page":                   {adapter.Imagine{}, 502, "", "<html>502 Bad Gateway</html>", adapter.Ambiguous, false},
	"a gateway's time-out":               {adapter.Imagine{}, 524, "", "error code: 524", adapter.Ambiguous, false},
	"a suspended account":                {adapter.Imagine{}, 200, "", mjError(4, "账号已被临时封锁，请勿使用违规词作图"), adapter.Unavailable, true},
	"a prompt that speaks of a queue":    {adapter.Imagine{Prompt: "people in a queue"}, 400, "", mjError(4, "cannot draw people in a queue"), adapter.Invalid, false},
	"a prompt that is quoted":            {adapter.Imagine{}, 400, "", openError("invalid prompt: “daily limit, no balance”", ""), adapter.Invalid, false},
	"a prompt that speaks of being full": {adapter.Imagine{}, 200, "", mjError(9, "cannot send `the queue is full`"), adapter.Failed, true},
}

func TestRefusalsComeToTheRightOutcome(t *testing.T) {
	if len(refusals) < 40 {
		t.Fatalf("there are %d refusals, want 40", len(refusals))
	}
	for name, c := range refusals {
		t.Run(name, func(t *testing.T) {
			h := http.Header{}
			if c.header != "" {
				h.Set(c.header, "challenge")
			}
			_, err := testClient(false).outcome(c.cmd, reply{c.status, h, []byte(c.body)})
			var e *adapter.Error
			if !errors.As(err, &e) || e.Kind != c.kind || e.Elsewhere != c.elsewhere {
				t.Errorf("outcome(%d %s) = %+v, want kind %q, elsewhere %v", c.status, c.body, err, c.kind, c.elsewhere)
			}
			sentenceIsClean(t, err)
		})
	}
}

// sayable are words that mean something to the table.
func sayable() []string {
	out := []string{"a red fox", "it's late", "(s)", "two  blanks", "日本"}
	for _, l := range sayings {
		out = append(append(out, l.words...), l.titles...)
	}
	return out
}

// TestNothingThatIsQuotedChangesAnOutcome: the words of a prompt, in whatever way an upstream repeats them.
func TestNothingThatIsQuotedChangesAnOutcome(t *testing.T) {
	templates := []struct {
		form   string
		marked bool // the words stand in quotation marks
	}{
		{"Failed to send “%s” to Discord", true},
		{"Failed to send \"%s\" to Discord", true},
		{"Failed to send `%s` to Discord", true},
		{"Failed to send 「%s」", true},
		{"[Internal error] ```%s``` broke", true},
		{"Invalid parameter, see '%s' for more", true},
		{"Queue full, \"%s\" was not started", true},
		{"Credits exhausted, `/imagine %s`", false},
		{"%s could not be drawn", false},
		{"could not draw %s, sorry", false},
		{"Sorry! Could not complete the job! /imagine %s", false},
	}
	all := sayable()
	rapid.Check(t, func(t *rapid.T) {
		template := rapid.SampledFrom(templates).Draw(t, "template")
		prompt := strings.Join(rapid.SliceOfN(rapid.SampledFrom(all), 1, 4).Draw(t, "words"), rapid.SampledFrom([]string{" ", ", ", " \"", "` ", " 'n' "}).Draw(t, "between"))
		want := failure(adapter.Failure, fmt.Sprintf(template.form, "a red fox"), "", "a red fox")
		got := failure(adapter.Failure, fmt.Sprintf(template.form, prompt), "", prompt)
		if got.Kind != want.Kind || got.Param != want.Param {
			t.Errorf("failure(%q) = %q, want %q", fmt.Sprintf(template.form, prompt), got.Kind, want.Kind)
		}
		plain := strings.NewReplacer("\"", "", "`", "", "'", "").Replace(prompt)
		if got := failure(adapter.Failure, fmt.Sprintf(template.form, plain), ""); template.marked && got.Kind != want.Kind {
			t.Errorf("failure(%q) without the prompt = %q, want %q", fmt.Sprintf(template.form, plain), got.Kind, want.Kind)
		}
		body := mjError(4, fmt.Sprintf(template.form, "a red fox"))
		_, wanted := testClient(false).outcome(adapter.Imagine{Prompt: "a red fox"}, reply{400, http.Header{}, []byte(body)})
		body = mjError(4, fmt.Sprintf(template.form, prompt))
		if _, err := testClient(false).outcome(adapter.Imagine{Prompt: prompt}, reply{400, http.Header{}, []byte(body)}); kindOf(err) != kindOf(wanted) {
			t.Errorf("outcome(%s) = %v, want %v", body, err, wanted)
		}
	})
}
