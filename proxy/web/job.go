package web

import (
	"cmp"

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

// ShowJob shows a run without its result; base is where its preview is handed out.
func (s *Server) ShowJob(run adapter.Job, base string) JobJSON {
	j := JobJSON{
		ID: run.ID, Object: "job", Status: string(run.Status), CreatedAt: run.Created.Unix(),
		Kind: string(run.Kind), Model: cmp.Or(run.Model, "midjourney"), N: max(run.N, 1), Steps: []stepJSON{},
	}
	if run.Status == adapter.JobCompleted {
		j.Progress = 100
	} else if !run.Status.Ended() {
		now := s.Services.Jobs.JobProgress(run.ID)
		j.Progress = now.Percent
		if now.Preview != "" {
			j.Preview = new(base + JobPreview + run.ID)
		}
	}
	if !run.Finished.IsZero() {
		j.FinishedAt = new(run.Finished.Unix())
	}
	for _, st := range run.Steps {
		j.Steps = append(j.Steps, step(st))
		if st.Paid() {
			j.JobsPaid++
		}
	}
	if run.Error != nil {
		x := Explain(run.Error, ErrorContext{Model: run.Model})
		j.Error = &x.Problem
	}
	return j
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
func (s *Server) PendingJob(c *gin.Context, run adapter.Job) any {
	return struct {
		JobJSON
		Result *struct{} `json:"result"`
	}{JobJSON: s.ShowJob(run, s.Base(c))}
}
