package adapter

import (
	"encoding/json"
	"slices"
	"time"
)

// JobStatus is where a job stands, in the words of the job object.
type JobStatus string

// The statuses of a job.
const (
	JobQueued     JobStatus = "queued"
	JobInProgress JobStatus = "in_progress"
	JobCompleted  JobStatus = "completed"
	JobFailed     JobStatus = "failed"
	JobCancelled  JobStatus = "cancelled"
)

// Ended reports whether the job is over.
func (s JobStatus) Ended() bool {
	return s == JobCompleted || s == JobFailed || s == JobCancelled
}

// Job is one client request that costs money, as the database keeps it. It holds no picture bytes:
// uploads are named by their place in Pictures.
type Job struct {
	ID string `json:"id"` // job_ + 26 base32 characters

	Owner     string          `json:"owner"`
	Caller    string          `json:"caller,omitempty"` // name of the owner's key, for whoever reads the tables
	Prompt    string          `json:"prompt,omitempty"` // as the client wrote it, for the same
	Kind      JobKind         `json:"kind"`             // generation, edit, action, variation, blend, description, shorten, video, native
	Route     string          `json:"route"`            // which answer is rendered from it
	Model     string          `json:"model,omitempty"`  // as the client named it
	N         int             `json:"n,omitempty"`
	Speed     Speed           `json:"speed,omitempty"`
	Request   json.RawMessage `json:"request"`         // the checked request: all that the sequence needs
	Claim     string          `json:"claim,omitempty"` // digest of owner and Idempotency-Key
	Body      string          `json:"body"`            // digest of owner, route and canonical body
	Seed      string          `json:"seed"`            // secret randomness: image IDs are derived from it, so a resumed job makes the same
	SealedKey []byte          `json:"sealed_key,omitempty"`
	Trace     string          `json:"trace,omitempty"` // under which Tracer goes on with it
	Echo      json.RawMessage `json:"echo,omitempty"`  // what the face wants back with the job: not read here

	Status     JobStatus  `json:"status"`
	Confirmed  bool       `json:"confirmed,omitempty"` // in records of earlier versions; nobody asks for it
	Replica    string     `json:"replica"`             // who executes it
	Upstream   string     `json:"upstream,omitempty"`  // Account.Name, once chosen
	Created    time.Time  `json:"created"`
	Finished   time.Time  `json:"finished,omitzero"`
	Deadline   time.Time  `json:"deadline"`
	Expires    time.Time  `json:"expires,omitzero"`
	NextLook   time.Time  `json:"next_look,omitzero"` // of an ended job: when its missing job is looked for again
	Steps      []Step     `json:"steps,omitempty"`
	Deliveries []Delivery `json:"deliveries,omitempty"`
	Cancel     bool       `json:"cancel,omitempty"`  // somebody asked for it to stop
	Deleted    bool       `json:"deleted,omitempty"` // a video that its owner deleted

	Retry    int  `json:"retry,omitempty"`    // the retry counter of the attempt that began it
	Late     int  `json:"late,omitempty"`     // how many attempts with a lower counter came after it
	Attended bool `json:"attended,omitempty"` // its client waits for the answer: without one nothing is submitted
	Sharing  bool `json:"sharing,omitempty"`  // equal requests may get a quarter of its grid

	Spend  *Spend  `json:"spend,omitempty"`
	Result *Result `json:"result,omitempty"`
	Error  *Error  `json:"error,omitempty"`
}

// Step is one submission of a job: its intent is on disk before it is sent, its outcome after.
type Step struct {
	Name       string      `json:"name"` // imagine, imagine:2, action:U2, modal, …; unique within the job
	State      string      `json:"state"`
	Upstream   string      `json:"upstream"`
	Intended   time.Time   `json:"intended"`
	Submission *Submission `json:"submission,omitempty"`
	Status     Status      `json:"status,omitempty"`  // the task's last known
	Refusal    *Error      `json:"refusal,omitempty"` // nothing was created
	Polls      int         `json:"polls,omitempty"`
	Finished   time.Time   `json:"finished,omitzero"`
	Free       bool        `json:"free,omitempty"`      // a press that only opened a dialog: not paid by itself
	Continues  bool        `json:"continues,omitempty"` // its task may be older, and carry the state of an earlier submission
	Answers    string      `json:"answers,omitempty"`   // the step whose dialog this one answers
	Unstored   bool        `json:"unkept,omitempty"`    // its task's pictures could not be fetched and stored
	Tries      int         `json:"tries,omitempty"`     // how often the job, which had ended, went on for its task
	Sold       string      `json:"sold,omitempty"`      // the kind of job that it is paid as
	Speed      Speed       `json:"speed,omitempty"`     // at which it was submitted
	Price      *Money      `json:"price,omitempty"`     // nil: nobody said
	Refunded   bool        `json:"refunded,omitempty"`  // the upstream gave it back
}

