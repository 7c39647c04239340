package chat

import (
	"fmt"
	"strings"

	"midgate/adapter"
)

// Answer is what a chat answer is made of.
type Answer struct {
	Whole  *adapter.Image         // the grid, when it is shown as one picture with links to its quarters
	Images []adapter.Image        // the pictures that are shown one by one
	Texts  []string               // a description's prompts
	Video  string                 // a video's address
	Note   string                 // a sentence before everything else
	Apart  bool                   // the pictures travel beside the text: it only links to them
	URL    func(id string) string // address of a picture
}

// Markdown puts a result into Markdown: hosted pictures, and a short list of what can be said next, from the real buttons. Every
// picture stands whole on a line of its own.
func Markdown(s Answer) string {
	var b strings.Builder
	if s.Note != "" {
		b.WriteString(s.Note + "\n\n")
	}
	for i, t := range s.Texts {
		fmt.Fprintf(&b, "%d. %s\n\n", i+1, t)
	}
	if s.Video != "" {
		fmt.Fprintf(&b, "[▶ Play the video](%s)\n\n", s.Video)
	}
	if s.Whole != nil {
		s.show(&b, *s.Whole)
		var links []string
		for i, id := range s.Whole.Cells {
			links = append(links, fmt.Sprintf("[U%d](%s)", i+1, s.URL(id)))
		}
		b.WriteString(strings.Join(links, " · ") + "\n\n")
	}
	for _, img := range s.Images {
		s.show(&b, img)
	}
	b.WriteString(s.next())
	return strings.TrimSpace(b.String())
}

// show writes a picture, or the link that a later turn finds it by.
func (s Answer) show(b *strings.Builder, img adapter.Image) {
	if s.Apart {
		fmt.Fprintf(b, "[%s](%s)\n\n", alt(img), s.URL(img.ID))
		return
	}
	fmt.Fprintf(b, "![%s](%s)\n\n", alt(img), s.URL(img.ID))
}

// next is the list of what can be said about the pictures just shown.
func (s Answer) next() string {
	var say []string
	switch {
	case len(s.Texts) > 0:
		return "*Send one of these prompts to draw it.*"
	case s.Whole != nil:
		say = append(say, "`U1`–`U4` to pick one", "`V1`–`V4` to vary one", "`reroll`")
	case len(s.Images) == 1:
		for _, action := range append(s.Images[0].Offers(), s.Images[0].Likely()...) {
			if phrase, ok := phrases[action]; ok {
				say = append(say, "`"+phrase+"`")
			}
		}
	case len(s.Images) == 0:
		return ""
	}
	return "*Next: " + strings.Join(append(say, "or say what should change"), ", ") + ".*"
}

// phrases are how the actions are said; PlainAction understands each of them.
var phrases = map[string]string{
	adapter.ActUpscaleSubtle: "upscale subtle", adapter.ActUpscaleCreative: "upscale creative", adapter.ActVarySubtle: "vary subtle", adapter.ActVaryStrong: "vary strong",
	adapter.ActZoomOut2x: "zoom out 2x", adapter.ActZoomOut15x: "zoom out 1.5x", adapter.ActPanLeft: "pan left", adapter.ActPanRight: "pan right",
	adapter.ActPanUp: "pan up", adapter.ActPanDown: "pan down", adapter.ActMakeSquare: "make it square", adapter.ActAnimateLow: "animate",
}

// alt is a picture's prompt as the text of a Markdown picture.
func alt(img adapter.Image) string {
	text := strings.Join(strings.Fields(strings.NewReplacer("[", "", "]", "", "(", "", ")", "", "\\", "", "`", "", "*", "", "_", " ", "<", "", ">", "", "!", "").Replace(img.Prompt)), " ")
	if letters := []rune(text); len(letters) > 80 {
		text = string(letters[:80]) + "…"
	}
	if text == "" {
		return "picture"
	}
	return text
}
