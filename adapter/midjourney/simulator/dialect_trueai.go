package simulator

import (
	"fmt"
	"time"

	"midgate/adapter/midjourney/simulator/course"
	"midgate/adapter/midjourney/simulator/reply"
)

// trueaiHabits speak like trueai's midjourney-proxy from version 10 on: rich tasks, no change, code 9 for a full
// queue, banned words found later, a modal that keeps its id and lingers.
func trueaiHabits(cfg Config) habits {
	return habits{
		hooks: true, partner: true, lingers: true, rerollsSingles: true, videoNeedsPrompt: true, mosaics: !cfg.Partner,
		auth: "raw-or-secret", speed: "fast",
		lacks:        set("change", "simple-change", "queue", "image"),
		pace:         course.SpeedShare,
		reason:       spoken,
		bannedReason: func(string) string { return "可能包含敏感词" },
		render:       renderTrueAI(cfg.Partner),
		refuse:       refuseTrueAI,
		accepted: func(a acceptance) reply.Reply {
			return result(a.code(), a.words("提交成功"), a.id(), a.details())
		},
		uploaded:    func(links []string) reply.Reply { return result(1, "提交成功", links, struct{}{}) },
		checkAction: checkRelayAction,
		noRoute:     func(*call) reply.Reply { return reply.Reply{Status: 404} },
		noMethod:    func(*call) reply.Reply { return reply.Reply{Status: 405} },
		unauthorized: func(given bool) reply.Reply {
			if given {
				return reply.Plain(403, "未登录")
			}
			return reply.Plain(401, "Authorization header missing.")
		},
		unknownTask: func() reply.Reply { return reply.Reply{Status: 204} },
		seedOf:      seedOfOrigin,
	}
}

func refuseTrueAI(_ *call, p problem, detail string) reply.Reply {
	switch p {
	case badBody:
		return reply.JSON(200, map[string]any{"success": false, "code": -1, "message": "The JSON value could not be converted."})
	case queueFull:
		return result(9, "提交失败，队列已满，请稍后重试", nil, map[string]any{"discordInstanceId": account})
	}
	return refuseOrigin(p, detail)
}

// trueaiJSON is T's task, those of its fields that clients look at.
type trueaiJSON struct {
	coreJSON
	ParentID     *string    `json:"parentId"`
	BotType      string     `json:"botType"`
	ImageURLs    []linkJSON `json:"imageUrls"`
	ThumbnailURL *string    `json:"thumbnailUrl"`
	Width        *int       `json:"width"`
	Height       *int       `json:"height"`
	ContentType  *string    `json:"contentType"`
	ImageWidth   *int       `json:"imageWidth"`
	ImageHeight  *int       `json:"imageHeight"`
	VideoURL     *string    `json:"videoUrl"`
	VideoURLs    []linkJSON `json:"videoUrls"`
	VideoSeconds *int       `json:"videoDuration"`
	JobID        *string    `json:"jobId"`
	IsCompleted  bool       `json:"isCompleted"`
	IsPartner    bool       `json:"isPartner"`
	IsDiscord    bool       `json:"isDiscord"`
	Mode         string     `json:"mode"`
	UseTime      string     `json:"useTime"`
	Version      string     `json:"version"`
	Seed         *string    `json:"seed"`
}

// linkJSON is one of several pictures or videos.
type linkJSON struct {
	URL       string `json:"url"`
	Thumbnail string `json:"thumbnail,omitempty"`
}

func renderTrueAI(partner bool) func(*Simulator, *task, course.View, time.Time, string) any {
	return func(s *Simulator, t *task, v course.View, now time.Time, base string) any {
		out := trueaiJSON{
			coreJSON: s.core(t, v, now, base), BotType: t.bot(), Mode: mode(t.speed), Version: t.model.String(),
			IsPartner: partner, IsDiscord: !partner, UseTime: "-", JobID: &t.job,
			IsCompleted: v.Status == "SUCCESS" || v.Status == "FAILURE" || v.Status == "CANCEL",
		}
		if t.parent != nil {
			out.ParentID = &t.parent.id
		}
		if v.Status == "SUCCESS" && v.Image {
			out.UseTime = fmt.Sprintf("%.2f s", v.Finished.Sub(v.Started).Seconds())
			out.pictures(t, partner, base)
		}
		return out
	}
}

// pictures fills in what exists once the job is done.
func (j *trueaiJSON) pictures(t *task, partner bool, base string) {
	seed := seedText(t)
	j.Seed = &seed
	if len(t.clipStart) > 0 && !t.mosaic {
		seconds := 5
		j.VideoURL, j.VideoURLs, j.VideoSeconds = j.ImageURL, clipLinks(t, base, true), &seconds
		j.ImageURLs = j.VideoURLs
		return
	}
	if len(t.cells) == 0 || t.cells[0] == nil {
		return
	}
	w, h, kind := t.cells[0].W, t.cells[0].H, "image/"+t.format()
	j.ImageWidth, j.ImageHeight = &w, &h
	gridW, gridH := w, h
	if len(t.cells) == 4 {
		gridW, gridH = 2*w, 2*h
	}
	j.Width, j.Height, j.ContentType = &gridW, &gridH, &kind
	if !partner {
		return
	}
	for i := range t.cells {
		j.ImageURLs = append(j.ImageURLs, linkJSON{
			URL:       fmt.Sprintf("%s/cdn/%s/0_%d.png", base, t.job, i),
			Thumbnail: fmt.Sprintf("%s/cdn/%s/0_%d_640_N.webp", base, t.job, i),
		})
	}
	j.ThumbnailURL = &j.ImageURLs[0].Thumbnail
}
