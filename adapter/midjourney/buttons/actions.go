package buttons

import (
	"regexp"
	"strconv"
	"strings"

	"midgate/adapter"
)

// byID are the forms of a customId, in the order in which they are tried. Never a substring:
// "upsample" alone is in both picking and enlarging.
var byID = []struct {
	pattern *regexp.Regexp
	action  string
}{
	{regexp.MustCompile(`(?i)^MJ::JOB::(?:upsample|video_virtual_upscale)::([1-4])::`), adapter.ActUpscale},
	{regexp.MustCompile(`(?i)^MJ::JOB::variation::([1-4])::`), adapter.ActVary},
	{regexp.MustCompile(`(?i)^MJ::JOB::reroll::`), adapter.ActReroll},
	{regexp.MustCompile(`(?i)^MJ::JOB::upsample_[a-z0-9_]*subtle::|^MJ::JOB::upsample_v5[a-z0-9_]*2x::`), adapter.ActUpscaleSubtle},
	{regexp.MustCompile(`(?i)^MJ::JOB::upsample_[a-z0-9_]*creative::|^MJ::JOB::upsample_v5[a-z0-9_]*4x::`), adapter.ActUpscaleCreative},
	{regexp.MustCompile(`(?i)^MJ::JOB::low_variation::`), adapter.ActVarySubtle},
	{regexp.MustCompile(`(?i)^MJ::JOB::high_variation::`), adapter.ActVaryStrong},
	{regexp.MustCompile(`(?i)^MJ::Inpaint::`), adapter.ActVaryRegion},
	{regexp.MustCompile(`(?i)^MJ::Outpaint::50::`), adapter.ActZoomOut2x},
	{regexp.MustCompile(`(?i)^MJ::Outpaint::75::`), adapter.ActZoomOut15x},
	{regexp.MustCompile(`(?i)^MJ::Outpaint::100::`), adapter.ActMakeSquare},
	{regexp.MustCompile(`(?i)^MJ::CustomZoom::`), adapter.ActZoomCustom},
	{regexp.MustCompile(`(?i)^MJ::JOB::pan_left::`), adapter.ActPanLeft},
	{regexp.MustCompile(`(?i)^MJ::JOB::pan_right::`), adapter.ActPanRight},
	{regexp.MustCompile(`(?i)^MJ::JOB::pan_up::`), adapter.ActPanUp},
	{regexp.MustCompile(`(?i)^MJ::JOB::pan_down::`), adapter.ActPanDown},
	{regexp.MustCompile(`(?i)^MJ::JOB::animate_high::`), adapter.ActAnimateHigh},
	{regexp.MustCompile(`(?i)^MJ::JOB::animate_low::`), adapter.ActAnimateLow},
}

// unnamed are customIds that no action's name reaches, whatever their label or emoji says: a
// clip's extension is no new animation, a retry of a description no reroll.
var unnamed = regexp.MustCompile(`(?i)^MJ::JOB::animate_(?:high|low)_extend::|^MJ::Picread|^MJ::Job::PicReader|^MJ::BOOKMARK|^MJ::CancelJob|PromptAnalyzer|::manual`)

// byLabel are the normalised labels, for servers whose customIds look otherwise.
var byLabel = map[string]string{
	"upscalesubtle": adapter.ActUpscaleSubtle, "upscale2x": adapter.ActUpscaleSubtle, "redoupscalesubtle": adapter.ActUpscaleSubtle,
	"upscalecreative": adapter.ActUpscaleCreative, "upscale4x": adapter.ActUpscaleCreative, "redoupscalecreative": adapter.ActUpscaleCreative,
	"varysubtle": adapter.ActVarySubtle, "remixsubtle": adapter.ActVarySubtle,
	"varystrong": adapter.ActVaryStrong, "remixstrong": adapter.ActVaryStrong,
	"varyregion": adapter.ActVaryRegion, "zoomout2x": adapter.ActZoomOut2x,
	"zoomout1.5x": adapter.ActZoomOut15x, "zoomout15x": adapter.ActZoomOut15x,
	"customzoom": adapter.ActZoomCustom, "makesquare": adapter.ActMakeSquare,
	"animatehighmotion": adapter.ActAnimateHigh, "animatelowmotion": adapter.ActAnimateLow,
}

// byEmoji are the emoji that mean one thing only, without variation selectors. Some servers put
// them into the label.
var byEmoji = map[string]string{
	"🔄": adapter.ActReroll, "⬅": adapter.ActPanLeft, "➡": adapter.ActPanRight, "⬆": adapter.ActPanUp, "⬇": adapter.ActPanDown,
	"🖌": adapter.ActVaryRegion,
}

// numbered is the label of a grid's buttons.
var numbered = regexp.MustCompile(`^([uv])([1-4])$`)

// meaning names a button's action and, for upscale and vary, the picture it is for.
func meaning(b adapter.Button) (action string, index int) {
	for _, form := range byID {
		if m := form.pattern.FindStringSubmatch(b.CustomID); m != nil {
			if len(m) < 2 {
				return form.action, 0
			}
			n, _ := strconv.Atoi(m[1])
			return form.action, n
		}
	}
	if unnamed.MatchString(b.CustomID) {
		return "", 0
	}
	label := normalise(b.Label)
	if m := numbered.FindStringSubmatch(label); m != nil {
		n, _ := strconv.Atoi(m[2])
		if m[1] == "u" {
			return adapter.ActUpscale, n
		}
		return adapter.ActVary, n
	}
	if action, ok := byLabel[label]; ok {
		return action, 0
	}
	if action, ok := byEmoji[bare(b.Emoji)]; ok {
		return action, 0
	}
	return byEmoji[bare(b.Label)], 0
}

// normalise reduces a label to what all servers agree on: "Zoom Out 1.5×" to "zoomout1.5x".
func normalise(label string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '×':
			return 'x'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.':
			return r
		default:
			return -1
		}
	}, strings.ToLower(label))
}

// bare strips blanks and the variation selector that servers write or forget.
func bare(emoji string) string {
	return strings.ReplaceAll(strings.TrimSpace(emoji), "\uFE0F", "")
}

// ambiguous are the emoji that several buttons share, in the order of those buttons: they decide
// by place when neither customId nor label does.
var ambiguous = []struct {
	emoji   string
	actions []string
}{
	{"🪄", []string{adapter.ActVarySubtle, adapter.ActVaryStrong}},
	{"🔍", []string{adapter.ActZoomOut2x, adapter.ActZoomOut15x, adapter.ActZoomCustom}},
}

// resolve gives the buttons that only carry a shared emoji the actions that are still free.
func resolve(buttons []adapter.Button) []adapter.Button {
	for _, a := range ambiguous {
		free := a.actions
		for i, b := range buttons {
			if b.Action == "" && len(free) > 0 && (bare(b.Emoji) == a.emoji || bare(b.Label) == a.emoji) && !unnamed.MatchString(b.CustomID) {
				free = taken(buttons, free)
				if len(free) > 0 {
					buttons[i].Action = free[0]
				}
			}
		}
	}
	return buttons
}

// taken drops the actions that a button has already.
func taken(buttons []adapter.Button, actions []string) []string {
	var free []string
	for _, a := range actions {
		if _, ok := adapter.FindButton(buttons, a, 0); !ok {
			free = append(free, a)
		}
	}
	return free
}
