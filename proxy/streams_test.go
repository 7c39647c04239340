package proxy

import (
	"bytes"
	"context"
	"encoding/base64"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	official "github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"midgate/adapter"
	adapterchat "midgate/adapter/chat"
	"midgate/proxy/metrics"
	"midgate/proxy/web"
)

// waiting is a ticket whose job waits for a place longer than a status line does.
type waiting struct{ *previewing }

func (w waiting) Accepted(ctx context.Context) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

func TestTheStatusLineWaitsTenSeconds(t *testing.T) {
	for name, tt := range map[string]struct{ path, body string }{
		"pictures":  {"/v1/images/generations", `{"prompt":"a fox","stream":true}`},
		"a chat":    {"/v1/chat/completions", `{"stream":true,"messages":[{"role":"user","content":"a fox"}]}`},
		"responses": {"/v1/responses", `{"stream":true,"input":"a fox"}`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, s := newStage(t, time.Second)
				f.busy = true
				begun := time.Now()
				w := send(s, "POST", tt.path, tt.body)
				if took := time.Since(begun); w.Code != 200 || took != 11*time.Second || f.answered != 1 {
					t.Errorf("%d after %s, want 200 after 10 s for the acceptance and 1 s for the job", w.Code, took)
				}
			})
		})
	}
}

// previewing is a ticket whose job shows two previews, is silent for some time, and ends; without silence it ends before
// anything can be shown.
type previewing struct {
	*fakeTicket
	silence time.Duration
}

func (s *previewing) Wait(ctx context.Context, watch func(adapter.Progress)) (adapter.Result, error) {
	if watch != nil && s.silence > 0 {
		for i, preview := range []string{"", "one", "one", "two"} {
			watch(adapter.Progress{Status: adapter.JobInProgress, Percent: 20 * i, Preview: preview})
		}
	}
	select {
	case <-time.After(s.silence): // of a bubble
	case <-ctx.Done():
		return adapter.Result{}, context.Cause(ctx)
	}
	return s.result, s.f.fail
}

func (s *previewing) Preview(_ context.Context, p adapter.Progress, f adapter.Format, _ int) (*adapter.Blob, error) {
	data := []byte("preview " + p.Preview)
	return &adapter.Blob{ReadSeekCloser: openFile{bytes.NewReader(data)}, Format: f, Width: 512, Height: 512, Size: int64(len(data))}, nil
}

// stage is a core each of whose tickets is a previewing one.
type stage struct {
	*fake
	silence time.Duration
	busy    bool   // its upstream accepts nothing in time
	huge    []byte // every picture's bytes, where they are not the fake's
}

func (s *stage) Bytes(ctx context.Context, id string, f adapter.Format, compression int) (*adapter.Blob, error) {
	b, err := s.fake.Bytes(ctx, id, f, compression)
	if err == nil && s.huge != nil {
		b.ReadSeekCloser, b.Size = openFile{bytes.NewReader(s.huge)}, int64(len(s.huge))
	}
	return b, err
}

func (s *stage) perform(a adapter.Attempt, err error, t adapter.Ticket) (adapter.Ticket, error) {
	if err != nil {
		return nil, err
	}
	own := t.(*fakeTicket)
	own.run.Route, own.run.Echo = a.Route, a.Echo
	if s.busy {
		return waiting{&previewing{own, s.silence}}, nil
	}
	return &previewing{own, s.silence}, nil
}

func (s *stage) Generate(ctx context.Context, a adapter.Attempt, g adapter.Generation) (adapter.Ticket, error) {
	t, err := s.fake.Generate(ctx, a, g)
	return s.perform(a, err, t)
}

func (s *stage) Edit(ctx context.Context, a adapter.Attempt, e adapter.Edit) (adapter.Ticket, error) {
	t, err := s.fake.Edit(ctx, a, e)
	return s.perform(a, err, t)
}

func (s *stage) Act(ctx context.Context, a adapter.Attempt, act adapter.Act) (adapter.Ticket, error) {
	t, err := s.fake.Act(ctx, a, act)
	return s.perform(a, err, t)
}

