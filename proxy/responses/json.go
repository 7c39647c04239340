package responses

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"midgate/adapter"
	"midgate/adapter/jsonstream"
	"midgate/proxy/web"
)

// responseJSON is a response without its output.
type responseJSON struct {
	ID        string
	CreatedAt int64
	EndedAt   int64 // 0 while it runs
	Status    string
	Error     *errorJSON
	form      echo
	cost      *adapter.Money // nil: nobody knows
}

type errorJSON struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// headJSON comes before the output, responseTailJSON after it: nullable keys are always there.
type headJSON struct {
	ID           string     `json:"id"`
	Object       string     `json:"object"`
	CreatedAt    int64      `json:"created_at"`
	Status       string     `json:"status"`
	Background   bool       `json:"background"`
	CompletedAt  *int64     `json:"completed_at"`
	Error        *errorJSON `json:"error"`
	Incomplete   *struct{}  `json:"incomplete_details"`
	Instructions *string    `json:"instructions"`
	MaxOutput    *int       `json:"max_output_tokens"`
	Model        string     `json:"model"`
}

type tailJSON struct {
	Parallel    bool            `json:"parallel_tool_calls"`
	Previous    *string         `json:"previous_response_id"`
	Reasoning   reasoningJSON   `json:"reasoning"`
	Store       bool            `json:"store"`
	Temperature float64         `json:"temperature"`
	Text        json.RawMessage `json:"text"`
	Choice      json.RawMessage `json:"tool_choice"`
	Tools       json.RawMessage `json:"tools"`
	TopP        float64         `json:"top_p"`
	Truncation  string          `json:"truncation"`
	Usage       *spentJSON      `json:"usage"`
	User        *string         `json:"user"`
	Metadata    json.RawMessage `json:"metadata"`
}

type reasoningJSON struct {
	Effort  *string `json:"effort"`
	Summary *string `json:"summary"`
}

// spentJSON is made up: Midjourney counts no tokens, SDKs want integers.
type spentJSON struct {
	Input   int `json:"input_tokens"`
	InputOf struct {
		Cached  int `json:"cached_tokens"`
		Written int `json:"cache_write_tokens"`
	} `json:"input_tokens_details"`
	Output   int `json:"output_tokens"`
	OutputOf struct {
		Reasoning int `json:"reasoning_tokens"`
	} `json:"output_tokens_details"`
	Total int      `json:"total_tokens"`
	Cost  *float64 `json:"cost,omitempty"` // US dollars; OpenRouter's name
}

// responseOf is a job as a response.
func responseOf(job adapter.Job, f echo) responseJSON {
	r := responseJSON{ID: "resp_" + strings.TrimPrefix(job.ID, "job_"), CreatedAt: job.Created.Unix(), Status: string(job.Status), form: f}
	if job.Result != nil {
		r.cost = job.Result.Cost
	}
	if !job.Finished.IsZero() {
		r.EndedAt = job.Finished.Unix()
	}
	if job.Error != nil && job.Status == adapter.JobFailed {
		r.Error = errorOf(web.Explain(job.Error, web.ErrorContext{Model: job.Model}))
	}
	return r
}

// errorOf says an error in the words of a response's own list of codes.
func errorOf(x web.APIError) *errorJSON {
	code := web.ServerError
	switch x.Kind {
	case adapter.Moderated:
		code = "image_content_policy_violation"
	case adapter.Busy:
		code = "rate_limit_exceeded"
	case adapter.Invalid, adapter.Unsupported:
		code = "invalid_prompt"
	}
	return &errorJSON{Code: code, Message: x.Problem.Message}
}

// write writes a response with its output into d, which takes the items' pictures over.
func (r responseJSON) write(d *jsonstream.Document, items []item) {
	f := r.form
	head := headJSON{
		ID: r.ID, Object: "response", CreatedAt: r.CreatedAt, Status: r.Status, Background: f.Background, Error: r.Error,
		Instructions: web.OrNull(f.Instructions), MaxOutput: f.MaxOutput, Model: f.Model,
	}
	if r.Status == "completed" {
		head.CompletedAt = new(max(cmp.Or(r.EndedAt, time.Now().Unix()), r.CreatedAt)) // an answer goes out before its job has ended
	}
	d.Text("{")
	d.Members(head)
	d.Text(`,"output":[`)
	for i := range items {
		if i > 0 {
			d.Text(",")
		}
		items[i].write(d)
	}
	d.Text(`],`)
	d.Members(r.tail())
	d.Text("}")
}

func (r responseJSON) tail() tailJSON {
	f := r.form
	t := tailJSON{
		Parallel: true, Previous: web.OrNull(f.Previous), Store: !f.Unstored, Temperature: 1, TopP: 1, Truncation: "disabled", User: web.OrNull(f.User),
		Text: orRaw(f.Text, `{"format":{"type":"text"}}`), Choice: orRaw(f.Choice, `"auto"`), Tools: orRaw(f.Tools, `[]`), Metadata: orRaw(f.Metadata, `{}`),
	}
	if f.Temperature != nil {
		t.Temperature = *f.Temperature
	}
	if f.TopP != nil {
		t.TopP = *f.TopP
	}
	if r.Status == "completed" {
		t.Usage = &spentJSON{Input: f.Tokens, Total: f.Tokens, Cost: web.InDollars(r.cost)}
	}
	return t
}

func orRaw(v json.RawMessage, otherwise string) json.RawMessage {
	if len(v) == 0 {
		return json.RawMessage(otherwise)
	}
	return v
}
