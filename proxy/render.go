package proxy

import (
	"context"
	"log/slog"
	"strconv"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"midgate/adapter"
	"midgate/adapter/jsonstream"
)

// form is what rendering an answer needs to know of its request. It is kept with the run, so that the job can show its
// result as its route answered (adapter.Attempt.Echo).
type form struct {
	Tokens  int            `json:"tokens,omitempty"` // of the prompt
	Quality string         `json:"quality,omitempty"`
	Output  adapter.Output `json:"output"`
	Router  bool           `json:"router,omitempty"` // the usage has OpenRouter's names
}

func formOf(g adapter.Generation) form {
	return form{Tokens: tokens(g.Prompt), Quality: g.Quality, Output: g.Output}
}

// elementJSON is what an element of data says beside its picture (contract.md §5).
type elementJSON struct {
	URL           string   `json:"url,omitempty"`
	RevisedPrompt string   `json:"revised_prompt,omitempty"`
	ID            string   `json:"id"`
	Actions       []string `json:"actions"`
	Likely        []string `json:"likely_actions"`
	Width         int      `json:"width"`
	Height        int      `json:"height"`
}

// aboutJSON is what an answer says about all its pictures (openai-surface.md §1.2).
type aboutJSON struct {
	Background   string `json:"background"`
	OutputFormat string `json:"output_format"`
	Quality      string `json:"quality"`
	Size         string `json:"size,omitempty"`
	Usage        any    `json:"usage"` // usageJSON or routerUsageJSON
}

// usageJSON is made up: Midjourney counts no tokens, SDKs want integers.
type usageJSON struct {
	TotalTokens        int        `json:"total_tokens"`
	InputTokens        int        `json:"input_tokens"`
	OutputTokens       int        `json:"output_tokens"`
	InputTokensDetail  tokensJSON `json:"input_tokens_details"`
	OutputTokensDetail tokensJSON `json:"output_tokens_details"`
}

// routerUsageJSON is the same in OpenRouter's words: its SDK refuses an answer with OpenAI's.
type routerUsageJSON struct {
	PromptTokens     int     `json:"prompt_tokens"`
	CompletionTokens int     `json:"completion_tokens"`
	TotalTokens      int     `json:"total_tokens"`
	Cost             float64 `json:"cost"`
}

type tokensJSON struct {
	TextTokens  int `json:"text_tokens"`
	ImageTokens int `json:"image_tokens"`
}

// tokens estimates one for each four characters.
func tokens(prompt string) int { return (utf8.RuneCountInString(prompt) + 3) / 4 }

func usage(n int) usageJSON {
	return usageJSON{TotalTokens: n, InputTokens: n, InputTokensDetail: tokensJSON{TextTokens: n}}
}

// found is a picture of an answer: its record, and its bytes if the answer carries them.
type found struct {
	image adapter.Image
	blob  *adapter.Blob
}

// images writes the answer for some pictures into d, an ImagesResponse with URLs under base. It is the same each time it is rendered.
func (s *Server) images(ctx context.Context, d *jsonstream.Document, c adapter.Caller, f form, base string, ids []string) error {
	pictures, err := s.find(ctx, c, f, ids)
	if err != nil {
		return err
	}
	var created int64
	var spent any = usage(f.Tokens)
	if f.Router {
		spent = routerUsageJSON{PromptTokens: f.Tokens, TotalTokens: f.Tokens}
	}
	about := aboutJSON{Background: "opaque", OutputFormat: string(orPNG(f.Output.Format)), Quality: shownQuality(f.Quality), Usage: spent}
	for i, p := range pictures {
		created = max(created, p.image.Created.Unix())
		if i == 0 && p.image.Width > 0 {
			about.Size = strconv.Itoa(p.image.Width) + "x" + strconv.Itoa(p.image.Height)
		}
	}
	s.count(f, len(pictures))
	d.Text(`{"created":` + strconv.FormatInt(created, 10) + `,"data":[`)
	for i, p := range pictures {
		if i > 0 {
			d.Text(",")
		}
		s.element(d, f, base, p)
	}
	d.Text(`],`)
	d.Members(about)
	d.Text("}")
	return nil
}

func (s *Server) element(d *jsonstream.Document, f form, base string, p found) {
	d.Text("{")
	if p.blob != nil {
		d.Text(`"b64_json":`)
		d.File(p.blob, p.blob.Size)
		d.Text(",")
	}
	e := elementJSON{ID: p.image.ID, RevisedPrompt: p.image.Revised(), Actions: p.image.Offers(), Likely: p.image.Likely(), Width: p.image.Width, Height: p.image.Height}
	if f.Output.URL {
		e.URL = pictureURL(base, p.image.ID, f.Output.Format)
	}
	d.Members(e)
	d.Text("}")
}

// find looks the pictures up, and opens them if the answer carries their bytes: each may have to be cut or encoded.
func (s *Server) find(ctx context.Context, c adapter.Caller, f form, ids []string) (pictures []found, err error) {
	pictures = make([]found, len(ids))
	if !f.Output.Base64 {
		for i, id := range ids {
			if pictures[i].image, err = s.core.Keep.Image(ctx, c, id); err != nil {
				return nil, err
			}
		}
		return pictures, nil
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for i, id := range ids {
		g.Go(func() error {
			return s.guarded(slog.String("image", id), func() (err error) {
				pictures[i], err = s.open(gctx, c, f, id)
				return err
			})
		})
	}
	if err := g.Wait(); err != nil {
		for _, p := range pictures {
			if p.blob != nil {
				_ = p.blob.Close() // nothing was read from it
			}
		}
		return nil, err
	}
	return pictures, nil
}

// open looks one picture up, with its bytes.
func (s *Server) open(ctx context.Context, c adapter.Caller, f form, id string) (p found, err error) {
	if p.image, err = s.core.Keep.Image(ctx, c, id); err != nil {
		return p, err
	}
	if p.blob, err = s.core.Keep.Bytes(ctx, id, orPNG(f.Output.Format), f.Output.Compression); err != nil {
		return found{}, err
	}
	p.image.Width, p.image.Height = p.blob.Width, p.blob.Height
	return p, nil
}

// pictureURL names a picture's bytes; the extension is that of the bytes (clients.md §2).
func pictureURL(base, id string, format adapter.Format) string {
	ext := string(orPNG(format))
	if ext == "jpeg" {
		ext = "jpg"
	}
	return base + "/images/" + id + "." + ext
}

func orPNG(f adapter.Format) adapter.Format {
	if f == "" {
		return adapter.PNG
	}
	return f
}

// shownQuality is a concrete value of OpenAI's three.
func shownQuality(q string) string {
	switch q {
	case "low":
		return "low"
	case "high", "hd", "xhigh", "max":
		return "high"
	default:
		return "medium"
	}
}

// count notes in which form pictures were handed out.
func (s *Server) count(f form, n int) {
	if f.Output.URL {
		s.metrics.handedOut("url", n)
	}
	if f.Output.Base64 {
		s.metrics.handedOut("b64_json", n)
	}
}
