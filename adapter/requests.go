package adapter

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// Generation is POST /v1/images/generations, decoded: zero values mean absent.
// N is 1–10 (0: 1). ResponseFormat and the output fields only concern the answer.
type Generation struct {
	openai.ImageRequest
	Midjourney Midjourney  `json:"midjourney,omitzero"`
	References []Reference `json:"references,omitempty"` // midjourney.reference_images, resolved to uploads or IDs
	Output     Output      `json:"output"`
}

// Output is how the answer is to be rendered; it is kept with the job, so that a job can show its result.
type Output struct {
	URL         bool   `json:"url,omitempty"`         // data[].url
	Base64      bool   `json:"base64,omitempty"`      // data[].b64_json
	Format      Format `json:"format,omitempty"`      // empty: PNG
	Compression int    `json:"compression,omitempty"` // 0: 100
	Partials    int    `json:"partials,omitempty"`
}

// Midjourney is the request's midjourney object. A nil pointer is an absent field.
type Midjourney struct {
	Version         string   `json:"version,omitempty"`
	Niji            string   `json:"niji,omitempty"`
	Speed           string   `json:"speed,omitempty"`
	Stylize         *int     `json:"stylize,omitempty"`
	Chaos           *int     `json:"chaos,omitempty"`
	Weird           *int     `json:"weird,omitempty"`
	Seed            *int64   `json:"seed,omitempty"`
	Raw             bool     `json:"raw,omitempty"`
	Tile            bool     `json:"tile,omitempty"`
	Draft           bool     `json:"draft,omitempty"`
	HD              bool     `json:"hd,omitempty"`
	No              string   `json:"no,omitempty"`
	ImageWeight     *float64 `json:"image_weight,omitempty"`
	StyleRef        []string `json:"style_reference,omitempty"`
	StyleWeight     *int     `json:"style_weight,omitempty"`
	CharacterRef    []string `json:"character_reference,omitempty"`
	CharacterWeight *int     `json:"character_weight,omitempty"`
	OmniRef         string   `json:"omni_reference,omitempty"`
	OmniWeight      *int     `json:"omni_weight,omitempty"`
	Personalize     string   `json:"personalize,omitempty"` // a code, or "true" for the account's own
	Grid            string   `json:"grid,omitempty"`        // split, upscale, whole
	BatchSize       int      `json:"batch_size,omitempty"`  // videos: 1, 2, 4
	ReferenceImages []string `json:"reference_images,omitempty"`

	Unasked []string `json:"-"` // members that were read from fields of other APIs, which clients send without being asked
}

// Looks names the members that say how a picture is drawn, in alphabetical order: all but the speed, what comes out of the
// grid, and what belongs to videos.
func (m Midjourney) Looks() []string {
	m.Speed, m.Grid, m.BatchSize, m.ReferenceImages = "", "", 0, nil
	var set map[string]json.RawMessage
	raw, err := json.Marshal(m)
	if err == nil {
		err = json.Unmarshal(raw, &set)
	}
	if err != nil {
		return nil // it has no member that could not be written
	}
	return slices.Sorted(maps.Keys(set))
}

// Reference is a picture that came with a request: exactly one field is set.
type Reference struct {
	Image  string `json:"image,omitempty"`  // ID of one of the caller's pictures
	Upload string `json:"upload,omitempty"` // name in Pictures, from Receive
	URL    string `json:"url,omitempty"`    // for the upstream to fetch
	Name   string `json:"name,omitempty"`   // the file name it came with, as a hint
	Hash   string `json:"hash,omitempty"`   // SHA-256 of an upload
}

// Edit is POST /v1/images/edits, decoded. Size, N and the rest as in Generation.
type Edit struct {
	Generation
	Images   []Reference `json:"images"`
	Mask     *Reference  `json:"mask,omitempty"`
	Fidelity string      `json:"fidelity,omitempty"` // input_fidelity: high, low or empty
	Once     bool        `json:"once,omitempty"`     // a prompt that is an upscale in plain words is one press, whatever N is
	Standing bool        `json:"-"`                  // the settings are those of every turn, whether this one can use them or not
}

// Act is POST /v1/images/{id}/actions, decoded: Action or CustomID is set.
type Act struct {
	Generation            // Prompt, N, Output; the rest is unused
	Image      string     `json:"image"`
	Action     string     `json:"action,omitempty"`
	CustomID   string     `json:"custom_id,omitempty"`
	Index      int        `json:"index,omitempty"`
	Zoom       float64    `json:"zoom,omitempty"`
	Force      bool       `json:"force,omitempty"` // press the button of an upscale that a cut would do as well
	Mask       *Reference `json:"mask,omitempty"`
	Standing   bool       `json:"-"` // the model is that of every turn, whatever drew the picture
}

// Attempt is what identifies one HTTP request among its repeats.
type Attempt struct {
	Caller         Caller
	RequestID      string
	Route          string // the normalised path
	Body           string // hex SHA-256 of the canonical body
	IdempotencyKey string
	Retry          int             // an SDK's retry counter
	Async          bool            // Prefer: respond-async
	Stream         bool            // waits as long as the job lives
	Echo           json.RawMessage // kept with the job for the face; at most a few KB
	Standing       Standing        // how long its job answers equal attempts
	Hourly         Hourly          // what its owner may still begin
}

