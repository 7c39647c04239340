package outcomes

import (
	"regexp"
	"strings"
	"unicode"
)

// maxMessage is how much of an upstream's text is kept, in runes.
const maxMessage = 300

// maxRead is how much of one is looked at, in bytes: what matters comes first.
const maxRead = 8 << 10

// known are the upstreams' standing phrases and what they mean in English. The first phrase that a text contains decides.
var known = []struct{ phrase, meaning string }{
	{"可能包含敏感词", "the prompt may contain a banned word"},
	{"队列已满", "the queue is full"},
	{"queue full", "the queue is full"},
	{"排队中", "the job is queued"},
	{"无可用的账号实例", "no Midjourney account is available"},
	{"无可用渠道", "no channel is available for this kind of job"},
	{"账号已被临时封锁", "the account is suspended for a while"},
	{"账号已禁用", "the account is disabled"},
	{"账号不可用", "the Midjourney account is not available"},
	{"未登录", "the key is not accepted"},
	{"当前账号不支持", "the account does not support this kind of job"},
	{"关联任务不存在", "the task it refers to does not exist or has expired"},
	{"关联任务状态错误", "the task it refers to is not finished"},
	{"未知的 action", "the button is not known"},
	{"任务已存在", "the task exists already"},
	{"禁止上传", "uploads are forbidden"},
	{"视频功能未启用", "videos are turned off"},
	{"链接格式错误", "the link is malformed"},
	{"prompt不能为空", "the prompt is empty"},
	{"prompt 不能为空", "the prompt is empty"},
	{"base64list参数错误", "the number of pictures is not allowed"},
	{"参数错误", "a parameter is wrong"},
	{"负载已饱和", "all places are taken"},
	{"该任务所属渠道已被禁用", "the channel of the task is disabled"},
	{"获取渠道信息失败", "the channel of the task is gone"},
	{"无权访问模型", "the key may not run this kind of job"},
	{"额度", "the credit is used up"},
	{"余额不足", "the credit is used up"},
	{"系统异常", "the system has failed"},
	{"服务异常", "the service has failed"},
	{"操作失败", "the operation failed"},
	{"系统错误", "the system has failed"},
	{"内部错误", "the system has failed"},
	{"未知错误", "an unknown error"},
	{"网络异常", "the network has failed"},
	{"网络错误", "the network has failed"},
	{"未响应", "no answer came"},
	{"无响应", "no answer came"},
	{"终止", "the job was stopped"},
	{"提交失败", "the submission failed"},
	{"生成失败", "the drawing failed"},
	{"任务失败，请重试", "the account could not run the job"},
	{"取消任务", "the job was cancelled"},
	{"未找到消息", "the job timed out"},
	{"超时", "the job timed out"},
	{"无效的加速模式", "the speed is not offered"},
	{"并发", "too many jobs run at once"},
	{"上限", "a limit is reached"},
	{"限制", "a limit is reached"},
	{"无效", "something in the request is invalid"},
	{"quota_not_enough", "the credit is used up"},
	{"task_status_not_success", "the task it refers to is not finished"},
	{"task_not_found", "the task does not exist"},
	{"task_no_found", "the task does not exist"},
	{"prompt_is_required", "the prompt is empty"},
	{"unknown_action", "the button is not offered"},
	{"get_channel_info_failed", "the channel of the task is gone"},
	{"insert_midjourney_task_failed", "the job was started but not recorded"},
	{"do_request_failed", "the server behind it does not answer"},
	{"empty_response_body", "the server behind it answered nothing"},
	{"system_cpu_overloaded", "the server is overloaded"},
}

var (
	tagPattern     = regexp.MustCompile(`(?s)<(?:script|style)\b.*?</(?:script|style)>|<[^<>]*>`)
	requestPattern = regexp.MustCompile(`(?i)[(\[（]?\s*request[ _-]?id\s*[:：=]?\s*[A-Za-z0-9…_-]*\s*[)\]）]?`)
	urlPattern     = regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.-]*://[^\s"'<>，。]+`)
	hostPattern    = regexp.MustCompile(`(?i)\b(?:[a-z0-9-]+\.)+(?:com|net|org|io|dev|ai|cn|app|xyz|top|cc|me|co|info|local|internal|lan|example)\b(?::\d+)?(?:/[^\s"'<>]*)?`)
	addressPattern = regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b|\blocalhost(?::\d+)?\b|\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\](?::\d+)?`)
	keyPattern     = regexp.MustCompile(`(?i)\b(?:sk|pk|key|bearer|token)[-_ ][A-Za-z0-9*_.-]{6,}`)
	uuidPattern    = regexp.MustCompile(`(?i)\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b`)
	idPattern      = regexp.MustCompile(`(?i)\b(?:\d{10,}|[0-9a-f]{20,}|[a-z0-9_-]{40,})\b`)
	emptyPattern   = regexp.MustCompile(`[(\[（]\s*[)\]）]`)
)

// clean makes a text of the upstream fit to be shown: no tags, hosts, addresses, keys, ids or
// request ids, one line, at most maxMessage runes. secret is the key in use.
func clean(text, secret string) string {
	text = text[:min(len(text), maxRead)]
	if secret != "" {
		text = strings.ReplaceAll(text, secret, "")
	}
	text = strings.Join(strings.FieldsFunc(tagPattern.ReplaceAllString(text, " "), unprintable), " ")
	for _, p := range []*regexp.Regexp{
		requestPattern, urlPattern, hostPattern, addressPattern, keyPattern, uuidPattern, idPattern, emptyPattern,
	} {
		text = p.ReplaceAllString(text, "")
	}
	text = strings.Trim(strings.Join(strings.Fields(text), " "), " ,;:.。，：…")
	if runes := []rune(text); len(runes) > maxMessage {
		text = strings.TrimSpace(string(runes[:maxMessage-1])) + "…"
	}
	return text
}

func unprintable(r rune) bool {
	return unicode.IsSpace(r) || !unicode.IsPrint(r) || r == unicode.ReplacementChar
}

// plain says in English what a text of the upstream means: a translation of a known phrase, else
// the text itself, cleaned; empty if nothing is left of it. asked are the words of the request, which it may repeat.
func plain(text, secret string, asked ...string) string {
	own := tell(text, asked...).rest
	for _, k := range known {
		if holds(own, k.phrase) {
			return k.meaning
		}
	}
	return clean(text, secret)
}

// sentence joins a fixed beginning and an optional reason.
func sentence(start, reason string) string {
	if reason == "" {
		return start + "."
	}
	return start + ": " + reason + "."
}
