package images

import (
	"context"
	"log/slog"
	"strconv"

	"golang.org/x/sync/errgroup"

	"midgate/adapter"
	"midgate/adapter/jsonstream"
	"midgate/proxy/web"
)

// ElementJSON is what an element of data says beside its picture.
type ElementJSON struct {
	URL           string   `json:"url,omitempty"`
	RevisedPrompt string   `json:"revised_prompt,omitempty"`
	ID            string   `json:"id"`
	Actions       []string `json:"actions"`
	Likely        []string `json:"likely_actions"`
	Width         int      `json:"width"`
	Height        int      `json:"height"`
}

// aboutJSON is what an answer says about all its pictures.
type aboutJSON struct {
	Background   string `json:"background"`
	OutputFormat string `json:"output_format"`
	Quality      string `json:"quality"`
	Size         string `json:"size,omitempty"`
	Usage        any    `json:"usage"` // usageJSON or routerUsageJSON
}

// UsageJSON is made up: Midjourney counts no tokens, SDKs want integers.
type UsageJSON struct {
	TotalTokens        int        `json:"total_tokens"`
	InputTokens        int        `json:"input_tokens"`
	OutputTokens       int        `json:"output_tokens"`
	InputTokensDetail  tokensJSON `json:"input_tokens_details"`
	OutputTokensDetail tokensJSON `json:"output_tokens_details"`
	Cost               *float64   `json:"cost,omitempty"` // US dollars; OpenRouter's name
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

func usage(f web.Echo) UsageJSON {
	return UsageJSON{TotalTokens: f.Tokens, InputTokens: f.Tokens, InputTokensDetail: tokensJSON{TextTokens: f.Tokens}, Cost: web.InDollars(f.Cost)}
}

// Found is a picture of an answer: its record, and its bytes if the answer carries them.
type Found struct {
	Image adapter.Image
	Blob  *adapter.Blob
}

// images writes the answer for some pictures into d, an ImagesResponse with URLs under base. It is the same each time it is rendered.
func (s *Routes) images(ctx context.Context, d *jsonstream.Document, c adapter.Caller, f web.Echo, base string, ids []string) error {
	pictures, err := s.Find(ctx, c, f, ids)
	if err != nil {
		return err
	}
	var created int64
	var spent any = usage(f)
	if f.Router {
		router := routerUsageJSON{PromptTokens: f.Tokens, TotalTokens: f.Tokens}
		if f.Cost != nil {
			router.Cost = f.Cost.Float()
		}
		spent = router
	}
	about := aboutJSON{Background: "opaque", OutputFormat: string(web.OrPNG(f.Output.Format)), Quality: ShownQuality(f.Quality), Usage: spent}
	for i, p := range pictures {
		created = max(created, p.Image.Created.Unix())
		if i == 0 && p.Image.Width > 0 {
			about.Size = strconv.Itoa(p.Image.Width) + "x" + strconv.Itoa(p.Image.Height)
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

func (s *Routes) element(d *jsonstream.Document, f web.Echo, base string, p Found) {
	d.Text("{")
	if p.Blob != nil {
		d.Text(`"b64_json":`)
		d.File(p.Blob, p.Blob.Size)
		d.Text(",")
	}
	e := ElementJSON{ID: p.Image.ID, RevisedPrompt: p.Image.Revised(), Actions: p.Image.Offers(), Likely: p.Image.Likely(), Width: p.Image.Width, Height: p.Image.Height}
	if f.Output.URL {
		e.URL = web.PictureURL(base, p.Image.ID, f.Output.Format)
	}
	d.Members(e)
	d.Text("}")
}

// Find looks the pictures up, and opens them if the answer carries their bytes: each may have to be cut or encoded.
func (s *Routes) Find(ctx context.Context, c adapter.Caller, f web.Echo, ids []string) (pictures []Found, err error) {
	pictures = make([]Found, len(ids))
	if !f.Output.Base64 {
		for i, id := range ids {
			if pictures[i].Image, err = s.library.Image(ctx, c, id); err != nil {
				return nil, err
			}
		}
		return pictures, nil
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for i, id := range ids {
		g.Go(func() error {
			return s.Guarded(slog.String("image", id), func() (err error) {
				pictures[i], err = s.open(gctx, c, f, id)
				return err
			})
		})
	}
	if err := g.Wait(); err != nil {
		for _, p := range pictures {
			if p.Blob != nil {
				_ = p.Blob.Close() // nothing was read from it
			}
		}
		return nil, err
	}
	return pictures, nil
}

// open looks one picture up, with its bytes.
func (s *Routes) open(ctx context.Context, c adapter.Caller, f web.Echo, id string) (p Found, err error) {
	if p.Image, err = s.library.Image(ctx, c, id); err != nil {
		return p, err
	}
	if p.Blob, err = s.library.Bytes(ctx, id, web.OrPNG(f.Output.Format), f.Output.Compression); err != nil {
		return Found{}, err
	}
	p.Image.Width, p.Image.Height = p.Blob.Width, p.Blob.Height
	return p, nil
}

// ShownQuality is a concrete value of OpenAI's three.
func ShownQuality(q string) string {
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
func (s *Routes) count(f web.Echo, n int) {
	if f.Output.URL {
		s.Metrics.HandedOut("url", n)
	}
	if f.Output.Base64 {
		s.Metrics.HandedOut("b64_json", n)
	}
}
