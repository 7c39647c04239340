package adapter

import "strings"

// NativeNames are the members of requests that midgate reads, or decides itself.
var NativeNames = []string{
	"prompt", "taskId", "customId", "state", "notifyHook", "accountFilter", "mode", "modes", "speed", "tools", "content",
	"action", "index", "base64", "base64Array", "image", "endImage", "maskBase64", "link", "sourceBase64", "targetBase64",
	"sourceUrl", "targetUrl", "motion", "loop", "batchSize", "videoType", "botType", "dimensions",
}

// NativeName is the one spelling of a member's name. Servers written in Go or .NET compare names without regard to case,
// so what midgate checks must be what they read.
func NativeName(name string) string {
	if strings.EqualFold(name, "task_id") {
		return "taskId"
	}
	for _, known := range NativeNames {
		if strings.EqualFold(name, known) {
			return known
		}
	}
	return name
}
