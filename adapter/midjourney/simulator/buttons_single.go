package simulator

import (
	"fmt"

	"midgate/adapter/midjourney/simulator/prompts"
)

// singleButtons follow U: version 4 has enlargements of its own, 5 to 7 zoom and pan, 8 neither.
func (s *Simulator) singleButtons(t *task) []button {
	m := t.model
	if m.Major <= 4 && !m.Niji {
		return append(oldButtons(t), s.lastButtons(t)...)
	}
	set := upscaleButtons(t)
	edited := t.parent != nil && (t.parent.kind == "edits" || t.parent.kind == "retexture")
	if !edited {
		set = append(set, varyButtons(t)...)
		set = append(set, regionButton(t))
		if m.Major < 8 {
			set = append(set, zoomButtons(t)...)
			set = append(set, squareButton(t)...)
			set = append(set, panButtons(t)...)
		}
	}
	set = append(set, animateButtons(t)...)
	return append(set, s.lastButtons(t)...)
}

// enlargedButtons follow an enlargement: redo it, vary it, animate it; 6 and 7 can zoom as well.
func (s *Simulator) enlargedButtons(t *task) []button {
	set := upscaleButtons(t)
	for i := range set {
		set[i].Label = "Redo " + set[i].Label
	}
	set = append(set, varyButtons(t)...)
	if t.model.Major >= 6 && t.model.Major < 8 {
		set = append(set, zoomButtons(t)...)
	}
	set = append(set, animateButtons(t)...)
	return append(set, s.lastButtons(t)...)
}

// upscaleButtons are the two enlargements, whose names every version changes.
func upscaleButtons(t *task) []button {
	family := map[int]string{5: "v5", 6: "v6", 7: "v7"}[t.model.Major]
	if t.model == (prompts.Model{Major: 6, Minor: 1}) {
		family = "v6r1"
	}
	switch family {
	case "":
		return nil
	case "v5":
		return []button{
			solo(t, "upsample_v5_2x", "Upscale (2x)", "upscale_1", press{verb: "hd", way: "subtle"}),
			solo(t, "upsample_v5_4x", "Upscale (4x)", "upscale_1", press{verb: "hd", way: "creative"}),
		}
	}
	return []button{
		solo(t, "upsample_"+family+"_2x_subtle", "Upscale (Subtle)", "upscale_1", press{verb: "hd", way: "subtle"}),
		solo(t, "upsample_"+family+"_2x_creative", "Upscale (Creative)", "upscale_1", press{verb: "hd", way: "creative"}),
	}
}

func varyButtons(t *task) []button {
	word := "Vary"
	if t.remix {
		word = "Remix"
	}
	return []button{
		solo(t, "low_variation", word+" (Subtle)", "🪄", press{verb: "vary", way: "subtle"}),
		solo(t, "high_variation", word+" (Strong)", "🪄", press{verb: "vary", way: "strong"}),
	}
}

func regionButton(t *task) button {
	return button{CustomID: "MJ::Inpaint::1::" + t.job + "::SOLO", Label: "Vary (Region)", Emoji: "🖌️", Style: 2, press: press{verb: "region"}}
}

func zoomButtons(t *task) []button {
	return []button{
		outpaint(t, 50, "Zoom Out 2x", "🔍", press{verb: "zoom", factor: 2}),
		outpaint(t, 75, "Zoom Out 1.5x", "🔍", press{verb: "zoom", factor: 1.5}),
		{CustomID: "MJ::CustomZoom::" + t.job, Label: "Custom Zoom", Emoji: "🔍", Style: 2, press: press{verb: "custom-zoom"}},
	}
}

func outpaint(t *task, n int, label, emoji string, p press) button {
	return button{CustomID: fmt.Sprintf("MJ::Outpaint::%d::1::%s::SOLO", n, t.job), Label: label, Emoji: emoji, Style: 2, press: p}
}

// squareButton exists for pictures that are not square yet.
func squareButton(t *task) []button {
	from := t.single()
	if from == nil || from.w == from.h {
		return nil
	}
	emoji := "↕️"
	if from.h > from.w {
		emoji = "↔️"
	}
	return []button{outpaint(t, 100, "Make Square", emoji, press{verb: "square"})}
}

func panButtons(t *task) []button {
	var set []button
	for _, way := range []struct{ name, emoji string }{{"left", "⬅️"}, {"right", "➡️"}, {"up", "⬆️"}, {"down", "⬇️"}} {
		set = append(set, solo(t, "pan_"+way.name, "", way.emoji, press{verb: "pan", way: way.name}))
	}
	return set
}

func animateButtons(t *task) []button {
	return []button{
		solo(t, "animate_high", "Animate (High motion)", "🎞️", press{verb: "animate", motion: "high"}),
		solo(t, "animate_low", "Animate (Low motion)", "🎞️", press{verb: "animate", motion: "low"}),
	}
}

// lastButtons close every single picture's row: favourite, web, and the reroll that T adds.
func (s *Simulator) lastButtons(t *task) []button {
	set := []button{
		{CustomID: "MJ::BOOKMARK::" + t.job, Emoji: "❤️", Style: 2, press: press{verb: "bookmark"}},
		{Label: "Web", Style: link},
	}
	if s.habits.rerollsSingles {
		set = append(set, rerollButton(t))
	}
	return set
}

// oldButtons are version 4's.
func oldButtons(t *task) []button {
	old := func(verb, label string, p press) button {
		return button{CustomID: "MJ::JOB::" + verb + "::1::" + t.job + "::SOLO", Label: label, Style: 2, press: p}
	}
	return []button{
		old("variation", "Make Variations", press{verb: "vary", way: "strong"}),
		old("upsample_light", "Light Upscale Redo", press{verb: "hd", way: "subtle"}),
		old("upsample_beta", "Beta Upscale Redo", press{verb: "hd", way: "creative"}),
	}
}
