package midjourney

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
)

// crowded answers downloads from memory, and counts those that are under way.
type crowded struct {
	mu        sync.Mutex
	now, most int
}

func (c *crowded) RoundTrip(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	c.now++
	c.most = max(c.most, c.now)
	c.mu.Unlock()
	select {
	case <-time.After(time.Second): // how long each takes
	case <-r.Context().Done():
		return nil, context.Cause(r.Context())
	}
	c.mu.Lock()
	c.now--
	c.mu.Unlock()
	rec := httptest.NewRecorder()
	rec.Header().Set("Content-Type", "image/png")
	_, _ = rec.Write([]byte("a picture"))
	return rec.Result(), nil
}

// A thousand pictures at once are fetched in turn: each within its time, though all of them take longer than one may.
func TestPicture_TakesTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		carrier := &crowded{}
		fleet, err := New(Config{Upstreams: []UpstreamConfig{{Name: "one", URL: "http://up.example.com", Key: "k"}}, Downloads: carrier, PictureTimeout: 3 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		defer fleet.Close()
		account, err := fleet.Made(t.Context(), adapter.Caller{}, "one")
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for range 1000 {
			all.Go(func() {
				body, err := account.Upstream.Picture(t.Context(), "http://cdn.example.com/a.png")
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := io.ReadAll(body); err != nil {
					t.Error(err)
				}
				if err := body.Close(); err != nil {
					t.Error(err)
				}
				_ = body.Close() // a second time changes nothing
			})
		}
		all.Wait()
		if carrier.most != maxDownloads {
			t.Errorf("%d downloads at once, want %d", carrier.most, maxDownloads)
		}
	})
}
