package dialect

import (
	"midgate/adapter/midjourney/simulator/course"
	"midgate/adapter/midjourney/simulator/reply"
)

// Comet speaks like CometAPI: a relay of the new-api kind whose status is live, with its own error type, HTML for
// wrong paths, and a new id for every modal.
func Comet() Habits {
	return Habits{
		Relay: true, Hooks: true, NewIDs: true, Auth: "bearer", Speed: "relax",
		Lacks:        set("tasks", "queue", "cancel", "retexture", "edit", "list-by-ids"),
		Pace:         course.SpeedShare,
		Reason:       bracketed,
		BannedReason: func(word string) string { return "[Banned prompt] Banned prompt detected: " + word },
		Render:       renderRelay(false),
		Refuse:       refuseComet,
		Accepted:     acceptComet,
		Uploaded:     func(links []string) reply.Reply { return Result(1, "Submission successful", links, struct{}{}) },
		CheckAction:  checkRelayAction,
		NoRoute:      func(Request) reply.Reply { return reply.Page(404, "404 Not Found") },
		Unauthorized: func(bool) reply.Reply {
			return cometError(401, "Invalid token (request id: 20260116080000000000000)", "")
		},
		UnknownTask: func() reply.Reply { return RelayError(400, 4, "task_no_found") },
		SeedOf:      seedOfOrigin,
	}
}

func cometError(status int, message, code string) reply.Reply {
	param := ""
	return reply.JSON(status, openaiErrorJSON{openaiErrorBody{message, "comet_api_error", &param, code}})
}

func refuseComet(_ Request, p Problem, detail string) reply.Reply {
	switch p {
	case BadBody:
		return cometError(500, "invalid request body", "invalid_request")
	case QueueFull:
		return reply.JSON(200, resultJSON{Code: 23, Description: "队列已满，请稍后尝试", Properties: map[string]any{"discordInstanceId": account}})
	}
	return refuseRelay(p, detail)
}

func acceptComet(a Acceptance) reply.Reply {
	id := a.ID[max(0, len(a.ID)-10):]
	instance := map[string]any{"discordChannelId": id, "discordInstanceId": id}
	if a.Confirm {
		instance["finalPrompt"], instance["remix"] = a.Prefill, true
	}
	if a.Ahead > 0 {
		instance["numberOfQueues"] = a.Ahead
	}
	return Result(a.code(), a.words("Submission successful"), a.id(), instance)
}
