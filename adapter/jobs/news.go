package jobs

import (
	"context"
	"encoding/json"

	"midgate/adapter"
)

// Topics of what replicas tell each other.
const (
	topicJob      = "job"      // a job changed: its ID
	topicProgress = "progress" // how far a job is
	topicLeft     = "left"     // a client has left: the body of its job
)

// progressJSON is how far a job is, for those who wait for it at other replicas.
type progressJSON struct {
	Job     string `json:"job"`
	Percent int    `json:"percent"`
	Preview string `json:"preview,omitempty"`
	Step    string `json:"step,omitempty"`
}

// tellChanged wakes those who wait for a job at other replicas.
func (s *Engine) tellChanged(id string) {
	if s.deps.Bus != nil {
		s.deps.Bus.Tell(topicJob, []byte(id))
	}
}

func (s *Engine) tellProgress(j *activeJob) {
	if s.deps.Bus == nil {
		return
	}
	p := j.shown()
	if news, err := json.Marshal(progressJSON{j.id(), p.Percent, p.Preview, p.Step}); err == nil {
		s.deps.Bus.Tell(topicProgress, news)
	}
}

// tellLeft writes at once that a client has left, and then tells it: its repeat may reach another replica.
func (s *Engine) tellLeft(body string) {
	record := func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(s.life), acceptPatienceShared)
		defer cancel()
		if err := s.settles.flush(ctx); err != nil {
			s.deps.Log.Warn("that a client left could not be recorded yet", "error", err)
		}
		if s.deps.Bus != nil {
			s.deps.Bus.Tell(topicLeft, []byte(body))
		}
	}
	if !s.spawn(record) {
		record() // of an engine that stops
	}
}

// hear takes the news of other replicas.
func (s *Engine) hear() {
	_ = s.deps.Bus.Hear(s.life, func(topic string, news []byte) {
		switch topic {
		case "":
			s.spawn(func() { s.refresh(s.jobs.all(false)...) })
		case topicJob:
			if j := s.jobs.get(string(news)); j != nil {
				s.spawn(func() { s.refresh(j) })
			}
		case topicLeft:
			s.left.gone(string(news))
		case topicProgress:
			var p progressJSON
			if json.Unmarshal(news, &p) == nil {
				s.showProgress(p)
			}
		}
	})
}

// refresh reads what became of jobs that are waited for here, or that somebody may have cancelled.
func (s *Engine) refresh(jobs ...*activeJob) {
	for _, j := range jobs {
		if run, err := s.deps.State.Job(s.life, j.id()); err == nil {
			s.clock.Tie(&run)
			j.absorb(run)
		}
	}
}

// showProgress shows how far a job is that another replica executes.
func (s *Engine) showProgress(p progressJSON) {
	j := s.jobs.get(p.Job)
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.own || p.Percent <= j.percent && p.Preview == j.preview {
		return
	}
	j.percent, j.preview, j.step = max(j.percent, p.Percent), p.Preview, p.Step
	j.wake()
}

// lookAtOthers reads, now and then, the jobs that others execute and somebody waits for here: news can get lost.
func (s *Engine) lookAtOthers() {
	for adapter.Pause(s.life, remoteLook) {
		s.refresh(s.jobs.all(false)...)
	}
}
