package simulator

import (
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"time"

	"midgate/adapter/midjourney/simulator/reply"
)

// Counts is what was asked of the simulator since it was made or reset.
type Counts struct {
	// Routes counts requests by route: imagine, action, modal, change, simple-change, blend, describe, shorten, video,
	// edits, edit, retexture, upload, fetch, list, list-by-ids, tasks, queue, image-seed, cancel, image, cdn, other.
	Routes map[string]int `json:"routes"`
	// IDs counts how often each task was asked for, by fetch or inside a list.
	IDs map[string]int `json:"ids"`
	// Lists is how many ids each list request named, the latest 1000.
	Lists []int `json:"lists"`
	// Submissions are the bodies of the latest submit requests, refused ones included.
	Submissions []Submission `json:"submissions"`
}

// Submission is one request under /mj/submit/.
type Submission struct {
	Route  string          `json:"route"`
	Path   string          `json:"path"`
	Header Header          `json:"header"`
	Body   json.RawMessage `json:"body"` // as it came; a quoted string when it was not JSON
	At     time.Time       `json:"at"`
}

// Header is what matters of a submission's headers.
type Header struct {
	Authorization  string `json:"authorization"`
	Secret         string `json:"mj_api_secret"`
	ContentType    string `json:"content_type"`
	IdempotencyKey string `json:"idempotency_key"`
	UserAgent      string `json:"user_agent"`
}

// The bounds of what is remembered for Requests.
const (
	maxSubmissions = 4096
	maxRemembered  = 64 << 20
	maxLists       = 1000
)

// tally counts requests, and remembers the bodies of submissions.
type tally struct {
	mu         sync.Mutex
	counts     Counts
	remembered int // bytes of counts.Submissions
}

// reset forgets all.
func (t *tally) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts, t.remembered = Counts{Routes: map[string]int{}, IDs: map[string]int{}}, 0
}

// count books a request.
func (t *tally) count(c *call) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.Routes[c.route]++
	if c.route == "fetch" {
		t.counts.IDs[c.id]++
	}
	if c.submits() {
		t.remember(c)
	}
}

func (t *tally) remember(c *call) {
	body := json.RawMessage(c.body)
	if !json.Valid(c.body) {
		body = reply.Encode(string(c.body))
	}
	h := c.r.Header
	t.counts.Submissions = append(t.counts.Submissions, Submission{
		Route: c.route, Path: c.r.URL.Path, Body: body, At: c.now,
		Header: Header{h.Get("Authorization"), h.Get("Mj-Api-Secret"), h.Get("Content-Type"), h.Get("Idempotency-Key"), h.Get("User-Agent")},
	})
	t.remembered += len(body)
	for len(t.counts.Submissions) > maxSubmissions || t.remembered > maxRemembered {
		t.remembered -= len(t.counts.Submissions[0].Body)
		t.counts.Submissions = t.counts.Submissions[1:]
	}
}

// list books a list's ids.
func (t *tally) list(ids []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.Lists = append(t.counts.Lists, len(ids))
	if len(t.counts.Lists) > maxLists {
		t.counts.Lists = t.counts.Lists[1:]
	}
	for _, id := range ids {
		t.counts.IDs[id]++
	}
}

// read is a copy of the counts.
func (t *tally) read() Counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	return Counts{
		Routes: maps.Clone(t.counts.Routes), IDs: maps.Clone(t.counts.IDs),
		Lists: slices.Clone(t.counts.Lists), Submissions: slices.Clone(t.counts.Submissions),
	}
}

// Requests is a copy of the counts.
func (s *Simulator) Requests() Counts { return s.tally.read() }
