package proxy

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"midgate/adapter"
)

// bigPicture is a picture whose base64 has every letter, and is long enough not to be kept in memory.
func bigPicture() []byte {
	data := make([]byte, 200<<10)
	copy(data, picture(""))
	for i := 8; i < len(data); i++ {
		data[i] = byte(i * i >> 3)
	}
	return data
}

func TestLongPicturesInJSONArriveAsTheyWere(t *testing.T) {
	data := bigPicture()
	b64 := base64.StdEncoding.EncodeToString(data)
	quote := func(s string) string {
		q, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(q)
	}
	for name, image := range map[string]string{
		"a data URL":             quote("data:image/png;base64," + b64),
		"a data URL in capitals": quote("DATA:IMAGE/PNG;BASE64," + b64),
		"bare base64":            quote(b64),
		"base64 for URLs":        quote(base64.RawURLEncoding.EncodeToString(data)),
		"base64 in lines":        quote(strings.ReplaceAll(b64, "AAAA", "AA\nAA")),
		"escaped slashes":        strings.ReplaceAll(quote(b64), "/", `\/`),
		"escaped signs":          strings.NewReplacer("+", `\u002b`, "=", `\u003D`).Replace(quote(b64)),
	} {
		t.Run(name, func(t *testing.T) {
			for place, body := range map[string]string{
				"image":            `{"image":` + image + `,"prompt":"a \"red\" fox\\"}`,
				"images":           `{"images":[{"image_url":` + image + `}],"prompt":"a \"red\" fox\\"}`,
				"reference_images": `{"midjourney":{"reference_images":[` + image + `]},"image":"` + testImage + `","prompt":"a \"red\" fox\\"}`,
			} {
				f := newFake()
				f.add(testImage, tiny)
				if w := send(newServer(t, f), "POST", "/v1/images/edits", body); w.Code != 200 {
					t.Fatalf("%s: %d %s", place, w.Code, w.Body)
				}
				if len(f.uploads) != 1 || !bytes.Equal(f.uploads[0], data) {
					t.Errorf("%s: %d uploads, want the picture as it was", place, len(f.uploads))
				}
				if e := f.edited[0]; e.Prompt != `a "red" fox\` {
					t.Errorf("%s: prompt = %q", place, e.Prompt)
				}
			}
		})
	}
}

func TestLongStringsThatAreNoPictures(t *testing.T) {
	long := strings.Repeat("word ", 20<<10)
	data := "data:image/png;base64," + strings.Repeat("A", 100<<10)
	image := `"image":"` + testImage + `"`
	for name, tt := range map[string]struct {
		body   string
		status int
		param  string
	}{
		"an unknown field is ignored":           {`{"prompt":"x",` + image + `,"notes":"` + long + `"}`, 200, ""},
		"an unknown field with data is ignored": {`{"prompt":"x",` + image + `,"notes":"` + data + `"}`, 200, ""},
		"a prompt is too long":                  {`{"prompt":"` + long + `",` + image + `}`, 400, "prompt"},
		"a prompt of data is too long":          {`{"prompt":"` + data + `",` + image + `}`, 400, "prompt"},
		"a user of data":                        {`{"prompt":"x",` + image + `,"model":"` + data + `"}`, 400, "model"},
		"a picture that is none":                {`{"prompt":"x","image":"` + data + `"}`, 400, "image"},
		"a picture whose base64 breaks":         {`{"prompt":"x","images":["` + data + `!!` + data + `"]}`, 400, "images[0]"},
		"a data URL that is not base64":         {`{"prompt":"x","images":["data:image/svg+xml,` + long + `"]}`, 400, "images[0]"},
		"a body that ends in a picture":         {`{"prompt":"x","image":"` + data, 400, ""},
		"a body that ends in an escape":         {`{"prompt":"x","image":"` + data + `\`, 400, ""},
		"a body that ends in a long text":       {`{"prompt":"` + long, 400, ""},
		"a mark of an upload that there is not": {`{"prompt":"x","image":"\u0000upload:7","notes":"` + long + `"}`, 400, "image"},
		"text without end":                      {`{"prompt":"x",` + image + `,"notes":"` + strings.Repeat("word ", 4<<20/5) + `"}`, 413, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			f.add(testImage, tiny)
			w := send(newServer(t, f), "POST", "/v1/images/edits", tt.body)
			if w.Code != tt.status {
				t.Fatalf("%d %s, want %d", w.Code, w.Body, tt.status)
			}
			if w.Code != 200 {
				if _, _, param, _ := problemOf(t, w); param != tt.param {
					t.Errorf("param = %q, want %q: %s", param, tt.param, w.Body)
				}
			}
		})
	}
}

// The digest of a body does not depend on how its picture was escaped.
func TestLongPicturesCountByTheirBytes(t *testing.T) {
	b64 := base64.StdEncoding.EncodeToString(bigPicture())
	sums := map[string]bool{}
	for _, image := range []string{b64, strings.ReplaceAll(b64, "/", `\/`)} {
		f := newFake()
		send(newServer(t, f), "POST", "/v1/images/edits", `{"prompt":"x","image":"`+image+`"}`)
		sums[f.attempts[0].Body] = true
	}
	if len(sums) != 1 {
		t.Errorf("%d digests of one body, want 1", len(sums))
	}
}

// discarding is a library that keeps nothing.
type discarding struct{ *fake }

func (discarding) Receive(_ context.Context, _ adapter.Caller, r io.Reader, _ string) (adapter.Reference, error) {
	_, err := io.Copy(io.Discard, r)
	return adapter.Reference{Upload: "x", Hash: "y"}, err
}

// Uploads cost next to no memory, in a form and in JSON.
func TestUploadsAreNotHeld(t *testing.T) {
	const size = 64 << 20
	form, contentType := writeForm(file("image", "a.png", "", picture("PLACE")), text("prompt", "x"))
	before, after, _ := strings.Cut(form, "PLACE")
	for name, tt := range map[string]struct{ before, after, contentType string }{
		"in a form": {before, after, contentType},
		"in JSON":   {`{"prompt":"x","image":"data:image/png;base64,`, `"}`, "application/json"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			core := f.core()
			core.Keep = discarding{f}
			s := newServerOf(t, core)
			r := httptest.NewRequest("POST", "/v1/images/edits", io.MultiReader(strings.NewReader(tt.before),
				io.LimitReader(letters{}, size), strings.NewReader(tt.after)))
			r.ContentLength = -1
			r.Header.Set("Authorization", "Bearer sk-alice")
			r.Header.Set("Content-Type", tt.contentType)
			w := httptest.NewRecorder()
			var first, last runtime.MemStats
			runtime.ReadMemStats(&first)
			s.ServeHTTP(w, r)
			runtime.ReadMemStats(&last)
			if len(f.edited) != 1 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			if used := last.TotalAlloc - first.TotalAlloc; used > 2<<20 {
				t.Errorf("%d bytes were allocated for an upload of %d, want at most 2 MiB", used, size)
			}
		})
	}
}

// letters is base64 without end.
type letters struct{}

func (letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'A'
	}
	return len(p), nil
}
