package proxy

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"midgate/adapter"
	adapterchat "midgate/adapter/chat"
	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/chat"
	"midgate/proxy/responses"
)

// failing is a Library whose pictures cannot be had, or break off, while a stream is to show them.
type failing struct {
	Pictures
	away, short *atomic.Bool
}

// Image implements Library.
func (l failing) Image(ctx context.Context, c adapter.Caller, id string) (adapter.Image, error) {
	if l.away.Load() {
		return adapter.Image{}, adapter.Errorf(adapter.Storage, "The pictures' records cannot be read at the moment.")
	}
	return l.Pictures.Image(ctx, c, id)
}

// Bytes implements Library.
func (l failing) Bytes(ctx context.Context, id string, f adapter.Format, compression int) (*adapter.Blob, error) {
	blob, err := l.Pictures.Bytes(ctx, id, f, compression)
	if err == nil && l.short.Load() {
		breaksOff(blob, chunk+chunk/2)
	}
	return blob, err
}

// chunk is how much of a picture is read before anything of it is written.
const chunk = 48 << 10

// breaking is a file that cannot be read any further from some byte on.
type breaking struct {
	io.ReadSeekCloser
	left int
}

// breaksOff makes a picture a longer one of zeros that cannot be read from a byte on.
func breaksOff(blob *adapter.Blob, from int) {
	blob.Size, blob.ReadSeekCloser = 2*int64(from)+1000, &breaking{blob.ReadSeekCloser, from}
}

// Read implements io.Reader.
func (b *breaking) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, os.ErrNotExist
	}
	n := min(b.left, len(p))
	clear(p[:n])
	b.left -= n
	return n, nil
}

// vanishing gives every ticket a preview, which vanishes while it is read.
func vanishing(from int) mischief {
	return mischief{core: func(c Core) Core {
		c.Draw, c.Chat = vanishingDrawer{c.Draw, from}, vanishingConversations{c.Chat, from}
		return c
	}}
}

type vanishingDrawer struct {
	Models
	from int
}

// Generate implements Drawer.
func (d vanishingDrawer) Generate(ctx context.Context, a adapter.Attempt, g adapter.Generation) (adapter.Ticket, error) {
	t, err := d.Models.Generate(ctx, a, g)
	return vanishingTicket{t, d.from}, err
}

type vanishingConversations struct {
	chat.Conversations
	from int
}

// Converse implements Conversations.
func (d vanishingConversations) Converse(ctx context.Context, a adapter.Attempt, t adapterchat.Turn, g adapter.Generation, refs []adapter.Reference) (adapter.TurnAnswer, error) {
	talk, err := d.Conversations.Converse(ctx, a, t, g, refs)
	if talk.Ticket != nil {
		talk.Ticket = vanishingTicket{talk.Ticket, d.from}
	}
	return talk, err
}

type vanishingTicket struct {
	adapter.Ticket
	from int
}

// Wait implements adapter.Ticket.
func (t vanishingTicket) Wait(ctx context.Context, watch func(adapter.Progress)) (adapter.Result, error) {
	if watch != nil {
		watch(adapter.Progress{Status: adapter.JobInProgress, Percent: 40, Preview: "http://upstream.test/preview"})
	}
	return t.Ticket.Wait(ctx, nil)
}

// Preview implements previewer.
func (t vanishingTicket) Preview(_ context.Context, _ adapter.Progress, f adapter.Format, _ int) (*adapter.Blob, error) {
	blob := &adapter.Blob{ReadSeekCloser: openFile{bytes.NewReader(nil)}, Format: f, Width: 64, Height: 64}
	breaksOff(blob, t.from)
	return blob, nil
}

// lost is the streams that show pictures, and what ends each of them well.
var lost = map[string]struct{ path, body, done string }{
	"of pictures":  {generations, `{"prompt":"a lost fox","stream":true,"partial_images":3}`, "event: image_generation.completed"},
	"of a chat":    {chat.Route, `{"model":"midjourney","messages":[{"role":"user","content":"a lost fox"}],"stream":true,"partial_images":3}`, "[DONE]"},
	"of responses": {responses.Route, `{"model":"gpt-5","input":"a lost fox","tools":[{"type":"image_generation","partial_images":3}],"stream":true}`, "event: response.completed"},
}

