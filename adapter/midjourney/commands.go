package midjourney

import (
	"strings"

	"midgate/adapter"
)

// compose turns a command into its route and body, with the field names that PROTOCOL.md lists;
// whatever is optional and empty is left out.
func compose(cmd adapter.Command, opts adapter.Options, hook string) (route string, b *body, err error) {
	b = &body{}
	switch cmd := cmd.(type) {
	case adapter.Imagine:
		route = "imagine"
		imagine(b, cmd)
	case adapter.Action:
		route = "action"
		b.field("taskId", cmd.TaskID)
		b.field("customId", cmd.CustomID)
		if cmd.Remix {
			b.field("enableRemix", true)
		}
	case adapter.Modal:
		route = "modal"
		b.field("taskId", cmd.TaskID)
		b.field("prompt", cmd.Prompt)
		b.picture("maskBase64", cmd.Mask)
	case adapter.Change:
		route = "change"
		b.field("taskId", cmd.TaskID)
		b.field("action", cmd.Verb)
		b.field("index", max(cmd.Index, 1)) // relays demand one for REROLL too
	case adapter.Blend:
		route = "blend"
		b.field("botType", "MID_JOURNEY")
		b.pictures("base64Array", cmd.Pictures)
		b.text("dimensions", cmd.Dimensions)
	case adapter.Describe:
		route = "describe"
		describe(b, cmd)
	case adapter.Shorten:
		route = "shorten"
		b.field("botType", "MID_JOURNEY")
		b.field("prompt", cmd.Prompt)
	case adapter.Edits:
		route = "edits"
		b.field("prompt", cmd.Prompt)
		b.picture("image", &cmd.Image)
		b.picture("maskBase64", cmd.Mask)
	case adapter.Video:
		route = "video"
		video(b, cmd)
	case adapter.Native:
		if route = cmd.Route; route == "swap" {
			route = swapRoute
		}
		native(b, cmd)
	default:
		return "", nil, adapter.Errorf(adapter.Unsupported, "This upstream cannot do this.")
	}
	b.text("state", opts.State)
	b.text("notifyHook", hook)
	b.end()
	return route, b, nil
}

// imagine puts pictures that have an address in front of the prompt, which every server takes,
// and the others into base64Array.
func imagine(b *body, cmd adapter.Imagine) {
	bot := "MID_JOURNEY"
	if cmd.Niji {
		bot = "NIJI_JOURNEY"
	}
	words := make([]string, 0, len(cmd.Pictures)+1)
	inline := make([]adapter.Attachment, 0, len(cmd.Pictures))
	for _, a := range cmd.Pictures {
		if a.Open != nil {
			inline = append(inline, a)
			continue
		}
		words = append(words, a.URL)
	}
	b.field("botType", bot)
	b.field("prompt", strings.Join(append(words, cmd.Prompt), " "))
	b.pictures("base64Array", inline)
}

func describe(b *body, cmd adapter.Describe) {
	b.field("botType", "MID_JOURNEY")
	if cmd.Picture.Open == nil {
		b.field("link", cmd.Picture.URL)
		return
	}
	b.picture("base64", &cmd.Picture)
}

func video(b *body, cmd adapter.Video) {
	b.field("prompt", cmd.Prompt)
	b.picture("image", cmd.Image)
	b.picture("endImage", cmd.End)
	b.text("motion", cmd.Motion)
	b.text("videoType", cmd.Type)
	if cmd.Loop {
		b.field("loop", true)
	}
	if cmd.BatchSize > 0 {
		b.field("batchSize", cmd.BatchSize)
	}
	if cmd.TaskID != "" {
		b.field("action", "extend")
		b.field("taskId", cmd.TaskID)
		b.field("index", cmd.Index)
	}
}

// parent is the task that a command refers to, if any.
func parent(cmd adapter.Command) string {
	switch cmd := cmd.(type) {
	case adapter.Action:
		return cmd.TaskID
	case adapter.Modal:
		return cmd.TaskID
	case adapter.Change:
		return cmd.TaskID
	case adapter.Video:
		return cmd.TaskID
	case adapter.Native:
		return cmd.Parent
	default:
		return ""
	}
}

// opensDialogs reports whether a command's answer may mean that the task waits for a modal: only
// pressed buttons do.
func opensDialogs(cmd adapter.Command) bool {
	switch cmd := cmd.(type) {
	case adapter.Action, adapter.Change:
		return true
	case adapter.Native:
		return cmd.Route == "action"
	default:
		return false
	}
}
