package simulator

import (
	"slices"
	"time"
)

// Charge is one accepted submission that costs money. Opening a dialog, bookmarks, uploads and everything that reads
// are free; a dialog is charged when its modal is accepted, and again for every further modal that is accepted.
type Charge struct {
	TaskID string `json:"task_id"` // the task the money went to; a second modal charges the same one again
	// Kind is imagine, upscale, upscale_hd, variation, vary_subtle, vary_strong, reroll, inpaint, zoom, square, pan,
	// blend, describe, shorten, edits, retexture, video, extend or clip.
	Kind     string    `json:"kind"`
	State    string    `json:"state"`     // the client's own tag
	Key      string    `json:"key"`       // as the dialect reads it
	Prompt   string    `json:"prompt"`    // what was drawn, uploads' addresses included
	Speed    string    `json:"speed"`     // relax, fast or turbo
	Parent   string    `json:"parent"`    // the task whose button was pressed
	CustomID string    `json:"custom_id"` // that button
	Clips    int       `json:"clips"`     // videos: each clip is billed
	At       time.Time `json:"at"`
}

// charge books a task; s.mu is held.
func (s *Simulator) charge(t *task, now time.Time) {
	c := Charge{
		TaskID: t.id, Kind: t.kind, State: t.state, Key: t.user, Prompt: t.asked, Speed: t.speed,
		CustomID: t.customID, Clips: t.clips, At: now,
	}
	if t.parent != nil {
		c.Parent = t.parent.id
	}
	s.ledger = append(s.ledger, c)
}

// Ledger is every accepted, charged submission in order.
func (s *Simulator) Ledger() []Charge {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.ledger)
}

// TaskInfo is a task as a test wants to see it, live and independent of the dialect.
type TaskInfo struct {
	ID       string    `json:"id"`
	Kind     string    `json:"kind"` // as Charge.Kind
	Status   string    `json:"status"`
	Progress int       `json:"progress"` // percent, -1 after a failure
	Reason   string    `json:"reason"`
	Prompt   string    `json:"prompt"`
	Parent   string    `json:"parent"`
	State    string    `json:"state"`
	Key      string    `json:"key"`
	Speed    string    `json:"speed"`
	At       time.Time `json:"at"`     // submitted
	Finish   time.Time `json:"finish"` // when it ends or ended; zero while it waits for a modal or is stuck
}

// Tasks is every task in order of submission, forgotten ones left out.
func (s *Simulator) Tasks() []TaskInfo {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	all := []TaskInfo{}
	for _, t := range s.register.order {
		if t.forgotten.IsZero() {
			all = append(all, t.info(now))
		}
	}
	return all
}

func (t *task) info(now time.Time) TaskInfo {
	v := t.at(now)
	out := TaskInfo{
		ID: t.id, Kind: t.kind, Status: v.Status, Progress: v.Progress, Reason: v.Reason, Prompt: t.asked,
		State: t.state, Key: t.user, Speed: t.speed, At: t.submitted,
	}
	if t.parent != nil {
		out.Parent = t.parent.id
	}
	switch {
	case !t.cancelled.IsZero():
		out.Finish = t.cancelled
	case t.run != nil && !t.run.Stuck:
		out.Finish = t.run.Finish()
	}
	return out
}

// Mask is the mask a modal or an edit sent for this task, as the bytes that came; nil without one. Where a modal
// answers a new id, both ids lead to it.
func (s *Simulator) Mask(taskID string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.register.tasks[taskID]
	if t != nil && t.adopted != "" {
		t = s.register.tasks[t.adopted]
	}
	if t == nil {
		return nil
	}
	return slices.Clone(t.mask.Data)
}

// Forget loses tasks, as a restarted upstream does: readers get not-found, a stale relay's copies stay as they were.
// Without ids everything is lost. The ledger remembers.
func (s *Simulator) Forget(taskIDs ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(taskIDs) == 0 {
		for id := range s.register.tasks {
			taskIDs = append(taskIDs, id)
		}
	}
	now := time.Now()
	for _, id := range taskIDs {
		if t := s.register.tasks[id]; t != nil && t.forgotten.IsZero() {
			t.forgotten = now
		}
	}
}
