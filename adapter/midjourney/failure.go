package midjourney

import (
	"errors"
	"regexp"
	"strings"

	"midgate/adapter"
)

// failures is what the texts of failed tasks mean (upstream-protocol.md §4.7). The first row with
// a phrase that the text contains decides, so order matters: "Invalid link … blocked" is a bad
// link, a time-out is no "please retry".
var failures = []struct {
	kind    adapter.Kind
	start   string
	phrases []string
}{
	{adapter.Moderated, "The request was rejected by the safety system", []string{
		"banned prompt", "敏感词", "ai moderators", "output filters", "image denied", "pending mod message", "moderat",
	}},
	{adapter.Failed, "The job timed out at the upstream", []string{"超时", "未找到消息", "timed out", "timeout"}},
	{adapter.Busy, "The upstream's queue was full", []string{"queue full", "queue is full", "队列已满"}},
	{adapter.Unavailable, "The upstream's channel for the job is gone", []string{"获取渠道信息失败"}},
	{adapter.Cancelled, "The job was cancelled", []string{"取消", "job cancel", "task cancel", "cancelled by", "canceled by"}},
	{adapter.Invalid, "Midjourney refused the prompt", []string{
		"invalid prompt", "invalid parameter", "unrecognized parameter", "invalid link", "could not validate this link", "无效",
	}},
	{adapter.Unavailable, "The upstream's Midjourney account cannot take jobs now", []string{
		"credits exhausted", "任务失败，请重试", "subscription", "plan cancelled", "plan canceled", "blocked",
	}},
	{adapter.Cancelled, "The job was cancelled", []string{"cancel"}},
}

// failure explains a failed or cancelled task.
func failure(status adapter.Status, reason, secret string) *adapter.Error {
	lower := strings.ToLower(reason)
	for _, f := range failures {
		if containsAny(lower, f.phrases...) {
			return failed(f.kind, f.start, reason, secret)
		}
	}
	if status == adapter.Cancelling {
		return failed(adapter.Cancelled, "The job was cancelled", reason, secret)
	}
	return failed(adapter.Failed, "The job failed at the upstream", reason, secret)
}

// failed is the error of a kind; the reason follows in plain words where it says more.
func failed(kind adapter.Kind, start, reason, secret string) *adapter.Error {
	reason = plain(titled.ReplaceAllString(strings.TrimSpace(reason), "$1: "), secret)
	if kind == adapter.Cancelled || reason == "the job timed out" || reason == "the queue is full" {
		reason = ""
	}
	e := adapter.Wrap(kind, errTaskFailed, "%s", sentence(start, reason))
	if kind == adapter.Invalid {
		e.Code, e.Param = "invalid_value", "prompt"
	}
	return e
}

// titled is how the first origin writes a failure: "[Title] description".
var titled = regexp.MustCompile(`^\[([^\]]+)\]\s*`)

var errTaskFailed = errors.New("task ended without success")
