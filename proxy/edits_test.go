package proxy

import (
	"bytes"
	"encoding/base64"
	"mime/multipart"
	"net/textproto"
	"strings"
	"testing"

	"midgate/adapter"
)

// formPart is one part as a client writes it.
type formPart struct {
	name, file, contentType, value string
	isFile                         bool
}

func text(name, value string) formPart { return formPart{name: name, value: value} }

func file(name, filename, contentType string, data []byte) formPart {
	return formPart{name: name, file: filename, contentType: contentType, value: string(data), isFile: true}
}

// form writes parts in their order.
func writeForm(parts ...formPart) (body, contentType string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		h := textproto.MIMEHeader{}
		d := `form-data; name="` + p.name + `"`
		if p.isFile {
			d += `; filename="` + p.file + `"`
		}
		h.Set("Content-Disposition", d)
		if p.contentType != "" {
			h.Set("Content-Type", p.contentType)
		}
		pw, _ := w.CreatePart(h)         // a buffer takes everything
		_, _ = pw.Write([]byte(p.value)) // as above
	}
	_ = w.Close()
	return b.String(), w.FormDataContentType()
}

func picture(tag string) []byte { return append([]byte("\x89PNG\r\n\x1a\n"), tag...) }

func TestEditFormsOfRealClients(t *testing.T) {
	dataURL := "data:image/png;base64," + base64.StdEncoding.EncodeToString(picture("url"))
	for name, tt := range map[string]struct {
		parts   []formPart
		uploads string // tags in order
		mask    bool
		n       int
	}{
		"one image": {[]formPart{file("image", "fox.png", "image/png", picture("a")), text("prompt", "snow")}, "a", false, 1},
		"three in order after the prompt": {[]formPart{text("prompt", "snow"), file("image[]", "1", "", picture("a")), file("image[]", "2", "", picture("b")),
			file("image[]", "3", "", picture("c"))}, "abc", false, 1},
		"repeated and mixed names": {[]formPart{file("image", "", "", picture("a")), text("prompt", "snow"), file("image[0]", "x", "", picture("b")),
			file("images[]", "x", "", picture("c")), file("images", "x", "", picture("d"))}, "abcd", false, 1},
		"go-openai's empty fields": {[]formPart{file("image", ".", "application/octet-stream", picture("a")), text("prompt", "add snow"), text("n", "0"),
			text("size", ""), text("response_format", "")}, "a", false, 1},
		"go's anonymous file":  {[]formPart{file("image", "anonymous_file", "application/octet-stream", picture("a")), text("prompt", "x"), text("n", "2")}, "a", false, 2},
		"Python's upload":      {[]formPart{text("prompt", "x"), text("stream", "False"), file("image", "upload", "application/octet-stream", picture("a"))}, "a", false, 1},
		"text parts with type": {[]formPart{{name: "prompt", value: "x", contentType: "text/plain; charset=utf-8"}, file("image", "blob", "", picture("a"))}, "a", false, 1},
		"with a mask":          {[]formPart{file("image[]", "a.png", "", picture("a")), file("mask", "mask.png", "", picture("m")), text("prompt", "x")}, "am", true, 1},
		"an empty mask":        {[]formPart{file("image[]", "a.png", "", picture("a")), file("mask", "", "", nil), text("prompt", "x")}, "a", false, 1},
		"a reference by JSON":  {[]formPart{text("images[][image_url]", dataURL), text("prompt", "x")}, "url", false, 1},
		"text for a picture":   {[]formPart{text("image", dataURL), text("mask[image_url]", dataURL), text("prompt", "x")}, "urlurl", true, 1},
		"other files":          {[]formPart{file("notes", "n.txt", "", []byte("hello")), file("image", "a.png", "", picture("a")), text("prompt", "x")}, "a", false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			body, contentType := writeForm(tt.parts...)
			w := send(newServer(t, f), "POST", "/v1/images/edits", body, "Content-Type", contentType)
			if w.Code != 200 {
				t.Fatalf("status = %d, want 200: %s", w.Code, w.Body)
			}
			var got string
			for _, u := range f.uploads {
				got += strings.TrimPrefix(string(u), "\x89PNG\r\n\x1a\n")
			}
			if e := f.edited[0]; got != tt.uploads || (e.Mask != nil) != tt.mask || e.N != tt.n {
				t.Errorf("uploads %q, mask %v, n %d; want %q, %v, %d", got, e.Mask != nil, e.N, tt.uploads, tt.mask, tt.n)
			}
		})
	}
}

