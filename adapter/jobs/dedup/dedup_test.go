package dedup

import (
	"fmt"
	"testing"
	"time"

	"midgate/adapter"
)

var tableNow = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

func ago(d time.Duration) time.Time { return tableNow.Add(-d) }

// A row of the table of jobs, begun that long ago.
func row(id string, age time.Duration, deliveries ...adapter.Delivery) adapter.Job {
	return adapter.Job{ID: id, Status: adapter.JobInProgress, Created: ago(age), Attended: true, Deliveries: deliveries}
}

func begunBy(job adapter.Job, retry, late int) adapter.Job {
	job.Retry, job.Late = retry, late
	return job
}

func sharing(job adapter.Job) adapter.Job {
	job.Sharing = true
	for i := range job.Deliveries {
		job.Deliveries[i].Quarter = i + 1
	}
	return job
}

func done(job adapter.Job, images ...string) adapter.Job {
	job.Status, job.Finished, job.Result = adapter.JobCompleted, ago(0), &adapter.Result{Images: images}
	return job
}

// ended is a job that failed, after its task did if it had one.
func ended(job adapter.Job, kind adapter.Kind, since time.Duration, steps ...adapter.Step) adapter.Job {
	job.Status, job.Finished, job.Error, job.Steps = adapter.JobFailed, ago(since), &adapter.Error{Kind: kind}, steps
	return job
}

var (
	refusedStep = adapter.Step{Name: "imagine", Refusal: &adapter.Error{Kind: adapter.Busy}}
	lostStep    = adapter.Step{Name: "imagine"}
	failedStep  = adapter.Step{Name: "imagine", Submission: &adapter.Submission{TaskID: "1"}, Status: adapter.Failure}
)

func waiting(since time.Duration) adapter.Delivery {
	return adapter.Delivery{State: adapter.DeliveryWaiting, At: ago(since)}
}

func abandoned(since time.Duration) adapter.Delivery {
	return adapter.Delivery{State: adapter.DeliveryAbandoned, At: ago(since)}
}

func answered(since time.Duration) adapter.Delivery {
	return adapter.Delivery{State: adapter.DeliveryAnswered, At: ago(since)}
}

// taken is a delivery that so many repeats took, the last of them with that counter.
func taken(d adapter.Delivery, times, retry int) adapter.Delivery {
	d.Taken, d.Retry = times, retry
	return d
}

// told is a choice in words: what the attempt is, of which job and delivery, and what the delivery becomes.
func told(c Choice) string {
	words := map[Verdict]string{Begins: "begins", Joins: "joins", Restarts: "restarts", Shares: "shares", Waits: "waits"}[c.Verdict]
	if c.Verdict == Begins || c.Verdict == Waits {
		return words
	}
	words += fmt.Sprintf(" %s/%d", c.Job.ID, c.Delivery)
	if c.Late {
		words += " late"
	}
	if !c.Taken {
		return words + ", which stays"
	}
	return words + fmt.Sprintf(", %s, taken %d", c.Becomes.State, c.Becomes.Taken)
}

