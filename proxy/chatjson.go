package proxy

import (
	"crypto/rand"

	"midgate/adapter"
	"midgate/adapter/chat"
	"midgate/adapter/jsonstream"
	"midgate/proxy/images"
	"midgate/proxy/web"
)

// said is what an answer in a chat says.
type said struct {
	text   string
	images []images.Found    // pictures that travel beside the text, with their bytes
	format adapter.Format    // of those
	reply  *chat.CannedReply // of a request that needed no picture
	legacy bool              // a tool is called as a function
}

// calls reports whether the answer is a tool's call.
func (a said) calls() bool { return a.reply != nil && a.reply.Tool != "" }

// finish is why the answer ends.
func (a said) finish() string {
	switch {
	case a.calls() && a.legacy:
		return "function_call"
	case a.calls():
		return "tool_calls"
	default:
		return "stop"
	}
}

// chatHead is what all objects of one answer share.
type chatHead struct {
	ID      string
	Created int64
	Model   string
}

// completionJSON is a whole answer (openai-surface.md §6.2): the nullable keys are always there.
type completionJSON struct {
	ID          string        `json:"id"`
	Object      string        `json:"object"`
	Created     int64         `json:"created"`
	Model       string        `json:"model"`
	Fingerprint *string       `json:"system_fingerprint"`
	Choices     []choiceJSON  `json:"choices"`
	Usage       chatUsageJSON `json:"usage"`
}

type choiceJSON struct {
	Index    int         `json:"index"`
	Message  messageJSON `json:"message"`
	Logprobs *struct{}   `json:"logprobs"`
	Finish   string      `json:"finish_reason"`
}

type messageJSON struct {
	Role        string            `json:"role"`
	Content     *string           `json:"content"`
	Refusal     *string           `json:"refusal"`
	Annotations []struct{}        `json:"annotations"`
	Images      []chatImageJSON   `json:"images,omitempty"`
	ToolCalls   []toolCallJSON    `json:"tool_calls,omitempty"`
	Function    *functionCallJSON `json:"function_call,omitempty"`
}

// chatImageJSON is a picture beside the text, as OpenRouter sends it.
type chatImageJSON struct {
	Type     string      `json:"type"`
	Index    int         `json:"index"`
	ImageURL addressJSON `json:"image_url"`
}

type addressJSON struct {
	URL string `json:"url"`
}

// toolCallJSON is one call; Index is only in a stream.
type toolCallJSON struct {
	Index    *int             `json:"index,omitempty"`
	ID       string           `json:"id"`
	Type     string           `json:"type"`
	Function functionCallJSON `json:"function"`
}

type functionCallJSON struct {
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
}

// chatUsageJSON is made up: Midjourney counts no tokens, SDKs want integers.
type chatUsageJSON struct {
	Prompt     int `json:"prompt_tokens"`
	Completion int `json:"completion_tokens"`
	Total      int `json:"total_tokens"`
	PromptOf   struct {
		Cached int `json:"cached_tokens"`
		Audio  int `json:"audio_tokens"`
	} `json:"prompt_tokens_details"`
	CompletionOf struct {
		Reasoning int `json:"reasoning_tokens"`
		Audio     int `json:"audio_tokens"`
		Accepted  int `json:"accepted_prediction_tokens"`
		Rejected  int `json:"rejected_prediction_tokens"`
	} `json:"completion_tokens_details"`
}

func chatUsage(f chatForm, text string) chatUsageJSON {
	n := web.Tokens(text)
	return chatUsageJSON{Prompt: f.Tokens, Completion: n, Total: f.Tokens + n}
}

// completionOf is an answer as one object.
func completionOf(h chatHead, f chatForm, a said) completionJSON {
	m := messageJSON{Role: "assistant", Content: &a.text, Annotations: []struct{}{}, Images: a.beside()}
	switch {
	case a.calls() && a.legacy:
		m.Content, m.Function = nil, new(a.called())
	case a.calls():
		m.Content, m.ToolCalls = nil, []toolCallJSON{a.toolCall()}
	}
	return completionJSON{
		ID: h.ID, Object: "chat.completion", Created: h.Created, Model: h.Model,
		Choices: []choiceJSON{{Message: m, Finish: a.finish()}}, Usage: chatUsage(f, a.text),
	}
}

func (a said) called() functionCallJSON {
	return functionCallJSON{Name: a.reply.Tool, Arguments: a.reply.Text}
}

func (a said) toolCall() toolCallJSON {
	return toolCallJSON{ID: "call_" + rand.Text(), Type: "function", Function: a.called()}
}

// beside are the pictures beside the text, each as a data URL with a mark for its bytes: clients take what stands here for
// base64, and do not fetch it.
func (a said) beside() (images []chatImageJSON) {
	for i := range a.images {
		address := "data:" + web.PictureTypes[string(web.OrPNG(a.format))] + ";base64," + jsonstream.Mark(i)
		images = append(images, chatImageJSON{Type: "image_url", Index: i, ImageURL: addressJSON{address}})
	}
	return images
}

func (a said) blobs() (all []*adapter.Blob) {
	for _, p := range a.images {
		all = append(all, p.Blob)
	}
	return all
}
