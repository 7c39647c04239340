package simulator

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator/course"
)

func TestLedger(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newScript(t, Config{Pixels: 64})
		p.header.Set("Authorization", "Bearer key-1")
		grid := p.finish(p.submit("/mj-fast/mj/submit/imagine", `{"prompt":"a cat","state":"s1"}`))
		up := p.finish(p.press(grid, "upsample::4"))
		p.press(up, "BOOKMARK")
		dialog := p.press(up, "Inpaint")
		after := p.submit("/mj-turbo/mj/submit/modal", fmt.Sprintf(`{"taskId":%q,"prompt":"a dog","maskBase64":%q}`, dialog, whiteMask(64, 64, 1)))
		p.submit("/mj/submit/shorten", `{"prompt":"a long text"}`)
		p.send("POST", "/mj/submit/upload-discord-images", fmt.Sprintf(`{"base64Array":[%q]}`, tinyPNG))
		p.send("POST", "/mj/submit/imagine", `{"prompt":""}`)

		want := []Charge{
			{TaskID: grid["id"].(string), Kind: "imagine", State: "s1", Key: "key-1", Prompt: "a cat", Speed: "fast"},
			{TaskID: up["id"].(string), Kind: "upscale", Key: "key-1", Prompt: "a cat", Speed: "relax", Parent: grid["id"].(string), CustomID: customID(t, grid, "upsample::4")},
			{TaskID: after, Kind: "inpaint", Key: "key-1", Prompt: "a dog", Speed: "relax", Parent: up["id"].(string), CustomID: customID(t, up, "Inpaint")},
			{Kind: "shorten", Key: "key-1", Prompt: "a long text", Speed: "relax"},
		}
		got := p.sim.Ledger()
		if len(got) != len(want) {
			t.Fatalf("ledger has %d charges, want %d: %+v", len(got), len(want), got)
		}
		for i := range want {
			got[i].At = time.Time{}
			if want[i].TaskID == "" {
				want[i].TaskID = got[i].TaskID
			}
			if got[i] != want[i] {
				t.Errorf("charge %d = %+v, want %+v", i, got[i], want[i])
			}
		}
	})
}

func TestRequests(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newScript(t, Config{Pixels: 64})
		p.header.Set("Mj-Api-Secret", "x")
		id := p.submit("/mj-fast/mj/submit/imagine", `{"prompt":"a cat"}`)
		p.task(id)
		p.task(id)
		p.send("POST", "/mj/task/list-by-condition", fmt.Sprintf(`{"ids":[%q,"7"]}`, id))
		p.send("GET", "/mj/image/"+id, "")
		p.send("POST", "/nowhere", "")
		got := p.sim.Requests()
		for route, want := range map[string]int{"imagine": 1, "fetch": 2, "list": 1, "image": 1, "other": 1} {
			if got.Routes[route] != want {
				t.Errorf("Routes[%s] = %d, want %d", route, got.Routes[route], want)
			}
		}
		if got.IDs[id] != 3 || got.IDs["7"] != 1 || len(got.Lists) != 1 || got.Lists[0] != 2 {
			t.Errorf("ids = %v, lists = %v; want the task asked 3 times and one list of 2", got.IDs, got.Lists)
		}
		if len(got.Submissions) != 1 || string(got.Submissions[0].Body) != `{"prompt":"a cat"}` ||
			got.Submissions[0].Path != "/mj-fast/mj/submit/imagine" || got.Submissions[0].Header.Secret != "x" {
			t.Errorf("submissions = %+v, want the one", got.Submissions)
		}
	})
}

// TestControlPages does the same over HTTP.
func TestControlPages(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newScript(t, Config{Pixels: 64, Key: "secret"})
		help := p.send("GET", "/sim/", "").object(t)
		if help["dialect"] != "comet" || len(help["prompt_words"].(map[string]any)) != len(course.OrderHelp) {
			t.Errorf("GET /sim/ = %v, want the words", help)
		}
		if got := p.send("POST", "/sim/fail", `{"route":"fetch","kind":"418"}`).status; got != 204 {
			t.Errorf("POST /sim/fail = %d, want 204", got)
		}
		if got := p.send("POST", "/sim/fail", `{}`).status; got != 400 {
			t.Errorf("POST /sim/fail without a kind = %d, want 400", got)
		}
		if got := p.send("GET", fetchPath("1"), "").status; got != 418 {
			t.Errorf("fetch = %d, want the programmed 418", got)
		}
		p.header.Set("Authorization", "Bearer secret")
		id := p.submit("/mj/submit/imagine", `{"prompt":"a cat"}`)
		var charges []Charge
		if err := json.Unmarshal(p.send("GET", "/sim/ledger", "").body, &charges); err != nil || len(charges) != 1 || charges[0].TaskID != id {
			t.Errorf("GET /sim/ledger = %+v, %v; want the one charge", charges, err)
		}
		if got := p.send("POST", "/sim/forget", `{"ids":["`+id+`"]}`).status; got != 204 || p.send("GET", fetchPath(id), "").status != 400 {
			t.Errorf("POST /sim/forget = %d, and the task should be lost", got)
		}
		p.send("POST", "/sim/reset", "")
		if got := strings.TrimSpace(string(p.send("GET", "/sim/ledger", "").body)); got != "[]" {
			t.Errorf("ledger after a reset = %s, want []", got)
		}
	})
}

// TestWordsAreDocumented holds GET /sim/, the package comment and what is obeyed together.
func TestWordsAreDocumented(t *testing.T) {
	comment, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for word := range course.OrderHelp {
		if !strings.Contains(string(comment), "//\t"+word+" ") {
			t.Errorf("%s is not in the package comment", word)
		}
	}
	for word := range askedFaults {
		if course.OrderHelp[word] == "" {
			t.Errorf("%s is not explained in GET /sim/", word)
		}
	}
}

// TestManyAtOnce is for the race detector.
func TestManyAtOnce(t *testing.T) {
	s := New(Config{Pixels: 16, Pace: time.Millisecond, MaxRunning: 3})
	defer s.Close()
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for i := range 20 {
				body := fmt.Sprintf(`{"prompt":"cat %d %d sim-instant"}`, n, i)
				rec := httptest.NewRecorder()
				s.ServeHTTP(rec, httptest.NewRequest("POST", "/mj/submit/imagine", strings.NewReader(body)))
				var got struct{ Result string }
				if err := json.Unmarshal(rec.Body.Bytes(), &got); err != nil {
					t.Error(err)
					return
				}
				for _, path := range []string{fetchPath(got.Result), "/mj/image/" + got.Result} {
					s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
				}
				s.Tasks()
			}
		})
	}
	all.Wait()
	seen := map[string]bool{}
	for _, c := range s.Ledger() {
		seen[c.TaskID] = true
	}
	if len(seen) != 160 {
		t.Errorf("%d different ids, want 160", len(seen))
	}
}
