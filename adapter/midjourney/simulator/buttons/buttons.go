package buttons

import (
	"strconv"

	"midgate/adapter/midjourney/simulator/prompts"
)

// Button is a button of a task as the wire shows it, and what pressing it does.
type Button struct {
	CustomID string
	Emoji    string
	Label    string
	Style    int
	Press    Press
}

// Link is the style of buttons that cannot be pressed.
const Link = 5

// Press is the meaning of a button.
type Press struct {
	Verb   string  // upscale, variation, reroll, hd, vary, region, zoom, custom-zoom, square, pan, animate, extend, clip, bookmark, pic, pic-all, pic-retry, analyze
	N      int     // the quarter, clip or prompt, 1–5
	Index  int     // the index a child keeps
	Factor float64 // zoom
	Way    string  // pan: left, right, up, down; hd and vary: the variant
	Motion string  // high, low
}

// Owner is what decides which buttons a finished task has.
type Owner struct {
	Kind, Job string // of the task, the job's uuid
	Model     prompts.Model
	Clips     int  // of a video
	Remix     bool // its buttons open dialogs
	Edited    bool // it is a picture of an edit
	Rerolls   bool // single pictures can be rolled again
	W, H      int  // of its only picture; 0 when it has none or several
	Pressed   map[string]bool
}

// Of are a task's buttons once it has succeeded.
func Of(t Owner) []Button {
	var set []Button
	switch {
	case t.Kind == "describe":
		set = describeButtons()
	case t.Kind == "shorten":
		set = shortenButtons()
	case t.Kind == "video" || t.Kind == "extend":
		set = videoButtons(t)
	case t.Kind == "clip":
		set = clipButtons(t)
	case t.Kind == "upscale_hd":
		set = enlargedButtons(t)
	case t.Kind == "upscale":
		set = singleButtons(t)
	default:
		set = Grid(t)
	}
	for i := range set {
		if t.Pressed[set[i].CustomID] && set[i].CustomID != "" {
			set[i].Style = 1
		}
	}
	return set
}

// Grid follows a 2×2 grid: U1 to U4, reroll, V1 to V4.
func Grid(t Owner) []Button {
	var set []Button
	for n := 1; n <= 4; n++ {
		set = append(set, numbered(t, "upsample", "U", n, Press{Verb: "upscale", N: n}))
	}
	set = append(set, rerollButton(t))
	for n := 1; n <= 4; n++ {
		set = append(set, numbered(t, "variation", "V", n, Press{Verb: "variation", N: n, Index: n}))
	}
	return set
}

func numbered(t Owner, verb, label string, n int, p Press) Button {
	id := "MJ::JOB::" + verb + "::" + strconv.Itoa(n) + "::" + t.Job
	return Button{CustomID: id, Label: label + strconv.Itoa(n), Style: 2, Press: p}
}

func rerollButton(t Owner) Button {
	return Button{CustomID: "MJ::JOB::reroll::0::" + t.Job + "::SOLO", Emoji: "🔄", Style: 2, Press: Press{Verb: "reroll"}}
}

// solo is a button of a single picture.
func solo(t Owner, verb, label, emoji string, p Press) Button {
	return Button{CustomID: "MJ::JOB::" + verb + "::1::" + t.Job + "::SOLO", Label: label, Emoji: emoji, Style: 2, Press: p}
}

// videoButtons pick one of the clips.
func videoButtons(t Owner) []Button {
	var set []Button
	for n := 1; n <= t.Clips; n++ {
		set = append(set, numbered(t, "video_virtual_upscale", "U", n, Press{Verb: "clip", N: n, Index: n}))
	}
	return append(set, rerollButton(t))
}

func clipButtons(t Owner) []Button {
	return []Button{
		solo(t, "animate_high_extend", "Extend (High motion)", "🎞️", Press{Verb: "extend", Motion: "high", Index: 1}),
		solo(t, "animate_low_extend", "Extend (Low motion)", "🎞️", Press{Verb: "extend", Motion: "low", Index: 1}),
	}
}

func describeButtons() []Button {
	var set []Button
	for n := 1; n <= 4; n++ {
		set = append(set, Button{CustomID: "MJ::Job::PicReader::" + strconv.Itoa(n), Emoji: Keycap(n), Style: 2, Press: Press{Verb: "pic", N: n}})
	}
	return append(set,
		Button{CustomID: "MJ::Picread::Retry", Emoji: "🔄", Style: 2, Press: Press{Verb: "pic-retry"}},
		Button{CustomID: "MJ::Job::PicReader::all", Emoji: "🎉", Label: "Imagine all", Style: 2, Press: Press{Verb: "pic-all"}},
	)
}

func shortenButtons() []Button {
	var set []Button
	for n := 1; n <= 5; n++ {
		set = append(set, Button{CustomID: "MJ::Job::PromptAnalyzer::" + strconv.Itoa(n), Emoji: Keycap(n), Style: 2, Press: Press{Verb: "analyze", N: n}})
	}
	return set
}

// Keycap is the emoji of a numbered button.
func Keycap(n int) string { return strconv.Itoa(n) + "\uFE0F\u20E3" }
