package chat

import (
	"crypto/rand"

	"midgate/adapter"
	"midgate/adapter/chat"
	"midgate/adapter/jsonstream"
	"midgate/proxy/images"
	"midgate/proxy/web"
)

// Answer is what an answer in a chat says.
type Answer struct {
	Text   string
	images []images.Found    // pictures that travel beside the text, with their bytes
	format adapter.Format    // of those
	Reply  *chat.CannedReply // of a request that needed no picture
	legacy bool              // a tool is called as a function
	cost   *adapter.Money    // of its job; nil: nobody knows, or there was none
}

// Calls reports whether the answer is a tool's call.
func (a Answer) Calls() bool { return a.Reply != nil && a.Reply.Tool != "" }

// finish is why the answer ends.
func (a Answer) finish() string {
	switch {
	case a.Calls() && a.legacy:
		return "function_call"
	case a.Calls():
		return "tool_calls"
	default:
		return "stop"
	}
}

// answerHead is what all objects of one answer share.
type answerHead struct {
	ID      string
	Created int64
	Model   string
}

// CompletionJSON is a whole answer: the nullable keys are always there.
type CompletionJSON struct {
	ID          string       `json:"id"`
	Object      string       `json:"object"`
	Created     int64        `json:"created"`
	Model       string       `json:"model"`
	Fingerprint *string      `json:"system_fingerprint"`
	Choices     []choiceJSON `json:"choices"`
	Usage       usageJSON    `json:"usage"`
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
	Images      []ImageJSON       `json:"images,omitempty"`
	ToolCalls   []toolCallJSON    `json:"tool_calls,omitempty"`
	Function    *functionCallJSON `json:"function_call,omitempty"`
}

// ImageJSON is a picture beside the text, as OpenRouter sends it.
type ImageJSON struct {
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

// usageJSON is made up: Midjourney counts no tokens, SDKs want integers.
type usageJSON struct {
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
	Cost *float64 `json:"cost,omitempty"` // US dollars; OpenRouter's name
}

func usage(f Echo, a Answer) usageJSON {
	n := web.Tokens(a.Text)
	return usageJSON{Prompt: f.Tokens, Completion: n, Total: f.Tokens + n, Cost: web.InDollars(a.cost)}
}

// completionOf is an answer as one object.
func completionOf(h answerHead, f Echo, a Answer) CompletionJSON {
	m := messageJSON{Role: "assistant", Content: &a.Text, Annotations: []struct{}{}, Images: a.beside()}
	switch {
	case a.Calls() && a.legacy:
		m.Content, m.Function = nil, new(a.called())
	case a.Calls():
		m.Content, m.ToolCalls = nil, []toolCallJSON{a.toolCall()}
	}
	return CompletionJSON{
		ID: h.ID, Object: "chat.completion", Created: h.Created, Model: h.Model,
		Choices: []choiceJSON{{Message: m, Finish: a.finish()}}, Usage: usage(f, a),
	}
}

func (a Answer) called() functionCallJSON {
	return functionCallJSON{Name: a.Reply.Tool, Arguments: a.Reply.Text}
}

func (a Answer) toolCall() toolCallJSON {
	return toolCallJSON{ID: "call_" + rand.Text(), Type: "function", Function: a.called()}
}

// beside are the pictures beside the text, each as a data URL with a mark for its bytes: clients take what stands here for
// base64, and do not fetch it.
func (a Answer) beside() (images []ImageJSON) {
	for i := range a.images {
		address := "data:" + web.PictureTypes[string(web.OrPNG(a.format))] + ";base64," + jsonstream.Mark(i)
		images = append(images, ImageJSON{Type: "image_url", Index: i, ImageURL: addressJSON{address}})
	}
	return images
}

func (a Answer) blobs() (all []*adapter.Blob) {
	for _, p := range a.images {
		all = append(all, p.Blob)
	}
	return all
}
