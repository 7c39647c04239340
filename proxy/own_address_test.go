package proxy

import (
	"net/http"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// A picture's address is its picture under every name that midgate has, for its owner; what only looks like one is
// fetched as any other address.
func TestOwnPictures_AreKnownUnderAnyHost(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	id := h.drawnID(t, "a fox")
	for _, address := range []string{
		h.base + "/images/" + id + ".png", "http://localhost:8080/images/" + id + ".png", "https://pics.example.com/mid/images/" + id + ".webp?width=300", "http://10.0.0.7/images/" + id,
	} {
		for route, want := range map[string]string{
			"/v1/images/edits": `{"prompt":"a hat","image":"` + address + `"}`, "/v1/images/variations": `{"image":"` + address + `"}`, "/v1/images/generations": `{"prompt":"a hat","image":"` + address + `"}`,
		} {
			if status, _, got := h.call(t, http.MethodPost, route, want); status != http.StatusOK {
				t.Errorf("%s of %s = %d %s", route, address, status, got)
			}
		}
		if status, _, _ := h.call(t, http.MethodPost, "/v1/images/edits", `{"prompt":"a hat","image":"`+address+`"}`, "Authorization", "Bearer sk-bob"); status == http.StatusOK {
			t.Errorf("somebody else edits %s", address)
		}
	}
	for _, address := range []string{"http://localhost:1/images/img_ABCDEFGHIJKLMNOPQRSTUVWXYZ.png", "http://127.0.0.1:1/images/" + id + "/x.png"} {
		if status, _, got := h.call(t, http.MethodPost, "/v1/images/edits", `{"prompt":"a hat","image":"`+address+`"}`); status != http.StatusBadRequest || !strings.Contains(string(got), `"param":"image"`) {
			t.Errorf("%s = %d %s, want a 400", address, status, got)
		}
	}
}

// Pages write the address without its scheme or its host. There is no other place to look then: what is none of the
// caller's pictures is not found.
func TestOwnPictures_AreKnownByTheirPath(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	id := h.drawnID(t, "a fox")
	for _, address := range []string{"/images/" + id + ".png", "//pics.example.com/images/" + id + ".png?width=300", "/mid/images/" + id + ".webp", "/v1/images/" + id} {
		for route, asked := range map[string]string{
			"/v1/images/edits":       `{"prompt":"a hat","image":"` + address + `"}`,
			"/v1/images/variations":  `{"image":"` + address + `"}`,
			"/v1/images/generations": `{"prompt":"a hat","midjourney":{"style_reference":"` + address + `::2"}}`,
			"/v1/chat/completions":   `{"model":"midjourney","messages":[{"role":"user","content":[{"type":"text","text":"add a hat"},{"type":"image_url","image_url":{"url":"` + address + `"}}]}]}`,
			"/mj/submit/describe":    `{"base64":"` + address + `"}`,
		} {
			if status, _, got := h.call(t, http.MethodPost, route, asked); status != http.StatusOK {
				t.Errorf("%s of %s = %d %s", route, address, status, got)
			}
		}
		asked := `{"prompt":"a hat","image":"` + address + `"}`
		if status, _, got := h.call(t, http.MethodPost, "/v1/images/edits", asked, "Authorization", "Bearer sk-bob"); status != http.StatusNotFound || !strings.Contains(string(got), `"param":"image"`) {
			t.Errorf("somebody else's edit of %s = %d %s, want a 404", address, status, got)
		}
	}
	for address, want := range map[string]int{
		"/images/img_" + strings.Repeat("A", 26) + ".png": 404, "//pics.example.com/images/img_" + strings.Repeat("A", 26) + ".png": 404,
		"/images/" + id + "/x.png": 400, "/etc/passwd": 400, "//pics.example.com/fox.png": 400,
	} {
		if status, _, got := h.call(t, http.MethodPost, "/v1/images/edits", `{"prompt":"a hat","image":"`+address+`"}`); status != want || !strings.Contains(string(got), `"param":"image"`) {
			t.Errorf("%s = %d %s, want %d", address, status, got, want)
		}
	}
}

// A response that is gone on with has its pictures again, however they were named.
func TestOwnPictures_AreKeptByTheirPath(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	_, a, _ := h.respond(t, drawn(`"a red fox"`, ``, ``))
	_, b, raw := h.respond(t, `{"model":"gpt-5","input":[{"role":"user","content":[{"type":"input_text","text":"add a hat"},{"type":"input_image","image_url":"/images/`+a.Output[0].ImageID+`.png"}]}]}`)
	if _, _, items := h.call(t, http.MethodGet, "/v1/responses/"+b.ID+"/input_items", ""); !strings.Contains(string(items), `"file_id":"`+a.Output[0].ImageID+`"`) {
		t.Errorf("input_items = %s of %.300s, want the picture's ID", items, raw)
	}
}