// Standing says how long a job answers equal attempts of its route, for callers that repeat a request without a sign that
// they do. The zero value: it does not, and repeats are told by counters, keys and clients that left.
type Standing struct {
	Untold time.Duration // after its end, as long as nobody got its result
	Told   time.Duration // after somebody got it
}

// Hourly bounds the jobs that an owner pays within an hour on routes that begin alike. The zero value bounds nothing.
type Hourly struct {
	Routes string // how the routes begin that are counted together
	Most   int    // jobs; 0: no bound
	Needs  int    // how many jobs the attempt will pay, at least
}

// How a grid becomes single pictures.
const (
	GridSplit   = "split"   // its quarters are cut locally
	GridUpscale = "upscale" // U1–U4 are pressed
	GridWhole   = "whole"   // it is handed out as one picture
)

// What high quality means.
const (
	QualityNative  = "native"  // --hd or --q 2, as the version has it
	QualityUpscale = "upscale" // U, then Upscale (Subtle)
)

// fileID finds our image ID in the name of an uploaded file.
var fileID = regexp.MustCompile(`(img_[A-Za-z0-9]{26})`)

// Hint is the image ID that an upload's file name says it is; empty if it says none.
func (r Reference) Hint() string { return fileID.FindString(r.Name) }

// Count is n as it is meant: absent is 1.
func (g *Generation) Count() int { return max(g.N, 1) }

// VideoRequest is a request for a video: from a picture, from words alone (a still is drawn first), or as the continuation of an
// earlier video.
type VideoRequest struct {
	Generation            // Prompt, Model, Size; the midjourney object's batch_size and speed
	Seconds    int        `json:"seconds"`           // 4, 8, 12, 16 or 20
	Input      *Reference `json:"input,omitempty"`   // the first frame
	End        *Reference `json:"end,omitempty"`     // the last frame
	Motion     string     `json:"motion,omitempty"`  // low (default) or high
	Loop       bool       `json:"loop,omitempty"`    // ends as it begins
	Type       string     `json:"type,omitempty"`    // vid_1.1_i2v_480 or vid_1.1_i2v_720
	Extends    string     `json:"extends,omitempty"` // ID of the video that this one continues
	RemixOf    string     `json:"remix_of,omitempty"`
	Animate    string     `json:"animate,omitempty"` // the button, where the upstream has no submit/video
	Before     int        `json:"before,omitempty"`  // seconds of the video that this one continues
	Shape      string     `json:"-"`                 // that it must have, where somebody says so
	Frame      string     `json:"frame,omitempty"`   // pixels of the first frame, "1024x1024", where they are known beforehand
}

// Length is how many seconds the whole video has, in OpenAI's steps of four.
func (f VideoRequest) Length() int { return f.Before + max(f.Seconds, 4) }

// NativeRequest is a request in the upstream's own words (/mj/…), checked: what its route may cost is
// settled, and the task that it goes on from is the caller's own.
type NativeRequest struct {
	Route   string          `json:"route"`             // of /mj/submit/, or swap
	Body    json.RawMessage `json:"body"`              // without state; "\u0000upload:N" stands for Uploads[N]
	Uploads []Reference     `json:"uploads,omitempty"` // the pictures of the body
	State   string          `json:"state,omitempty"`   // the client's own tag: midgate sends one of its own
	Speed   Speed           `json:"speed,omitempty"`   // of the path
	Parent  string          `json:"parent,omitempty"`  // the task that a follow-up belongs to
	Prompt  string          `json:"prompt,omitempty"`  // for the records of what it makes
	Hook    string          `json:"hook,omitempty"`    // the client's own notifyHook, told by Parts.Notify
	Base    string          `json:"base,omitempty"`    // of the addresses that the hook is told
}

// NativeUpload begins a text that stands for one of a NativeJob's uploads; its number follows.
const NativeUpload = "\x00upload:"

// NativeTask is a task as far as midgate knows it, without asking the upstream: the shared poller does.
type NativeTask struct {
	Task      Task
	Job       Job
	Request   NativeRequest // zero where another route made the task
	Submitted time.Time
	Grid      string   // ID of what it made: the whole grid, or the only picture
	Cells     []string // IDs of a grid's quarters
}

// VideoRequestOf is the request behind a video's job, as it was recorded.
func VideoRequestOf(job Job) (f VideoRequest, err error) {
	err = json.Unmarshal(job.Request, &f)
	return f, err
}

// firstFrame is what a video's job calls the picture that it drew to animate: the first quarter of its grid.
const firstFrame = "imagine/1"

// DrawnFrame is the ID of the picture that a video's job drew to animate, where it was asked for by words alone.
func DrawnFrame(job Job) string { return DerivedID(ImagePrefix, job.Seed, firstFrame) }

// VideoParent is what the video of a job was made of: the ID of the picture that it begins with, or of the video that it
// carries on. It is empty for a first frame that is no picture of midgate's, and while that is still to be drawn.
func VideoParent(job Job, f VideoRequest) string {
	switch {
	case f.Extends != "":
		return f.Extends
	case f.Input != nil:
		return f.Input.Image
	case job.Result != nil:
		return DrawnFrame(job)
	}
	return ""
}

// VideoLength is how many seconds the video of a job has, or is to have: one whose extension failed is shorter than it was
// asked for.
func VideoLength(job Job, f VideoRequest) int {
	if job.Result == nil {
		return f.Length()
	}
	return f.Length() - 4*job.Result.Missing
}
