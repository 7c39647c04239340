package native

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"midgate/adapter"
	"midgate/adapter/library"
	"midgate/adapter/prompt"
)

var simpleChange = regexp.MustCompile(`^\s*(\S+)\s+([UuVv])([1-4])\s*$|^\s*(\S+)\s+[Rr]\s*$`)

// settle reads what costs money or belongs to somebody out of the fields, and returns them without what midgate decides
// itself, each under its one name.
func settle(n *adapter.NativeRequest, sent map[string]any) (map[string]any, error) {
	fields, err := spell(sent)
	if err != nil {
		return nil, err
	}
	if n.Route == "simple-change" {
		if err := changeFields(n, fields); err != nil {
			return nil, err
		}
	}
	follows, known := nativeRoutes[n.Route]
	if !known {
		return nil, &adapter.Error{Kind: adapter.NotFound, Code: "unknown_route", Message: "There is no such route."}
	}
	n.State, _ = fields["state"].(string)
	if len(n.State) > 255 {
		return nil, adapter.BadParam("state", "string_above_max_length", "state must have at most 255 characters.")
	}
	for _, own := range nativeDecided {
		delete(fields, own)
	}
	if err := takeHook(n, fields); err != nil {
		return nil, err
	}
	if err := readPromptField(n, fields); err != nil {
		return nil, err
	}
	if err := readClips(n, fields); err != nil {
		return nil, err
	}
	n.Parent, _ = fields["taskId"].(string)
	if follows && n.Parent == "" {
		return nil, adapter.BadParam("taskId", "missing_required_parameter", "task_id_is_required")
	}
	if id, _ := fields["customId"].(string); strings.HasSuffix(strings.ToLower(strings.TrimSpace(id)), "picreader::all") {
		return nil, &adapter.Error{Kind: adapter.Unsupported, Code: "unsupported", Param: "customId", Message: "This button starts four jobs at once; press them one by one."}
	}
	if id, _ := fields["customId"].(string); bookmark.MatchString(id) {
		return nil, &adapter.Error{Kind: adapter.Unsupported, Code: "unsupported", Param: "customId", Message: "This button only marks the picture at Midjourney; it makes nothing."}
	}
	return fields, nil
}

// readClips reads how many clips a video is to have: each is paid. Servers make four where nothing is said.
func readClips(n *adapter.NativeRequest, fields map[string]any) error {
	if n.Route != "video" || fields["batchSize"] == nil {
		return nil
	}
	switch fmt.Sprint(fields["batchSize"]) {
	case "1":
		fields["batchSize"] = 1
	case "2":
		fields["batchSize"] = 2
	case "4":
		fields["batchSize"] = 4
	default:
		return adapter.BadParam("batchSize", "invalid_value", "batchSize must be 1, 2 or 4; every clip is paid.")
	}
	return nil
}

// bookmark is a button that only notes something, and names the task that it is on: pressed, it would be waited for in vain.
var bookmark = regexp.MustCompile(`(?i)^\s*MJ::(?:BOOKMARK|Job::(?:favorite|bookmark|like|rating))`)

// changeFields turns the text form of a change into its fields, which relays understand.
func changeFields(n *adapter.NativeRequest, fields map[string]any) error {
	content, _ := fields["content"].(string)
	m := simpleChange.FindStringSubmatch(content)
	if m == nil {
		return adapter.BadParam("content", "invalid_value", "content_parse_failed")
	}
	delete(fields, "content")
	n.Route = "change"
	fields["taskId"], fields["action"], fields["index"] = cmp.Or(m[1], m[4]), "REROLL", 1
	if m[2] != "" {
		fields["action"] = map[string]string{"u": "UPSCALE", "v": "VARIATION"}[strings.ToLower(m[2])]
		fields["index"] = int(m[3][0] - '0')
	}
	return nil
}

// readPromptField reads the prompt by midgate's rules: what could start jobs that nobody asked for is refused, and a speed in it
// chooses the path.
func readPromptField(n *adapter.NativeRequest, fields map[string]any) error {
	text, given := fields["prompt"].(string)
	if !given || strings.TrimSpace(text) == "" {
		if n.Route == "imagine" || n.Route == "shorten" || n.Route == "edits" {
			return adapter.BadParam("prompt", "missing_required_parameter", "prompt_is_required")
		}
		return nil
	}
	n.Prompt = text
	if n.Route == "video" {
		f := adapter.VideoRequest{Generation: adapter.Generation{}}
		f.Prompt = text
		if err := prompt.ReadVideoFlags(&f); err != nil {
			return err
		}
		videoInto(f, fields)
		text = f.Prompt
	}
	pictures, _ := fields["base64Array"].([]any)
	p, err := prompt.ReadOwn(text, n.Route == "imagine", len(pictures) > 0)
	if err != nil {
		return err
	}
	n.Speed = cmp.Or(p.Speed, n.Speed)
	if n.Route == "imagine" {
		p.URLs = sendAlong(n, p.URLs, fields)
	}
	fields["prompt"] = p.String()
	return prompt.CheckDenied(p.String())
}

// sendAlong makes image prompts of those addresses that are midgate's own: the upstream may not reach them, and they are
// what a task's imageUrl says here. The others stay.
func sendAlong(n *adapter.NativeRequest, urls []string, fields map[string]any) (rest []string) {
	pictures, _ := fields["base64Array"].([]any)
	for _, url := range urls {
		id, ours := library.OwnImage(url)
		if !ours {
			rest = append(rest, url)
			continue
		}
		pictures = append(pictures, adapter.NativeUpload+strconv.Itoa(len(n.Uploads)))
		n.Uploads = append(n.Uploads, adapter.Reference{Image: id})
	}
	if len(pictures) > 0 {
		fields["base64Array"] = pictures
	}
	return rest
}

// videoInto writes what a video's prompt said into the fields that mean the same.
func videoInto(f adapter.VideoRequest, fields map[string]any) {
	if f.Motion != "" {
		fields["motion"] = f.Motion
	}
	if f.Loop {
		fields["loop"] = true
	}
	if f.End != nil {
		fields["endImage"] = f.End.URL
	}
	if f.Midjourney.BatchSize > 0 {
		fields["batchSize"] = f.Midjourney.BatchSize
	}
}
