package proxy

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"midgate/proxy/web"
)

func TestEditFetchesPublicPicturesOnly(t *testing.T) {
	dialled := make(chan struct{}, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		dialled <- struct{}{}
		_, _ = w.Write(picture("fetched"))
	}))
	defer server.Close()
	body := `{"prompt":"x","images":[{"image_url":"` + server.URL + `/fox.png"}]}`
	f := newFake()
	w := send(newServer(t, f), "POST", "/v1/images/edits", body)
	if _, _, param, code := problemOf(t, w); w.Code != 400 || param != "images[0].image_url" || code != "invalid_value" {
		t.Errorf("%d %q %q, want 400 images[0].image_url invalid_value", w.Code, param, code)
	}
	if len(dialled) != 0 || len(f.attempts) != 0 {
		t.Error("the private address was fetched")
	}
	w = send(newServer(t, f, func(c *web.Config) { c.FetchAllow = []string{"127.0.0.1"} }), "POST", "/v1/images/edits", body)
	if w.Code != 200 || len(f.uploads) != 1 || f.edited[0].Images[0].Name != "fox.png" {
		t.Errorf("an allowed address: %d, %d uploads: %s", w.Code, len(f.uploads), w.Body)
	}
}