// Paid reports whether the step created (or may have created) a job that costs money.
func (s Step) Paid() bool { return s.Submission != nil && !s.Free && !s.Submission.Existing }

// Counts reports whether the step is paid, or may be: its task exists, or nobody knows that it does not. One that
// continues an earlier submission, or only opened a dialog, is not paid by itself.
func (s Step) Counts() bool {
	if s.Submission == nil {
		return s.Refusal == nil
	}
	return s.Paid()
}

// Cost is what the step costs if it is paid.
func (s Step) Cost() Amount {
	one := Amount{Jobs: 1}
	if s.Price != nil {
		one.Money = *s.Price
	}
	return one
}

// Delivery is one client's share of a job's result. Requests that share a grid have one each.
type Delivery struct {
	Quarter int           `json:"quarter,omitempty"` // 1–4 where a grid is shared
	State   DeliveryState `json:"state"`
	At      time.Time     `json:"at"`                // of the last change of State
	Replica string        `json:"replica,omitempty"` // where its client waits
	Taken   int           `json:"taken,omitempty"`   // how many repeats have taken it
	Retry   int           `json:"retry,omitempty"`   // the counter of who had it last
}

// DeliveryState says what became of an answer.
type DeliveryState string

// A delivery waits for its client, was abandoned by it or cut, or was answered.
const (
	DeliveryWaiting   DeliveryState = "waiting"
	DeliveryAbandoned DeliveryState = "abandoned"
	DeliveryAnswered  DeliveryState = "answered"
)

// Result is what a job came to: names of records, never bytes.
type Result struct {
	Images       []string `json:"images,omitempty"`  // IDs in the order of the answer
	Grid         string   `json:"grid,omitempty"`    // ID of the (first) whole grid
	Version      string   `json:"version,omitempty"` // Midjourney's that drew them, when known, as in Image
	Texts        []string `json:"texts,omitempty"`   // describe, shorten
	Videos       []string `json:"videos,omitempty"`  // names of the clips in Pictures
	Moving       Format   `json:"moving,omitempty"`  // what the clips are, if not MP4
	Task         string   `json:"task,omitempty"`    // video: the last clip's task, for extensions
	Still        string   `json:"still,omitempty"`   // video: name of the first frame in Pictures
	StillQuarter int      `json:"still_quarter,omitempty"`
	Native       *Task    `json:"native,omitempty"`  // native: the task at its end, or waiting for its dialog
	Cost         *Money   `json:"cost,omitempty"`    // of all its steps; nil where one has no price
	Missing      int      `json:"missing,omitempty"` // pictures asked for, or a video's extensions, that could not be made
	Reason       string   `json:"reason,omitempty"`  // why they are missing
}

// JobKind says which workflow makes a job.
type JobKind string

// The kinds of jobs.
const (
	JobGeneration  JobKind = "generation"
	JobEdit        JobKind = "edit"
	JobVariation   JobKind = "variation"
	JobAction      JobKind = "action"
	JobBlend       JobKind = "blend"
	JobDescription JobKind = "description"
	JobShorten     JobKind = "shorten"
	JobVideo       JobKind = "video"
	JobNative      JobKind = "native"
)

// Answer is the job's result as its clients got it: of a grid whose quarters are single answers, those that were given.
func (r Job) Answer() *Result {
	if r.Result == nil || len(r.Deliveries) == 0 || r.Deliveries[0].Quarter == 0 || len(r.Result.Images) < len(r.Deliveries) {
		return r.Result
	}
	given := *r.Result
	given.Images = given.Images[:len(r.Deliveries)]
	return &given
}

// Pays is how many jobs at an upstream the job has paid, or will pay at least.
func (r Job) Pays() (paid int) {
	for _, st := range r.Steps {
		if st.Paid() {
			paid++
		}
	}
	if !r.Status.Ended() {
		paid = max(paid, 1)
	}
	return paid
}

// UpstreamOf is the upstream that has one of the job's tasks, or its last one if id is empty.
func (r Job) UpstreamOf(taskID string) string {
	for _, st := range slices.Backward(r.Steps) {
		if st.Submission != nil && (taskID == "" || st.Submission.TaskID == taskID) {
			return st.Upstream
		}
	}
	return r.Upstream
}

// AddClip adds a clip.
func (r *Result) AddClip(kept Picture) {
	r.Videos = append(r.Videos, kept.Name)
	if kept.Format != MP4 {
		r.Moving = kept.Format
	}
}
