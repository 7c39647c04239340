package proxy

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"strings"
	"testing"

	official "github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/azure"
	"github.com/openai/openai-go/v3/option"
	officialresponses "github.com/openai/openai-go/v3/responses"
	gpt "github.com/sashabaranov/go-openai"
)

// goSDK does orders in this process.
type goSDK func(ctx context.Context, o order) (any, error)

func (f goSDK) do(t *testing.T, o order) gained {
	t.Helper()
	value, err := f(t.Context(), o)
	if err != nil {
		return failed(err)
	}
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return gained{OK: true, Value: data}
}

// failed is what each library's error tells its user.
func failed(err error) gained {
	if a, ok := errors.AsType[*official.Error](err); ok {
		return gained{Status: a.StatusCode, Code: a.Code, Param: a.Param, Message: a.Message}
	}
	if b, ok := errors.AsType[*gpt.APIError](err); ok {
		o := gained{Status: b.HTTPStatusCode, Message: b.Message}
		if code, ok := b.Code.(string); ok {
			o.Code = code
		}
		if b.Param != nil {
			o.Param = *b.Param
		}
		return o
	}
	return gained{Message: err.Error()}
}

// seen downloads a picture where the client got an address only.
func seen(ctx context.Context, url, b64 string) (shown, error) {
	if b64 != "" {
		data, err := base64.StdEncoding.DecodeString(b64)
		return look(data, url, true), err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return shown{}, err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return shown{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	return look(data, url, false), err
}

func look(data []byte, url string, b64 bool) shown {
	sum := sha256.Sum256(data)
	s := shown{B64: b64, Start: hex.EncodeToString(data[:min(8, len(data))]), SHA: hex.EncodeToString(sum[:])}
	if url != "" {
		s.URL = &url
	}
	return s
}

// into reads the body of an order as a library's own parameters.
func into[T any](o order) (p T, err error) {
	data, err := json.Marshal(o.Body)
	if err != nil {
		return p, err
	}
	return p, json.Unmarshal(data, &p)
}

func opened(paths ...string) (files []*os.File, err error) {
	for _, p := range paths {
		if p == "" {
			files = append(files, nil)
			continue
		}
		f, err := os.Open(p)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// openaiGo is OpenAI's own library for Go.
func openaiGo(ctx context.Context, o order) (any, error) {
	return officialCall(ctx, official.NewClient(option.WithBaseURL(o.Base+"/"), option.WithAPIKey(o.Key)), o)
}

// openaiGoForAzure is the same with its options for Azure. It draws with no model that is not named, which goes into the
// path, and sends Azure's key without TLS only if it is told so.
func openaiGoForAzure(ctx context.Context, o order) (any, error) {
	if o.Body != nil && o.Body["model"] == nil && o.Op != "variation" {
		o.Body = maps.Clone(o.Body)
		o.Body["model"] = "midjourney"
	}
	c := official.NewClient(azure.WithEndpoint(strings.TrimSuffix(o.Base, "/v1"), "2025-04-01-preview"), azure.WithAPIKey(o.Key), azure.WithUnsafeAllowHTTP())
	return officialCall(ctx, c, o)
}

func officialCall(ctx context.Context, c official.Client, o order) (any, error) {
	switch o.Op {
	case "models":
		page, err := c.Models.List(ctx)
		if err != nil {
			return nil, err
		}
		var ids []string
		for _, m := range page.Data {
			ids = append(ids, m.ID)
		}
		return ids, nil
	case "generate":
		p, err := into[official.ImageGenerateParams](o)
		if err != nil {
			return nil, err
		}
		return officialPictures(c.Images.Generate(ctx, p))(ctx)
	case "edit":
		files, err := opened(o.Image, o.Mask)
		if err != nil {
			return nil, err
		}
		p := official.ImageEditParams{Prompt: o.Body["prompt"].(string), Image: official.ImageEditParamsImageUnion{OfFile: files[0]}}
		if files[1] != nil {
			p.Mask = files[1]
		}
		if model, ok := o.Body["model"].(string); ok {
			p.Model = model
		}
		return officialPictures(c.Images.Edit(ctx, p))(ctx)
	case "variation":
		files, err := opened(o.Image)
		if err != nil {
			return nil, err
		}
		return officialPictures(c.Images.NewVariation(ctx, official.ImageNewVariationParams{Image: files[0], N: official.Int(2)}))(ctx)
	case "stream":
		return officialStream(ctx, c, o)
	case "chat", "chatStream":
		return officialChat(ctx, c, o)
	case "respond":
		p, err := into[officialresponses.ResponseNewParams](o)
		if err != nil {
			return nil, err
		}
		answer, err := c.Responses.New(ctx, p)
		if err != nil {
			return nil, err
		}
		return answer.OutputText(), nil
	}
	return nil, fmt.Errorf("no operation %s", o.Op)
}

func officialPictures(resp *official.ImagesResponse, err error) func(context.Context) (any, error) {
	return func(ctx context.Context) (any, error) {
		if err != nil {
			return nil, err
		}
		all := []shown{}
		for _, d := range resp.Data {
			s, err := seen(ctx, d.URL, d.B64JSON)
			if err != nil {
				return nil, err
			}
			all = append(all, s)
		}
		return all, nil
	}
}

func officialStream(ctx context.Context, c official.Client, o order) (any, error) {
	p, err := into[official.ImageGenerateParams](o)
	if err != nil {
		return nil, err
	}
	type event struct {
		Type string `json:"type"`
		B64  bool   `json:"b64"`
	}
	var events []event
	stream := c.Images.GenerateStreaming(ctx, p)
	for stream.Next() {
		events = append(events, event{stream.Current().Type, stream.Current().B64JSON != ""})
	}
	return events, stream.Err()
}

// spoken is a streamed answer of a chat.
type spoken struct {
	Text    string `json:"text"`
	Thought string `json:"thought"`
	End     string `json:"end"`
}

func officialChat(ctx context.Context, c official.Client, o order) (any, error) {
	p, err := into[official.ChatCompletionNewParams](o)
	if err != nil {
		return nil, err
	}
	if o.Op == "chat" {
		answer, err := c.Chat.Completions.New(ctx, p)
		if err != nil {
			return nil, err
		}
		return answer.Choices[0].Message.Content, nil
	}
	var s spoken
	stream := c.Chat.Completions.NewStreaming(ctx, p)
	for stream.Next() {
		for _, choice := range stream.Current().Choices {
			s.Text += choice.Delta.Content
			s.End = cmp.Or(choice.FinishReason, s.End)
			var thought string
			if raw := choice.Delta.JSON.ExtraFields["reasoning_content"].Raw(); raw != "" {
				if err := json.Unmarshal([]byte(raw), &thought); err != nil {
					return nil, err
				}
			}
			s.Thought += thought
		}
	}
	return s, stream.Err()
}

// goOpenAI is the widespread library github.com/sashabaranov/go-openai.
func goOpenAI(ctx context.Context, o order) (any, error) {
	cfg := gpt.DefaultConfig(o.Key)
	cfg.BaseURL = o.Base
	return gptCall(ctx, gpt.NewClientWithConfig(cfg), o)
}

// goOpenAIForAzure is the same with Azure's addresses, which have the model in their path.
func goOpenAIForAzure(ctx context.Context, o order) (any, error) {
	return gptCall(ctx, gpt.NewClientWithConfig(gpt.DefaultAzureConfig(o.Key, strings.TrimSuffix(o.Base, "/v1"))), o)
}

func gptCall(ctx context.Context, c *gpt.Client, o order) (any, error) {
	switch o.Op {
	case "models":
		list, err := c.ListModels(ctx)
		if err != nil {
			return nil, err
		}
		var ids []string
		for _, m := range list.Models {
			ids = append(ids, m.ID)
		}
		return ids, nil
	case "generate":
		p, err := into[gpt.ImageRequest](o)
		if err != nil {
			return nil, err
		}
		return gptPictures(c.CreateImage(ctx, p))(ctx)
	case "edit":
		files, err := opened(o.Image, o.Mask)
		if err != nil {
			return nil, err
		}
		r := gpt.ImageEditRequest{Image: files[0], Prompt: o.Body["prompt"].(string)} // n=0, size="" and response_format="" are sent too
		if files[1] != nil {
			r.Mask = files[1]
		}
		return gptPictures(c.CreateEditImage(ctx, r))(ctx)
	case "variation":
		files, err := opened(o.Image)
		if err != nil {
			return nil, err
		}
		return gptPictures(c.CreateVariImage(ctx, gpt.ImageVariRequest{Image: files[0], N: 2}))(ctx)
	case "chat", "chatStream":
		return gptChat(ctx, c, o)
	}
	return nil, fmt.Errorf("no operation %s", o.Op)
}

func gptPictures(resp gpt.ImageResponse, err error) func(context.Context) (any, error) {
	return func(ctx context.Context) (any, error) {
		if err != nil {
			return nil, err
		}
		all := []shown{}
		for _, d := range resp.Data {
			s, err := seen(ctx, d.URL, d.B64JSON)
			if err != nil {
				return nil, err
			}
			all = append(all, s)
		}
		return all, nil
	}
}

func gptChat(ctx context.Context, c *gpt.Client, o order) (any, error) {
	p, err := into[gpt.ChatCompletionRequest](o)
	if err != nil {
		return nil, err
	}
	if o.Op == "chat" {
		answer, err := c.CreateChatCompletion(ctx, p)
		if err != nil {
			return nil, err
		}
		return answer.Choices[0].Message.Content, nil
	}
	stream, err := c.CreateChatCompletionStream(ctx, p)
	if err != nil {
		return nil, err
	}
	defer func() { _ = stream.Close() }()
	var text, thought strings.Builder
	var end string
	for {
		chunk, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return spoken{text.String(), thought.String(), end}, nil
		}
		if err != nil {
			return nil, err
		}
		for _, choice := range chunk.Choices {
			text.WriteString(choice.Delta.Content)
			thought.WriteString(choice.Delta.ReasoningContent)
			end = cmp.Or(string(choice.FinishReason), end)
		}
	}
}
