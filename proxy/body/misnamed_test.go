package body

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"midgate/adapter"
)

// Whatever does not fit its header is blamed on the header, never on a byte of the body.
func TestABodyThatItsHeaderDoesNotFit(t *testing.T) {
	const (
		json    = `{"prompt":"a fox"}`
		picture = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
		form    = "--abc\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\na fox\r\n--abc\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\n" + picture + "\r\n--abc--\r\n"
	)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = io.WriteString(w, json)
	_ = w.Close()
	for name, c := range map[string]struct {
		kind, body string
		says       string // empty: it is read
	}{
		"a form as JSON":                        {"application/json", form, "is a multipart form, but its Content-Type is 'application/json'"},
		"a form as JSON of a vendor":            {"application/vnd.api+json; charset=utf-8", form, "is a multipart form"},
		"a form that says nothing":              {"", form, ""},
		"a form of another boundary":            {"multipart/form-data; boundary=xyz", form, "boundary is 'abc', but its Content-Type names another, 'xyz'"},
		"a form of a longer boundary":           {"multipart/form-data; boundary=abcd", form, "boundary is 'abc', but its Content-Type names another, 'abcd'"},
		"a form behind words":                   {"multipart/form-data; boundary=abc", "a=b\r\n" + form, ""},
		"a form whose boundary is in its words": {"multipart/form-data; boundary=abc", "{--abc}\r\n" + form, ""},
		"words as a form":                       {"multipart/form-data; boundary=abc", "a fox", "'abc', is nowhere in the body"},
		"nothing as a form":                     {"multipart/form-data; boundary=abc", "\r\n", "is empty"},
		"JSON as a form":                        {"multipart/form-data; boundary=abc", json, ""},
		"JSON as a form without a boundary":     {"multipart/form-data", " \r\n" + json, ""},
		"JSON as another form":                  {"application/x-www-form-urlencoded", json, ""},
		"another form as JSON":                  {"application/json", "prompt=a+fox&n=1", "is a URL-encoded form"},
		"another form as a form":                {"multipart/form-data; boundary=abc", "prompt=a+fox+--ar+16:9", "is a URL-encoded form"},
		"another form that says so":             {"application/x-www-form-urlencoded", "prompt=a+fox&n=1", "as application/json or multipart/form-data"},
		"compressed JSON":                       {"application/json", packed.String(), "is compressed with gzip, and its Content-Encoding does not say so"},
		"a compressed form":                     {"multipart/form-data; boundary=abc", packed.String(), "is compressed with gzip"},
		"zstd":                                  {"application/json", "\x28\xb5\x2f\xfd\x04", "is compressed with zstd"},
		"zlib":                                  {"application/json", "\x78\x9c\xab", "is compressed with deflate"},
		"a picture as JSON":                     {"application/json", picture, "is a picture and nothing else"},
		"a picture as it is":                    {"image/png", picture, "is a picture and nothing else"},
		"broken JSON":                           {"application/json", `{"prompt":`, "could not be parsed as JSON"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://midgate/", strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		if c.kind != "" {
			r.Header.Set("Content-Type", c.kind)
		}
		p, err := Read(r, func(r io.Reader, _ string) (adapter.Reference, error) {
			_, err := io.Copy(io.Discard, r)
			return adapter.Reference{}, err
		})
		if c.says != "" {
			if err == nil || !strings.Contains(Typed(err).Message, c.says) || Typed(err).Kind == adapter.Internal {
				t.Errorf("%s: %v, want a refusal with %q", name, err, c.says)
			}
			continue
		}
		if err != nil || p.Fields["prompt"].Str != "a fox" {
			t.Errorf("%s: %v, want its prompt read", name, err)
		}
	}
}
