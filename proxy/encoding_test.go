package proxy

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"mime/multipart"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"midgate/proxy/web"
)

// packed compresses a body.
func packed(t *testing.T, body string, with func(io.Writer) io.WriteCloser) string {
	t.Helper()
	var b bytes.Buffer
	w := with(&b)
	if _, err := io.WriteString(w, body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var packers = map[string]func(io.Writer) io.WriteCloser{
	"gzip":    func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
	"x-gzip":  func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
	"deflate": func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) },
	"Deflate": func(w io.Writer) io.WriteCloser { z, _ := flate.NewWriter(w, 6); return z }, // without zlib's header
	"br":      func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) },
	"zstd":    func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z },
}

func TestCompressedBodiesAreRead(t *testing.T) {
	const body = `{"prompt":"a fox","size":"1536x1024"}`
	plain := newFake()
	send(newServer(t, plain), "POST", "/v1/images/generations", body)
	for name, with := range packers {
		f := newFake()
		w := send(newServer(t, f), "POST", "/v1/images/generations", packed(t, body, with), "Content-Encoding", name)
		if w.Code != 200 || len(f.drawn) != 1 || f.drawn[0].Prompt != "a fox" || f.drawn[0].Size != "1536x1024" {
			t.Errorf("%s: %d %s, drawn %+v", name, w.Code, w.Body, f.drawn)
			continue
		}
		if f.attempts[0].Body != plain.attempts[0].Body {
			t.Errorf("%s: the compressed request is no repeat of the plain one", name)
		}
	}
	f := newFake()
	twice := packed(t, packed(t, body, packers["gzip"]), packers["zstd"])
	if w := send(newServer(t, f), "POST", "/v1/images/generations", twice, "Content-Encoding", "gzip, zstd"); w.Code != 200 {
		t.Errorf("twice compressed: %d %s", w.Code, w.Body)
	}
	if w := send(newServer(t, newFake()), "POST", "/v1/images/generations", body, "Content-Encoding", "identity"); w.Code != 200 {
		t.Errorf("identity: %d %s", w.Code, w.Body)
	}
}

func TestCompressedFormsAreRead(t *testing.T) {
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	_ = form.WriteField("prompt", "a fox")
	part, _ := form.CreateFormFile("image", "fox.png")
	_, _ = part.Write(tiny)
	_ = form.Close()
	f := newFake()
	w := send(newServer(t, f), "POST", "/v1/images/edits", packed(t, b.String(), packers["zstd"]), "Content-Encoding", "zstd", "Content-Type", form.FormDataContentType())
	if w.Code != 200 || len(f.edited) != 1 || len(f.uploads) != 1 || !bytes.Equal(f.uploads[0], tiny) {
		t.Errorf("answer = %d %s, edited %+v", w.Code, w.Body, f.edited)
	}
}

func TestBodiesThatCannotBeDecodedCostNothing(t *testing.T) {
	const body = `{"prompt":"a fox"}`
	whole := packed(t, body, packers["gzip"])
	bomb := packed(t, `{"prompt":"`+strings.Repeat("a", 3<<20)+`"}`, packers["zstd"])
	for name, c := range map[string]struct {
		body, encoding string
		want           int
		says           string
	}{
		"an unknown encoding":       {body, "lzma", 415, "'lzma' is not understood. Allowed: gzip, deflate, zstd, br"},
		"no gzip at all":            {body, "gzip", 400, "no whole gzip stream"},
		"no zstd at all":            {body, "zstd", 400, "no whole zstd stream"},
		"half of it":                {whole[:len(whole)/2], "gzip", 400, "no whole gzip stream"},
		"a damaged one":             {whole[:len(whole)-6] + "xxxxxx", "gzip", 400, "no whole gzip stream"},
		"nothing":                   {"", "gzip", 400, ""},
		"one that becomes huge":     {bomb, "zstd", 413, "larger than the 1048576 bytes"},
		"one inside of others":      {body, "gzip, gzip, gzip", 415, "3 times"},
		"plain words called brotli": {body, "br", 400, "no whole br stream"},
	} {
		f := newFake()
		s := newServer(t, f, func(c *web.Config) { c.MaxBody = 1 << 20 })
		for _, path := range []string{"/v1/images/generations", "/v1/chat/completions", "/v1/responses", "/v1/videos"} {
			w := send(s, "POST", path, c.body, "Content-Encoding", c.encoding)
			if w.Code != c.want || !strings.Contains(w.Body.String(), c.says) {
				t.Errorf("%s at %s: %d %s, want %d %q", name, path, w.Code, w.Body, c.want, c.says)
			}
		}
		if len(f.attempts) != 0 {
			t.Errorf("%s: %d jobs", name, len(f.attempts))
		}
	}
}
