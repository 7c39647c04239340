package midjourney

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
		got := failure(adapter.Failure, reason, "")
		if got.Kind != want {
			t.Errorf("failure(%q) = %q, want %q", reason, got.Kind, want)
		}
		if !strings.HasSuffix(got.Message, ".") || strings.ContainsAny(got.Message, "\n<>") {
			t.Errorf("failure(%q) says %q, want one sentence", reason, got.Message)
		}
		if (got.Param == "prompt") != (want == adapter.Invalid) {
			t.Errorf("failure(%q) blames %q, want the prompt only if it is invalid", reason, got.Param)
		}
	}
	if got := failure(adapter.Cancelling, "", ""); got.Kind != adapter.Cancelled {
		t.Errorf("failure(CANCEL) = %q, want %q", got.Kind, adapter.Cancelled)
	}
	if got := failure(adapter.Failure, "Banned prompt", ""); !strings.Contains(got.Message, "safety system") {
		t.Errorf("a moderated prompt is told %q, want the words safety system", got.Message)
	}
}

// TestNothingOfTheUpstreamLeaksThroughItsTexts has a canary in every text.
func TestNothingOfTheUpstreamLeaksThroughItsTexts(t *testing.T) {
	for text, want := range map[string]string{
		"Oops (request id: 20260116112233abc)":                           "Oops",
		"see https://canary.example/x?key=canary for more":               "see for more",
		"dial tcp 10.1.2.3:8080: refused":                                "dial tcp : refused",
		"host canary.internal:3000 is down":                              "host is down",
		"task 1768464763141701 failed":                                   "task failed",
		"job 5f20922e-7c18-4762-bf03-8e428fee1860 gone":                  "job gone",
		"bad sk-canary123456 given":                                      "bad given",
		"bad key my-secret given":                                        "bad key given",
		"<html><script>canary()</script><b>Bad</b>\x00\n gateway</html>": "Bad gateway",
		"localhost:3000/mj refused":                                      "/mj refused",
	} {
		if got := clean(text, "my-secret"); got != want {
			t.Errorf("clean(%q) = %q, want %q", text, got, want)
		}
	}
	if got := []rune(clean(strings.Repeat("长 words ", 200), "")); len(got) > maxMessage {
		t.Errorf("clean(a long text) has %d runes, want at most %d", len(got), maxMessage)
	}
}
