package simulator

import "time"

// run is the rendering of a task: from when to when, and how it ends.
type run struct {
	queued  time.Time // accepted by submit or modal
	start   time.Time // taken out of the queue
	length  time.Duration
	stuck   bool    // SUBMITTED for ever
	failAt  float64 // share of length at which it fails; 0 is never
	status  string  // what the failure is called: FAILURE or CANCEL
	reason  string
	lingers bool // keeps saying MODAL until it is really under way
	instant bool
	noImage time.Duration // SUCCESS comes this long before imageUrl
	back    bool          // progress goes back once
	odd     bool          // an unknown status in the middle
}

// finish is when the run ends, whichever way.
func (r *run) finish() time.Time {
	if r.failAt > 0 {
		return r.start.Add(time.Duration(r.failAt * float64(r.length)))
	}
	return r.start.Add(r.length)
}

// view is what a task looks like at one moment.
type view struct {
	status   string
	progress int // percent; -1 is the empty string
	started  time.Time
	finished time.Time
	reason   string
	preview  bool // a picture of the unfinished state exists
	image    bool // the result exists
	fresh    bool // a relay's row that was never refreshed
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

// at is the run's view at a moment from queued on.
func (r *run) at(now time.Time) view {
	if now.Before(r.start) {
		return view{status: r.early("NOT_START")}
	}
	v := view{started: r.start}
	done := !now.Before(r.finish())
	switch {
	case r.stuck:
		v.status = "SUBMITTED"
	case done && r.failAt > 0:
		v.status, v.progress, v.reason, v.finished = r.status, -1, r.reason, r.finish()
	case done:
		v.status, v.progress, v.finished = "SUCCESS", 100, r.finish()
		v.image = !now.Before(r.finish().Add(r.noImage))
	default:
		r.under(&v, float64(now.Sub(r.start))/float64(r.length))
	}
	return v
}

// under fills the view of a run that has started and not ended, at a share of its length.
func (r *run) under(v *view, share float64) {
	switch {
	case share < submittedAt:
		v.status = r.early("NOT_START")
		v.started = time.Time{}
	case share < steps[0].share:
		v.status = r.early("SUBMITTED")
	default:
		v.status, v.progress = "IN_PROGRESS", progressAt(share)
		v.preview = v.progress >= previewFrom
	}
	if r.lingers && share < lingersTo {
		*v = view{status: "MODAL"}
	}
	if r.back && share >= .66 && share < .78 {
		v.progress = 15
	}
	if r.odd && share >= .42 && share < .66 {
		v.status = "REVIEWING"
	}
}

func (r *run) early(status string) string {
	if r.lingers {
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

// moments are the times at which the view changes: those are the webhooks' times.
func (r *run) moments() []time.Time {
	if r.stuck {
		return []time.Time{r.queued, r.share(submittedAt)}
	}
	all := []time.Time{r.queued}
	if r.instant {
		return append(all, r.finish())
	}
	for _, share := range append([]float64{submittedAt}, shares()...) {
		if at := r.share(share); at.Before(r.finish()) {
			all = append(all, at)
		}
	}
	return append(all, r.finish())
}

func (r *run) share(share float64) time.Time {
	return r.start.Add(time.Duration(share * float64(r.length)))
}

func shares() []float64 {
	all := make([]float64, len(steps))
	for i, st := range steps {
		all[i] = st.share
	}
	return all
}
