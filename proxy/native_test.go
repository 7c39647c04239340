package proxy

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/images"
	"midgate/proxy/native"
)

// mj is a native client: it shows its key in mj-api-secret, submits, and fetches until the task is over.
type mj struct {
	*house
	t   *testing.T
	key string
}

func (m mj) send(method, path, body string) (int, []byte) {
	m.t.Helper()
	status, _, answer := m.call(m.t, method, path, body, "Authorization", "", "Mj-Api-Secret", m.key)
	return status, answer
}

func (m mj) submit(path, body string) native.SubmitJSON {
	m.t.Helper()
	status, answer := m.send("POST", path, body)
	var a native.SubmitJSON
	if err := json.Unmarshal(answer, &a); err != nil || status != 200 {
		m.t.Fatalf("%s = %d %s", path, status, answer)
	}
	if id, ok := a.Result.(string); !ok || id == "" {
		m.t.Fatalf("%s = %s, want a task", path, answer)
	}
	return a
}

func (m mj) fetch(a native.SubmitJSON) native.TaskJSON {
	m.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		status, answer := m.send("GET", "/mj/task/"+a.Result.(string)+"/fetch", "")
		var task native.TaskJSON
		if err := json.Unmarshal(answer, &task); err != nil || status != 200 {
			m.t.Fatalf("fetch = %d %s", status, answer)
		}
		if task.Status == "SUCCESS" || task.Status == "FAILURE" || task.Status == "MODAL" {
			return task
		}
		<-tick.C
	}
}

func customIDOf(j native.TaskJSON, t *testing.T, label string) string {
	t.Helper()
	for _, b := range j.Buttons {
		if b.Label == label || b.Emoji == label {
			return b.CustomID
		}
	}
	t.Fatalf("no button %q in %+v", label, j.Buttons)
	return ""
}

func TestANativeClientsFlowThenAnEdit(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	m := mj{h, t, "sk-alice"}
	grid := m.fetch(m.submit("/mj-fast/mj/submit/imagine", `{"prompt":"a red fox --v 7","state":"mine","base64Array":[]}`))
	if grid.Status != "SUCCESS" || grid.State != "mine" || grid.Progress != "100%" || !strings.HasPrefix(grid.ImageURL, h.base+"/images/img_") {
		t.Fatalf("grid = %+v", grid)
	}
	if status, header, _ := h.call(t, "GET", strings.TrimPrefix(grid.ImageURL, h.base), "", "Authorization", ""); status != 200 || header.Get("Content-Type") != "image/png" {
		t.Errorf("its picture = %d %s", status, header.Get("Content-Type"))
	}
	single := m.fetch(m.submit("/mj/submit/action", fmt.Sprintf(`{"taskId":%q,"customId":%q}`, grid.ID, customIDOf(grid, t, "U2"))))
	press := m.submit("/mj/submit/action", fmt.Sprintf(`{"taskId":%q,"customId":%q}`, single.ID, customIDOf(single, t, "Custom Zoom")))
	if press.Code != 21 {
		t.Errorf("the button with a dialog = %+v, want code 21", press)
	}
	if task := m.fetch(press); task.Status != "MODAL" {
		t.Errorf("its task = %+v, want MODAL", task)
	}
	zoomed := m.fetch(m.submit("/mj/submit/modal", fmt.Sprintf(`{"taskId":%q,"prompt":"a red fox --zoom 1.8"}`, press.Result)))
	if zoomed.Status != "SUCCESS" || len(zoomed.Buttons) < 4 {
		t.Errorf("zoomed = %+v", zoomed)
	}
	again := m.fetch(m.submit("/mj/submit/imagine", `{"prompt":"`+single.ImageURL+` in the snow"}`))
	if prompt := fmt.Sprint(again.Properties["finalPrompt"]); again.Status != "SUCCESS" || !strings.HasPrefix(prompt, "http") || strings.Contains(prompt, h.base) {
		t.Errorf("an image prompt of a picture made here ran as %q, want an address that Midjourney can reach", prompt)
	}
	id := strings.TrimSuffix(strings.TrimPrefix(single.ImageURL, h.base+"/images/"), ".png")
	status, _, body := h.call(t, "POST", "/v1/images/"+id+"/actions", `{"action":"pan_left","response_format":"url"}`)
	if status != 200 {
		t.Errorf("an action on the native picture = %d %s", status, body)
	}
	status, _, body = h.call(t, "POST", "/v1/images/edits", `{"prompt":"a blue fox","images":[{"image_url":"`+single.ImageURL+`"}],"response_format":"url"}`)
	if status != 200 {
		t.Errorf("an edit of the native picture = %d %s", status, body)
	}
	status, answer := m.send("POST", "/mj/task/list-by-condition", `{"ids":["`+grid.ID+`","0000","`+single.ID+`"]}`)
	var listed []native.TaskJSON
	if err := json.Unmarshal(answer, &listed); err != nil || status != 200 || len(listed) != 2 {
		t.Errorf("list = %d %s, want the two tasks that are ours", status, answer)
	}
	var kinds []string
	for _, c := range h.sim.Ledger() {
		kinds = append(kinds, c.Kind)
	}
	if got := strings.Join(kinds, " "); !strings.HasPrefix(got, "imagine upscale zoom") {
		t.Errorf("jobs = %q", got)
	}
}

