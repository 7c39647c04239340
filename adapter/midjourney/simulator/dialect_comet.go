package simulator

import (
	"time"

	"midgate/adapter/midjourney/simulator/course"
	"midgate/adapter/midjourney/simulator/reply"
)

// cometHabits speak like CometAPI: a relay of the new-api kind whose status is live, with its own error type, HTML for
// wrong paths, and a new id for every modal.
func cometHabits() habits {
	return habits{
		relay: true, hooks: true, newIDs: true, auth: "bearer", speed: "relax",
		lacks:        set("tasks", "queue", "cancel", "retexture", "edit", "list-by-ids"),
		pace:         course.SpeedShare,
		reason:       bracketed,
		bannedReason: func(word string) string { return "[Banned prompt] Banned prompt detected: " + word },
		render:       renderRelay,
		refuse:       refuseComet,
		accepted:     acceptComet,
		uploaded:     func(links []string) reply.Reply { return result(1, "Submission successful", links, struct{}{}) },
		checkAction:  checkRelayAction,
		noRoute:      func(*call) reply.Reply { return reply.Page(404, "404 Not Found") },
		unauthorized: func(bool) reply.Reply {
			return cometError(401, "Invalid token (request id: 20260116080000000000000)", "")
		},
		unknownTask: func() reply.Reply { return relayError(400, 4, "task_no_found") },
		seedOf:      seedOfOrigin,
	}
}

// relayErrorJSON is what a relay answers when its own checks of a submission or task refuse it.
type relayErrorJSON struct {
	Description string `json:"description"`
	Type        string `json:"type"`
	Code        int    `json:"code"`
}

// relayError writes the trailing blank that the relays write.
func relayError(status, code int, description string) reply.Reply {
	return reply.JSON(status, relayErrorJSON{description + " ", "upstream_error", code})
}

// openaiErrorJSON is what the layer in front of a relay answers, which checks keys and chooses channels.
type openaiErrorJSON struct {
	Error openaiErrorBody `json:"error"`
}

type openaiErrorBody struct {
	Message string  `json:"message"`
	Type    string  `json:"type"`
	Param   *string `json:"param,omitempty"`
	Code    string  `json:"code"`
}

func cometError(status int, message, code string) reply.Reply {
	param := ""
	return reply.JSON(status, openaiErrorJSON{openaiErrorBody{message, "comet_api_error", &param, code}})
}

func refuseComet(_ *call, p problem, detail string) reply.Reply {
	switch p {
	case badBody:
		return cometError(500, "invalid request body", "invalid_request")
	case queueFull:
		return reply.JSON(200, resultJSON{Code: 23, Description: "队列已满，请稍后尝试", Properties: map[string]any{"discordInstanceId": account}})
	}
	return refuseRelay(p, detail)
}

// refuseRelay words a problem as the new-api family does.
func refuseRelay(p problem, detail string) reply.Reply {
	if text, ok := relayWords[p]; ok {
		return relayError(400, 4, text)
	}
	return refuseOrigin(p, detail)
}

// relayWords are the descriptions of the relay's own checks.
var relayWords = map[problem]string{
	badBody: "bind_request_body_failed", noPrompt: "prompt_is_required", noTaskID: "task_id_is_required",
	noCustomID: "custom_id_is_required", noIndex: "index_is_required", noAction: "action_is_required",
	noContent: "content_is_required", parentUnknown: "task_not_found", parentUnfinished: "task_status_not_success",
	modalUnknown: "task_not_found",
}

// refuseOrigin words a problem as the origins do, with HTTP 200 and a code.
func refuseOrigin(p problem, detail string) reply.Reply {
	instance := map[string]any{"discordInstanceId": account}
	switch p {
	case queueFull:
		return result(23, "队列已满，请稍后尝试", nil, instance)
	case bannedPrompt:
		return reply.JSON(200, bannedJSON{24, "可能包含敏感词", map[string]any{"promptEn": detail, "bannedWord": detail}})
	case noAccount:
		return result(3, "无可用的账号实例", nil, struct{}{})
	case parentUnknown, modalUnknown:
		return reply.JSON(404, resultJSON{3, "关联任务不存在或已失效", nil, struct{}{}})
	case noEditing:
		return result(9, "当前账号不支持编辑/重绘任务", nil, struct{}{})
	}
	return result(4, originWords[p], nil, struct{}{})
}

// bannedJSON is code 24's answer, which has no result.
type bannedJSON struct {
	Code        int            `json:"code"`
	Description string         `json:"description"`
	Properties  map[string]any `json:"properties"`
}

// originWords are the descriptions of code 4.
var originWords = map[problem]string{
	badBody: "参数错误", noPrompt: "prompt不能为空", noTaskID: "taskId不能为空", noCustomID: "customId 不能为空",
	noIndex: "index参数错误", noAction: "action参数错误", noContent: "content参数错误", badImages: "base64List参数错误",
	badImage: "base64格式错误", badLink: "链接格式错误", parentUnfinished: "关联任务状态错误",
	unknownAction: "未知的 Action 类型", notAllowed: "未知的 Action 类型", badVideo: "任务类型错误",
}

func acceptComet(a acceptance) reply.Reply {
	id := a.task.id[max(0, len(a.task.id)-10):]
	instance := map[string]any{"discordChannelId": id, "discordInstanceId": id}
	if a.confirm {
		instance["finalPrompt"], instance["remix"] = a.task.press.Prefill(a.task.final), true
	}
	if a.ahead > 0 {
		instance["numberOfQueues"] = a.ahead
	}
	return result(a.code(), a.words("Submission successful"), a.id(), instance)
}

// checkRelayAction is what a relay itself wants of an action.
func checkRelayAction(id, customID string) (problem, string) {
	switch {
	case id == "":
		return noTaskID, ""
	case customID == "":
		return noCustomID, ""
	}
	return "", ""
}

// seedOfOrigin answers GET image-seed.
func seedOfOrigin(t *task, v course.View) reply.Reply {
	if v.Status != "SUCCESS" {
		return reply.JSON(400, resultJSON{4, "关联任务状态错误", nil, struct{}{}})
	}
	return result(1, "成功", seedText(t), struct{}{})
}

// lastTick is the newest moment at which copies were refreshed.
func (s *Simulator) lastTick(now time.Time) time.Time {
	return s.born.Add(now.Sub(s.born).Truncate(s.cfg.Refresh))
}
