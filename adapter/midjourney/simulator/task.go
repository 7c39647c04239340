package simulator

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"time"
)

// task is one job at the upstream. What a reader sees of it is a function of the time (view), so thousands of waiting
// tasks cost nothing. Everything but the fields below the line is fixed once the task is in the table.
type task struct {
	id, job     string // the task's id, and Midjourney's uuid that buttons and picture addresses carry
	kind        string // what was asked: see Charge.Kind
	user        string
	base        string // scheme and host of the submission, for webhooks
	prompt      string // as the task shows it; relays show the parent's on children
	asked       string // the prompt this task itself was given
	description string
	state, hook string
	speed       string
	model       model
	parent      *task
	index       int // which quarter of the parent, 1–4; 0 when that means nothing
	customID    string
	submitted   time.Time
	seed        uint32
	orders      orders
	motion      string
	clips       int
	queries     []string // describe and shorten: the prompts found
	remix       bool     // its buttons open dialogs
	press       press    // of the button that made it
	dialog      *dialog  // the press whose dialog is awaited, nil for others
	uploadKeys  []string // pictures sent along
	blendShape  [2]int
	shape       [2]int // forced aspect ratio of pans and squares
	opens       bool   // the submission answered that a dialog waits

	// Guarded by Simulator.mu.
	run       *run
	final     string     // the prompt Midjourney ran
	cells     []*picture // four of a grid, one of a single picture, set when the run starts
	clipStart []*picture // the first frame of each clip of a video
	uploaded  *picture   // describe: the source
	mask      []byte
	zoom      float64
	adopted   string // the id that carries on after a modal answered a new one
	cancelled time.Time
	forgotten time.Time
	pressed   map[string]bool
}

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

// at is the task's view at a moment; s.mu is held.
func (t *task) at(now time.Time) view {
	if !t.cancelled.IsZero() && !now.Before(t.cancelled) {
		return view{status: "FAILURE", progress: -1, reason: "取消任务", started: t.submitted, finished: t.cancelled}
	}
	r := t.run
	if r == nil || now.Before(r.queued) {
		if t.dialog != nil {
			return view{status: "MODAL"}
		}
		return view{status: "NOT_START"}
	}
	return r.at(now)
}

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

// newTask gives a task its identity: ids are milliseconds and three digits, unique here; s.mu is held.
func (s *Simulator) newTask(c *call, kind string) *task {
	id := c.now.UnixMilli()*1000 + int64(s.roll()%1000)
	if id <= s.lastID {
		id = s.lastID + 1
	}
	s.lastID = id
	t := &task{
		id: strconv.FormatInt(id, 10), job: newUUID(), kind: kind,
		user: c.user, base: c.base, submitted: c.now,
	}
	t.seed = hash32(t.id)
	return t
}

// roll is the next of a sequence of numbers that is the same for every simulator; s.mu is held.
func (s *Simulator) roll() uint64 {
	s.dice += 0x9e3779b97f4a7c15
	return mix64(s.dice)
}

// mix64 spreads the bits of x (the finalizer of splitmix64).
func mix64(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// hash32 is FNV-1a over the text, its bits spread.
func hash32(text string) uint32 {
	h := uint64(14695981039346656037)
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 1099511628211
	}
	return uint32(mix64(h))
}

// newUUID is a random version 4 uuid.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// jitterOf is a factor around 1 that only the seed decides.
func jitterOf(seed uint32, share float64) float64 {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], seed)
	unit := float64(hash32(string(b[:]))) / (1 << 32)
	return 1 + share*(2*unit-1)
}
