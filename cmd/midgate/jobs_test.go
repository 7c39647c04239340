package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// anyJob is a bed on an upstream that has every route.
func anyJob(t *testing.T, more ...string) *bed {
	t.Helper()
	return newBed(t, simulator.Config{Dialect: simulator.TrueAI, Auth: "bearer", Pace: 600 * time.Millisecond},
		append([]string{"MIDGATE_UPSTREAM_PREFIXES=relax=,fast=,turbo="}, more...)...)
}

// job asks for one of alice's jobs.
func (b *bed) job(id string) (j jobJSON) {
	b.t.Helper()
	ask(b.t, b.url+"/v1/jobs/"+id, "alices-key", "").into(b.t, &j)
	return j
}

// Whatever costs money names its job: also a stream, an answer in another shape, and an error.
func TestEveryAnswerThatCostsMoneyNamesItsJob(t *testing.T) {
	t.Parallel()
	b := anyJob(t)
	d := b.generation("the picture to work on", 2).must(t, 0)
	if len(d.Data) != 2 {
		t.FailNow()
	}
	known, other, hole := d.Data[0].ID, d.Data[1].ID, hole(t)
	for name, test := range map[string]struct {
		path, body string
		kind       string
		status     int // 0: 200
	}{
		"a generation":             {"/v1/images/generations", `{"prompt": "a fox"}`, "generation", 0},
		"a streamed generation":    {"/v1/images/generations", `{"prompt": "a fox", "stream": true}`, "generation", 0},
		"a generation that fails":  {"/v1/images/generations", `{"prompt": "a fox sim-fail"}`, "generation", 502},
		"a stream that fails":      {"/v1/images/generations", `{"prompt": "a fox sim-fail", "stream": true}`, "generation", 0},
		"a submission refused":     {"/v1/images/generations", `{"prompt": "a fox sim-no-account"}`, "generation", 503},
		"an edit":                  {"/v1/images/edits", `{"prompt": "a boat", "images": [{"file_id": "` + known + `"}], "mask": {"image_url": "` + hole + `"}}`, "edit", 0},
		"an edit in plain words":   {"/v1/images/edits", `{"prompt": "zoom out 2x", "images": [{"file_id": "` + other + `"}]}`, "edit", 0},
		"a variation":              {"/v1/images/variations", `{"image": "` + known + `"}`, "variation", 0},
		"an action":                {"/v1/images/" + known + "/actions", `{"action": "vary_strong"}`, "action", 0},
		"a blend":                  {"/v1/images/blends", `{"images": [{"file_id": "` + known + `"}, {"file_id": "` + other + `"}]}`, "blend", 0},
		"a description":            {"/v1/images/descriptions", `{"image": "` + known + `"}`, "description", 0},
		"a shortened prompt":       {"/v1/prompts/shorten", `{"prompt": "a very long prompt about a fox"}`, "shorten", 0},
		"a chat":                   {"/v1/chat/completions", `{"model": "midjourney", "messages": [{"role": "user", "content": "a fox"}]}`, "generation", 0},
		"a streamed chat":          {"/v1/chat/completions", `{"model": "midjourney", "stream": true, "messages": [{"role": "user", "content": "a hen"}]}`, "generation", 0},
		"a response":               {"/v1/responses", `{"model": "midjourney", "input": "a fox", "tools": [{"type": "image_generation"}]}`, "generation", 0},
		"a streamed response":      {"/v1/responses", `{"model": "midjourney", "stream": true, "input": "a hen", "tools": [{"type": "image_generation"}]}`, "generation", 0},
		"a video":                  {"/v1/videos", `{"prompt": "it moves", "input_reference": {"file_id": "` + known + `"}}`, "video", 0},
		"the upstream's own route": {"/mj/submit/imagine", `{"prompt": "a fox"}`, "native", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := sent{url: b.url, path: test.path, key: "alices-key", body: test.body}.try(t, 0)
			want := test.status
			if want == 0 {
				want = http.StatusOK
			}
			id := a.header.Get("midgate-job")
			if err != nil || a.status != want || id == "" {
				t.Fatalf("%d, midgate-job %q, %v: %.300s; want %d that names its job", a.status, id, err, a.body, want)
			}
			var j jobJSON
			eventually(t, "the job is over", func() bool {
				j = b.job(id)
				return j.Status == "completed" || j.Status == "failed"
			})
			if j.Kind != test.kind || len(j.Steps) == 0 {
				t.Errorf("job = %+v, want a %s with its steps", j, test.kind)
			}
			paid := 0
			for _, st := range j.Steps {
				if st.Paid {
					paid++
				}
				if st.TaskID != "" && st.State == "SUCCESS" && st.Polls == 0 {
					t.Errorf("the step %s was over without a poll", st.Name)
				}
			}
			if j.JobsPaid != paid || j.Status == "completed" && paid == 0 {
				t.Errorf("jobs_paid = %d with %d paid steps of %d", j.JobsPaid, paid, len(j.Steps))
			}
		})
	}
}

