package chat

import (
	"fmt"
	"strings"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/adapter/jsonstream"
	"midgate/proxy/web"
)

// chunkStream is an answer in chunks: frames of data alone, the role first.
type chunkStream struct {
	e    *web.Events
	head answerHead
	form Echo

	told int // percent told last; -1 for none
}

// ChunkJSON is one frame of a stream.
type ChunkJSON struct {
	ID          string            `json:"id"`
	Object      string            `json:"object"`
	Created     int64             `json:"created"`
	Model       string            `json:"model"`
	Fingerprint *string           `json:"system_fingerprint"`
	Choices     []chunkChoiceJSON `json:"choices"`
}

type chunkChoiceJSON struct {
	Index    int       `json:"index"`
	Delta    deltaJSON `json:"delta"`
	Logprobs *struct{} `json:"logprobs"`
	Finish   *string   `json:"finish_reason"`
}

// deltaJSON is what a chunk adds; each chunk sets one of its fields.
type deltaJSON struct {
	Role      string            `json:"role,omitempty"`
	Content   *string           `json:"content,omitempty"`
	Reasoning string            `json:"reasoning_content,omitempty"`
	Images    []ImageJSON       `json:"images,omitempty"`
	ToolCalls []toolCallJSON    `json:"tool_calls,omitempty"`
	Function  *functionCallJSON `json:"function_call,omitempty"`
}

// stream answers with progress while the job runs and the whole answer at its end.
func (s *Routes) stream(c *gin.Context, t adapter.Ticket, f Echo) error {
	v := web.RequestOf(c)
	web.Announce(c, t)
	ctx := c.Request.Context()
	if err := web.AwaitAccepted(ctx, t); err != nil {
		return s.Undelivered(c, t, err)
	}
	stream := s.start(c, headOf(t.Job(), f), f)
	defer func() { _ = stream.e.End() }() // also when something panics: no comment may follow the answer
	result, err := t.Wait(ctx, stream.progress)
	if err == nil {
		var answer Answer
		if answer, err = s.answer(ctx, v.Caller, s.Base(c), t.Job(), f, result); err == nil {
			stream.over()
			err = stream.answer(answer)
		}
	}
	return s.EndStream(c, t, stream.e, err, stream.e.Fail)
}

// start sends the status line and the role.
func (s *Routes) start(c *gin.Context, head answerHead, f Echo) *chunkStream {
	t := &chunkStream{head: head, form: f, told: -1}
	empty := ""
	t.e = s.OpenEvents(c, true)
	t.delta(deltaJSON{Role: "assistant", Content: &empty}, nil)
	return t
}

// progress tells how far the job is, as reasoning: a client shows it and forgets it.
func (t *chunkStream) progress(p adapter.Progress) {
	switch {
	case t.told < 0 && p.Status == adapter.JobQueued:
		t.told = 0
		t.delta(deltaJSON{Reasoning: "Waiting for a place at Midjourney\n"}, nil)
	case p.Status == adapter.JobInProgress && p.Percent < 100 && (t.told < 0 || p.Percent >= t.told+5):
		t.told = p.Percent
		t.delta(deltaJSON{Reasoning: bar(p.Percent)}, nil)
	}
}

// over tells of a job that ended before anything could be told: every client sees that something was made.
func (t *chunkStream) over() {
	if t.told < 0 {
		t.delta(deltaJSON{Reasoning: bar(100)}, nil)
	}
}

// barLength is how many signs a progress bar has.
const barLength = 20

func bar(percent int) string {
	full := min(max(percent, 0), 100) * barLength / 100
	return fmt.Sprintf("%s%s %3d %%\n", strings.Repeat("█", full), strings.Repeat("░", barLength-full), percent)
}

// answer sends all of the answer: its text in one piece, since clients take a picture's link only whole. It fails where a
// picture cannot be read.
func (t *chunkStream) answer(a Answer) error {
	switch {
	case a.Calls() && a.legacy:
		t.delta(deltaJSON{Function: new(a.called())}, nil)
	case a.Calls():
		call := a.toolCall()
		call.Index = new(0)
		t.delta(deltaJSON{ToolCalls: []toolCallJSON{call}}, nil)
	default:
		t.delta(deltaJSON{Content: &a.Text}, nil)
	}
	if len(a.images) > 0 {
		if err := t.chunk([]chunkChoiceJSON{{Delta: deltaJSON{Images: a.beside()}}}, nil, a.blobs()...); err != nil {
			return err
		}
	}
	finish := a.finish()
	t.delta(deltaJSON{}, &finish)
	if t.form.Usage {
		used := usage(t.form, a)
		_ = t.chunk([]chunkChoiceJSON{}, &used) // that the client has gone is found at the end
	}
	t.e.SendText("[DONE]")
	return nil
}

func (t *chunkStream) delta(d deltaJSON, finish *string) {
	_ = t.chunk([]chunkChoiceJSON{{Delta: d, Finish: finish}}, nil) // that the client has gone is found at the end
}

// chunk sends one frame, and fails where its pictures cannot be read. With include_usage every chunk has the key, null but
// in the last.
func (t *chunkStream) chunk(choices []chunkChoiceJSON, used *usageJSON, pictures ...*adapter.Blob) error {
	d := &jsonstream.Document{}
	defer func() { _ = d.Close() }() // files that were only read
	frame := ChunkJSON{ID: t.head.ID, Object: "chat.completion.chunk", Created: t.head.Created, Model: t.head.Model, Choices: choices}
	if t.form.Usage {
		web.Around(d, chunkUsageJSON{frame, used}, pictures)
	} else {
		web.Around(d, frame, pictures)
	}
	err := t.e.Send("", d)
	if t.e.Broken() {
		return nil // that the client has gone is found at the end
	}
	return err
}

// chunkUsageJSON is a frame that tells the usage, or that it is not known yet.
type chunkUsageJSON struct {
	ChunkJSON
	Usage *usageJSON `json:"usage"`
}
