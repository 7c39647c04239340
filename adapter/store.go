package adapter

import (
	"context"
	"time"
)

// Store keeps picture records by image ID. It is safe for concurrent use.
//
// Put replaces. Get of an unknown or expired ID is ErrNotFound, and so is Update: it gives change what is stored and
// stores what change made of it, once more from the beginning whenever somebody else wrote the record in between:
// no change is lost, whichever replica makes it. List returns an owner's
// records, newest first, those after the record with ID after if it is not empty.
// Digest and FindDigest remember which picture some exact bytes are, per owner.
type Store interface {
	Put(ctx context.Context, img Image) error
	Update(ctx context.Context, id string, change func(*Image)) error
	Get(ctx context.Context, id string) (Image, error)
	List(ctx context.Context, owner string, limit int, after string) ([]Image, error)
	Delete(ctx context.Context, id string) error
	Digest(ctx context.Context, owner, sha256, id string) error
	FindDigest(ctx context.Context, owner, sha256 string) (string, error)
}

// Image is the record of one picture that was handed out, or could be: the whole
// grid, each of its quarters, or a single picture; also a video's frame source.
type Image struct {
	ID      string    `json:"id"` // img_ + 26 base32 characters
	Owner   string    `json:"owner"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires,omitzero"` // zero: kept for ever
	Job     string    `json:"job,omitempty"`    // the run that made it

	Model         string `json:"model"`  // as the client named it
	Prompt        string `json:"prompt"` // as the client wrote it
	RevisedPrompt string `json:"revised_prompt,omitempty"`
	Version       string `json:"version,omitempty"` // Midjourney's, when known: "7", "8.1", "niji 6"
	Speed         Speed  `json:"speed,omitempty"`

	Width  int `json:"width"` // pixels; 0 while not known
	Height int `json:"height"`

	Source  string   `json:"source"`            // name of the original bytes in Pictures
	Quarter int      `json:"quarter,omitempty"` // 1–4: this is a quarter of Source; 0: the whole
	Index   int      `json:"index,omitempty"`   // 1–4: which of its task's pictures this is; 0: the whole grid or the only one
	Grid    string   `json:"grid,omitempty"`    // ID of the whole grid's record, for a quarter
	Cells   []string `json:"cells,omitempty"`   // IDs of the four quarters, for a grid
	Parent  string   `json:"parent,omitempty"`  // ID of the picture it was made from
	Action  string   `json:"action,omitempty"`  // what made it out of Parent

	Upstream string   `json:"upstream"` // Account.Name
	TaskID   string   `json:"task_id"`
	Buttons  []Button `json:"buttons,omitempty"` // of TaskID

	// Single is the task that made this quarter a picture of its own (U): remembered so that
	// the second follow-up of a quarter presses none.
	Single *Single `json:"single,omitempty"`

	Favorite bool `json:"favorite,omitempty"` // its owner said so

	Looks []byte `json:"looks,omitempty"` // what recognition compares; set when the bytes are first handed out
}

// Single is an upscaled quarter's own task.
type Single struct {
	TaskID  string   `json:"task_id"`
	URL     string   `json:"url,omitempty"` // of its bytes at the upstream; they equal the quarter's
	Buttons []Button `json:"buttons"`
}
