package course

import "time"

// Run is the rendering of a task: from when to when, and how it ends.
type Run struct {
	Queued  time.Time // accepted by submit or modal
	Start   time.Time // taken out of the queue
	Length  time.Duration
	Stuck   bool    // SUBMITTED for ever
	FailAt  float64 // share of length at which it fails; 0 is never
	Status  string  // what the failure is called: FAILURE or CANCEL
	Reason  string
	Lingers bool // keeps saying MODAL until it is really under way
	Instant bool
	noImage time.Duration // SUCCESS comes this long before imageUrl
	back    bool          // progress goes back once
	odd     bool          // an unknown status in the middle
}

// Finish is when the run ends, whichever way.
func (r *Run) Finish() time.Time {
	if r.FailAt > 0 {
		return r.Start.Add(time.Duration(r.FailAt * float64(r.Length)))
	}
	return r.Start.Add(r.Length)
}

// View is what a task looks like at one moment.
type View struct {
	Status   string
	Progress int // percent; -1 is the empty string
	Started  time.Time
	Finished time.Time
	Reason   string
	Preview  bool // a picture of the unfinished state exists
	Image    bool // the result exists
	Fresh    bool // a relay's row that was never refreshed
}

// step is a moment of a run at which its progress changes.
type step struct {
	share   float64
	percent int
}

// The shape of a run, in shares of its length: NOT_START up to submittedAt, SUBMITTED up to the first step, then
// IN_PROGRESS with these percentages. A modal's task that lingers says MODAL up to lingersTo.
const (
	submittedAt = 0.04
	lingersTo   = 0.35
	previewFrom = 15
)

var steps = []step{{.12, 0}, {.20, 6}, {.30, 15}, {.42, 31}, {.54, 46}, {.66, 62}, {.78, 78}, {.90, 93}}

// At is the run's view at a moment from queued on.
func (r *Run) At(now time.Time) View {
	if now.Before(r.Start) {
		return View{Status: r.early("NOT_START")}
	}
	v := View{Started: r.Start}
	done := !now.Before(r.Finish())
	switch {
	case r.Stuck:
		v.Status = "SUBMITTED"
	case done && r.FailAt > 0:
		v.Status, v.Progress, v.Reason, v.Finished = r.Status, -1, r.Reason, r.Finish()
	case done:
		v.Status, v.Progress, v.Finished = "SUCCESS", 100, r.Finish()
		v.Image = !now.Before(r.Finish().Add(r.noImage))
	default:
		r.under(&v, float64(now.Sub(r.Start))/float64(r.Length))
	}
	return v
}

// under fills the view of a run that has started and not ended, at a share of its length.
func (r *Run) under(v *View, share float64) {
	switch {
	case share < submittedAt:
		v.Status = r.early("NOT_START")
		v.Started = time.Time{}
	case share < steps[0].share:
		v.Status = r.early("SUBMITTED")
	default:
		v.Status, v.Progress = "IN_PROGRESS", progressAt(share)
		v.Preview = v.Progress >= previewFrom
	}
	if r.Lingers && share < lingersTo {
		*v = View{Status: "MODAL"}
	}
	if r.back && share >= .66 && share < .78 {
		v.Progress = 15
	}
	if r.odd && share >= .42 && share < .66 {
		v.Status = "REVIEWING"
	}
}

func (r *Run) early(status string) string {
	if r.Lingers {
		return "MODAL"
	}
	return status
}

func progressAt(share float64) int {
	percent := 0
	for _, st := range steps {
		if share >= st.share {
			percent = st.percent
		}
	}
	return percent
}

// Moments are the times at which the view changes: those are the webhooks' times.
func (r *Run) Moments() []time.Time {
	if r.Stuck {
		return []time.Time{r.Queued, r.share(submittedAt)}
	}
	all := []time.Time{r.Queued}
	if r.Instant {
		return append(all, r.Finish())
	}
	for _, share := range append([]float64{submittedAt}, shares()...) {
		if at := r.share(share); at.Before(r.Finish()) {
			all = append(all, at)
		}
	}
	return append(all, r.Finish())
}

func (r *Run) share(share float64) time.Time {
	return r.Start.Add(time.Duration(share * float64(r.Length)))
}

func shares() []float64 {
	all := make([]float64, len(steps))
	for i, st := range steps {
		all[i] = st.share
	}
	return all
}
