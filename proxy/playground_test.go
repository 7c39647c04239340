package proxy

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/web"
)

func TestABrowserGetsThePlayground(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	asset := regexp.MustCompile(`(?:src|href)="\./(assets/[^"]+)"`)
	for _, path := range []string{"/", "/playground", "/playground/"} {
		status, header, body := h.call(t, http.MethodGet, path, "", "Accept", "text/html,application/xhtml+xml", "Authorization", "")
		if status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "text/html") || !strings.HasPrefix(header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("GET %s = %d %s with policy %q, want the page", path, status, header.Get("Content-Type"), header.Get("Content-Security-Policy"))
		}
		found := asset.FindAllStringSubmatch(string(body), -1)
		if len(found) == 0 {
			t.Fatalf("the page at %s loads nothing: %s", path, body)
		}
		for _, m := range found {
			status, header, _ := h.call(t, http.MethodGet, strings.TrimSuffix(path, "playground")+m[1], "", "Authorization", "")
			if ct := header.Get("Content-Type"); status != http.StatusOK || !strings.Contains(ct, "javascript") && !strings.Contains(ct, "css") && !strings.Contains(ct, "svg") || !strings.Contains(header.Get("Cache-Control"), "immutable") {
				t.Errorf("GET %s for %s = %d %s, want a script, a style or an icon", m[1], path, status, ct)
			}
		}
	}
	for _, accept := range []string{"*/*", "application/json"} {
		if status, header, body := h.call(t, http.MethodGet, "/", "", "Accept", accept); status != http.StatusOK || header.Get("Content-Type") != "application/json" || !strings.Contains(string(body), `"midgate"`) {
			t.Errorf("GET / for %s = %d %s, want the small JSON", accept, status, body)
		}
	}
	if status, _, _ := h.call(t, http.MethodGet, "/assets/none.js", ""); status != http.StatusNotFound {
		t.Errorf("an unknown asset = %d, want 404", status)
	}
}

func TestPicturesAreNamedBelowAReverseProxysPath(t *testing.T) {
	tests := map[string]struct {
		change func(*web.Config)
		path   string
		header []string
		want   string // begins the picture's URL; $ is the address of the server
	}{
		"a trusted proxy's prefix":     {func(c *web.Config) { c.TrustedProxies = []string{"127.0.0.0/8"} }, "", []string{"X-Forwarded-Prefix", "/pictures/"}, "$/pictures/images/"},
		"a stranger's prefix":          {func(*web.Config) {}, "", []string{"X-Forwarded-Prefix", "/pictures"}, "$/images/"},
		"a prefix that is no path":     {func(c *web.Config) { c.TrustedProxies = []string{"127.0.0.0/8"} }, "", []string{"X-Forwarded-Prefix", "//evil.example"}, "$/images/"},
		"the public URL's path":        {func(c *web.Config) { c.PublicURL = "https://mid.example/pictures" }, "", nil, "https://mid.example/pictures/images/"},
		"the same where it is not cut": {func(c *web.Config) { c.PublicURL = "https://mid.example/pictures" }, "/pictures", nil, "https://mid.example/pictures/images/"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, simulator.Config{}, test.change)
			status, _, body := h.call(t, http.MethodPost, test.path+"/v1/images/generations", `{"prompt":"a fox","response_format":"url"}`, test.header...)
			if want := `"url":"` + strings.ReplaceAll(test.want, "$", h.base); status != http.StatusOK || !strings.Contains(string(body), want) {
				t.Errorf("%d %s, want %s", status, body, want)
			}
			if status, header, _ := h.call(t, http.MethodGet, test.path+"/", "", "Accept", "text/html"); status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "text/html") {
				t.Errorf("the page = %d %s", status, header.Get("Content-Type"))
			}
		})
	}
}

func TestThePageComesCompressed(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	_, _, page := h.call(t, http.MethodGet, "/", "", "Accept", "text/html", "Authorization", "")
	script := regexp.MustCompile(`assets/[^"]+\.js`).FindString(string(page))
	_, _, whole := h.call(t, http.MethodGet, "/"+script, "", "Accept-Encoding", "identity", "Authorization", "")
	for accepted, want := range map[string]string{
		"gzip, deflate, br, zstd": "br", "gzip": "gzip", "br;q=0, gzip;q=0.5": "gzip", "identity": "", "zstd": "", "br;q=0": "", "gzip, BR;q=1.0": "br",
	} {
		status, header, body := h.call(t, http.MethodGet, "/"+script, "", "Accept-Encoding", accepted, "Authorization", "")
		if got := header.Get("Content-Encoding"); status != http.StatusOK || got != want || header.Get("Vary") != "Accept-Encoding" || !strings.Contains(header.Get("Content-Type"), "javascript") {
			t.Errorf("%q gets %d %q as %q, want %q", accepted, status, got, header.Get("Content-Type"), want)
		}
		plain := body
		switch want {
		case "br":
			plain, _ = io.ReadAll(brotli.NewReader(bytes.NewReader(body)))
		case "gzip":
			z, err := gzip.NewReader(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			plain, _ = io.ReadAll(z)
		}
		if !bytes.Equal(plain, whole) || want != "" && len(body) > len(whole)/2 {
			t.Errorf("%q gets %d bytes that are %d, want %d, compressed to less than half", accepted, len(body), len(plain), len(whole))
		}
	}
}
