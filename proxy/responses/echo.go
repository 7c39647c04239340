package responses

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/sashabaranov/go-openai"
	"github.com/tidwall/gjson"

	"midgate/adapter"
	"midgate/proxy/body"
	"midgate/proxy/chat"
	"midgate/proxy/web"
)

// echo is what a response says again of its request; it is kept with the job, so each part of it is bounded.
type echo struct {
	web.Echo
	Model        string          `json:"model"`
	Tools        json.RawMessage `json:"tools,omitempty"`
	Choice       json.RawMessage `json:"choice,omitempty"`
	Instructions string          `json:"instructions,omitempty"`
	Previous     string          `json:"previous,omitempty"`
	Metadata     json.RawMessage `json:"metadata,omitempty"`
	Text         json.RawMessage `json:"text,omitempty"`
	User         string          `json:"user,omitempty"`
	Temperature  *float64        `json:"temperature,omitempty"`
	TopP         *float64        `json:"top_p,omitempty"`
	MaxOutput    *int            `json:"max_output,omitempty"`
	Background   bool            `json:"background,omitempty"`
	Unstored     bool            `json:"unkept,omitempty"` // store: false
	Input        []inputJSON     `json:"input,omitempty"`
	Note         string          `json:"note,omitempty"`      // what the answer begins with
	Talk         bool            `json:"talk,omitempty"`      // there is no image_generation tool: the client reads text
	TextOnly     bool            `json:"text_only,omitempty"` // and breaks on a picture that it named no tool for
	Schema       json.RawMessage `json:"schema,omitempty"`    // of the JSON that a description is put into
}

// inputJSON is an item of /input_items. Of pictures it has the address or the ID, where they came with one.
type inputJSON struct {
	ID      string           `json:"id"`
	Type    string           `json:"type"`
	Role    string           `json:"role"`
	Status  string           `json:"status"`
	Content []inputPieceJSON `json:"content"`
}

type inputPieceJSON struct {
	Type     string  `json:"type"`
	Text     string  `json:"text,omitempty"`
	Detail   string  `json:"detail,omitempty"`
	ImageURL *string `json:"image_url,omitempty"`
	FileID   *string `json:"file_id,omitempty"`
}

// What is kept of a request, in bytes: all together stay far below what a record may hold.
const (
	maxKept    = 4 << 10 // of one field
	maxInput   = 8 << 10 // of all the input's text
	maxAddress = 2 << 10 // of a picture's address
)

// readEcho reads what a response says again.
func readEcho(p *body.Body, g adapter.Generation) (f echo, err error) {
	f = echo{Echo: web.EchoOf(g), Model: cmp.Or(p.Hint("model"), "midjourney"), User: p.Hint("user")}
	if f.Background, err = p.Truth("background"); err != nil {
		return f, err
	}
	if store := p.Fields["store"]; store.Type == gjson.False {
		f.Unstored = true
	}
	if f.Unstored && f.Background {
		return f, adapter.BadParam("store", "invalid_value", "A response in the background is stored: 'store' must not be false.")
	}
	f.Previous = p.Hint("previous_response_id")
	if text, err := p.Text("instructions"); err == nil {
		f.Instructions = body.Shortened(text, maxKept)
	}
	f.Tools, f.Choice = keptJSON(p.Fields["tools"], '['), keptJSON(p.Fields["tool_choice"], '"', '{')
	f.Metadata, f.Text = keptJSON(p.Fields["metadata"], '{'), keptJSON(p.Fields["text"], '{')
	f.Temperature, _ = body.Decimal(p.Fields["temperature"], "temperature") // what is no number is not said again
	f.TopP, _ = body.Decimal(p.Fields["top_p"], "top_p")
	if n := chat.LimitOf(p.Fields["max_output_tokens"]); n > 0 {
		f.MaxOutput = &n
	}
	f.Input = keptInput(p.Fields["input"])
	return f, nil
}

// keptJSON keeps a value that begins as it must, is small and no picture; nothing of any other.
func keptJSON(v gjson.Result, begins ...byte) json.RawMessage {
	if v.Raw == "" || !slices.Contains(begins, v.Raw[0]) || len(v.Raw) > maxKept || strings.Contains(v.Raw, `\u0000upload:`) || !json.Valid([]byte(v.Raw)) {
		return nil
	}
	return json.RawMessage(strings.Clone(v.Raw))
}

// keptInput keeps the newest messages, as far as they are not too long.
func keptInput(input gjson.Result) []inputJSON {
	if input.Type == gjson.String {
		return []inputJSON{{ID: "msg_1", Type: "message", Role: "user", Status: "completed", Content: []inputPieceJSON{pieceOf(chat.TextPart(input.Str), maxInput)}}}
	}
	left := maxInput
	items := input.Array()
	var kept []inputJSON
	for i := len(items) - 1; i >= 0 && left > 0; i-- {
		if items[i].Get("role").String() == "" {
			continue
		}
		m := chat.MessageOf(items[i])
		item := inputJSON{ID: "msg_" + strconv.Itoa(i+1), Type: "message", Role: body.Shortened(m.Role, 20), Status: "completed", Content: []inputPieceJSON{}}
		if m.Content != "" {
			m.MultiContent = append(m.MultiContent, chat.TextPart(m.Content))
		}
		for _, part := range m.MultiContent {
			piece := pieceOf(part, left)
			left -= len(piece.Text) + len(orEmptyText(piece.ImageURL)) + 100
			item.Content = append(item.Content, piece)
			if left <= 0 {
				break
			}
		}
		kept = append([]inputJSON{item}, kept...)
	}
	return kept
}

// pieceOf keeps a text, or where a picture was: what has an address or an ID keeps it, bytes are not kept again.
func pieceOf(part openai.ChatMessagePart, most int) inputPieceJSON {
	if part.ImageURL == nil {
		return inputPieceJSON{Type: "input_text", Text: body.Shortened(part.Text, most)}
	}
	piece := inputPieceJSON{Type: "input_image", Detail: "auto"}
	switch address := part.ImageURL.URL; {
	case len(address) > min(most, maxAddress):
	case body.HasScheme(address, "http"), body.HasScheme(address, "https"):
		piece.ImageURL = &address
	case strings.HasPrefix(address, "img_"), strings.HasPrefix(address, "file"):
		piece.FileID = &address
	case web.OwnPath(address) != "":
		id := web.OwnPath(address)
		piece.FileID = &id
	}
	return piece
}

func orEmptyText(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// keptEcho is what was kept of a response's request.
func keptEcho(job adapter.Job) (f echo) {
	_ = json.Unmarshal(job.Echo, &f) // written by attempt
	return f
}
