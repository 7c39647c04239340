package dedup

import (
	"testing"
	"time"

	"midgate/adapter"
)

// On a route where equal requests mean the same job, its age and what became of its answer decide.
func TestAStandingJobAnswersEqualRequests(t *testing.T) {
	finished := func(age time.Duration, d adapter.Delivery) adapter.Job {
		job := done(row("j", age+time.Minute, d), "a", "b")
		job.Finished = ago(age)
		return job
	}
	changed := func(job adapter.Job, change func(*adapter.Job)) adapter.Job {
		change(&job)
		return job
	}
	younger := changed(finished(time.Minute, answered(time.Minute)), func(j *adapter.Job) { j.ID, j.Created = "young", ago(2*time.Minute) })
	for name, test := range map[string]struct {
		jobs []adapter.Job
		want Verdict
		id   string
	}{
		"nothing":                            {nil, Begins, ""},
		"under way, waited for":              {[]adapter.Job{row("j", time.Minute, waiting(time.Minute))}, Joins, "j"},
		"under way, left":                    {[]adapter.Job{row("j", time.Hour, abandoned(time.Minute))}, Joins, "j"},
		"under way beside a newer one":       {[]adapter.Job{row("j", time.Hour, waiting(time.Hour)), younger}, Joins, "j"},
		"being cancelled":                    {[]adapter.Job{changed(row("j", time.Minute, waiting(0)), func(j *adapter.Job) { j.Cancel = true })}, Begins, ""},
		"told to nobody, a day old":          {[]adapter.Job{finished(24*time.Hour, waiting(24*time.Hour))}, Joins, "j"},
		"told to nobody, older":              {[]adapter.Job{finished(24*time.Hour+time.Second, abandoned(24*time.Hour))}, Begins, ""},
		"told half an hour ago":              {[]adapter.Job{finished(2*time.Hour, answered(30*time.Minute))}, Joins, "j"},
		"told longer ago":                    {[]adapter.Job{finished(2*time.Hour, answered(30*time.Minute+time.Second))}, Begins, ""},
		"of two the newest":                  {[]adapter.Job{finished(10*time.Minute, answered(10*time.Minute)), younger}, Joins, "young"},
		"deleted":                            {[]adapter.Job{changed(finished(time.Minute, answered(time.Minute)), func(j *adapter.Job) { j.Deleted = true })}, Begins, ""},
		"cancelled":                          {[]adapter.Job{changed(finished(time.Minute, answered(time.Minute)), func(j *adapter.Job) { j.Status = adapter.JobCancelled })}, Begins, ""},
		"Midjourney failed it just now":      {[]adapter.Job{ended(row("j", time.Minute, answered(0)), adapter.Failed, 15*time.Second, failedStep)}, Joins, "j"},
		"Midjourney failed it a while ago":   {[]adapter.Job{ended(row("j", time.Minute, answered(0)), adapter.Failed, 16*time.Second, failedStep)}, Begins, ""},
		"nobody knows whether it arrived":    {[]adapter.Job{ended(row("j", time.Hour, answered(0)), adapter.Ambiguous, 30*time.Minute, lostStep)}, Joins, "j"},
		"nobody knows, and it is long ago":   {[]adapter.Job{ended(row("j", time.Hour, answered(0)), adapter.Ambiguous, 31*time.Minute, lostStep)}, Begins, ""},
		"there was no place at the upstream": {[]adapter.Job{ended(row("j", time.Minute, answered(0)), adapter.Busy, time.Second, refusedStep)}, Begins, ""},
		"it was refused":                     {[]adapter.Job{ended(row("j", time.Minute, answered(0)), adapter.Moderated, time.Second, refusedStep)}, Begins, ""},
	} {
		c := Decide(test.jobs, Question{Now: tableNow, Standing: adapter.Standing{Untold: 24 * time.Hour, Told: 30 * time.Minute}})
		if c.Verdict != test.want || c.Job.ID != test.id {
			t.Errorf("%s: %v of %q, want %v of %q", name, c.Verdict, c.Job.ID, test.want, test.id)
		}
	}
}

// Whoever joins what was told already does not make it stand longer.
func TestJoiningDoesNotProlongAStandingJob(t *testing.T) {
	job := done(row("j", time.Hour, answered(20*time.Minute)), "a")
	c := Decide([]adapter.Job{job}, Question{Now: tableNow, Standing: adapter.Standing{Untold: time.Hour, Told: 30 * time.Minute}})
	if !c.Becomes.At.Equal(ago(20*time.Minute)) || c.Becomes.State != adapter.DeliveryAnswered {
		t.Errorf("the delivery becomes %+v, want it as it was", c.Becomes)
	}
}
