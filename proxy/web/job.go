package web

import (
	"cmp"
	"strings"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
)

// JobJSON is the job behind an answer. Result is written by its renderer, as the last member but one.
type JobJSON struct {
	ID         string     `json:"id"`
	Object     string     `json:"object"`
	Status     string     `json:"status"`
	Progress   int        `json:"progress"`
	CreatedAt  int64      `json:"created_at"`
	FinishedAt *int64     `json:"finished_at"`
	Kind       string     `json:"kind"`
	Model      string     `json:"model"`
	N          int        `json:"n"`
	Preview    *string    `json:"preview"`
	Steps      []stepJSON `json:"steps"`
	JobsPaid   int        `json:"jobs_paid"`
	Cost       *float64   `json:"cost,omitempty"`     // US dollars, where prices are known
	Refunded   float64    `json:"refunded,omitempty"` // what failed and was given back, in US dollars
	Prices     any        `json:"prices,omitempty"`   // of its steps, at the time when it was accepted
	Trace      string     `json:"trace,omitempty"`    // of an admin's job: the ID of its trace, where traces are sent somewhere
	Error      *Problem   `json:"error"`
}

type stepJSON struct {
	Name        string  `json:"name"`
	TaskID      *string `json:"task_id"`
	State       string  `json:"state"`
	SubmittedAt *int64  `json:"submitted_at"`
	FinishedAt  *int64  `json:"finished_at"`
	Polls       int     `json:"polls"`
	Paid        bool    `json:"paid"`
}

// ShowJob shows a job without its result; base is where its preview is handed out.
func (s *Server) ShowJob(job adapter.Job, base string) JobJSON {
	j := JobJSON{
		ID: job.ID, Object: "job", Status: string(job.Status), CreatedAt: job.Created.Unix(),
		Kind: string(job.Kind), Model: cmp.Or(job.Model, "midjourney"), N: max(job.N, 1), Steps: []stepJSON{},
	}
	if job.Status == adapter.JobCompleted {
		j.Progress = 100
	} else if !job.Status.Ended() {
		now := s.Services.Jobs.JobProgress(job.ID)
		j.Progress = now.Percent
		if now.Preview != "" {
			j.Preview = new(base + JobPreview + job.ID)
		}
	}
	if !job.Finished.IsZero() {
		j.FinishedAt = new(job.Finished.Unix())
	}
	for _, st := range job.Steps {
		j.Steps = append(j.Steps, step(st))
		if st.Paid() {
			j.JobsPaid++
		}
	}
	priced(&j, job)
	if job.Error != nil {
		x := Explain(job.Error, ErrorContext{Model: job.Model})
		j.Error = &x.Problem
	}
	return j
}

// TraceOf is the ID of a job's trace; empty if it has none.
func TraceOf(job adapter.Job) string {
	_, rest, _ := strings.Cut(job.Trace, "-") // its name is a traceparent
	id, _, _ := strings.Cut(rest, "-")
	return id
}

// priced adds what the job cost, where prices were known when it was accepted.
func priced(j *JobJSON, job adapter.Job) {
	if job.Spend == nil || job.Spend.Prices == nil {
		return
	}
	prices, known := map[string]float64{}, true
	var spent, refunded adapter.Money
	for _, st := range job.Steps {
		switch {
		case !st.Counts():
			continue
		case st.Price == nil:
			known = false
			continue
		case st.Refunded:
			refunded += *st.Price
		default:
			spent += *st.Price
		}
		prices[st.Sold] = st.Price.Float()
	}
	if known {
		j.Cost = new(spent.Float())
	}
	j.Refunded, j.Prices = refunded.Float(), prices
}

func step(st adapter.Step) stepJSON {
	s := stepJSON{Name: st.Name, State: cmp.Or(string(st.Status), st.State), Polls: st.Polls, Paid: st.Paid()}
	if st.Submission != nil {
		s.TaskID = OrNull(st.Submission.TaskID)
		s.SubmittedAt = new(st.Submission.At.Unix())
	}
	if !st.Finished.IsZero() {
		s.FinishedAt = new(st.Finished.Unix())
	}
	return s
}

// PendingJob is a job that has no result yet.
func (s *Server) PendingJob(c *gin.Context, job adapter.Job) any {
	return struct {
		JobJSON
		Result *struct{} `json:"result"`
	}{JobJSON: s.ShowJob(job, s.Base(c))}
}