func TestAJobThatNobodyWaitsForIsFoundInTheList(t *testing.T) {
	t.Parallel()
	b := anyJob(t)
	a, err := b.generation("in my absence", 2, "Prefer", "respond-async").try(t, 0)
	if err != nil || a.status != http.StatusAccepted || a.header.Get("Preference-Applied") != "respond-async" {
		t.Fatalf("respond-async = %d %s, %v; want 202", a.status, a.body, err)
	}
	id := a.header.Get("midgate-job")
	if got := a.header.Get("Location"); got != "/v1/jobs/"+id {
		t.Errorf("Location = %q, want the job %s", got, id)
	}
	seen := map[string]bool{}
	eventually(t, "the job is over", func() bool {
		seen[b.job(id).Status] = true
		return seen["completed"]
	})
	if !seen["queued"] && !seen["in_progress"] {
		t.Errorf("the job was never under way: %v", seen)
	}
	if j := b.job(id); j.Result == nil || len(j.Result.Data) != 2 || j.JobsPaid != 1 || j.Steps[0].Polls == 0 {
		t.Errorf("job = %+v, want two pictures of one paid step with its polls", j)
	}
	if stranger := ask(t, b.url+"/v1/jobs/"+id, "bobs-key", ""); stranger.status != http.StatusNotFound {
		t.Errorf("another key gets %d, want 404", stranger.status)
	}
	for key, want := range map[string]int{"alices-key": 1, "bobs-key": 0} {
		var page struct{ Data []jobJSON }
		ask(t, b.url+"/v1/jobs", key, "").into(t, &page)
		if len(page.Data) != want {
			t.Errorf("%s lists %d jobs, want %d", key, len(page.Data), want)
		}
	}
	b.kill()
	b.serve()
	if j := b.job(id); j.Status != "completed" || j.Result == nil || len(j.Result.Data) != 2 {
		t.Errorf("after a restart job = %+v, want the same answer", j)
	}
	b.settle(1)
}

func TestCancellingAJob(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		sim    simulator.Config
		can    bool
		status string
	}{
		"where the upstream can":    {simulator.Config{Dialect: simulator.TrueAI, Auth: "bearer", Pace: 20 * time.Second}, true, "cancelled"},
		"where the upstream cannot": {simulator.Config{Dialect: simulator.NewAPI, Auth: "bearer", Pace: 3 * time.Second, Refresh: time.Second}, false, "completed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t, test.sim, "MIDGATE_UPSTREAM_PREFIXES=relax=,fast=,turbo=")
			waiting := make(chan answer, 1)
			go func() {
				a, err := b.generation("a mistake", 1).try(t, 0)
				if err != nil {
					t.Errorf("the request broke: %v", err)
				}
				waiting <- a
			}()
			eventually(t, "the job is under way", func() bool { return b.accepted() == 1 })
			id := b.jobs()[0].ID
			a, err := sent{url: b.url, path: "/v1/jobs/" + id + "/cancel", key: "alices-key", body: "{}"}.try(t, 0)
			if err != nil || (a.status == http.StatusOK) != test.can {
				t.Errorf("cancel = %d %s, %v", a.status, a.body, err)
			}
			if !test.can && (a.status != http.StatusBadRequest || !a.said("unsupported") || !strings.Contains(string(a.body), "cannot cancel")) {
				t.Errorf("cancel = %d %s, want a 400 that says that the upstream cannot", a.status, a.body)
			}
			got := <-waiting
			if test.can && (got.status != http.StatusBadRequest || !got.said("job_cancelled")) || !test.can && got.status != http.StatusOK {
				t.Errorf("who waited for the job gets %d %s", got.status, got.body)
			}
			if j := b.job(id); j.Status != test.status {
				t.Errorf("the job is %s, want %s", j.Status, test.status)
			}
			if got := len(b.sim.Ledger()); got != 1 {
				t.Errorf("%d charges, want 1", got)
			}
		})
	}
}
