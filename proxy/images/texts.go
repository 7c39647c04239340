package images

import (
	"context"

	"midgate/adapter"
	"midgate/adapter/jsonstream"
	"midgate/proxy/web"
)

// textsJSON answers where the result is words.
type textsJSON struct {
	Created int64      `json:"created"`
	Data    []textJSON `json:"data"`
}

type textJSON struct {
	Prompt string `json:"prompt"`
}

// RenderTexts renders a result's prompts.
func (s *Routes) RenderTexts(created int64) web.Renderer {
	return func(_ context.Context, d *jsonstream.Document, r adapter.Result) error {
		t := textsJSON{Created: created, Data: make([]textJSON, 0, len(r.Texts))}
		for _, p := range r.Texts {
			t.Data = append(t.Data, textJSON{p})
		}
		d.Value(t)
		return nil
	}
}