func TestEditsInJSON(t *testing.T) {
	b64 := base64.StdEncoding.EncodeToString(append(picture("a long one"), bytes.Repeat([]byte{0xfb}, 100)...))
	dataURL := "data:image/png;base64," + b64
	urlSafe := strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(b64), "=")
	for name, images := range map[string]string{
		"a data URL":                 `"images":[{"image_url":"` + dataURL + `"}]`,
		"a data URL of another type": `"images":[{"image_url":"DATA:application/octet-stream;BASE64,` + b64 + `"}]`,
		"an escaped data URL":        `"images":[{"image_url":"data:image/png;base64,` + strings.ReplaceAll(b64, "+", "%2B") + `"}]`,
		"a picture of ours":          `"images":[{"file_id":"` + testImage + `"}]`,
		"its name as text":           `"images":["` + testImage + `"]`,
		"its URL":                    `"images":[{"image_url":"https://mid.example/images/` + testImage + `.png?x=1"}]`,
		"its URL as chat writes it":  `"images":[{"image_url":{"url":"https://mid.example/images/` + testImage + `.webp"}}]`,
		"one image":                  `"image":"` + dataURL + `"`,
		"one image as an object":     `"image":{"url":"` + dataURL + `"}`,
		"bare base64":                `"image":"` + b64 + `"`,
		"bare base64 for URLs":       `"image":["` + urlSafe + `"]`,
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			f.add(testImage, tiny)
			w := send(newServer(t, f), "POST", "/v1/images/edits", `{"prompt":"snow",`+images+`}`)
			if w.Code != 200 {
				t.Fatalf("status = %d, want 200: %s", w.Code, w.Body)
			}
			ref := f.edited[0].Images[0]
			if len(f.uploads) == 0 && ref.Image != testImage || len(f.uploads) == 1 && ref.Upload == "" || len(f.uploads) > 1 {
				t.Errorf("%d uploads, reference %+v", len(f.uploads), ref)
			}
			if len(f.uploads) == 1 && base64.StdEncoding.EncodeToString(f.uploads[0]) != b64 {
				t.Errorf("upload = %q", f.uploads[0])
			}
		})
	}
}

func TestBadEditsAreRefusedByName(t *testing.T) {
	image := `"images":[{"file_id":"` + testImage + `"}]`
	for name, tt := range map[string]struct {
		path, body  string
		status      int
		param, code string
	}{
		"no image":                {"edits", `{"prompt":"x"}`, 400, "image", "missing_required_parameter"},
		"no images in the list":   {"edits", `{"prompt":"x","images":[]}`, 400, "image", "missing_required_parameter"},
		"no prompt":               {"edits", `{` + image + `}`, 400, "prompt", "missing_required_parameter"},
		"both kinds in one":       {"edits", `{"prompt":"x","images":[{"file_id":"a","image_url":"b"}]}`, 400, "images[0]", "invalid_value"},
		"neither kind":            {"edits", `{"prompt":"x","images":[{}]}`, 400, "images[0]", "missing_required_parameter"},
		"a number":                {"edits", `{"prompt":"x","images":[7]}`, 400, "images[0]", "invalid_type"},
		"seventeen":               {"edits", `{"prompt":"x","images":["` + strings.Repeat(testImage+`","`, 16) + testImage + `"]}`, 400, "image", "array_above_max_length"},
		"an unknown picture":      {"edits", `{"prompt":"x","images":[{"file_id":"img_00000000000000000000000000"}]}`, 404, "images[0].file_id", "image_not_found"},
		"an unknown file":         {"edits", `{"prompt":"x","images":[{"file_id":"file-123"}]}`, 404, "images[0].file_id", "file_not_found"},
		"words for a picture":     {"edits", `{"prompt":"x","images":["a fox"]}`, 400, "images[0]", "invalid_value"},
		"a data URL that is text": {"edits", `{"prompt":"x","images":["data:image/png,abc"]}`, 400, "images[0]", "invalid_value"},
		"broken base64":           {"edits", `{"prompt":"x","images":["data:image/png;base64,!!!!"]}`, 400, "images[0]", "invalid_base64"},
		"text in base64":          {"edits", `{"prompt":"x","images":["data:image/png;base64,aGVsbG8gd29ybGQ="]}`, 400, "images[0]", "invalid_image_file"},
		"a file of this machine":  {"edits", `{"prompt":"x","images":["file:///etc/passwd"]}`, 404, "images[0]", "file_not_found"},
		"a mask that is nothing":  {"edits", `{"prompt":"x",` + image + `,"mask":{"file_id":"img_00000000000000000000000000"}}`, 404, "mask.file_id", "image_not_found"},
		"a blend of one":          {"blends", `{` + image + `}`, 400, "image", "invalid_value"},
		"a variation of none":     {"variations", `{}`, 400, "image", "missing_required_parameter"},
		"a description of two":    {"descriptions", `{"images":["` + testImage + `","` + testImage + `"]}`, 400, "image", "invalid_value"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			f.add(testImage, tiny)
			w := send(newServer(t, f), "POST", "/v1/images/"+tt.path, tt.body)
			_, _, param, code := problemOf(t, w)
			if w.Code != tt.status || param != tt.param || code != tt.code {
				t.Errorf("%d param %q code %q, want %d %q %q: %s", w.Code, param, code, tt.status, tt.param, tt.code, w.Body)
			}
			if len(f.attempts) != 0 {
				t.Errorf("%d requests reached the core, want none", len(f.attempts))
			}
		})
	}
}

