package dialect

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"midgate/adapter/midjourney/simulator/buttons"
	"midgate/adapter/midjourney/simulator/course"
	"midgate/adapter/midjourney/simulator/prompts"
)

// Task is a task at one moment, as far as any server shows it.
type Task struct {
	View               course.View
	ID, Job, Parent    string
	Kinds              []string // its own, its parent's and so on
	Verb               string   // of the button that made it
	Prompt, Final      string
	Description, State string
	Hook, Speed        string
	Model              prompts.Model
	Submitted          time.Time
	Seed               uint32
	Queries            []string         // what describe and shorten found
	Buttons            []buttons.Button // once it has succeeded
	ImageURL, RelayURL string           // the origin's address of its picture, and the relay's
	Base               string           // scheme and host of addresses
	Cells, Clips       int              // pictures and videos that it has
	Mosaic             bool             // the videos are one animated picture
	W, H               int              // of the first picture
	Format             string           // of its file
}

// answer is the text that describe and shorten found: blocks between blank lines, each numbered by a keycap digit.
func (t Task) answer() string {
	if t.Kinds[0] != "describe" && t.Kinds[0] != "shorten" {
		return ""
	}
	var blocks []string
	for i, query := range t.Queries {
		blocks = append(blocks, buttons.Keycap(i+1)+" "+query)
	}
	return strings.Join(blocks, "\n\n")
}

// originAction names a job as an origin shows it: rolling something again is what that was, of a single picture an
// imagine.
func originAction(kinds []string) string {
	if kinds[0] == "reroll" && len(kinds) > 1 {
		if kinds[1] == "upscale" || kinds[1] == "upscale_hd" {
			return "IMAGINE"
		}
		return originAction(kinds[1:])
	}
	return actionNames[kinds[0]][0]
}

// actionNames are the names of a kind at origins and at relays.
var actionNames = map[string][2]string{
	"imagine": {"IMAGINE", "IMAGINE"}, "reroll": {"IMAGINE", "REROLL"}, "upscale": {"UPSCALE", "UPSCALE"},
	"upscale_hd": {"UPSCALE_HD", "UPSCALE"}, "variation": {"VARIATION", "VARIATION"},
	"vary_subtle": {"VARIATION", "LOW_VARIATION"}, "vary_strong": {"VARIATION", "HIGH_VARIATION"},
	"inpaint": {"VARIATION", "INPAINT"}, "zoom": {"ZOOM", "ZOOM"}, "square": {"ZOOM", "ZOOM"}, "pan": {"PAN", "PAN"},
	"blend": {"BLEND", "BLEND"}, "describe": {"DESCRIBE", "DESCRIBE"}, "shorten": {"SHORTEN", "SHORTEN"},
	"edits": {"EDIT", "EDITS"}, "retexture": {"RETEXTURE", "EDITS"}, "video": {"VIDEO", "VIDEO"},
	"extend": {"VIDEO", "VIDEO"}, "clip": {"UPSCALE", "UPSCALE"},
}

func (t Task) bot() string {
	if t.Model.Niji {
		return "NIJI_JOURNEY"
	}
	return "MID_JOURNEY"
}

func (t Task) seed() string { return strconv.FormatUint(uint64(t.Seed), 10) }

func (t Task) clipLinks(thumbnails bool) []linkJSON {
	var links []linkJSON
	for i := range t.Clips {
		l := linkJSON{URL: fmt.Sprintf("%s/cdn/video/%s/0_%d.mp4", t.Base, t.Job, i)}
		if thumbnails {
			l.Thumbnail = fmt.Sprintf("%s/cdn/%s/0_%d_640_N.webp", t.Base, t.Job, i)
		}
		links = append(links, l)
	}
	return links
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func millis(at time.Time) *int64 {
	if at.IsZero() {
		return nil
	}
	ms := at.UnixMilli()
	return &ms
}

func unset(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMilli()
}

func percent(n int) string {
	if n < 0 {
		return ""
	}
	return strconv.Itoa(n) + "%"
}