func TestWhichAttemptIsWhich(t *testing.T) {
	type jobs = []adapter.Job
	second, minute := time.Second, time.Minute
	tests := map[string]struct {
		jobs jobs
		ask  Question
		want string
	}{
		"nothing is known":                   {nil, Question{}, "begins"},
		"a repeat of which nothing is known": {nil, Question{Retry: 2}, "begins"},

		// Clients that got nothing.
		"an abandoned job":                                        {jobs{row("a", minute, abandoned(second))}, Question{}, "joins a/0, waiting, taken 0"},
		"an abandoned job, counted":                               {jobs{row("a", minute, abandoned(second))}, Question{Retry: 1}, "joins a/0, waiting, taken 1"},
		"a job that was done after its client left":               {jobs{done(row("a", minute, abandoned(second)), "x")}, Question{}, "joins a/0, waiting, taken 0"},
		"a job that was abandoned two minutes ago":                {jobs{row("a", 5*minute, abandoned(2*minute))}, Question{}, "joins a/0, waiting, taken 0"},
		"a job that was abandoned earlier":                        {jobs{row("a", 5*minute, abandoned(2*minute+1))}, Question{}, "begins"},
		"a job that was abandoned earlier, counted":               {jobs{row("a", 5*minute, abandoned(4*minute))}, Question{Retry: 1}, "joins a/0, waiting, taken 1"},
		"a job that ended longer ago than jobs are followed":      {jobs{done(row("a", 61*minute, abandoned(3*minute)), "x")}, Question{Retry: 1}, "begins"},
		"an open job that is older than jobs are followed":        {jobs{row("a", 61*minute, abandoned(3*minute))}, Question{Retry: 1}, "joins a/0, waiting, taken 1"},
		"of two abandoned jobs the newest":                        {jobs{row("a", 2*minute, abandoned(second)), row("b", minute, abandoned(second))}, Question{}, "joins b/0, waiting, taken 0"},
		"of two abandoned jobs the one that nobody has taken":     {jobs{row("a", 2*minute, abandoned(second)), row("b", minute, taken(abandoned(second), 1, 1))}, Question{Retry: 1}, "joins a/0, waiting, taken 1"},
		"of two abandoned quarters the first":                     {jobs{sharing(row("a", minute, abandoned(second), abandoned(second)))}, Question{}, "joins a/0, waiting, taken 0"},
		"an abandoned quarter beside one that is waited for":      {jobs{sharing(row("a", minute, waiting(minute), abandoned(second)))}, Question{}, "joins a/1, waiting, taken 0"},
		"an abandoned job before a young grid's quarter":          {jobs{sharing(row("a", second, waiting(second))), row("b", minute, abandoned(second))}, Question{Share: true}, "joins b/0, waiting, taken 0"},
		"a job whose client left, and another that is waited for": {jobs{row("a", minute, abandoned(second)), row("b", minute, waiting(minute))}, Question{}, "joins a/0, waiting, taken 0"},
		"an equal wish after an answer":                           {jobs{done(row("a", minute, answered(second)), "x")}, Question{}, "begins"},
		"a counted repeat of an answer that got lost":             {jobs{done(row("a", minute, answered(second)), "x")}, Question{Retry: 1}, "joins a/0, answered, taken 1"},
		"a counted repeat of an answer that is too old":           {jobs{done(row("a", 61*minute, answered(minute)), "x")}, Question{Retry: 1}, "begins"},

		// What failed.
		"an unknown outcome":                             {jobs{ended(row("a", minute, abandoned(100*second)), adapter.Ambiguous, 110*second, lostStep)}, Question{}, "joins a/0, which stays"},
		"an unknown outcome two minutes ago":             {jobs{ended(row("a", 3*minute, abandoned(2*minute+1)), adapter.Ambiguous, 2*minute+1, lostStep)}, Question{}, "begins"},
		"a failure that was reported, soon after":        {jobs{ended(row("a", minute, abandoned(15*second)), adapter.Failed, 16*second, failedStep)}, Question{}, "joins a/0, which stays"},
		"a failure that was reported, later":             {jobs{ended(row("a", minute, abandoned(15*second+1)), adapter.Failed, 16*second, failedStep)}, Question{}, "begins"},
		"a failure that was reported, later and counted": {jobs{ended(row("a", minute, abandoned(30*second)), adapter.Failed, 31*second, failedStep)}, Question{Retry: 1}, "joins a/0, which stays"},
		"a failure of which nobody was told":             {jobs{ended(row("a", minute, abandoned(50*second)), adapter.Failed, 16*second, failedStep)}, Question{}, "joins a/0, which stays"},
		"what came to nothing":                           {jobs{ended(row("a", minute, abandoned(second)), adapter.Unavailable, second, refusedStep)}, Question{}, "restarts a/0, waiting, taken 0"},
		"what came to nothing, and its client was told":  {jobs{ended(row("a", minute, answered(second)), adapter.Busy, second)}, Question{Retry: 1}, "restarts a/0, waiting, taken 1"},
		"what was refused for what it is":                {jobs{ended(row("a", minute, answered(second)), adapter.Moderated, second, refusedStep)}, Question{}, "begins"},

		// Counted repeats of those who seem to wait.
		"one is waited for":                                   {jobs{row("a", minute, waiting(minute))}, Question{Retry: 1}, "joins a/0, waiting, taken 1"},
		"two are waited for, at first":                        {jobs{row("a", 2*minute, waiting(minute)), row("b", minute, waiting(minute))}, Question{Retry: 1}, "waits"},
		"two are waited for, then the newest":                 {jobs{row("a", 2*minute, waiting(minute)), row("b", minute, waiting(minute))}, Question{Retry: 1, Waited: true}, "joins b/0, waiting, taken 1"},
		"two are waited for, then the one of as many repeats": {jobs{row("a", 2*minute, taken(waiting(minute), 1, 1)), row("b", minute, waiting(minute))}, Question{Retry: 2, Waited: true}, "joins a/0, waiting, taken 2"},
		"one with the same counter, at first":                 {jobs{row("a", minute, taken(waiting(minute), 1, 1))}, Question{Retry: 1}, "waits"},
		"one with the same counter, then another wish":        {jobs{row("a", minute, taken(waiting(minute), 1, 1))}, Question{Retry: 1, Waited: true}, "begins"},
		"one with the same counter that is answered":          {jobs{done(row("a", minute, taken(answered(second), 1, 1)), "x")}, Question{Retry: 1}, "joins a/0, answered, taken 2"},
		"answered quarters rotate":                            {jobs{sharing(done(row("a", minute, taken(answered(second), 1, 1), answered(second)), "x", "y", "z", "u"))}, Question{Retry: 1}, "joins a/1, answered, taken 1"},

		// Originals that come after their repeats.
		"an original, while its repeat waits":        {jobs{begunBy(row("a", second, taken(waiting(second), 0, 1)), 1, 0)}, Question{}, "waits"},
		"an original, when that is over":             {jobs{begunBy(row("a", second, taken(waiting(second), 0, 1)), 1, 0)}, Question{Waited: true}, "joins a/0 late, waiting, taken 0"},
		"an original of a grid":                      {jobs{begunBy(sharing(row("a", second, taken(waiting(second), 0, 1))), 1, 0)}, Question{Waited: true}, "joins a/1 late, waiting, taken 0"},
		"an original, after the answer":              {jobs{begunBy(done(row("a", minute, answered(second)), "x"), 1, 0)}, Question{}, "joins a/0 late, answered, taken 0"},
		"an original, two minutes late":              {jobs{begunBy(done(row("a", 2*minute, answered(second)), "x"), 1, 0)}, Question{}, "joins a/0 late, answered, taken 0"},
		"an original, too late":                      {jobs{begunBy(done(row("a", 2*minute+1, answered(second)), "x"), 1, 0)}, Question{}, "begins"},
		"an original, where all have come":           {jobs{begunBy(done(row("a", minute, answered(second)), "x"), 1, 1)}, Question{}, "begins"},
		"the first of two originals":                 {jobs{begunBy(done(row("a", minute, answered(second)), "x"), 2, 1)}, Question{}, "joins a/0 late, answered, taken 0"},
		"a try with a counter, after a higher one":   {jobs{begunBy(row("a", second, waiting(second)), 2, 0)}, Question{Retry: 1}, "joins a/0 late, waiting, taken 1"},
		"an original, after its repeat left":         {jobs{begunBy(row("a", second, abandoned(second)), 1, 0)}, Question{}, "joins a/0 late, waiting, taken 0"},
		"nothing is late of a job without a counter": {jobs{done(row("a", minute, answered(second)), "x")}, Question{}, "begins"},

		// Quarters.
		"a young grid":                      {jobs{sharing(row("a", second, waiting(second)))}, Question{Share: true}, "shares a/1, waiting, taken 0"},
		"a grid that is too old":            {jobs{sharing(row("a", second+1, waiting(second)))}, Question{Share: true, Waited: true}, "begins"},
		"a grid that is not shared":         {jobs{row("a", second, waiting(second))}, Question{Share: true, Waited: true}, "begins"},
		"a grid whose quarters are given":   {jobs{sharing(row("a", second, waiting(1), waiting(1), waiting(1), waiting(1)))}, Question{Share: true, Waited: true}, "begins"},
		"a grid that is done":               {jobs{sharing(done(row("a", second, answered(1)), "x", "y", "z", "u"))}, Question{Share: true}, "begins"},
		"of two grids the oldest":           {jobs{sharing(row("b", second/2, waiting(1))), sharing(row("a", second, waiting(1)))}, Question{Share: true}, "shares a/1, waiting, taken 0"},
		"a grid that is closed in memory":   {jobs{sharing(row("closed", second, waiting(1)))}, Question{Share: true, Waited: true}, "begins"},
		"a request that does not share":     {jobs{sharing(row("a", second, waiting(1)))}, Question{Waited: true}, "begins"},
		"a counted repeat takes no new one": {jobs{sharing(row("a", second, waiting(1)))}, Question{Share: true, Retry: 1}, "joins a/0, waiting, taken 1"},

		// Equal requests while somebody seems to wait.
		"one is waited for, at first":            {jobs{row("a", minute, waiting(minute))}, Question{}, "waits"},
		"one is waited for, then another wish":   {jobs{row("a", minute, waiting(minute))}, Question{Waited: true}, "begins"},
		"one whose client does not wait":         {jobs{{ID: "a", Status: adapter.JobInProgress, Created: ago(minute), Deliveries: []adapter.Delivery{waiting(minute)}}}, Question{}, "begins"},
		"a grid of which one waits, and is full": {jobs{sharing(row("a", second, waiting(1), waiting(1), waiting(1), waiting(1)))}, Question{Share: true}, "waits"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			q := test.ask
			q.Now, q.Follow, q.Window, q.Replica = tableNow, time.Hour, time.Second, "here"
			q.Closed = func(id string) bool { return id == "closed" }
			if got := told(Decide(test.jobs, q)); got != test.want {
				t.Errorf("it %s, want it %s", got, test.want)
			}
		})
	}
}