func TestBadFormsAreRefused(t *testing.T) {
	good, contentType := writeForm(file("image", "a.png", "", picture("a")), text("prompt", "x"))
	many := make([]formPart, 257)
	for i := range many {
		many[i] = text("x", "y")
	}
	flood, floodType := writeForm(many...)
	seventeen := make([]formPart, 17)
	for i := range seventeen {
		seventeen[i] = file("image[]", "a.png", "", picture("a"))
	}
	crowd, crowdType := writeForm(seventeen...)
	notes, notesType := writeForm(file("image", "x.png", "image/png", []byte("just text")), text("prompt", "x"))
	long, longType := writeForm(text("prompt", strings.Repeat("x", 256<<10+1)))
	names, namesType := writeForm(text(strings.Repeat("a", 600<<10), "a"), text(strings.Repeat("b", 600<<10), "b"))
	odd, oddType := writeForm(text("image[a secret]", "nothing"), text("prompt", "x"))
	for name, tt := range map[string]struct {
		body, contentType string
		status            int
		param             string
	}{
		"of names without end":        {names, namesType, 413, ""},
		"of a picture by an odd name": {odd, oddType, 400, "image"},
		"without a boundary":          {"x" + good, "multipart/form-data", 400, ""},
		"with another boundary":       {good, "multipart/form-data; boundary=other", 400, ""},
		"that ends early":             {good[:len(good)-30], contentType, 400, ""},
		"that ends in a picture":      {good[:200], contentType, 400, ""},
		"that is empty":               {"", contentType, 400, ""},
		"of very many parts":          {flood, floodType, 400, ""},
		"of seventeen images":         {crowd, crowdType, 400, "image"},
		"with text for a picture":     {notes, notesType, 400, "image"},
		"with a text without end":     {long, longType, 413, ""},
		"of the other kind":           {"prompt=a+fox", "application/x-www-form-urlencoded", 400, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			w := send(newServer(t, f), "POST", "/v1/images/edits", tt.body, "Content-Type", tt.contentType)
			_, _, param, _ := problemOf(t, w)
			if w.Code != tt.status || param != tt.param {
				t.Errorf("%d param %q, want %d param %q: %s", w.Code, param, tt.status, tt.param, w.Body)
			}
			if len(f.attempts) != 0 {
				t.Errorf("%d requests reached the core, want none", len(f.attempts))
			}
		})
	}
}

