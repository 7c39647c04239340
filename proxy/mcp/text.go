package mcp

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"midgate/adapter"
)

// textOf is a text that grows by lines.
type textOf string

func (t *textOf) line(format string, args ...any) {
	if *t != "" {
		*t += "\n"
	}
	*t += textOf(fmt.Sprintf(format, args...))
}

// within is the text, without its end if it is too long.
func (t textOf) within(most int) string {
	text := string(t)
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most-len("…")], "") + "…"
}

// buttonsOf says what can be pressed.
func buttonsOf(images []adapter.Image) string {
	certain, likely := pressable(images[0].Offers()), pressable(images[0].Likely())
	whose := "Buttons"
	if len(images) > 1 {
		whose = "Buttons of each"
	}
	text := whose + ": " + cmp.Or(strings.Join(certain, ", "), "none")
	if len(likely) > 0 {
		text += "; after one more job, which is paid too: " + strings.Join(likely, ", ")
	}
	return text + "."
}

// sizes is the size of pictures that all have the same, as a sentence.
func sizes(images []adapter.Image) string {
	first := images[0]
	if first.Width == 0 || slices.ContainsFunc(images, func(i adapter.Image) bool { return i.Width != first.Width || i.Height != first.Height }) {
		return ""
	}
	return fmt.Sprintf(" %d×%d.", first.Width, first.Height)
}

func numbered(texts []string) string {
	var b strings.Builder
	for i, text := range texts {
		fmt.Fprintf(&b, "\n%d. %s", i+1, cut(text, 1500))
	}
	return b.String()
}

// cut keeps the first characters of a text, on one line.
func cut(text string, most int) string {
	text = strings.Join(strings.Fields(text), " ")
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// span says a length of time as people do.
func span(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return count(max(int(d.Round(time.Second).Seconds()), 0), "second")
	case d < 2*time.Hour:
		return count(int(d.Round(time.Minute).Minutes()), "minute")
	case d < 48*time.Hour:
		return count(int(d.Round(time.Hour).Hours()), "hour")
	default:
		return count(int(d.Hours()/24), "day")
	}
}
