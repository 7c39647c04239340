package proxy

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// Lists of pictures are asked for by their words, their kind, their age and who likes them.
func TestImages_AreFoundByWhatTheyAre(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for _, prompt := range []string{"a Red Fox", "a blue bird"} {
		if status, _, body := h.call(t, http.MethodPost, "/v1/images/generations", `{"prompt":"`+prompt+`"}`); status != http.StatusOK {
			t.Fatalf("%d %s", status, body)
		}
	}
	ids := func(query string) []string {
		t.Helper()
		status, _, body := h.call(t, http.MethodGet, "/v1/images?limit=100&"+query, "")
		if status != http.StatusOK {
			t.Fatalf("%s: %d %s", query, status, body)
		}
		var page struct{ Data []struct{ ID, Prompt string } }
		if err := json.Unmarshal(body, &page); err != nil {
			t.Fatal(err)
		}
		var found []string
		for _, p := range page.Data {
			found = append(found, p.ID)
		}
		return found
	}
	fox := ids("query=red+fox&kind=quarter")
	if len(fox) != 4 {
		t.Fatalf("%d quarters of foxes, want 4", len(fox))
	}
	status, _, body := h.call(t, http.MethodPost, "/v1/images/"+fox[1], `{"favorite":true}`)
	if status != http.StatusOK || !strings.Contains(string(body), `"favorite":true`) || !strings.Contains(string(body), fox[1]) {
		t.Errorf("POST = %d %s", status, body)
	}
	for query, want := range map[string]int{
		"": 10, "query=FOX": 5, "query=bird&kind=grid": 1, "query=%25": 0, "query=wolf": 0, "kind=single": 0, "favorite=true": 1, "favorite=false": 10,
		"favorite=1&query=bird": 0, "before=1000000": 0, "before=" + time.Now().Add(time.Hour).UTC().Format(time.RFC3339): 10,
	} {
		if got := ids(query); len(got) != want {
			t.Errorf("%q finds %d pictures, want %d", query, len(got), want)
		}
	}
	if got := ids("favorite=true"); got[0] != fox[1] {
		t.Errorf("the favourite is %s, want %s", got[0], fox[1])
	}
	if status, _, body := h.call(t, http.MethodPost, "/v1/images/"+fox[1], `{"favorite":false}`); status != http.StatusOK || len(ids("favorite=true")) != 0 {
		t.Errorf("no favourite any more = %d %s", status, body)
	}
	for query, param := range map[string]string{"kind=cat": "kind", "favorite=maybe": "favorite", "before=yesterday": "before", "before=-5": "before", "query=%ff": "query", "query=" + strings.Repeat("x", 1001): "query"} {
		if status, _, body := h.call(t, http.MethodGet, "/v1/images?"+query, ""); status != http.StatusBadRequest || !strings.Contains(string(body), `"param":"`+param+`"`) {
			t.Errorf("%.20q = %d %s, want a 400 that names %s", query, status, body, param)
		}
	}
	for body, param := range map[string]string{`{}`: "favorite", `{"favorite":"yes"}`: "favorite", `{"favorite":null}`: "favorite", `{"favorite":true,"prompt":"x"}`: "prompt"} {
		if status, _, got := h.call(t, http.MethodPost, "/v1/images/"+fox[1], body); status != http.StatusBadRequest || !strings.Contains(string(got), `"param":"`+param+`"`) {
			t.Errorf("%s = %d %s, want a 400 that names %s", body, status, got, param)
		}
	}
}

// A picture that is deleted is gone; those that are cut from the same grid are not, nor are other people's.
func TestImages_AreDeletedByTheirOwner(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	status, _, body := h.call(t, http.MethodPost, "/v1/images/generations", `{"prompt":"a fox","n":2,"response_format":"url"}`)
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	var answer struct {
		Data []struct{ URL string }
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatal(err)
	}
	id := func(i int) string {
		u := answer.Data[i].URL
		return u[strings.Index(u, "img_"):strings.LastIndex(u, ".")]
	}
	if status, _, body := h.call(t, http.MethodDelete, "/v1/images/"+id(0), "", "Authorization", "Bearer sk-bob"); status != http.StatusNotFound {
		t.Errorf("somebody else's DELETE = %d %s", status, body)
	}
	if status, _, body := h.call(t, http.MethodDelete, "/v1/images/"+id(0), ""); status != http.StatusOK || string(body) != `{"id":"`+id(0)+`","object":"image","deleted":true}` {
		t.Errorf("DELETE = %d %s", status, body)
	}
	for path, want := range map[string]int{"/v1/images/" + id(0): 404, "/images/" + id(0) + ".png": 404, "/v1/images/" + id(1): 200, "/images/" + id(1) + ".png": 200} {
		if status, _, _ := h.call(t, http.MethodGet, path, ""); status != want {
			t.Errorf("GET %s = %d, want %d", path, status, want)
		}
	}
	if status, _, _ := h.call(t, http.MethodDelete, "/v1/images/"+id(0), ""); status != http.StatusNotFound {
		t.Errorf("a second DELETE = %d", status)
	}
}

// Jobs are listed by where they stand.
func TestJobs_AreListedByStatus(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	h.call(t, http.MethodPost, "/v1/images/generations", `{"prompt":"a fox"}`)
	h.call(t, http.MethodPost, "/v1/images/generations", `{"prompt":"a fox sim-fail"}`)
	for query, want := range map[string]int{"": 2, "status=completed": 1, "status=failed": 1, "status=failed,completed": 2, "status=queued": 0} {
		_, _, body := h.call(t, http.MethodGet, "/v1/jobs?"+query, "")
		if got := strings.Count(string(body), `"object":"job"`); got != want {
			t.Errorf("%q lists %d jobs, want %d: %s", query, got, want, body)
		}
	}
	if status, _, body := h.call(t, http.MethodGet, "/v1/jobs?status=done", ""); status != http.StatusBadRequest || !strings.Contains(string(body), `"param":"status"`) {
		t.Errorf("an unknown status = %d %s", status, body)
	}
}
