package simulator

import "strconv"

// button is a button of a task as the wire shows it, and what pressing it does.
type button struct {
	CustomID string
	Emoji    string
	Label    string
	Style    int
	press    press
}

// link is the style of buttons that cannot be pressed.
const link = 5

// press is the meaning of a button.
type press struct {
	verb   string  // upscale, variation, reroll, hd, vary, region, zoom, custom-zoom, square, pan, animate, extend, clip, bookmark, pic, pic-all, pic-retry, analyze
	n      int     // the quarter, clip or prompt, 1–5
	index  int     // the index a child keeps
	factor float64 // zoom
	way    string  // pan: left, right, up, down; hd and vary: the variant
	motion string  // high, low
}

// buttonsOf are a task's buttons once it has succeeded.
func (s *Simulator) buttonsOf(t *task) []button {
	if t.orders["sim-no-buttons"] || s.habits.noButtons {
		return nil
	}
	var set []button
	switch {
	case t.kind == "describe":
		set = describeButtons()
	case t.kind == "shorten":
		set = shortenButtons()
	case t.kind == "video" || t.kind == "extend":
		set = videoButtons(t)
	case t.kind == "clip":
		set = clipButtons(t)
	case t.kind == "upscale_hd":
		set = s.enlargedButtons(t)
	case t.kind == "upscale":
		set = s.singleButtons(t)
	default:
		set = gridButtons(t)
	}
	for i := range set {
		if t.pressed[set[i].CustomID] && set[i].CustomID != "" {
			set[i].Style = 1
		}
	}
	return set
}

// buttonOf finds the button that a customId names, verbatim.
func (s *Simulator) buttonOf(t *task, customID string) (button, bool) {
	for _, b := range s.buttonsOf(t) {
		if b.CustomID == customID && b.Style != link {
			return b, true
		}
	}
	return button{}, false
}

// gridButtons follow a 2×2 grid: U1 to U4, reroll, V1 to V4.
func gridButtons(t *task) []button {
	var set []button
	for n := 1; n <= 4; n++ {
		set = append(set, numbered(t, "upsample", "U", n, press{verb: "upscale", n: n}))
	}
	set = append(set, rerollButton(t))
	for n := 1; n <= 4; n++ {
		set = append(set, numbered(t, "variation", "V", n, press{verb: "variation", n: n, index: n}))
	}
	return set
}

func numbered(t *task, verb, label string, n int, p press) button {
	id := "MJ::JOB::" + verb + "::" + strconv.Itoa(n) + "::" + t.job
	return button{CustomID: id, Label: label + strconv.Itoa(n), Style: 2, press: p}
}

func rerollButton(t *task) button {
	return button{CustomID: "MJ::JOB::reroll::0::" + t.job + "::SOLO", Emoji: "🔄", Style: 2, press: press{verb: "reroll"}}
}

// solo is a button of a single picture.
func solo(t *task, verb, label, emoji string, p press) button {
	return button{CustomID: "MJ::JOB::" + verb + "::1::" + t.job + "::SOLO", Label: label, Emoji: emoji, Style: 2, press: p}
}

// videoButtons pick one of the clips.
func videoButtons(t *task) []button {
	var set []button
	for n := 1; n <= t.clips; n++ {
		set = append(set, numbered(t, "video_virtual_upscale", "U", n, press{verb: "clip", n: n, index: n}))
	}
	return append(set, rerollButton(t))
}

func clipButtons(t *task) []button {
	return []button{
		solo(t, "animate_high_extend", "Extend (High motion)", "🎞️", press{verb: "extend", motion: "high", index: 1}),
		solo(t, "animate_low_extend", "Extend (Low motion)", "🎞️", press{verb: "extend", motion: "low", index: 1}),
	}
}

func describeButtons() []button {
	var set []button
	for n := 1; n <= 4; n++ {
		set = append(set, button{CustomID: "MJ::Job::PicReader::" + strconv.Itoa(n), Emoji: keycap(n), Style: 2, press: press{verb: "pic", n: n}})
	}
	return append(set,
		button{CustomID: "MJ::Picread::Retry", Emoji: "🔄", Style: 2, press: press{verb: "pic-retry"}},
		button{CustomID: "MJ::Job::PicReader::all", Emoji: "🎉", Label: "Imagine all", Style: 2, press: press{verb: "pic-all"}},
	)
}

func shortenButtons() []button {
	var set []button
	for n := 1; n <= 5; n++ {
		set = append(set, button{CustomID: "MJ::Job::PromptAnalyzer::" + strconv.Itoa(n), Emoji: keycap(n), Style: 2, press: press{verb: "analyze", n: n}})
	}
	return set
}

func keycap(n int) string { return strconv.Itoa(n) + "\uFE0F\u20E3" }

// wire is the button as JSON has it; the Web link has neither id nor emoji.
func (b button) wire() buttonJSON {
	out := buttonJSON{Label: b.Label, Type: 2, Style: b.Style}
	if b.Style != link {
		out.CustomID, out.Emoji = &b.CustomID, &b.Emoji
	}
	return out
}

// buttonJSON is a button on the wire, keys in the order in which trueai writes them.
type buttonJSON struct {
	CustomID *string `json:"customId"`
	Emoji    *string `json:"emoji"`
	Label    string  `json:"label"`
	Type     int     `json:"type"`
	Style    int     `json:"style"`
}

func wireButtons(set []button) []buttonJSON {
	out := make([]buttonJSON, 0, len(set))
	for _, b := range set {
		out = append(out, b.wire())
	}
	return out
}
