package adapter

import (
	"context"
	"io"
	"time"
)

// Command is one thing that can be submitted: Imagine, Action, Modal, Change,
// Blend, Describe, Shorten, Edits or Video.
type Command interface{ Name() string }

// Imagine draws a grid from a prompt.
type Imagine struct {
	Prompt   string
	Niji     bool // for servers that want botType NIJI_JOURNEY
	Pictures []Attachment
	Clips    int // of a video that the prompt asks for; 0: it makes a grid
}

// Action presses a button of a finished task. Remix asks for a dialog on buttons that
// would otherwise run at once (enableRemix), so that the prompt can be changed.
type Action struct {
	TaskID, CustomID string
	Remix            bool
}

// Modal answers the dialog that an action opened. Mask is a PNG, white = repaint, or nil.
type Modal struct {
	TaskID, Prompt string
	Mask           *Attachment
}

// Change presses U, V or reroll by number, for servers without buttons.
type Change struct {
	TaskID string
	Verb   string // UPSCALE, VARIATION, REROLL
	Index  int    // 1–4; 1 for REROLL
}

// Blend mixes two to five pictures. Dimensions: PORTRAIT, SQUARE, LANDSCAPE or empty.
type Blend struct {
	Pictures   []Attachment
	Dimensions string
}

// Describe asks for four prompts that could have made a picture.
type Describe struct{ Picture Attachment }

// Shorten asks for shorter versions of a prompt.
type Shorten struct{ Prompt string }

// Edits repaints the transparent area of any picture. Mask may be nil.
type Edits struct {
	Prompt string
	Image  Attachment
	Mask   *Attachment
}

// Video animates a picture, or extends a clip when TaskID is set.
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

// Native is a command in the upstream's own words (/mj/…).
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

// Submission is what an upstream answered to an accepted command.
type Submission struct {
	TaskID string    `json:"task_id"`
	Dialog bool      `json:"dialog,omitempty"` // the task waits for a Modal (code 21 or "confirm")
	Prompt string    `json:"prompt,omitempty"` // what the dialog is pre-filled with
	Queued int       `json:"queued,omitempty"` // tasks ahead, when told
	At     time.Time `json:"at"`

	Existing bool `json:"existing,omitempty"` // the task is one of an earlier submission, whose state it carries
}