func TestTheNativeAPIKnowsWhatOpenAIClientsMade(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	status, _, body := h.call(t, "POST", "/v1/images/generations", `{"prompt":"a red fox","response_format":"url"}`)
	var drawn struct{ Data []struct{ ID string } }
	if err := json.Unmarshal(body, &drawn); err != nil || status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	_, _, body = h.call(t, "GET", "/v1/images/"+drawn.Data[0].ID, "")
	var record images.RecordJSON
	if err := json.Unmarshal(body, &record); err != nil {
		t.Fatal(err)
	}
	m := mj{h, t, "sk-alice"}
	task := m.fetch(native.SubmitJSON{Result: record.Upstream.TaskID})
	if task.Status != "SUCCESS" || task.Prompt != "a red fox" || len(task.Buttons) != 9 || len(task.ImageURLs) != 4 {
		t.Errorf("task = %+v", task)
	}
	_, _, body = h.call(t, "GET", "/v1/images/"+record.ID+"?include=seed", "")
	if err := json.Unmarshal(body, &record); err != nil || record.Seed == "" {
		t.Errorf("record with its seed = %s", body)
	}
	status, answer := m.send("GET", "/mj/task/"+task.ID+"/image-seed", "")
	if status != 200 || !strings.Contains(string(answer), `"code":1`) {
		t.Errorf("seed = %d %s", status, answer)
	}
}

func TestNativeTasksHaveOwners(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	task := mj{h, t, "sk-alice"}.fetch(mj{h, t, "sk-alice"}.submit("/mj/submit/imagine", `{"prompt":"a red fox"}`))
	bob := mj{h, t, "sk-bob"}
	for path, body := range map[string]string{
		"GET /mj/task/" + task.ID + "/fetch":      "",
		"GET /mj/task/" + task.ID + "/image-seed": "",
		"POST /mj/task/" + task.ID + "/cancel":    "",
		"POST /mj/submit/action":                  fmt.Sprintf(`{"taskId":%q,"customId":%q}`, task.ID, customIDOf(task, t, "U1")),
		"POST /mj/submit/simple-change":           fmt.Sprintf(`{"content":"%s U1"}`, task.ID),
	} {
		method, path, _ := strings.Cut(path, " ")
		if status, answer := bob.send(method, path, body); status != 400 || !strings.Contains(string(answer), `"code":4`) {
			t.Errorf("%s = %d %s, want a relay's 400", path, status, answer)
		}
	}
	if status, answer := bob.send("GET", "/mj/task/list", ""); status != 200 || string(answer) != "[]" {
		t.Errorf("list = %d %s, want none of them", status, answer)
	}
	if status, _ := (mj{h, t, "sk-nobody"}).send("GET", "/mj/task/"+task.ID+"/fetch", ""); status != http.StatusUnauthorized {
		t.Errorf("a wrong key = %d, want 401", status)
	}
	if n := len(h.sim.Ledger()); n != 1 {
		t.Errorf("%d jobs, want one", n)
	}
}

