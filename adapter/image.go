package adapter

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Image is the record of one picture that was handed out, or could be: the whole
// grid, each of its quarters, or a single picture; also a video's frame source.
type Image struct {
	ID      string    `json:"id"` // img_ + 26 base32 characters
	Owner   string    `json:"owner"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires,omitzero"` // zero: kept for ever
	Job     string    `json:"job,omitempty"`    // the job that made it

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
}

// Single is an upscaled quarter's own task.
type Single struct {
	TaskID  string   `json:"task_id"`
	URL     string   `json:"url,omitempty"` // of its bytes at the upstream; they equal the quarter's
	Buttons []Button `json:"buttons"`
}

// IsGrid reports whether the picture is a whole 2×2 grid.
func (i Image) IsGrid() bool { return len(i.Cells) > 0 }

// Bare reports whether its server has no buttons at all: then U, V and reroll go by number.
func (i Image) Bare() bool { return len(i.Buttons) == 0 }

// AllButtons are the buttons of the picture's task and, for a quarter that became a picture of its own, of that.
func (i Image) AllButtons() []Button {
	if i.Single == nil {
		return i.Buttons
	}
	return append(slices.Clone(i.Single.Buttons), i.Buttons...)
}

// ofSingles are the actions that single pictures usually have. Which of them one has, its version does not tell for long:
// Midjourney takes buttons away and brings them back, and only those that are shown are certain.
var ofSingles = []string{ActUpscaleSubtle, ActUpscaleCreative, ActZoomOut2x, ActZoomOut15x, ActZoomCustom, ActPanLeft, ActPanRight, ActPanUp, ActPanDown,
	ActVarySubtle, ActVaryStrong, ActVaryRegion, ActAnimateLow, ActAnimateHigh}

// Separates reports whether a version's U changes nothing: since version 5, a grid has its pictures in their full size.
func Separates(version string) bool {
	number := strings.TrimSpace(strings.TrimPrefix(version, "niji"))
	v, err := strconv.ParseFloat(number, 64)
	return err != nil || v >= 5
}

// Offers are the actions that can be asked for now, for certain, in the order of Actions: those whose button is there.
func (i Image) Offers() []string {
	offered := map[string]bool{}
	if i.Bare() {
		offered[ActReroll] = true
		offered[ActUpscale], offered[ActVary] = i.inGrid(), i.inGrid()
	}
	for _, b := range i.AllButtons() {
		offered[b.Action] = offered[b.Action] || b.Action != "" && b.CustomID != ""
	}
	if i.inGrid() {
		offered[ActUpscale] = true // at the worst it is cut
	}
	return slices.DeleteFunc(slices.Clone(Actions), func(a string) bool { return !offered[a] })
}

// Likely are the actions that a quarter's single picture will probably have, once a U that is a job of its own has made
// it.
func (i Image) Likely() []string {
	if i.Single != nil && len(i.Single.Buttons) > 0 || i.Bare() || !i.inGrid() {
		return []string{}
	}
	certain := i.Offers()
	return slices.DeleteFunc(slices.Clone(Actions), func(a string) bool {
		square := a == ActMakeSquare && i.Width != i.Height
		return slices.Contains(certain, a) || !square && !slices.Contains(ofSingles, a)
	})
}

// MayHave reports whether an action can be tried on the picture.
func (i Image) MayHave(action string) bool {
	return slices.Contains(i.Offers(), action) || slices.Contains(i.Likely(), action)
}

// inGrid reports whether the picture is a grid or one of its quarters.
func (i Image) inGrid() bool { return i.IsGrid() || i.Index > 0 }

// NeedsSingle reports whether the action wants the quarter's own picture first.
func (i Image) NeedsSingle(action string) bool {
	_, here := FindButton(i.Buttons, action, 0)
	return i.Index > 0 && i.Single == nil && !here && !i.Bare()
}

// Original is the picture of a record in the form that is cheapest to hand on.
func (i Image) Original() Rendition { return Rendition{Name: i.Source, Quarter: i.Quarter} }

// Revised is the prompt that Midjourney ran, as a client may see it: the addresses before it that the client did not
// write are left out. They are the upstream's uploads of the pictures that came with the request.
func (i Image) Revised() string {
	var kept strings.Builder
	rest := strings.TrimSpace(i.RevisedPrompt)
	for strings.HasPrefix(rest, "http://") || strings.HasPrefix(rest, "https://") {
		address, after, _ := strings.Cut(rest, " ")
		if strings.Contains(i.Prompt, address) {
			kept.WriteString(address + " ")
		}
		rest = strings.TrimSpace(after)
	}
	return strings.TrimSpace(kept.String() + rest)
}

// File is an uploaded picture that requests can refer to by its ID.
type File struct {
	ID       string // file- + 26 base32 characters
	Name     string // as it was uploaded
	Purpose  string
	Size     int64
	Created  time.Time
	Expires  time.Time // zero: kept for ever
	Contents Reference
}
