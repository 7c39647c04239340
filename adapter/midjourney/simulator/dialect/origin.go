package dialect

import "midgate/adapter/midjourney/simulator/reply"

// account is the instance id that answers carry.
const account = "1118138338562560102"

// RefuseOrigin words a problem as the origins do, with HTTP 200 and a code.
func RefuseOrigin(p Problem, detail string) reply.Reply {
	instance := map[string]any{"discordInstanceId": account}
	switch p {
	case QueueFull:
		return Result(23, "队列已满，请稍后尝试", nil, instance)
	case BannedPrompt:
		return reply.JSON(200, bannedJSON{24, "可能包含敏感词", map[string]any{"promptEn": detail, "bannedWord": detail}})
	case NoAccount:
		return Result(3, "无可用的账号实例", nil, struct{}{})
	case ParentUnknown, ModalUnknown:
		return reply.JSON(404, resultJSON{3, "关联任务不存在或已失效", nil, struct{}{}})
	case NoEditing:
		return Result(9, "当前账号不支持编辑/重绘任务", nil, struct{}{})
	}
	return Result(4, originWords[p], nil, struct{}{})
}

// bannedJSON is code 24's answer, which has no result.
type bannedJSON struct {
	Code        int            `json:"code"`
	Description string         `json:"description"`
	Properties  map[string]any `json:"properties"`
}

// originWords are the descriptions of code 4.
var originWords = map[Problem]string{
	BadBody: "参数错误", NoPrompt: "prompt不能为空", NoTaskID: "taskId不能为空", NoCustomID: "customId 不能为空",
	NoIndex: "index参数错误", NoAction: "action参数错误", NoContent: "content参数错误", BadImages: "base64List参数错误",
	BadImage: "base64格式错误", BadLink: "链接格式错误", ParentUnfinished: "关联任务状态错误",
	UnknownAction: "未知的 Action 类型", NotAllowed: "未知的 Action 类型", BadVideo: "任务类型错误",
}

// seedOfOrigin answers GET image-seed.
func seedOfOrigin(t Task) reply.Reply {
	if t.View.Status != "SUCCESS" {
		return reply.JSON(400, resultJSON{4, "关联任务状态错误", nil, struct{}{}})
	}
	return Result(1, "成功", t.seed(), struct{}{})
}
