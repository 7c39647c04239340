package adapter

import (
	"encoding/json"

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

// Output is how the answer is to be rendered; it is kept with the run, so that a job can show its result.
type Output struct {
	URL         bool   `json:"url,omitempty"`         // data[].url
	Base64      bool   `json:"base64,omitempty"`      // data[].b64_json
	Format      Format `json:"format,omitempty"`      // empty: PNG
	Compression int    `json:"compression,omitempty"` // 0: 100
	Partials    int    `json:"partials,omitempty"`
}

// Midjourney is the request's midjourney object (contract.md §5). A nil pointer is an absent field.
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
}

// Act is POST /v1/images/{id}/actions, decoded: Action or CustomID is set.
type Act struct {
	Generation            // Prompt, N, Output; the rest is unused
	Image      string     `json:"image"`
	Action     string     `json:"action,omitempty"`
	CustomID   string     `json:"custom_id,omitempty"`
	Index      int        `json:"index,omitempty"`
	Zoom       float64    `json:"zoom,omitempty"`
	Mask       *Reference `json:"mask,omitempty"`
}

// Attempt is what identifies one HTTP request among its repeats (contract.md §7.1).
type Attempt struct {
	Caller         Caller
	RequestID      string
	Route          string // the normalised path
	Body           string // hex SHA-256 of the canonical body
	IdempotencyKey string
	Retry          int             // an SDK's retry counter
	Async          bool            // Prefer: respond-async
	Stream         bool            // waits as long as the job lives
	Echo           json.RawMessage // kept with the run for the face; at most a few KB
}

// MarshalRequest is how a decoded request is kept in a run.
func MarshalRequest(v any) (json.RawMessage, error) { return json.Marshal(v) }
