package jobs

import (
	"context"
	"encoding/json"

	"midgate/adapter"
	"midgate/adapter/jobs/active"
	"midgate/adapter/jobs/unit"
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

func (s *Engine) tellProgress(j *active.Job) {
	if s.deps.Bus == nil {
		return
	}
	p := j.Shown()
	if news, err := json.Marshal(progressJSON{j.ID(), p.Percent, p.Preview, p.Step}); err == nil {
		s.deps.Bus.Tell(topicProgress, news)
	}
}

// tellLeft writes at once that a client has left, and then tells it: its repeat may reach another replica.
func (s *Engine) tellLeft(body string) {
	record := func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(s.life), unit.PatienceShared)
		defer cancel()
		if err := s.units.Flush(ctx); err != nil {
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
			s.spawn(func() { s.refresh(s.jobs.All(false)...) })
		case topicJob:
			if j := s.jobs.Get(string(news)); j != nil {
				s.spawn(func() { s.refresh(j) })
			}
		case topicLeft:
			s.left.Gone(string(news))
		case topicProgress:
			var p progressJSON
			if json.Unmarshal(news, &p) != nil {
				return
			}
			if j := s.jobs.Get(p.Job); j != nil {
				j.ShowElsewhere(adapter.Progress{Percent: p.Percent, Preview: p.Preview, Step: p.Step})
			}
		}
	})
}

// refresh reads what became of jobs that are waited for here, or that somebody may have cancelled.
func (s *Engine) refresh(jobs ...*active.Job) {
	for _, j := range jobs {
		if run, err := s.deps.State.Job(s.life, j.ID()); err == nil {
			s.clock.Tie(&run)
			j.Absorb(run)
		}
	}
}

// lookAtOthers reads, now and then, the jobs that others execute and somebody waits for here: news can get lost.
func (s *Engine) lookAtOthers() {
	for adapter.Pause(s.life, remoteLook) {
		s.refresh(s.jobs.All(false)...)
	}
}
