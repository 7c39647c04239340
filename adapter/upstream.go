package adapter

import (
	"context"
	"io"
	"time"
)

// Upstream is one account at a midjourney-proxy server: a base URL and a key.
//
// Submit is never repeated by an implementation once a byte of the request may
// have arrived. Its error is an *Error; Busy, Unavailable, Credit, Invalid,
// Moderated and the two auth kinds mean that no job was created, Ambiguous that
// nobody knows. Task and Picture are reads: an implementation repeats them itself.
type Upstream interface {
	Submit(ctx context.Context, cmd Command, opts Options) (Submission, error)
	// Task asks for one task; ErrNotFound if the upstream does not know it.
	Task(ctx context.Context, id string) (Task, error)
	// Picture opens the bytes behind a URL that a task named. The caller closes it.
	Picture(ctx context.Context, url string) (io.ReadCloser, error)
	// Has tells whether an optional route exists there, as far as that is known: nothing that could be a job is posted to
	// find out, and a route of which nothing is known counts as there until a submission has shown that it is not. What
	// is known is remembered for an hour.
	Has(ctx context.Context, f Feature) (bool, error)
}

// Finder looks for a task by the state that its submission carried. ErrNotFound
// means "not seen", which proves nothing. Not every server has a list to search.
type Finder interface {
	Find(ctx context.Context, state string) (Task, error)
}

// Tools are an upstream's cheap extras (upstream-protocol.md §1.9).
type Tools interface {
	// Seed returns the seed of a finished task, best effort.
	Seed(ctx context.Context, taskID string) (string, error)
	// Cancel asks the upstream to stop a task; an Unsupported *Error where there is no such route.
	Cancel(ctx context.Context, taskID string) error
}

// Feature is an optional route of an upstream.
type Feature string

// The optional routes.
const (
	FeatureEdits   Feature = "edits"
	FeatureVideo   Feature = "video"
	FeatureShorten Feature = "shorten"
	FeatureList    Feature = "list-by-condition"
)

// Speed is Midjourney's GPU speed; the upstream's path prefix chooses it.
type Speed string

// The speeds, cheapest first. Empty means the configured default.
const (
	Relax Speed = "relax"
	Fast  Speed = "fast"
	Turbo Speed = "turbo"
)

// Options accompany every submission.
type Options struct {
	Speed Speed
	State string // echoed in the task: how a lost submission is found again
}

// Command is one thing that can be submitted: Imagine, Action, Modal, Change,
// Blend, Describe, Shorten, Edits or Video.
type Command interface{ Name() string }

// Imagine draws a grid from a prompt (upstream-protocol.md §1.3).
type Imagine struct {
	Prompt   string
	Niji     bool // for servers that want botType NIJI_JOURNEY
	Pictures []Attachment
}

// Action presses a button of a finished task (§1.4). Remix asks for a dialog on buttons that
// would otherwise run at once (enableRemix), so that the prompt can be changed.
type Action struct {
	TaskID, CustomID string
	Remix            bool
}

// Modal answers the dialog that an action opened (§1.5). Mask is a PNG, white = repaint, or nil.
type Modal struct {
	TaskID, Prompt string
	Mask           *Attachment
}

// Change presses U, V or reroll by number, for servers without buttons (§1.9).
type Change struct {
	TaskID string
	Verb   string // UPSCALE, VARIATION, REROLL
	Index  int    // 1–4; 1 for REROLL
}

// Blend mixes two to five pictures (§1.6). Dimensions: PORTRAIT, SQUARE, LANDSCAPE or empty.
type Blend struct {
	Pictures   []Attachment
	Dimensions string
}

// Describe asks for four prompts that could have made a picture (§1.7).
type Describe struct{ Picture Attachment }

// Shorten asks for shorter versions of a prompt (§1.9).
type Shorten struct{ Prompt string }

// Edits repaints the transparent area of any picture (§1.8). Mask may be nil.
type Edits struct {
	Prompt string
	Image  Attachment
	Mask   *Attachment
}

// Video animates a picture, or extends a clip when TaskID is set (§1.8).
type Video struct {
	Prompt    string
	Image     *Attachment
	End       *Attachment
	Motion    string // low, high
	Loop      bool
	Type      string // vid_1.1_i2v_480, vid_1.1_i2v_720 or empty
	BatchSize int    // 1, 2, 4; the upstream's own default of 4 is billed four times
	TaskID    string // extend this video task
	Index     int    // extend: which clip, 0–3
}

// Native is a command in the upstream's own words (contract.md §4, /mj/…).
type Native struct {
	Route    string       // of /mj/submit/, or "swap" for /mj/insight-face/swap
	Body     []byte       // a JSON object; the text NativeUpload and a number stands for one of Pictures
	Pictures []Attachment // as data URLs
	Parent   string       // the task that it goes on from, if any
}

// Name of each command, as steps, metrics and jobs show it.
func (Imagine) Name() string  { return "imagine" }
func (Action) Name() string   { return "action" }
func (Modal) Name() string    { return "modal" }
func (Change) Name() string   { return "change" }
func (Blend) Name() string    { return "blend" }
func (Describe) Name() string { return "describe" }
func (Shorten) Name() string  { return "shorten" }
func (Edits) Name() string    { return "edits" }
func (Video) Name() string    { return "video" }
func (n Native) Name() string { return n.Route }

// Attachment is a picture that goes with a command: a URL the upstream can fetch,
// or bytes that are streamed into the request as a base64 data URL.
type Attachment struct {
	URL  string
	MIME string                                           // of the bytes, e.g. image/png
	Size int64                                            // of the bytes
	Open func(ctx context.Context) (io.ReadCloser, error) // the bytes; called once per submission
}

// Submission is what an upstream answered to an accepted command (§3).
type Submission struct {
	TaskID string    `json:"task_id"`
	Dialog bool      `json:"dialog,omitempty"` // the task waits for a Modal (code 21 or "confirm", §6.1)
	Prompt string    `json:"prompt,omitempty"` // what the dialog is pre-filled with
	Queued int       `json:"queued,omitempty"` // tasks ahead, when told
	At     time.Time `json:"at"`
}
