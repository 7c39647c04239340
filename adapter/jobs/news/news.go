package news

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/active"
	"midgate/adapter/jobs/clients"
	"midgate/adapter/jobs/record"
	"midgate/adapter/jobs/unit"
)

// LookEvery is how often a job that another replica executes and somebody waits for here is read: news can get lost.
const LookEvery = 2 * time.Second

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

// Deps are what news are about, and how they go.
type Deps struct {
	Bus   adapter.Bus // nil: there are no other replicas
	State adapter.State
	Units *unit.Writer
	Clock record.Clock
	Jobs  *active.Registry
	Left  *clients.Leavers
	Spawn func(work func()) bool // in a goroutine that the engine waits for; false when it stops
	Log   *slog.Logger
}

// News tells other replicas what happens here, and hears what they tell.
type News struct {
	Deps
	life context.Context // of the engine
}

// New makes the news of an engine that lives as long as a context.
func New(life context.Context, deps Deps) *News { return &News{deps, life} }

// Changed wakes those who wait for a job at other replicas.
func (n *News) Changed(id string) {
	if n.Bus != nil {
		n.Bus.Tell(topicJob, []byte(id))
	}
}

// Progress tells how far a job is.
func (n *News) Progress(j *active.Job) {
	if n.Bus == nil {
		return
	}
	p := j.Shown()
	if news, err := json.Marshal(progressJSON{j.ID(), p.Percent, p.Preview, p.Step}); err == nil {
		n.Bus.Tell(topicProgress, news)
	}
}

// ClientLeft writes at once that a client has left, and then tells it: its repeat may reach another replica.
func (n *News) ClientLeft(body string) {
	record := func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(n.life), unit.PatienceShared)
		defer cancel()
		if err := n.Units.Flush(ctx); err != nil {
			n.Log.Warn("that a client left could not be recorded yet", "error", err)
		}
		if n.Bus != nil {
			n.Bus.Tell(topicLeft, []byte(body))
		}
	}
	if !n.Spawn(record) {
		record() // of an engine that stops
	}
}

// Follow hears the news of other replicas, and looks for what got lost of them, until the engine stops.
func (n *News) Follow() {
	if n.Bus == nil {
		return
	}
	n.Spawn(n.hear)
	n.Spawn(n.lookAtOthers)
}

func (n *News) hear() { _ = n.Bus.Hear(n.life, n.heard) }

// heard takes news of another replica.
func (n *News) heard(topic string, news []byte) {
	switch topic {
	case "":
		n.Spawn(func() { n.refresh(n.Jobs.All(false)...) })
	case topicJob:
		if j := n.Jobs.Get(string(news)); j != nil {
			n.Spawn(func() { n.refresh(j) })
		}
	case topicLeft:
		n.Left.Gone(string(news))
	case topicProgress:
		var p progressJSON
		if json.Unmarshal(news, &p) != nil {
			return
		}
		if j := n.Jobs.Get(p.Job); j != nil {
			j.ShowElsewhere(adapter.Progress{Percent: p.Percent, Preview: p.Preview, Step: p.Step})
		}
	}
}

// refresh reads what became of jobs that are waited for here, or that somebody may have cancelled.
func (n *News) refresh(jobs ...*active.Job) {
	for _, j := range jobs {
		if run, err := n.State.Job(n.life, j.ID()); err == nil {
			n.Clock.Tie(&run)
			j.Absorb(run)
		}
	}
}

// lookAtOthers reads, now and then, the jobs that others execute and somebody waits for here.
func (n *News) lookAtOthers() {
	for adapter.Pause(n.life, LookEvery) {
		n.refresh(n.Jobs.All(false)...)
	}
}
