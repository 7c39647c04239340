package buttons

// wire is the button as JSON has it; the Web link has neither id nor emoji.
func (b Button) wire() JSON {
	out := JSON{Label: b.Label, Type: 2, Style: b.Style}
	if b.Style != Link {
		out.CustomID, out.Emoji = &b.CustomID, &b.Emoji
	}
	return out
}

// JSON is a button on the wire, keys in the order in which trueai writes them.
type JSON struct {
	CustomID *string `json:"customId"`
	Emoji    *string `json:"emoji"`
	Label    string  `json:"label"`
	Type     int     `json:"type"`
	Style    int     `json:"style"`
}

// Wire is a row of buttons on the wire, never null.
func Wire(set []Button) []JSON {
	out := make([]JSON, 0, len(set))
	for _, b := range set {
		out = append(out, b.wire())
	}
	return out
}