// What would cost more than it says is refused or taken out, as on every other route.
func TestNativeRequestsCostWhatTheySay(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	m := mj{h, t, "sk-alice"}
	for name, body := range map[string]string{
		"several jobs":       `{"prompt":"a fox --repeat 5"}`,
		"with another dash":  `{"prompt":"a fox —repeat 5"}`,
		"a permutation":      `{"prompt":"a {red, blue} fox"}`,
		"a video":            `{"prompt":"https://example.com/a.png x --video 1"}`,
		"no prompt":          `{}`,
		"a broken picture":   `{"prompt":"x","base64Array":["data:image/png;base64,AAAA"]}`,
		"not a JSON":         `{`,
		"four jobs at once":  `{"taskId":"1","customId":"MJ::Job::PicReader::all"}`,
		"an unknown conduct": `[]`,
		"three clips":        `{"prompt":"x","image":"https://example.com/a.png","batchSize":3}`,
		"clips in words":     `{"prompt":"x","image":"https://example.com/a.png","batchSize":"many"}`,
		"too many clips":     `{"prompt":"x","image":"https://example.com/a.png","batchSize":12000000000000}`,
		"half a clip":        `{"prompt":"x","image":"https://example.com/a.png","batchSize":1.5}`,
		"a list of clips":    `{"prompt":"x","image":"https://example.com/a.png","batchSize":[4]}`,
	} {
		path := "/mj/submit/imagine"
		switch {
		case strings.Contains(body, "customId"):
			path = "/mj/submit/action"
		case strings.Contains(body, "batchSize"):
			path = "/mj/submit/video"
		}
		if status, answer := m.send("POST", path, body); status != 400 || !strings.Contains(string(answer), `"code":4`) {
			t.Errorf("%s = %d %s, want 400 with code 4", name, status, answer)
		}
	}
	m.fetch(m.submit("/mj/submit/imagine", `{"prompt":"a fox --turbo","mode":"FAST","accountFilter":{"modes":["FAST"]}}`))
	jobs := h.sim.Ledger()
	if len(jobs) != 1 || jobs[0].Speed != "turbo" {
		t.Errorf("jobs = %+v, want one at the speed that the prompt names", jobs)
	}
}

func TestNativePicturesAndWords(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	m := mj{h, t, "sk-alice"}
	small := "data:image/png;base64," + base64.StdEncoding.EncodeToString(stillOf(t, 96, 64))
	large := "data:image/png;base64," + base64.StdEncoding.EncodeToString(stillOf(t, 700, 400))
	for name, test := range map[string]struct{ path, body string }{
		"blend":    {"/mj/submit/blend", `{"base64Array":["` + small + `","` + large + `"],"dimensions":"SQUARE"}`},
		"describe": {"/mj/submit/describe", `{"base64":"` + large + `"}`},
		"shorten":  {"/mj/submit/shorten", `{"prompt":"a very very red fox"}`},
		"edits":    {"/mj/submit/edits", `{"prompt":"a moon","image":"` + small + `"}`},
		"video":    {"/mj/submit/video", `{"prompt":"it waves","image":"` + small + `","batchSize":1}`},
	} {
		task := m.fetch(m.submit(test.path, test.body))
		if task.Status != "SUCCESS" {
			t.Errorf("%s = %+v", name, task)
		}
		if words := fmt.Sprint(task.Properties["finalPrompt"]); (name == "describe" || name == "shorten") && !strings.Contains(words, " ") {
			t.Errorf("%s says %q", name, words)
		}
		if name == "video" {
			if status, header, _ := h.call(t, "GET", strings.TrimPrefix(task.VideoURL, h.base), ""); status != 200 || header.Get("Content-Type") != "video/mp4" {
				t.Errorf("video = %d %s", status, header.Get("Content-Type"))
			}
		}
	}
}

func TestNativeUploads(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	small := "data:image/png;base64," + base64.StdEncoding.EncodeToString(stillOf(t, 96, 64))
	status, answer := mj{h, t, "sk-alice"}.send("POST", "/mj/submit/upload-discord-images", `{"base64Array":["`+small+`"]}`)
	var a struct{ Result []string }
	if err := json.Unmarshal(answer, &a); err != nil || status != 200 || len(a.Result) != 1 || !strings.HasPrefix(a.Result[0], "http") {
		t.Errorf("upload = %d %s", status, answer)
	}
	if n := len(h.sim.Ledger()); n != 0 {
		t.Errorf("%d jobs were charged, want none", n)
	}
}

func TestANativeFailureIsATask(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	m := mj{h, t, "sk-alice"}
	task := m.fetch(m.submit("/mj/submit/imagine", `{"prompt":"a fox sim-fail"}`))
	if task.Status != "FAILURE" || task.FailReason == "" {
		t.Errorf("task = %+v, want a failed one", task)
	}
}
