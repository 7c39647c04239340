package proxy

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

// failing is a Library whose pictures cannot be had, or break off, while a stream is to show them.
type failing struct {
	Library
	away, short *atomic.Bool
}

// Image implements Library.
func (l failing) Image(ctx context.Context, c adapter.Caller, id string) (adapter.Image, error) {
	if l.away.Load() {
		return adapter.Image{}, adapter.Errorf(adapter.Storage, "The pictures' records cannot be read at the moment.")
	}
	return l.Library.Image(ctx, c, id)
}

// Bytes implements Library.
func (l failing) Bytes(ctx context.Context, id string, f adapter.Format, compression int) (*adapter.Blob, error) {
	blob, err := l.Library.Bytes(ctx, id, f, compression)
	if err == nil && l.short.Load() {
		blob.Size++ // as if its end were missing
	}
	return blob, err
}

// lost is the streams that show pictures, and what ends each of them well.
var lost = map[string]struct{ path, body, done string }{
	"of pictures":  {generations, `{"prompt":"a lost fox","stream":true}`, "image_generation.completed"},
	"of a chat":    {chatRoute, `{"model":"midjourney","messages":[{"role":"user","content":"a lost fox"}],"stream":true}`, "[DONE]"},
	"of responses": {responsesRoute, `{"model":"gpt-5","input":"a lost fox","tools":[{"type":"image_generation"}],"stream":true}`, "response.completed"},
}

// A stream that cannot show the pictures of a job that was paid has delivered them to nobody: the same request gets them
// without a new job (contract.md §7.1).
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