func (s *stage) Converse(ctx context.Context, a adapter.Attempt, t adapterchat.Turn, g adapter.Generation, _ []adapter.Reference) (adapter.TurnAnswer, error) {
	g.Prompt = t.Prompt
	ticket, err := s.Generate(ctx, a, g)
	return adapter.TurnAnswer{Ticket: ticket}, err
}

func newStage(t *testing.T, silence time.Duration) (*stage, *Server) {
	t.Helper()
	f := &stage{fake: newFake(), silence: silence}
	f.add(testImage, tiny)
	core := f.core()
	core.Draw, core.Edit, core.Chat, core.Keep = f, f, f, f
	s, err := New(web.Config{Auth: web.AuthKeys, Keys: []web.Key{{Name: "alice", Secret: "sk-alice"}}, PublicURL: "https://mid.example"}, core, metrics.New(), testLog(t))
	if err != nil {
		t.Fatal(err)
	}
	return f, s
}

// The frames as they stand on the wire: every byte of them is somebody's parser's business.
func TestStreamsToTheByte(t *testing.T) {
	for name, tt := range map[string]struct {
		path, body string
		fail       error
	}{
		"stream_generation":       {"/v1/images/generations", `{"prompt":"a fox","quality":"high","stream":true,"partial_images":3}`, nil},
		"stream_edit":             {"/v1/images/edits", `{"prompt":"add snow","stream":true,"partial_images":1,"image":"` + testImage + `"}`, nil},
		"stream_action":           {"/v1/images/" + testImage + "/actions", `{"action":"vary_subtle","stream":true}`, nil},
		"stream_two":              {"/v1/images/generations", `{"prompt":"a fox","n":2,"stream":true}`, nil},
		"stream_failed":           {"/v1/images/generations", `{"model":"gpt-image-1","prompt":"a fox","stream":true,"partial_images":1}`, adapter.Errorf(adapter.Failed, "The job failed.")},
		"stream_chat":             {"/v1/chat/completions", `{"stream":true,"messages":[{"role":"user","content":"a fox"}]}`, nil},
		"stream_chat_usage":       {"/v1/chat/completions", `{"stream":true,"stream_options":{"include_usage":true},"modalities":["image","text"],"messages":[{"role":"user","content":"a fox"}]}`, nil},
		"stream_chat_failed":      {"/v1/chat/completions", `{"stream":true,"messages":[{"role":"user","content":"a fox"}]}`, adapter.Errorf(adapter.Moderated, "No.")},
		"stream_responses":        {"/v1/responses", `{"stream":true,"model":"gpt-5.4","input":"a fox","tools":[{"type":"image_generation","partial_images":2,"quality":"low"}]}`, nil},
		"stream_responses_failed": {"/v1/responses", `{"stream":true,"model":"gpt-5.4","input":"a fox"}`, adapter.Errorf(adapter.Failed, "The job failed.")},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, s := newStage(t, 25*time.Second)
				f.fail = tt.fail
				w := send(s, "POST", tt.path, tt.body)
				if w.Code != 200 || w.Header().Get("Content-Type") != "text/event-stream; charset=utf-8" || w.Header().Get("Cache-Control") != "no-cache" || w.Header().Get("X-Accel-Buffering") != "no" {
					t.Errorf("%d %v", w.Code, w.Header())
				}
				goldenText(t, name, w.Body.Bytes())
				framed(t, w)
				if f.answered != 1 || f.abandoned != 0 {
					t.Errorf("answered %d, abandoned %d, want 1 and 0", f.answered, f.abandoned)
				}
			})
		})
	}
}

