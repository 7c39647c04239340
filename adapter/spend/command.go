package spend

import (
	"encoding/json"
	"strings"

	"midgate/adapter"
)

// Sold is the kind that a command is sold as, and how many of them it is: a video costs its clips.
func Sold(c adapter.Command) (kind string, n int) {
	switch c := c.(type) {
	case adapter.Action:
		return pressed(c.CustomID), 1
	case adapter.Change:
		return changed(c.Verb), 1
	case adapter.Imagine:
		if c.Clips > 0 {
			return Video, c.Clips
		}
	case adapter.Video:
		return Video, max(c.BatchSize, 1)
	case adapter.Native:
		return native(c)
	}
	return named(c.Name()), 1
}

// named is the kind of a command that says it by its name.
func named(command string) string {
	switch command {
	case "imagine":
		return Generation
	case "blend", "describe", "shorten", "video", "swap":
		return command
	case "edits", "modal":
		return Edit
	default:
		return Generation // whatever else there may be is taken for the usual price
	}
}

// pressed is the kind of a button by its ID at Midjourney.
func pressed(customID string) string {
	id := strings.ToLower(customID)
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(id, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("upsample", "upscale"):
		return Upscale
	case has("animate", "video"):
		return Video
	case has("variation", "reroll"):
		return Vary
	case has("outpaint", "zoom", "inpaint", "pan_", "remix", "square"):
		return Edit
	default:
		return Generation
	}
}

// changed is the kind of a press by number.
func changed(verb string) string {
	if strings.HasPrefix(strings.ToUpper(verb), "U") {
		return Upscale
	}
	return Vary
}

// native is the kind of a command in the upstream's own words.
func native(c adapter.Native) (kind string, n int) {
	var body struct {
		CustomID string `json:"customId"`
		Action   string `json:"action"`
		Content  string `json:"content"`
		Batch    *int   `json:"batchSize"` // checked before
	}
	_ = json.Unmarshal(c.Body, &body) // of another shape: sold by its route
	switch c.Route {
	case "action":
		return pressed(body.CustomID), 1
	case "change":
		return changed(body.Action), 1
	case "simple-change":
		_, verb, _ := strings.Cut(strings.TrimSpace(body.Content), " ")
		return changed(strings.TrimSpace(verb)), 1
	case "video":
		if body.Batch == nil {
			return Video, 4 // what servers make then
		}
		return Video, *body.Batch
	}
	return named(c.Route), 1
}
