package body

import (
	"bufio"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"midgate/adapter"
)

// Whatever is taken as JSON is JSON, and what encoding/json calls the same has one digest.
func FuzzParseJSON(f *testing.F) {
	for _, seed := range []string{
		`{"prompt":"a fox","n":2,"size":"1024x1024","stream":false}`, `{"prompt":"a","midjourney":{"no":["a","b"],"seed":7,"version":8.1}}`,
		`{"prompt":"a","images":[{"image_url":"data:image/png;base64,aGk="},{"file_id":"file-1"}],"mask":{"image_url":{"url":"x"}}}`,
		`{"a":1,"a":2}`, `[]`, `{"prompt":"\ud800"}`, `{"prompt":"\u0000"}`, "\ufeff{}", `{"n":1e999}`, `{"n":"NaN"}`, `{"midjourney":"{\"chaos\":5}"}`,
		`{"x":` + strings.Repeat("[", 65) + strings.Repeat("]", 65) + `}`, `{"prompt":"a"`, `{"\"":"\\\""}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		p, err := ParseJSON(body)
		if err != nil {
			return
		}
		var v map[string]any
		d := json.NewDecoder(strings.NewReader(strings.TrimPrefix(body, "\ufeff")))
		d.UseNumber()
		if err := d.Decode(&v); err != nil {
			t.Fatalf("taken as JSON, but encoding/json says %v", err)
		}
		again, err := json.MarshalIndent(v, " ", "\t")
		if err != nil {
			t.Fatal(err)
		}
		q, err := ParseJSON(string(again))
		if err != nil {
			t.Fatalf("the same body written again is refused: %v", err)
		}
		if strings.ContainsRune(string(again), '\ufffd') || strings.Contains(body, `\u0`) {
			return // encoding/json replaces what is no Unicode
		}
		if p.Sum() != q.Sum() {
			t.Errorf("the digests of %q and %q differ", body, again)
		}
	})
}

// Text without long base64 stays as it is, and valid JSON stays valid, however it meets the buffer's edges.
func FuzzUploads(f *testing.F) {
	long := strings.Repeat("QUJD", 200)
	for _, seed := range []string{
		`{"prompt":"a","image":"data:image/png;base64,` + long + `"}`, `{"a":"` + strings.Repeat(`\"`, 400) + `","b":"c"}`, `{"a":"` + long + `\/+
"}`,
		`{"a":"` + strings.Repeat("x y", 300) + `"}`, `"` + long, `{"a":"` + long + `\`, `{"a":"data:` + long + `"}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		whole := &counter{from: strings.NewReader(body)}
		d := &uploadExtractor{from: bufio.NewReaderSize(whole, 600), body: whole, store: func(r io.Reader, _ string) (adapter.Reference, error) {
			_, err := io.Copy(io.Discard, r)
			return adapter.Reference{}, err
		}}
		err := d.run()
		if valid := json.Valid([]byte(body)); valid && (err != nil || !json.Valid([]byte(d.text.String()))) {
			t.Errorf("of the valid %q comes %q, %v", body, d.text.String(), err)
		}
		if kept := d.text.String(); err == nil && len(d.uploads) == 0 && kept != body && (json.Valid([]byte(kept)) || !strings.HasPrefix(body, kept)) {
			t.Errorf("%q became %q", body, kept) // the beginning of a string that never ends is as bad as all of it
		}
	})
}