// A job that ends before anything could be told of it is told of all the same.
func TestAChatOfAJobThatEndsAtOnceHasProgress(t *testing.T) {
	_, s := newStage(t, 0)
	got := send(s, "POST", "/v1/chat/completions", `{"stream":true,"messages":[{"role":"user","content":"a fox"}]}`).Body.String()
	thought, picture := strings.Index(got, `"reasoning_content":"████████████████████ 100 %\n"`), strings.Index(got, `"content":"![a fox]`)
	if thought < 0 || picture < thought {
		t.Errorf("the stream is %s\nwant progress before the picture", got)
	}
}

// framed checks what holds for every stream: whole frames of an event and one line of JSON, and comments, nothing else.
func framed(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	body := w.Body.String()
	if !strings.HasSuffix(body, "\n\n") {
		t.Error("the last event has no blank line behind it")
	}
	if got := strings.Count(body, ": keep-alive\n\n"); got < 2 {
		t.Errorf("%d comments in 25 silent seconds, want one each 10 s", got)
	}
	for line := range strings.SplitSeq(body, "\n") {
		known := line == "" || line == ": keep-alive" || strings.HasPrefix(line, "event: ") || strings.HasPrefix(line, "data: ")
		if !known {
			t.Errorf("a line %q", line)
		}
	}
}

// goldenText compares a text with a file.
func goldenText(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s = %s\nwant %s", name, got, want)
	}
}

// A job of an hour has few lines that are no data between two that are.
func TestLongStreamsAreKeptAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, s := newStage(t, 20*time.Minute)
		body := send(s, "POST", "/v1/chat/completions", `{"stream":true,"messages":[{"role":"user","content":"a fox"}]}`).Body.String()
		empty, most := 0, 0
		for line := range strings.SplitSeq(body, "\n") {
			if empty++; strings.HasPrefix(line, "data: ") {
				empty = 0
			}
			most = max(most, empty)
		}
		if most < 200 || most >= 300 {
			t.Errorf("%d lines without data in 20 minutes, want a comment each 10 s and below go-openai's 300", most)
		}
	})
}

// A picture of 20 MB is one line.
func TestAHugePictureIsOneEvent(t *testing.T) {
	f, s := newStage(t, 0)
	f.huge = make([]byte, 20<<20)
	c := official.NewClient(option.WithBaseURL("http://"+listen(t, s)+"/v1/"), option.WithAPIKey("sk-alice"))
	stream := c.Images.GenerateStreaming(t.Context(), official.ImageGenerateParams{Prompt: "a fox"})
	defer func() { _ = stream.Close() }()
	size := 0
	for stream.Next() {
		size = len(stream.Current().B64JSON)
	}
	if want := base64.StdEncoding.EncodedLen(len(f.huge)); stream.Err() != nil || size != want {
		t.Errorf("openai-go reads %d characters, %v, want %d", size, stream.Err(), want)
	}
}

// Who leaves leaves the job alone, and nothing behind. A goroutine that stayed would keep the bubble from ending.
func TestWhoLeavesAStreamAbandonsItsShare(t *testing.T) {
	for name, tt := range map[string]struct{ path, body string }{
		"pictures":  {"/v1/images/generations", `{"prompt":"a fox","stream":true,"partial_images":1}`},
		"a chat":    {"/v1/chat/completions", `{"stream":true,"messages":[{"role":"user","content":"a fox"}]}`},
		"responses": {"/v1/responses", `{"stream":true,"input":"a fox"}`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, s := newStage(t, time.Hour)
				ctx, leave := context.WithTimeout(t.Context(), time.Minute)
				defer leave()
				r := httptest.NewRequestWithContext(ctx, "POST", tt.path, strings.NewReader(tt.body))
				r.Header.Set("Authorization", "Bearer sk-alice")
				w := httptest.NewRecorder()
				s.ServeHTTP(w, r)
				written := w.Body.Len()
				<-time.After(time.Minute) // of the bubble
				synctest.Wait()
				if f.answered != 0 || f.abandoned != 1 || w.Body.Len() != written {
					t.Errorf("answered %d, abandoned %d, %d bytes after the end; want 0, 1 and none", f.answered, f.abandoned, w.Body.Len()-written)
				}
			})
		})
	}
}
