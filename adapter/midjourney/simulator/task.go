package simulator

import (
	"crypto/rand"
	"encoding/hex"
	"strconv"
	"sync/atomic"
	"time"

	"midgate/adapter/midjourney/simulator/buttons"
	"midgate/adapter/midjourney/simulator/course"
	"midgate/adapter/midjourney/simulator/paint"
	"midgate/adapter/midjourney/simulator/prompts"
	"midgate/adapter/midjourney/simulator/studio"
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
	model       prompts.Model
	parent      *task
	index       int // which quarter of the parent, 1–4; 0 when that means nothing
	customID    string
	submitted   time.Time
	seed        uint32
	orders      course.Orders
	motion      string
	clips       int
	mosaic      bool          // a video that comes as one animated WebP
	queries     []string      // describe and shorten: the prompts found
	remix       bool          // its buttons open dialogs
	press       buttons.Press // of the button that made it
	dialog      *dialog       // the press whose dialog is awaited, nil for others
	uploadKeys  []string      // pictures sent along
	blendShape  [2]int
	shape       [2]int // forced aspect ratio of pans and squares
	opens       bool   // the submission answered that a dialog waits

	// Guarded by Simulator.mu.
	run       *course.Run
	final     string            // the prompt Midjourney ran
	cells     []*studio.Picture // four of a grid, one of a single picture, set when the run starts
	clipStart []*studio.Picture // the first frame of each clip of a video
	uploaded  *studio.Picture   // describe: the source
	mask      studio.Mask
	zoom      float64
	adopted   string // the id that carries on after a modal answered a new one
	cancelled time.Time
	forgotten time.Time
	pressed   map[string]bool
}

// at is the task's view at a moment; s.mu is held.
func (t *task) at(now time.Time) course.View {
	if !t.cancelled.IsZero() && !now.Before(t.cancelled) {
		return course.View{Status: "FAILURE", Progress: -1, Reason: "取消任务", Started: t.submitted, Finished: t.cancelled}
	}
	r := t.run
	if r == nil || now.Before(r.Queued) {
		if t.dialog != nil {
			return course.View{Status: "MODAL"}
		}
		return course.View{Status: "NOT_START"}
	}
	return r.At(now)
}

// register is the tasks of a simulator. Guarded by Simulator.mu.
type register struct {
	tasks  map[string]*task
	order  []*task
	jobs   map[string]*task // by job uuid, for picture addresses
	lastID int64
	dice   *dice
}

// reset forgets the tasks; their ids are not given again.
func (r *register) reset() {
	r.tasks, r.jobs, r.order = map[string]*task{}, map[string]*task{}, nil
}

// add puts a task into the tables.
func (r *register) add(t *task) {
	r.tasks[t.id], r.jobs[t.job] = t, t
	r.order = append(r.order, t)
}

// create gives a task its identity: ids are milliseconds and three digits, unique here.
func (r *register) create(c *call, kind string) *task {
	id := c.now.UnixMilli()*1000 + int64(r.dice.roll()%1000)
	if id <= r.lastID {
		id = r.lastID + 1
	}
	r.lastID = id
	t := &task{
		id: strconv.FormatInt(id, 10), job: newUUID(), kind: kind,
		user: c.user, base: c.base, submitted: c.now,
	}
	t.seed = paint.Hash(t.id)
	return t
}

// newUUID is a random version 4 uuid.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// dice is a sequence of numbers that is the same for every simulator.
type dice struct{ at atomic.Uint64 }

// roll is the next number.
func (d *dice) roll() uint64 { return paint.Spread(d.at.Add(0x9e3779b97f4a7c15)) }

// lucky is true of a share of the rolls.
func (d *dice) lucky(share float64) bool { return float64(d.roll()>>11)/(1<<53) < share }
