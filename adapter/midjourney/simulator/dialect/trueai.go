package dialect

import (
	"fmt"
	"strings"

	"midgate/adapter/midjourney/simulator/course"
	"midgate/adapter/midjourney/simulator/reply"
)

// TrueAI speaks like trueai's midjourney-proxy from version 10 on: rich tasks, no change, code 9 for a full
// queue, banned words found later, a modal that keeps its id and lingers.
func TrueAI(partner bool) Habits {
	return Habits{
		Hooks: true, Partner: true, Lingers: true, RerollsSingles: true, VideoNeedsPrompt: true, Mosaics: !partner,
		Auth: "raw-or-secret", Speed: "fast",
		Lacks:        set("change", "simple-change", "queue", "image"),
		Pace:         course.SpeedShare,
		Reason:       spoken,
		BannedReason: func(string) string { return "可能包含敏感词" },
		Render:       renderTrueAI(partner),
		Refuse:       refuseTrueAI,
		Accepted: func(a Acceptance) reply.Reply {
			return Result(a.code(), a.words("提交成功"), a.id(), a.details())
		},
		Uploaded:    func(links []string) reply.Reply { return Result(1, "提交成功", links, struct{}{}) },
		CheckAction: checkRelayAction,
		NoRoute:     func(Request) reply.Reply { return reply.Reply{Status: 404} },
		NoMethod:    func(Request) reply.Reply { return reply.Reply{Status: 405} },
		Unauthorized: func(given bool) reply.Reply {
			if given {
				return reply.Plain(403, "未登录")
			}
			return reply.Plain(401, "Authorization header missing.")
		},
		UnknownTask: func() reply.Reply { return reply.Reply{Status: 204} },
		SeedOf:      seedOfOrigin,
	}
}

func refuseTrueAI(_ Request, p Problem, detail string) reply.Reply {
	switch p {
	case BadBody:
		return reply.JSON(200, map[string]any{"success": false, "code": -1, "message": "The JSON value could not be converted."})
	case QueueFull:
		return Result(9, "提交失败，队列已满，请稍后重试", nil, map[string]any{"discordInstanceId": account})
	}
	return RefuseOrigin(p, detail)
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

func renderTrueAI(partner bool) func(Task) any {
	return func(t Task) any {
		v := t.View
		out := trueaiJSON{
			coreJSON: core(t), BotType: t.bot(), Mode: strings.ToUpper(t.Speed), Version: t.Model.String(),
			IsPartner: partner, IsDiscord: !partner, UseTime: "-", JobID: &t.Job, ParentID: text(t.Parent),
			IsCompleted: v.Status == "SUCCESS" || v.Status == "FAILURE" || v.Status == "CANCEL",
		}
		if v.Status == "SUCCESS" && v.Image {
			out.UseTime = fmt.Sprintf("%.2f s", v.Finished.Sub(v.Started).Seconds())
			out.pictures(t, partner)
		}
		return out
	}
}

// pictures fills in what exists once the job is done.
func (j *trueaiJSON) pictures(t Task, partner bool) {
	seed := t.seed()
	j.Seed = &seed
	if t.Clips > 0 && !t.Mosaic {
		seconds := 5
		j.VideoURL, j.VideoURLs, j.VideoSeconds = j.ImageURL, t.clipLinks(true), &seconds
		j.ImageURLs = j.VideoURLs
		return
	}
	if t.Cells == 0 {
		return
	}
	w, h, kind := t.W, t.H, "image/"+t.Format
	j.ImageWidth, j.ImageHeight = &w, &h
	gridW, gridH := w, h
	if t.Cells == 4 {
		gridW, gridH = 2*w, 2*h
	}
	j.Width, j.Height, j.ContentType = &gridW, &gridH, &kind
	if !partner {
		return
	}
	for i := range t.Cells {
		j.ImageURLs = append(j.ImageURLs, linkJSON{
			URL:       fmt.Sprintf("%s/cdn/%s/0_%d.png", t.Base, t.Job, i),
			Thumbnail: fmt.Sprintf("%s/cdn/%s/0_%d_640_N.webp", t.Base, t.Job, i),
		})
	}
	j.ThumbnailURL = &j.ImageURLs[0].Thumbnail
}
