package simulator

import (
	"encoding/json"
	"maps"
	"slices"
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

// count books a request.
func (s *Simulator) count(c *call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts.Routes[c.route]++
	if c.route == "fetch" {
		s.counts.IDs[c.id]++
	}
	if c.submits() {
		s.remember(c)
	}
}

func (s *Simulator) remember(c *call) {
	body := json.RawMessage(c.body)
	if !json.Valid(c.body) {
		body = reply.Encode(string(c.body))
	}
	h := c.r.Header
	s.counts.Submissions = append(s.counts.Submissions, Submission{
		Route: c.route, Path: c.r.URL.Path, Body: body, At: c.now,
		Header: Header{h.Get("Authorization"), h.Get("Mj-Api-Secret"), h.Get("Content-Type"), h.Get("Idempotency-Key"), h.Get("User-Agent")},
	})
	s.remembered += len(body)
	for len(s.counts.Submissions) > maxSubmissions || s.remembered > maxRemembered {
		s.remembered -= len(s.counts.Submissions[0].Body)
		s.counts.Submissions = s.counts.Submissions[1:]
	}
}

// countIDs books a list's ids; s.mu is held.
func (s *Simulator) countIDs(ids []string) {
	s.counts.Lists = append(s.counts.Lists, len(ids))
	if len(s.counts.Lists) > maxLists {
		s.counts.Lists = s.counts.Lists[1:]
	}
	for _, id := range ids {
		s.counts.IDs[id]++
	}
}

// Requests is a copy of the counts.
func (s *Simulator) Requests() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Counts{
		Routes: maps.Clone(s.counts.Routes), IDs: maps.Clone(s.counts.IDs),
		Lists: slices.Clone(s.counts.Lists), Submissions: slices.Clone(s.counts.Submissions),
	}
}
