package buttons

import (
	"fmt"

	"midgate/adapter/midjourney/simulator/prompts"
)

// singleButtons follow U: version 4 has enlargements of its own, 5 to 7 zoom and pan, 8 neither.
func singleButtons(t Owner) []Button {
	m := t.Model
	if m.Major <= 4 && !m.Niji {
		return append(oldButtons(t), lastButtons(t)...)
	}
	set := upscaleButtons(t)
	if !t.Edited {
		set = append(set, varyButtons(t)...)
		set = append(set, regionButton(t))
		if m.Major < 8 {
			set = append(set, zoomButtons(t)...)
			set = append(set, squareButton(t)...)
			set = append(set, panButtons(t)...)
		}
	}
	set = append(set, animateButtons(t)...)
	return append(set, lastButtons(t)...)
}

// enlargedButtons follow an enlargement: redo it, vary it, animate it; 6 and 7 can zoom as well.
func enlargedButtons(t Owner) []Button {
	set := upscaleButtons(t)
	for i := range set {
		set[i].Label = "Redo " + set[i].Label
	}
	set = append(set, varyButtons(t)...)
	if t.Model.Major >= 6 && t.Model.Major < 8 {
		set = append(set, zoomButtons(t)...)
	}
	set = append(set, animateButtons(t)...)
	return append(set, lastButtons(t)...)
}

// upscaleButtons are the two enlargements, whose names every version changes.
func upscaleButtons(t Owner) []Button {
	family := map[int]string{5: "v5", 6: "v6", 7: "v7"}[t.Model.Major]
	if t.Model == (prompts.Model{Major: 6, Minor: 1}) {
		family = "v6r1"
	}
	switch family {
	case "":
		return nil
	case "v5":
		return []Button{
			solo(t, "upsample_v5_2x", "Upscale (2x)", "upscale_1", Press{Verb: "hd", Way: "subtle"}),
			solo(t, "upsample_v5_4x", "Upscale (4x)", "upscale_1", Press{Verb: "hd", Way: "creative"}),
		}
	}
	return []Button{
		solo(t, "upsample_"+family+"_2x_subtle", "Upscale (Subtle)", "upscale_1", Press{Verb: "hd", Way: "subtle"}),
		solo(t, "upsample_"+family+"_2x_creative", "Upscale (Creative)", "upscale_1", Press{Verb: "hd", Way: "creative"}),
	}
}

func varyButtons(t Owner) []Button {
	word := "Vary"
	if t.Remix {
		word = "Remix"
	}
	return []Button{
		solo(t, "low_variation", word+" (Subtle)", "🪄", Press{Verb: "vary", Way: "subtle"}),
		solo(t, "high_variation", word+" (Strong)", "🪄", Press{Verb: "vary", Way: "strong"}),
	}
}

func regionButton(t Owner) Button {
	return Button{CustomID: "MJ::Inpaint::1::" + t.Job + "::SOLO", Label: "Vary (Region)", Emoji: "🖌️", Style: 2, Press: Press{Verb: "region"}}
}

func zoomButtons(t Owner) []Button {
	return []Button{
		outpaint(t, 50, "Zoom Out 2x", "🔍", Press{Verb: "zoom", Factor: 2}),
		outpaint(t, 75, "Zoom Out 1.5x", "🔍", Press{Verb: "zoom", Factor: 1.5}),
		{CustomID: "MJ::CustomZoom::" + t.Job, Label: "Custom Zoom", Emoji: "🔍", Style: 2, Press: Press{Verb: "custom-zoom"}},
	}
}

func outpaint(t Owner, n int, label, emoji string, p Press) Button {
	return Button{CustomID: fmt.Sprintf("MJ::Outpaint::%d::1::%s::SOLO", n, t.Job), Label: label, Emoji: emoji, Style: 2, Press: p}
}

// squareButton exists for pictures that are not square yet.
func squareButton(t Owner) []Button {
	if t.W == t.H {
		return nil
	}
	emoji := "↕️"
	if t.H > t.W {
		emoji = "↔️"
	}
	return []Button{outpaint(t, 100, "Make Square", emoji, Press{Verb: "square"})}
}

func panButtons(t Owner) []Button {
	var set []Button
	for _, way := range []struct{ name, emoji string }{{"left", "⬅️"}, {"right", "➡️"}, {"up", "⬆️"}, {"down", "⬇️"}} {
		set = append(set, solo(t, "pan_"+way.name, "", way.emoji, Press{Verb: "pan", Way: way.name}))
	}
	return set
}

func animateButtons(t Owner) []Button {
	return []Button{
		solo(t, "animate_high", "Animate (High motion)", "🎞️", Press{Verb: "animate", Motion: "high"}),
		solo(t, "animate_low", "Animate (Low motion)", "🎞️", Press{Verb: "animate", Motion: "low"}),
	}
}

// lastButtons close every single picture's row: favourite, web, and the reroll that T adds.
func lastButtons(t Owner) []Button {
	set := []Button{
		{CustomID: "MJ::BOOKMARK::" + t.Job, Emoji: "❤️", Style: 2, Press: Press{Verb: "bookmark"}},
		{Label: "Web", Style: Link},
	}
	if t.Rerolls {
		set = append(set, rerollButton(t))
	}
	return set
}

// oldButtons are version 4's.
func oldButtons(t Owner) []Button {
	old := func(verb, label string, p Press) Button {
		return Button{CustomID: "MJ::JOB::" + verb + "::1::" + t.Job + "::SOLO", Label: label, Style: 2, Press: p}
	}
	return []Button{
		old("variation", "Make Variations", Press{Verb: "vary", Way: "strong"}),
		old("upsample_light", "Light Upscale Redo", Press{Verb: "hd", Way: "subtle"}),
		old("upsample_beta", "Beta Upscale Redo", Press{Verb: "hd", Way: "creative"}),
	}
}
