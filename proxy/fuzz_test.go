package proxy

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"midgate/adapter"
	"midgate/adapter/publicnet"
)

// Whatever a JSON body is, it is decoded or refused with a 4xx.
func FuzzJSONBody(f *testing.F) {
	for _, seed := range []string{
		`{"prompt":"a fox","n":2,"size":"1024x1024","stream":false}`, `{"prompt":"a","midjourney":{"no":["a","b"],"seed":7,"version":8.1}}`,
		`{"prompt":"a","images":[{"image_url":"data:image/png;base64,aGk="},{"file_id":"file-1"}],"mask":{"image_url":{"url":"x"}}}`,
		`{"a":1,"a":2}`, `[]`, `{"prompt":"\ud800"}`, `{"prompt":"\u0000"}`, "\ufeff{}", `{"n":1e999}`, `{"n":"NaN"}`, `{"midjourney":"{\"chaos\":5}"}`,
		`{"x":` + strings.Repeat("[", 65) + strings.Repeat("]", 65) + `}`, `{"prompt":"a"`, `{"\"":"\\\""}`,
	} {
		f.Add(seed)
	}
	s := newServer(f, newFake())
	s.Client().Transport = refusing{}
	f.Fuzz(func(t *testing.T, body string) {
		for _, path := range []string{"/v1/images/generations", "/v1/images/edits"} {
			if w := send(s, "POST", path, body); w.Code >= 500 || w.Code < 200 {
				t.Fatalf("%s = %d %s", path, w.Code, w.Body)
			}
		}
	})
}

// Whatever a form is, it is decoded or refused with a 4xx, and no upload is held that is no picture.
func FuzzForm(f *testing.F) {
	form, _ := writeForm(file("image[]", "a.png", "image/png", picture("a")), text("prompt", "x"), text("images[][image_url]", "data:image/png;base64,iVBORw0KGgo="), text("midjourney[version]", "7"))
	boundary := form[2:strings.Index(form, "\r\n")]
	f.Add(strings.ReplaceAll(form, boundary, "b"))
	f.Add("--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nx\r\n--b--\r\n")
	f.Add("--b\r\nContent-Disposition: form-data; name=\"a[b][][c]\"\r\n\r\nx\r\n--b")
	f.Add("--b\r\nX: y\r\n\r\n\r\n--b--")
	f.Add("--b\nContent-Disposition: form-data; name=image\n\nhttp://127.0.0.1/\n--b--\n")
	core := newFake()
	s := newServer(f, core)
	s.Client().Transport = refusing{}
	f.Fuzz(func(t *testing.T, body string) {
		w := send(s, "POST", "/v1/images/edits", body, "Content-Type", "multipart/form-data; boundary=b")
		if w.Code >= 500 || w.Code < 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		for _, u := range core.uploads {
			if !isPicture(u) {
				t.Errorf("%q was stored", u)
			}
		}
		core.uploads = nil
	})
}

// However a path is spelt, it has one normal form, and picture bytes are only looked up by names that we made.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{
		"/images/" + testImage + ".png", "/v1/images/" + testImage, "//images//x.png/", "/images/../../etc/passwd", "/images/%2e%2e/x.png",
		"/images/" + testImage + "%00.png", "/v1/models/a%2Fb", "/images/" + testImage + ".png.jpg", "/v1/jobs/" + testJob + "/cancel", "/%", "",
	} {
		f.Add(seed)
	}
	name := regexp.MustCompile(`^img_[A-Za-z0-9]{26}$`)
	fake := newFake()
	core := fake.core()
	core.Keep = &askedFor{fake: fake, see: func(id string) {
		if !name.MatchString(id) {
			f.Errorf("the core was asked for %q", id)
		}
	}}
	s := newServerOf(f, core)
	f.Fuzz(func(t *testing.T, path string) {
		if path == "" || path[0] != '/' {
			return
		}
		u, err := url.ParseRequestURI(path)
		if err != nil {
			return
		}
		once, _, _ := normalPath(u.EscapedPath())
		if twice, _, _ := normalPath(once); twice != once {
			t.Errorf("normalPath(%q) = %q, and of that %q", path, once, twice)
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.URL = u
		r.Header.Set("Authorization", "Bearer sk-alice")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("GET %q = %d %s", path, w.Code, w.Body)
		}
	})
}

// However a picture is named, nothing but a picture, a public address or a refusal comes of it.
func FuzzPictureText(f *testing.F) {
	for _, seed := range []string{
		testImage, "file-1", "data:image/png;base64,iVBORw0KGgo=", "data:,", "http://127.0.0.1/", "HTTPS://[::1]:1/x", "https://mid.example/images/" + testImage + ".png",
		strings.Repeat("A", 80), "data:image/png;base64,%", "http://\x00", "img_",
	} {
		f.Add(seed)
	}
	core := newFake()
	s := newServer(f, core)
	s.Client().Transport = refusing{}
	f.Fuzz(func(t *testing.T, words string) {
		body, err := json.Marshal(map[string]any{"prompt": "x", "image": words})
		if err != nil {
			t.Fatal(err)
		}
		if w := send(s, "POST", "/v1/images/edits", string(body)); w.Code >= 500 {
			t.Errorf("%q = %d %s", words, w.Code, w.Body)
		}
	})
}

// refusing is a network that is never reached.
type refusing struct{}

func (refusing) RoundTrip(*http.Request) (*http.Response, error) { return nil, publicnet.ErrNotPublic }

// askedFor tells which picture bytes are looked up.
type askedFor struct {
	*fake
	see func(id string)
}

func (a *askedFor) Bytes(ctx context.Context, id string, f adapter.Format, compression int) (*adapter.Blob, error) {
	a.see(id)
	return a.fake.Bytes(ctx, id, f, compression)
}
