package simulator

import (
	"time"

	"midgate/adapter/midjourney/simulator/course"
	"midgate/adapter/midjourney/simulator/reply"
)

// novicezkHabits speak like the first midjourney-proxy: no buttons, only change; codes 23, 24 and 21 for a U that
// exists already.
func novicezkHabits() habits {
	return habits{
		lenient: true, hooks: true, bansAtOnce: true, noButtons: true, upscaleOnce: true, auth: "mj-api-secret", speed: "fast",
		lacks: set("action", "modal", "video", "edits", "edit", "retexture", "shorten", "upload", "list-by-ids", "image-seed",
			"cancel", "image"),
		pace:         course.SpeedShare,
		reason:       bracketed,
		bannedReason: func(word string) string { return "[Banned prompt detected] " + word },
		render: func(s *Simulator, t *task, v course.View, now time.Time, base string) any {
			return novicezkJSON(s.core(t, v, now, base).coreFields)
		},
		refuse: refuseNoviceZK,
		accepted: func(a acceptance) reply.Reply {
			p := map[string]any{"discordInstanceId": account}
			if a.ahead > 0 {
				p["numberOfQueues"] = a.ahead
			}
			return result(a.code(), a.words("提交成功"), a.id(), p)
		},
		existing:     alreadyThere,
		checkAction:  checkRelayAction,
		noRoute:      func(c *call) reply.Reply { return springError(404, "Not Found", c) },
		noMethod:     func(c *call) reply.Reply { return springError(405, "Method Not Allowed", c) },
		unauthorized: func(bool) reply.Reply { return reply.Reply{Status: 401} },
		unknownTask:  func() reply.Reply { return reply.Reply{Status: 200} },
	}
}

func refuseNoviceZK(c *call, p problem, detail string) reply.Reply {
	switch p {
	case badBody:
		return springError(400, "Bad Request", c)
	case parentUnknown:
		return result(3, "关联任务不存在或已失效", nil, struct{}{})
	}
	return refuseOrigin(p, detail)
}

// springError is the error body of the framework the first origin is built with.
func springError(status int, text string, c *call) reply.Reply {
	return reply.JSON(status, map[string]any{
		"timestamp": c.now.UTC().Format("2006-01-02T15:04:05.000+00:00"), "status": status, "error": text, "path": c.r.URL.Path,
	})
}

// alreadyThere is the older code 21: this U was made before.
func alreadyThere(s *Simulator, c *call, t *task) reply.Reply {
	v := t.at(c.now)
	p := map[string]any{"status": v.Status, "imageUrl": nil}
	if link := s.pictureURL(t, v, c.base); link != "" {
		p["imageUrl"] = link
	}
	return result(21, "任务已存在", t.id, p)
}

// novicezkJSON is N's task: the core without buttons.
type novicezkJSON coreFields
