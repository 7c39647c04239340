package buttons

import (
	"encoding/json"
	"regexp"

	"midgate/adapter"
	"midgate/adapter/midjourney/wire"
)

// linkStyle is the style of a button that is only a link: it has no customId and cannot be pressed.
const linkStyle = 5

// flat are the buttons of a list: of one that is written as a text, of rows, of rows in objects, or of one such row alone.
func flat(raw json.RawMessage) []json.RawMessage {
	if text := wire.Scalar(raw); text != "" {
		raw = json.RawMessage(text)
	}
	if m := wire.Object(raw); m != nil {
		raw = m["components"]
	}
	var out []json.RawMessage
	for _, e := range wire.List(raw) {
		if row := wire.List(e); row != nil {
			out = append(out, row...)
		} else if m := wire.Object(e); wire.List(m["components"]) != nil {
			out = append(out, wire.List(m["components"])...)
		} else {
			out = append(out, e)
		}
	}
	return out
}

// buttonJSON is a button as it comes; every key may be missing or null.
type buttonJSON struct {
	CustomID wire.Text       `json:"customId"`
	Custom   wire.Text       `json:"custom_id"`
	Label    wire.Text       `json:"label"`
	Emoji    json.RawMessage `json:"emoji"`
	Style    wire.Number     `json:"style"`
}

// emoji is a button's emoji: as it is, or Discord's object with its name.
func emoji(raw json.RawMessage) string {
	if m := wire.Object(raw); m != nil {
		return wire.Scalar(m["name"])
	}
	return wire.Scalar(raw)
}

// makesNothing are buttons that only note something at Midjourney, and name the task that they are on: pressed, they
// would be waited for in vain.
var makesNothing = regexp.MustCompile(`(?i)^MJ::BOOKMARK|^MJ::Job::Favorite|^MJ::JOB::(?:favorite|bookmark|like|rating)`)

// Decode reads a task's buttons and names the action of each that it knows. Links, buttons without a customId and
// those that make nothing are left out. Some servers send the list as a text, or in rows as they are shown.
func Decode(raw json.RawMessage) []adapter.Button {
	var out []adapter.Button
	for _, e := range flat(raw) {
		var j buttonJSON
		if json.Unmarshal(e, &j) != nil {
			continue
		}
		if j.CustomID == "" {
			j.CustomID = j.Custom
		}
		if j.CustomID == "" || j.Style == linkStyle || makesNothing.MatchString(string(j.CustomID)) {
			continue
		}
		b := adapter.Button{CustomID: string(j.CustomID), Label: string(j.Label), Emoji: emoji(j.Emoji)}
		b.Action, b.Index = meaning(b)
		out = append(out, b)
	}
	return resolve(out)
}
