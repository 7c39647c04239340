package midjourney

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"midgate/adapter"
)

// mjError and openError are the two shapes in which relays refuse.
func mjError(code int, description string) string {
	return jsonOf(map[string]any{"description": description, "type": "upstream_error", "code": code})
}

func openError(message, code string) string {
	return jsonOf(map[string]any{"error": map[string]any{"message": message, "type": "new_api_error", "code": code}})
}

func jsonOf(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts and numbers
	}
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
	"no such address for drawing":        {adapter.Imagine{}, 404, "", "default backend - 404", adapter.Unavailable, true},
	"no such address in JSON":            {adapter.Imagine{}, 404, "", `{"detail":"Not Found"}`, adapter.Unavailable, true},
	"a method that is not allowed":       {adapter.Imagine{}, 405, "", `{"message":"Method Not Allowed"}`, adapter.Unavailable, true},
	"a press while the server is away":   {adapter.Action{TaskID: "1"}, 404, "", "default backend - 404", adapter.Unavailable, true},
	"a change that a server lacks":       {adapter.Change{TaskID: "1"}, 404, "", "", adapter.Unsupported, true},
	"a time-out behind a relay":          {adapter.Imagine{}, 503, "", openError("上游请求超时", ""), adapter.Ambiguous, false},
	"a time-out behind another":          {adapter.Imagine{}, 400, "", mjError(4, "do request failed: context deadline exceeded"), adapter.Ambiguous, false},
	"a connection that broke behind":     {adapter.Imagine{}, 503, "", openError("read tcp 10.0.0.1:1: connection reset by peer", ""), adapter.Ambiguous, false},
	"a refusal that speaks of time":      {adapter.Imagine{}, 200, "", mjError(9, "upload timeout"), adapter.Failed, true},
	"a key that is disabled":             {adapter.Edits{}, 401, "", openError("This API key is disabled", ""), adapter.UpstreamAuth, true},
	"a key that is not enabled":          {adapter.Edits{}, 401, "", openError("该令牌未启用", ""), adapter.UpstreamAuth, true},
	"a key that is disabled with 403":    {adapter.Edits{}, 403, "", openError("This token has been disabled", ""), adapter.UpstreamAuth, true},
	"edits have no price":                {adapter.Edits{}, 500, "", openError("模型 mj_edits 倍率或价格未配置，请联系管理员设置", ""), adapter.Unsupported, true},
	"video is no model of this key":      {adapter.Video{}, 404, "", openError("The model mj_video does not exist or you do not have access to it", ""), adapter.Unsupported, true},
	"edits were not bought":              {adapter.Edits{}, 200, "", mjError(4, "该功能未开通"), adapter.Unsupported, true},
	"a word for a code":                  {adapter.Imagine{}, 400, "", `{"code":"insufficient_quota","message":"x"}`, adapter.Credit, true},
	"no balance under another name":      {adapter.Imagine{}, 403, "", `{"code":403,"msg":"余额不足"}`, adapter.Credit, true},
	"a key refused in a detail":          {adapter.Imagine{}, 401, "", `{"detail":"Invalid API key"}`, adapter.UpstreamAuth, true},
	"a list of errors":                   {adapter.Imagine{}, 400, "", `{"success":false,"errors":[{"code":1,"message":"Banned prompt"}]}`, adapter.Moderated, false},
	"a refusal within a refusal":         {adapter.Imagine{}, 400, "", openError(`bad response status code 400, body: {"code":4,"description":"队列已满"}`, ""), adapter.Busy, true},
	"the day's drawings":                 {adapter.Imagine{}, 200, "", mjError(4, "Daily drawing limit reached"), adapter.Busy, true},
	"a banned word in a sentence":        {adapter.Imagine{}, 200, "", mjError(4, "您的提示词包含违规内容"), adapter.Moderated, false},
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
