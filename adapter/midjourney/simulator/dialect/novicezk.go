package dialect

import (
	"midgate/adapter/midjourney/simulator/course"
	"midgate/adapter/midjourney/simulator/reply"
)

// NoviceZK speaks like the first midjourney-proxy: no buttons, only change; codes 23, 24 and 21 for a U that
// exists already.
func NoviceZK() Habits {
	return Habits{
		Lenient: true, Hooks: true, BansAtOnce: true, NoButtons: true, UpscaleOnce: true, Auth: "mj-api-secret", Speed: "fast",
		Lacks: set("action", "modal", "video", "edits", "edit", "retexture", "shorten", "upload", "list-by-ids", "image-seed",
			"cancel", "image"),
		Pace:         course.SpeedShare,
		Reason:       bracketed,
		BannedReason: func(word string) string { return "[Banned prompt detected] " + word },
		Render:       func(t Task) any { return novicezkJSON(core(t).coreFields) },
		Refuse:       refuseNoviceZK,
		Accepted: func(a Acceptance) reply.Reply {
			p := map[string]any{"discordInstanceId": account}
			if a.Ahead > 0 {
				p["numberOfQueues"] = a.Ahead
			}
			return Result(a.code(), a.words("提交成功"), a.id(), p)
		},
		Existing:     alreadyThere,
		CheckAction:  checkRelayAction,
		NoRoute:      func(c Request) reply.Reply { return springError(404, "Not Found", c) },
		NoMethod:     func(c Request) reply.Reply { return springError(405, "Method Not Allowed", c) },
		Unauthorized: func(bool) reply.Reply { return reply.Reply{Status: 401} },
		UnknownTask:  func() reply.Reply { return reply.Reply{Status: 200} },
	}
}

func refuseNoviceZK(c Request, p Problem, detail string) reply.Reply {
	switch p {
	case BadBody:
		return springError(400, "Bad Request", c)
	case ParentUnknown:
		return Result(3, "关联任务不存在或已失效", nil, struct{}{})
	}
	return RefuseOrigin(p, detail)
}

// springError is the error body of the framework the first origin is built with.
func springError(status int, text string, c Request) reply.Reply {
	return reply.JSON(status, map[string]any{
		"timestamp": c.Now.UTC().Format("2006-01-02T15:04:05.000+00:00"), "status": status, "error": text, "path": c.Path,
	})
}

// alreadyThere is the older code 21: this U was made before.
func alreadyThere(t Task) reply.Reply {
	p := map[string]any{"status": t.View.Status, "imageUrl": nil}
	if t.ImageURL != "" {
		p["imageUrl"] = t.ImageURL
	}
	return Result(21, "任务已存在", t.ID, p)
}

// novicezkJSON is N's task: the core without buttons.
type novicezkJSON coreFields