// A stream that cannot show the pictures of a job that was paid has delivered them to nobody: the same request gets them
// without a new job.
func TestAStreamThatCannotShowItsPicturesLeavesThemForTheRepeat(t *testing.T) {
	t.Parallel()
	for name, tc := range lost {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			away, short := &atomic.Bool{}, &atomic.Bool{}
			h := newHouseAmid(t, simulator.Config{}, mischief{core: func(c Core) Core {
				c.Keep = failing{c.Keep, away, short}
				return c
			}})
			away.Store(true)
			if body, err := h.wholeStream(t, tc.path, tc.body); err != nil || !strings.Contains(body, "storage_unavailable") {
				t.Fatalf("a stream whose pictures cannot be read = %s, %v; want an error event", body, err)
			}
			away.Store(false)
			if body, err := h.wholeStream(t, tc.path, tc.body); err != nil || !strings.Contains(body, tc.done) {
				t.Errorf("the repeat = %s, %v; want %s", body, err, tc.done)
			}
			if paid := len(h.sim.Ledger()); paid != 1 {
				t.Errorf("%d jobs were paid, want 1", paid)
			}
		})
	}
}

// A preview is a file that the next one replaces: one that vanishes while it is shown is left out, and the stream goes on to
// its end.
func TestAPreviewThatVanishesLeavesTheStreamWhole(t *testing.T) {
	t.Parallel()
	for name, tc := range lost {
		for where, from := range map[string]int{"at once": 0, "in the middle": chunk + chunk/2} {
			t.Run(name+" "+where, func(t *testing.T) {
				t.Parallel()
				h := newHouseAmid(t, simulator.Config{}, vanishing(from))
				body, err := h.wholeStream(t, tc.path, tc.body)
				if err != nil || !strings.Contains(body, tc.done) || strings.Contains(body, "partial_image_index") || strings.Contains(body, `"error":{`) {
					t.Errorf("a stream whose previews vanished = %s, %v; want %s and no preview", body, err, tc.done)
				}
				if paid := len(h.sim.Ledger()); paid != 1 {
					t.Errorf("%d jobs were paid, want 1", paid)
				}
			})
		}
	}
}

// A picture that cannot be read from its first byte on leaves no half event: an error follows, and the repeat gets it.
func TestAStreamWhosePictureCannotBeReadSaysSo(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"of pictures", "of responses"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gone := &atomic.Bool{}
			gone.Store(true)
			h := newHouseAmid(t, simulator.Config{}, mischief{core: func(c Core) Core {
				c.Keep = goneLibrary{c.Keep, gone}
				return c
			}})
			body, err := h.wholeStream(t, lost[name].path, lost[name].body)
			if err != nil || !strings.Contains(body, "storage_unavailable") || strings.Contains(body, lost[name].done) {
				t.Errorf("a stream whose picture cannot be read = %s, %v; want an error event", body, err)
			}
			gone.Store(false)
			if body, err := h.wholeStream(t, lost[name].path, lost[name].body); err != nil || !strings.Contains(body, lost[name].done) {
				t.Errorf("the repeat = %.200s, %v; want %s", body, err, lost[name].done)
			}
			if paid := len(h.sim.Ledger()); paid != 1 {
				t.Errorf("%d jobs were paid, want 1", paid)
			}
		})
	}
}

// goneLibrary is a Library whose pictures are gone once they were opened.
type goneLibrary struct {
	Pictures
	gone *atomic.Bool
}

// Bytes implements Library.
func (l goneLibrary) Bytes(ctx context.Context, id string, f adapter.Format, compression int) (*adapter.Blob, error) {
	blob, err := l.Pictures.Bytes(ctx, id, f, compression)
	if err == nil && l.gone.Load() {
		breaksOff(blob, 0)
	}
	return blob, err
}

// A picture that breaks off in the middle of an event leaves half an event: the stream must not look whole.
func TestAStreamWhosePictureBreaksOffIsCut(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"of pictures", "of responses"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			away, short := &atomic.Bool{}, &atomic.Bool{}
			h := newHouseAmid(t, simulator.Config{}, mischief{core: func(c Core) Core {
				c.Keep = failing{c.Keep, away, short}
				return c
			}})
			short.Store(true)
			if body, err := h.wholeStream(t, lost[name].path, lost[name].body); err == nil {
				t.Errorf("a stream whose picture broke off ends as if it were whole: …%s", body[max(0, len(body)-60):])
			}
			short.Store(false)
			if body, err := h.wholeStream(t, lost[name].path, lost[name].body); err != nil || !strings.Contains(body, lost[name].done) {
				t.Errorf("the repeat = %.200s, %v; want %s", body, err, lost[name].done)
			}
			if paid := len(h.sim.Ledger()); paid != 1 {
				t.Errorf("%d jobs were paid, want 1", paid)
			}
		})
	}
}

// wholeStream reads a stream to its end; an error says that it was cut.
func (h *house) wholeStream(t *testing.T, path, body string) (string, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.base+path, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer sk-alice")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	return string(data), err
}
