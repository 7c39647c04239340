package proxy

import (
	"testing"

	"midgate/proxy/web"
)

func TestPagesOfOtherOriginsSpendNothing(t *testing.T) {
	form, formType := writeForm(file("image", "a.png", "", picture("a")), text("prompt", "x"))
	open := func(c *web.Config) { c.Auth, c.Keys, c.Origins, c.PublicURL = web.AuthNone, nil, nil, "" }
	allow := func(c *web.Config) { open(c); c.Origins = []string{"https://ui.example"} }
	keyed := func(c *web.Config) { c.Origins = nil }
	for name, tt := range map[string]struct {
		change  func(*web.Config)
		path    string
		headers []string
		refused bool
	}{
		"a program":                       {open, "/v1/images/generations", nil, false},
		"a page that calls JSON a text":   {open, "/v1/images/generations", []string{"Origin", "https://ui.example", "Content-Type", "text/plain"}, true},
		"a page that calls it nothing":    {open, "/v1/images/generations", []string{"Origin", "https://ui.example"}, true},
		"a page that calls it nonsense":   {open, "/v1/images/generations", []string{"Origin", "https://ui.example", "Content-Type", "text/plain; ;"}, true},
		"a page in a sandbox":             {open, "/v1/images/generations", []string{"Origin", "null", "Content-Type", "text/plain"}, true},
		"a page's form":                   {open, "/v1/images/edits", []string{"Origin", "https://ui.example", "Content-Type", formType}, true},
		"a page without a path's /v1":     {open, "/images/generations/", []string{"Origin", "https://ui.example", "Content-Type", "text/plain"}, true},
		"a page of this origin":           {open, "/v1/images/edits", []string{"Origin", "http://example.com", "Content-Type", formType}, false},
		"a page whose browser knows":      {open, "/v1/images/edits", []string{"Origin", "https://ui.example", "Sec-Fetch-Site", "same-origin", "Content-Type", formType}, false},
		"a page that was allowed":         {allow, "/v1/images/edits", []string{"Origin", "https://ui.example", "Content-Type", formType}, false},
		"a page that had to ask first":    {open, "/v1/images/generations", []string{"Origin", "tauri://localhost", "Content-Type", "application/json"}, false},
		"a page with a key, where it has": {keyed, "/v1/images/generations", []string{"Origin", "https://ui.example", "Content-Type", "text/plain", "Authorization", "Bearer sk-alice"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			body := `{"prompt":"x"}`
			if tt.path == "/v1/images/edits" {
				body = form
			}
			w := send(newServer(t, f, tt.change), "POST", tt.path, body, append([]string{"Authorization", ""}, tt.headers...)...)
			if got := w.Code == 403; got != tt.refused || len(f.attempts) == 0 != tt.refused {
				t.Errorf("%d %s, %d requests reached the core; want it refused: %t", w.Code, w.Body, len(f.attempts), tt.refused)
			}
		})
	}
}
