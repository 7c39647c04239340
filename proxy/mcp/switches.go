package mcp

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"midgate/adapter"
)

// switches are what an address says beside the path: every client lets its user write one.
type switches struct {
	wait       time.Duration // how long a call waits at most; negative: as the settings say
	images     string        // none, preview or large
	structured bool          // results for programs: structuredContent, no pictures
	tools      string        // the tools that are offered, with commas; empty: all
}

// maxWait is the longest that a call may wait.
const maxWait = 600 * time.Second

// What ?images= may be.
const (
	imagesNone    = "none"
	imagesPreview = "preview"
	imagesLarge   = "large"
)

func readSwitches(q url.Values) (on switches, err error) {
	on = switches{wait: -1, images: imagesPreview}
	if given := q.Get("wait"); given != "" {
		seconds, err := strconv.Atoi(given)
		if err != nil || seconds < 0 || seconds > int(maxWait.Seconds()) {
			return on, adapter.BadParam("wait", "invalid_value", "'wait' in the address must be seconds from 0 to %d.", int(maxWait.Seconds()))
		}
		on.wait = time.Duration(seconds) * time.Second
	}
	if given := q.Get("images"); given != "" {
		if !slices.Contains([]string{imagesNone, imagesPreview, imagesLarge}, given) {
			return on, adapter.BadParam("images", "invalid_value", "'images' in the address must be none, preview or large.")
		}
		on.images = given
	}
	switch q.Get("results") {
	case "", "text":
	case "structured":
		on.structured = true
	default:
		return on, adapter.BadParam("results", "invalid_value", "'results' in the address must be text or structured.")
	}
	var names []string
	for name := range strings.SplitSeq(q.Get("tools"), ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		if toolNamed(name) == nil {
			return on, adapter.BadParam("tools", "invalid_value", "'tools' in the address must be some of %s, with commas.", strings.Join(toolNames(), ", "))
		}
		names = append(names, name)
	}
	slices.Sort(names)
	on.tools = strings.Join(slices.Compact(names), ",")
	return on, nil
}

// offers reports whether a tool is among those that are asked for.
func (on switches) offers(tool string) bool {
	return on.tools == "" || slices.Contains(strings.Split(on.tools, ","), tool)
}
