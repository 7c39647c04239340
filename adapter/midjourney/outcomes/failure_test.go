package outcomes

import (
	"strings"
	"testing"

	"midgate/adapter"
)

// TestFailReasonsAreUnderstood has a case for every phrase by which a failReason is understood.
func TestFailReasonsAreUnderstood(t *testing.T) {
	for reason, want := range map[string]adapter.Kind{
		"Banned prompt detected, be careful":            adapter.Moderated,
		"可能包含敏感词":                                       adapter.Moderated,
		"[Sorry! Our AI moderators] feel unsure":        adapter.Moderated,
		"Request cancelled due to output filters":       adapter.Moderated,
		"[Image denied] try another":                    adapter.Moderated,
		"Pending mod message":                           adapter.Unavailable,
		"[Invalid prompt] nothing but parameters":       adapter.Invalid,
		"Invalid parameter, `--ar` takes whole numbers": adapter.Invalid,
		"Unrecognized parameter(s): `--oref2`":          adapter.Invalid,
		"[Invalid link] blocked by the server":          adapter.Invalid,
		"Could not validate this link":                  adapter.Invalid,
		"无效的参数":                                         adapter.Invalid,
		"[Queue full] wait a bit":                       adapter.Busy,
		"队列已满":                                          adapter.Busy,
		"Credits exhausted":                             adapter.Unavailable,
		"任务失败，请重试":                                      adapter.Unavailable,
		"Subscription required":                         adapter.Unavailable,
		"[Subscription paused]":                         adapter.Unavailable,
		"Plan Cancelled":                                adapter.Unavailable,
		"Blocked":                                       adapter.Unavailable,
		"任务超时":                                          adapter.Failed,
		"执行超时 5 分钟":                                     adapter.Failed,
		"任务提交超时":                                        adapter.Failed,
		"任务超时，自动取消":                                     adapter.Failed,
		"超时，未找到消息":                                      adapter.Failed,
		"上游任务超时（超过1小时）":                                 adapter.Failed,
		"[Internal Server Error]":                       adapter.Failed,
		"服务异常，请稍后重试":                                    adapter.Failed,
		"操作失败，请稍后重试":                                    adapter.Failed,
		"Failed to process your command":                adapter.Failed,
		"取消任务":                                          adapter.Cancelled,
		"cancelled":                                     adapter.Cancelled,
		"获取渠道信息失败，请联系管理员":                               adapter.Unavailable,
		"":                          adapter.Failed,
		"something nobody has seen": adapter.Failed,
		"Banned prompt detected, the job was cancelled, sorry.": adapter.Moderated,
	} {
		got := Failure(adapter.Failure, reason, "")
		if got.Kind != want {
			t.Errorf("Failure(%q) = %q, want %q", reason, got.Kind, want)
		}
		if !strings.HasSuffix(got.Message, ".") || strings.ContainsAny(got.Message, "\n<>") {
			t.Errorf("Failure(%q) says %q, want one sentence", reason, got.Message)
		}
		if (got.Param == "prompt") != (want == adapter.Invalid) {
			t.Errorf("Failure(%q) blames %q, want the prompt only if it is invalid", reason, got.Param)
		}
	}
	if got := Failure(adapter.Cancelling, "", ""); got.Kind != adapter.Cancelled {
		t.Errorf("Failure(CANCEL) = %q, want %q", got.Kind, adapter.Cancelled)
	}
	if got := Failure(adapter.Failure, "Banned prompt", ""); !strings.Contains(got.Message, "safety system") {
		t.Errorf("a moderated prompt is told %q, want the words safety system", got.Message)
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
	{"Sorry! The AI moderator is unsure about this prompt", adapter.Moderated, ""},
	{"Your prompt was flagged as inappropriate", adapter.Moderated, ""},
	{"This prompt violates our Terms of Service", adapter.Moderated, ""},
	{"Video blocked, please try another start frame", adapter.Moderated, ""},
	{"The request contains sensitive words", adapter.Moderated, ""},
	{"检测到违规内容，请修改提示词", adapter.Moderated, ""},
	{"提示词包含敏感内容", adapter.Moderated, ""},
	{"内容未通过安全审核", adapter.Moderated, ""},
	{"提示詞可能包含敏感詞", adapter.Moderated, ""},
	{"There is an AI moderator outage, please try again in a few minutes", adapter.Unavailable, ""},
	{"AI moderator outage", adapter.Unavailable, ""},
	{"Moderation is temporarily unavailable", adapter.Unavailable, ""},
	{"Your account has been suspended", adapter.Unavailable, ""},
	{"You have been banned from using Midjourney", adapter.Unavailable, ""},
	{"Due to extreme demand we can't provide a free trial right now. Please /subscribe or try again tomorrow.", adapter.Unavailable, ""},
	{"Discord: 401 Unauthorized", adapter.Unavailable, ""},
	{"Missing Access", adapter.Unavailable, ""},
	{"账号因违规已被封禁", adapter.Unavailable, ""},
	{"帐号不可用", adapter.Unavailable, ""},
	{"没有可用的账户", adapter.Unavailable, ""},
	{"快速时间已用完，请使用慢速模式", adapter.Unavailable, ""},
	{"账号快速额度不足", adapter.Unavailable, ""},
	{"订阅已到期", adapter.Unavailable, ""},
	{"账号登录失效", adapter.Unavailable, ""},
	{"You have too many concurrent jobs", adapter.Busy, ""},
	{"并发任务数已达上限", adapter.Busy, ""},
	{"当前排队人数过多，请稍后再试", adapter.Busy, ""},
	{"操作频繁，请稍后再试", adapter.Busy, ""},
	{"触发限流", adapter.Busy, ""},
	{"佇列已滿，請稍後重試", adapter.Busy, ""},
	{"今日绘图次数已用完", adapter.Busy, ""},
	{"Invalid parameter: `--cref` is not compatible with `--version 7`", adapter.Invalid, "prompt"},
	{"`--stylize` must be between 0 and 1000", adapter.Invalid, "prompt"},
	{"The prompt is too long", adapter.Invalid, "prompt"},
	{"提示词不能为空", adapter.Invalid, "prompt"},
	{"非法参数：--ar", adapter.Invalid, "prompt"},
	{"参数不合法", adapter.Invalid, "prompt"},
	{"參數錯誤", adapter.Invalid, "prompt"},
	{"Failed to download image", adapter.Invalid, "prompt"},
	{"垫图链接已失效", adapter.Invalid, "prompt"},
	{"图片下载失败", adapter.Invalid, "prompt"},
	{"任务执行逾時", adapter.Failed, ""},
	{"Gateway Time-out", adapter.Failed, ""},
	{"bad response status code 500: {\"code\":24,\"description\":\"Banned prompt detected\"}", adapter.Moderated, ""},
	{"账户余额不足，请充值", adapter.Credit, ""},
	{"Sorry, this prompt is not allowed", adapter.Moderated, ""},
	{"Request cancelled due to AI moderation", adapter.Moderated, ""},
	{"Job cancelled by moderation", adapter.Moderated, ""},
	{"提示词被拦截", adapter.Moderated, ""},
	{"违反社区准则", adapter.Moderated, ""},
	{"[{\"code\":\"banned\",\"message\":\"Banned prompt\"}]", adapter.Moderated, ""},
	{"⚠️ **Banned prompt detected**\nThe word is banned", adapter.Moderated, ""},
	{"You have a pending message from moderators", adapter.Unavailable, ""},
	{"Fast mode is not available for your plan", adapter.Unavailable, ""},
	{"Action required: verify your account", adapter.Unavailable, ""},
	{"无可用实例", adapter.Unavailable, ""},
	{"账号已过期", adapter.Unavailable, ""},
	{"fast 时长不足", adapter.Unavailable, ""},
	{"需要人工验证", adapter.Unavailable, ""},
	{"请求速度过快", adapter.Busy, ""},
	{"Ratelimit", adapter.Busy, ""},
	{"Unrecognised parameter: `--foo`", adapter.Invalid, "prompt"},
	{"--niji 9 is not a valid version", adapter.Invalid, "prompt"},
	{"Image prompts must be URLs", adapter.Invalid, "prompt"},
	{"链接已失效", adapter.Invalid, "prompt"},
	{"提示词为空", adapter.Invalid, "prompt"},
	{"不支持的版本", adapter.Invalid, "prompt"},
	{"Start frame missing", adapter.Invalid, "image"},
	{"操作受限", adapter.Invalid, "action"},
	{"Insufficient account balance", adapter.Credit, ""},
	{"<html><head><title>504 Gateway Time-out</title></head></html>", adapter.Failed, ""},
	{"", adapter.Failed, ""},
}

func TestFailReasonsComeToTheRightOutcome(t *testing.T) {
	if len(failReasons) < 60 {
		t.Fatalf("there are %d reasons, want 60", len(failReasons))
	}
	for _, c := range failReasons {
		got := Failure(adapter.Failure, c.reason, "")
		if got.Kind != c.kind || got.Param != c.param || (got.Code != "") != (c.kind == adapter.Invalid) {
			t.Errorf("Failure(%q) = %q about %q with code %q, want %q about %q", c.reason, got.Kind, got.Param, got.Code, c.kind, c.param)
		}
		if strings.ContainsFunc(got.Message, func(r rune) bool { return r > 0x2fff }) || strings.Contains(got.Message, "request id") {
			t.Errorf("Failure(%q) says %q, want clean English", c.reason, got.Message)
		}
		if !strings.HasSuffix(got.Message, ".") || strings.ContainsAny(got.Message, "<>\n") {
			t.Errorf("Failure(%q) says %q, want one sentence", c.reason, got.Message)
		}
	}
}

// TestWordsOfARequestDecideNothing however an upstream repeats them: without their parameters, with other blanks or
// addresses, or cut off.
func TestWordsOfARequestDecideNothing(t *testing.T) {
	for _, c := range []struct{ asked, reason string }{
		{"a timeout sign in a queue --v 7 --ar 3:2", "Could not draw a timeout sign in a queue, sorry"},
		{"a timeout sign in a queue --v 7 --ar 3:2", "Could not draw a timeout sign in a queue --ar 3:2 --v 7, sorry"},
		{"a  timeout\nsign in a queue --v 7", "Could not draw a timeout sign in a queue"},
		{"a timeout sign in a queue", "Could not draw a timeout\n  sign in a queue"},
		{"a poster that says banned prompt and other things --v 7", "Could not draw a poster that says banned prompt and oth…"},
		{"a poster that says banned prompt and other things --v 7", "Could not draw a poster that says banned prompt ..."},
		{"https://a.example/1.png a timeout sign --v 7", "Could not draw https://s.mj.run/abc a timeout sign"},
		{"A Timeout Sign --v 7", "a timeout sign: could not be drawn"},
		{"一张海报，写着任务超时和余额不足 --v 7", "绘制失败：一张海报，写着任务超时…"},
		{"一张海报，写着任务超时和余额不足", "绘制 一张海报，写着任务超时和余额不足 失败"},
		{"banned prompt --v 7", "banned prompt could not be drawn"},
	} {
		if got := Failure(adapter.Failure, c.reason, "", c.asked); got.Kind != adapter.Failed || strings.Contains(got.Message, "timed out") {
			t.Errorf("Failure(%q) of %q = %s %q, want a failure that nobody knows more of", c.reason, c.asked, got.Kind, got.Message)
		}
	}
	if got := Failure(adapter.Failure, "Banned prompt detected", "", "banned prompt --v 7"); got.Kind != adapter.Moderated {
		t.Errorf("a title that begins as the prompt does is %s, want it to count", got.Kind)
	}
}