func TestCanonicalBodies(t *testing.T) {
	sum := func(body, contentType string) string {
		f := newFake()
		w := send(newServer(t, f), "POST", "/v1/images/edits", body, "Content-Type", contentType)
		if w.Code != 200 {
			t.Fatalf("status = %d: %s", w.Code, w.Body)
		}
		return f.attempts[0].Body
	}
	form := func(parts ...formPart) string { return sum(writeForm(parts...)) }
	image := base64.StdEncoding.EncodeToString(picture("a"))
	json := func(body string) string {
		return sum(strings.ReplaceAll(body, "IMG", `"data:image/png;base64,`+image+`"`), "application/json")
	}
	a, b := file("image", "a.png", "image/png", picture("a")), file("image", "b.png", "", picture("b"))
	for name, tt := range map[string]struct {
		one, other string
		same       bool
	}{
		"order and blanks of JSON do not count":  {json(`{"prompt":"x","image":IMG}`), json(` { "image" : IMG , "prompt":"\u0078" }`), true},
		"another prompt does":                    {json(`{"prompt":"x","image":IMG}`), json(`{"prompt":"y","image":IMG}`), false},
		"another unknown field does":             {json(`{"prompt":"x","image":IMG,"z":[1,{"a":2}]}`), json(`{"prompt":"x","image":IMG,"z":[1,{"a":3}]}`), false},
		"the order of a list does":               {json(`{"prompt":"x","image":IMG,"z":[1,2]}`), json(`{"prompt":"x","image":IMG,"z":[2,1]}`), false},
		"order of a form's names does not count": {form(a, text("prompt", "x"), text("n", "1")), form(text("n", "1"), text("prompt", "x"), a), true},
		"nor do file names and types":            {form(a, text("prompt", "x")), form(file("image", "other", "", picture("a")), text("prompt", "x")), true},
		"the order of pictures does":             {form(a, b, text("prompt", "x")), form(b, a, text("prompt", "x")), false},
		"a mask is not an image":                 {form(a, b, text("prompt", "x")), form(a, file("mask", "", "", picture("b")), text("prompt", "x")), false},
		"names and values cannot run together":   {form(a, text("prompt", "x"), text("ab", "c")), form(a, text("prompt", "x"), text("a", "bc")), false},
	} {
		if (tt.one == tt.other) != tt.same {
			t.Errorf("%s: digests %s and %s", name, tt.one, tt.other)
		}
	}
}

func TestActions(t *testing.T) {
	f := newFake()
	f.add(testImage, tiny)
	s := newServer(t, f)
	w := send(s, "POST", "/v1/images/"+testImage+"/actions", `{"action":"zoom_custom","zoom":"1.7","index":"2","prompt":"wide","mask":{"file_id":"`+testImage+`"},"response_format":"url"}`)
	if w.Code != 200 {
		t.Fatalf("status = %d: %s", w.Code, w.Body)
	}
	got := f.pressed[0]
	if got.Image != testImage || got.Action != "zoom_custom" || got.Zoom != 1.7 || got.Index != 2 || got.Prompt != "wide" || got.Mask == nil || *got.Mask != (adapter.Reference{Image: testImage}) {
		t.Errorf("Act = %+v", got)
	}
	for name, tt := range map[string]struct {
		body, param, code string
		status            int
	}{
		"no action":         {`{}`, "action", "missing_required_parameter", 400},
		"an unknown action": {`{"action":"enhance"}`, "action", "invalid_value", 400},
		"a fifth picture":   {`{"action":"upscale","index":5}`, "index", "integer_above_max_value", 400},
		"too far out":       {`{"action":"zoom_custom","zoom":3}`, "zoom", "invalid_value", 400},
		"a broken mask":     {`{"action":"vary_region","prompt":"x","mask":"nothing"}`, "mask", "invalid_value", 400},
	} {
		w := send(s, "POST", "/v1/images/"+testImage+"/actions", tt.body)
		if _, _, param, code := problemOf(t, w); w.Code != tt.status || param != tt.param || code != tt.code {
			t.Errorf("%s: %d %q %q, want %d %q %q", name, w.Code, param, code, tt.status, tt.param, tt.code)
		}
	}
	w = send(s, "POST", "/v1/images/"+testImage+"/actions", `{"action":"reroll"}`, "Authorization", "Bearer sk-bare")
	if w.Code != 404 {
		t.Errorf("an action on somebody else's picture = %d, want 404", w.Code)
	}
}

func TestWordsForAnswers(t *testing.T) {
	f := newFake()
	f.add(testImage, tiny)
	s := newServer(t, f)
	golden(t, "descriptions", send(s, "POST", "/v1/images/descriptions", `{"image":"`+testImage+`"}`).Body.Bytes())
	golden(t, "shorten", send(s, "POST", "/v1/prompts/shorten", `{"prompt":"a very red fox"}`).Body.Bytes())
}
