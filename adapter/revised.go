package adapter

import "strings"

// Revised is the prompt that Midjourney ran, as a client may see it: the addresses before it that the client did not
// write are left out. They are the upstream's uploads of the pictures that came with the request.
func (i Image) Revised() string {
	var kept strings.Builder
	rest := strings.TrimSpace(i.RevisedPrompt)
	for strings.HasPrefix(rest, "http://") || strings.HasPrefix(rest, "https://") {
		address, after, _ := strings.Cut(rest, " ")
		if strings.Contains(i.Prompt, address) {
			kept.WriteString(address + " ")
		}
		rest = strings.TrimSpace(after)
	}
	return strings.TrimSpace(kept.String() + rest)
}
