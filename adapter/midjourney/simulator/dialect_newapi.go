package simulator

import (
	"net/http"
	"strings"
	"time"

	"midgate/adapter/midjourney/simulator/course"
	"midgate/adapter/midjourney/simulator/reply"
)

// newapiHabits speak like new-api in front of an origin, as seen live: stale copies,
// rewritten codes, a narrow list of buttons, no webhooks.
func newapiHabits() habits {
	return habits{
		relay: true, copies: true, bansAtOnce: true, lingers: true, auth: "bearer-or-secret", speed: "fast",
		lacks:        set("tasks", "queue", "cancel", "retexture", "edit", "list-by-ids"),
		pace:         func(string) float64 { return 1 }, // the speed prefix is lost on the way to the origin
		reason:       bracketed,
		bannedReason: func(string) string { return "可能包含敏感词" },
		seen:         func(s *Simulator, t *task, now time.Time) course.View { return s.firstRow(t, now) },
		rows:         copiedRows,
		render:       renderRelay,
		refuse:       refuseNewAPI,
		accepted:     acceptNewAPI,
		uploaded:     func(links []string) reply.Reply { return asText(result(1, "提交成功", links, struct{}{})) },
		checkAction:  checkNewAPIAction,
		noRoute:      noRouteNewAPI,
		unauthorized: func(bool) reply.Reply {
			return newapiError(401, "无效的令牌 (request id: 20260116080000000000000)")
		},
		unknownTask: func() reply.Reply { return relayError(400, 4, "task_no_found") },
		seedOf: func(*task, course.View) reply.Reply {
			return asText(result(403, "未登录", nil, struct{}{}))
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

func refuseNewAPI(_ *call, p problem, detail string) reply.Reply {
	const id = " (request id: 20260116080000000000000)"
	switch p {
	case badBody:
		return newapiError(http.StatusBadRequest, "Invalid request, bind_request_body_failed"+id)
	case notAllowed:
		if detail == "" {
			return reply.JSON(500, openaiErrorJSON{openaiErrorBody{Message: "Panic detected, error: runtime error: index out of range", Type: "new_api_panic"}})
		}
		return newapiError(http.StatusBadRequest, "Invalid request, unknown_action:"+detail+id)
	case queueFull:
		return asText(reply.JSON(200, bannedJSON{23, "队列已满，请稍后尝试", map[string]any{"discordInstanceId": account}}))
	}
	out := refuseRelay(p, detail)
	if out.Status == http.StatusOK {
		return asText(out)
	}
	return out
}

// acceptNewAPI rewrites 22 to 1, and 21 to 1 unless the window is a region's or a custom zoom's.
func acceptNewAPI(a acceptance) reply.Reply {
	code := a.code()
	keeps := a.confirm && (a.task.press.Verb == "region" || a.task.press.Verb == "custom-zoom")
	if !keeps {
		code = 1
	}
	return asText(result(code, a.words("提交成功"), a.id(), a.details()))
}

// checkNewAPIAction is the relay's list of buttons.
func checkNewAPIAction(id, customID string) (problem, string) {
	parts := strings.Split(customID, "::")
	switch {
	case customID == "":
		return noCustomID, ""
	case len(parts) < 2, parts[1] == "JOB" && len(parts) < 3:
		return notAllowed, ""
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
	return notAllowed, customID
}

// noRouteNewAPI answers unknown /mj routes with the site's page and status 200.
func noRouteNewAPI(c *call) reply.Reply {
	if strings.HasPrefix(pathBehindPrefix(c.r.URL.Path), "/mj/") {
		return reply.Page(200, "New API")
	}
	return reply.JSON(404, map[string]any{"error": map[string]any{
		"message": "Invalid URL (" + c.r.Method + " " + c.r.URL.Path + ")", "type": "invalid_request_error", "param": "", "code": "",
	}})
}

// firstRow is the row that fetch reads: the submission's. Once a modal made a second row, only that is refreshed until
// it is done.
func (s *Simulator) firstRow(t *task, now time.Time) course.View {
	tick := s.lastTick(now)
	if t.run != nil && t.dialog != nil {
		done := s.tickAfter(t.run.Finish())
		if t.run.Stuck || !tick.After(done) {
			if frozen := s.lastTick(t.run.Queued); frozen.Before(tick) {
				tick = frozen
			}
		}
	}
	return s.copied(t, t.submitted, tick)
}

// tickAfter is the first refresh at or after a moment.
func (s *Simulator) tickAfter(at time.Time) time.Time {
	tick := s.lastTick(at)
	if tick.Before(at) {
		tick = tick.Add(s.cfg.Refresh)
	}
	return tick
}

// copied is a row as of a refresh; before its first one it is empty, and a task the origin lost stays as it was.
func (s *Simulator) copied(t *task, created, tick time.Time) course.View {
	if !t.forgotten.IsZero() && !tick.Before(t.forgotten) {
		tick = s.lastTick(t.forgotten.Add(-1))
	}
	if !tick.After(created) {
		return course.View{Fresh: true}
	}
	v := t.at(tick)
	if tick.Sub(created) > time.Hour && v.Status != "SUCCESS" && v.Status != "FAILURE" {
		return course.View{Status: "FAILURE", Progress: -1, Reason: "上游任务超时（超过1小时）", Finished: tick}
	}
	return v
}

// copiedRows are the one or two rows that list shows of a task.
func copiedRows(s *Simulator, t *task, now time.Time, base string) []any {
	rows := []any{renderRelay(s, t, s.firstRow(t, now), now, base)}
	if t.dialog != nil && t.run != nil {
		second := s.relayTask(t, s.copied(t, t.run.Queued, s.lastTick(now)), now, base)
		second.Action = "MODAL"
		rows = append(rows, second)
	}
	return rows
}
