package dialect

import (
	"strings"

	"midgate/adapter/midjourney/simulator/reply"
)

// NewAPI speaks like new-api in front of an origin, as seen live: stale copies,
// rewritten codes, a narrow list of buttons, no webhooks.
func NewAPI() Habits {
	return Habits{
		Relay: true, Copies: true, BansAtOnce: true, Lingers: true, Auth: "bearer-or-secret", Speed: "fast",
		Lacks:        set("tasks", "queue", "cancel", "retexture", "edit", "list-by-ids"),
		Pace:         func(string) float64 { return 1 }, // the speed prefix is lost on the way to the origin
		Reason:       bracketed,
		BannedReason: func(string) string { return "可能包含敏感词" },
		Render:       renderRelay(true),
		Refuse:       refuseNewAPI,
		Accepted:     acceptNewAPI,
		Uploaded:     func(links []string) reply.Reply { return asText(Result(1, "提交成功", links, struct{}{})) },
		CheckAction:  checkNewAPIAction,
		NoRoute:      noRouteNewAPI,
		Unauthorized: func(bool) reply.Reply {
			return newapiError(401, "无效的令牌 (request id: 20260116080000000000000)")
		},
		UnknownTask: func() reply.Reply { return RelayError(400, 4, "task_no_found") },
		SeedOf: func(Task) reply.Reply {
			return asText(Result(403, "未登录", nil, struct{}{}))
		},
	}
}

func newapiError(status int, message string) reply.Reply {
	return reply.JSON(status, openaiErrorJSON{openaiErrorBody{Message: message, Type: "new_api_error"}})
}

// asText is what passes through new-api: JSON that calls itself text.
func asText(o reply.Reply) reply.Reply {
	o.Kind = reply.TypePlain
	return o
}

func refuseNewAPI(_ Request, p Problem, detail string) reply.Reply {
	const id = " (request id: 20260116080000000000000)"
	switch p {
	case BadBody:
		return newapiError(400, "Invalid request, bind_request_body_failed"+id)
	case NotAllowed:
		if detail == "" {
			return reply.JSON(500, openaiErrorJSON{openaiErrorBody{Message: "Panic detected, error: runtime error: index out of range", Type: "new_api_panic"}})
		}
		return newapiError(400, "Invalid request, unknown_action:"+detail+id)
	case QueueFull:
		return asText(reply.JSON(200, bannedJSON{23, "队列已满，请稍后尝试", map[string]any{"discordInstanceId": account}}))
	}
	out := refuseRelay(p, detail)
	if out.Status == 200 {
		return asText(out)
	}
	return out
}

// acceptNewAPI rewrites 22 to 1, and 21 to 1 unless the window is a region's or a custom zoom's.
func acceptNewAPI(a Acceptance) reply.Reply {
	code := a.code()
	keeps := a.Confirm && (a.Verb == "region" || a.Verb == "custom-zoom")
	if !keeps {
		code = 1
	}
	return asText(Result(code, a.words("提交成功"), a.id(), a.details()))
}

// checkNewAPIAction is the relay's list of buttons.
func checkNewAPIAction(id, customID string) (Problem, string) {
	parts := strings.Split(customID, "::")
	switch {
	case customID == "":
		return NoCustomID, ""
	case len(parts) < 2, parts[1] == "JOB" && len(parts) < 3:
		return NotAllowed, ""
	}
	verb := parts[1]
	if verb == "JOB" {
		verb = parts[2]
	}
	for _, word := range []string{"upsample", "variation", "pan", "reroll"} {
		if strings.Contains(verb, word) {
			return checkRelayAction(id, customID)
		}
	}
	if verb == "Outpaint" || verb == "CustomZoom" || verb == "Inpaint" {
		return checkRelayAction(id, customID)
	}
	return NotAllowed, customID
}

// noRouteNewAPI answers unknown /mj routes with the site's page and status 200.
func noRouteNewAPI(c Request) reply.Reply {
	if strings.HasPrefix(c.Bare, "/mj/") {
		return reply.Page(200, "New API")
	}
	return reply.JSON(404, map[string]any{"error": map[string]any{
		"message": "Invalid URL (" + c.Method + " " + c.Path + ")", "type": "invalid_request_error", "param": "", "code": "",
	}})
}
