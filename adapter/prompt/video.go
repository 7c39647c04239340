package prompt

import (
	"slices"
	"strconv"
	"strings"

	"midgate/adapter"
)

// ReadVideoFlags takes a video's own parameters out of its prompt, where people write them, and makes them part of the
// request: they cost money, and none may be sent twice. What the prompt says wins.
func ReadVideoFlags(f *adapter.VideoRequest) error {
	words := lexemes(normalize(f.Prompt))
	if !slices.ContainsFunc(words, beginsParam) {
		return nil
	}
	var kept []string
	for len(words) > 0 {
		taken, err := readVideoFlag(f, words)
		if err != nil {
			return err
		}
		if taken == 0 {
			kept, taken = append(kept, words[0]), 1
		}
		words = words[taken:]
	}
	f.Prompt = strings.Join(kept, " ")
	return nil
}

// readVideoFlag takes the parameter that the words begin with; it returns how many of them it took.
func readVideoFlag(f *adapter.VideoRequest, words []string) (int, error) {
	if !beginsParam(words[0]) {
		return 0, nil
	}
	name, value := splitParam(words[0])
	takes := 1
	if value == "" && len(words) > 1 {
		value, takes = words[1], 2
	}
	if !adapter.IsLink(value) {
		value = strings.TrimRight(value, ",.;!?") // of the sentence that it stands in
	}
	switch name {
	case "motion":
		f.Motion = strings.ToLower(value)
		if f.Motion != "low" && f.Motion != "high" {
			return 0, adapter.BadParam("prompt", "invalid_value", "--motion must be low or high.")
		}
	case "bs":
		n, err := strconv.Atoi(value)
		if err != nil || !slices.Contains([]int{1, 2, 4}, n) {
			return 0, adapter.BadParam("prompt", "invalid_value", "--bs must be 1, 2 or 4; every clip is paid.")
		}
		f.Midjourney.BatchSize = n
	case "video":
		if value == "" || strings.Trim(value, "0123456789.") != "" {
			return 1, nil
		}
	case "loop":
		f.Loop = true
		return 1, nil
	case "end":
		if value == "loop" {
			f.Loop = true
			break
		}
		if !adapter.IsLink(value) {
			return 0, adapter.BadParam("prompt", "invalid_value", "--end must be loop or the public http(s) address of a picture.")
		}
		f.End = &adapter.Reference{URL: value}
	default:
		return 0, nil
	}
	return takes, nil
}
