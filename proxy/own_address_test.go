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
	_, _, body := h.call(t, http.MethodPost, "/v1/images/generations", `{"prompt":"a fox","response_format":"url"}`)
	i := strings.Index(string(body), "img_")
	if i < 0 {
		t.Fatalf("no picture: %s", body)
	}
	id := string(body[i : i+30])
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
