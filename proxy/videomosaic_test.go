package proxy

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/image/riff"

	"midgate/adapter/midjourney/simulator"
)

// Where Animate makes one animated WebP, that is the video: on upstreams without
// submit/video, and for native clients on every account that runs on Discord.
func TestAnAnimatedWebPIsAVideo(t *testing.T) {
	h := newHouse(t, simulator.Config{NoVideo: true})
	status, _, body := h.call(t, "POST", "/v1/images/generations", `{"prompt":"a red fox","response_format":"url"}`)
	var drawn struct{ Data []struct{ ID string } }
	if err := json.Unmarshal(body, &drawn); err != nil || status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	for name, request := range map[string][2]string{
		"of words":              {"/v1/videos", `{"prompt":"a fox walks"}`},
		"of a picture":          {"/v1/videos", `{"prompt":"it waves","input_reference":{"file_id":"` + drawn.Data[0].ID + `"}}`},
		"by a picture's action": {"/v1/images/" + drawn.Data[0].ID + "/actions", `{"action":"animate_high"}`},
		"of much motion, asked": {"/v1/videos", `{"prompt":"a hare runs --motion high"}`},
	} {
		status, _, body := h.call(t, "POST", request[0], request[1])
		v := h.finished(t, videoIn(t, status, body).ID)
		status, header, film := h.call(t, "GET", "/v1/videos/"+v.ID+"/content", "")
		if v.Status != "completed" || status != 200 || header.Get("Content-Type") != "image/webp" || stills(t, film) != 15 {
			t.Errorf("%s: %s, content = %d %s of %d bytes, want an animated WebP", name, v.Status, status, header.Get("Content-Type"), len(film))
			continue
		}
		if v.URL != h.base+"/videos/"+v.ID+".webp" {
			t.Errorf("%s: its address is %s, want one that ends as its bytes are", name, v.URL)
		}
		status, _, part := h.call(t, "GET", strings.TrimPrefix(v.URL, h.base), "", "Range", "bytes=8-11", "Authorization", "")
		if status != 206 || string(part) != "WEBP" {
			t.Errorf("%s: a part of it = %d %q", name, status, part)
		}
	}
	for _, refused := range []string{
		`{"prompt":"x","seconds":"8"}`, `{"prompt":"x","input_reference":{"image_url":"data:image/png;base64,` + base64.StdEncoding.EncodeToString(stillOf(t, 96, 64)) + `"}}`,
	} {
		before := len(h.sim.Ledger())
		if status, _, body := h.call(t, "POST", "/v1/videos", refused); status != 400 || !strings.Contains(string(body), `"unsupported"`) || len(h.sim.Ledger()) != before {
			t.Errorf("%.40s = %d %s, want 400 and no job", refused, status, body)
		}
	}
}

func TestANativeClientsAnimatedWebP(t *testing.T) {
	h := newHouse(t, simulator.Config{Dialect: simulator.TrueAI})
	m := mj{h, t, "sk-alice"}
	grid := m.fetch(m.submit("/mj/submit/imagine", `{"prompt":"a red fox"}`))
	single := m.fetch(m.submit("/mj/submit/action", fmt.Sprintf(`{"taskId":%q,"customId":%q}`, grid.ID, customIDOf(grid, t, "U1"))))
	task := m.fetch(m.submit("/mj/submit/action", fmt.Sprintf(`{"taskId":%q,"customId":%q}`, single.ID, customIDOf(single, t, "Animate (Low motion)"))))
	status, header, film := h.call(t, "GET", strings.TrimPrefix(task.ImageURL, h.base), "", "Authorization", "")
	if task.Status != "SUCCESS" || len(task.VideoURLs) != 1 || status != 200 || header.Get("Content-Type") != "image/webp" || stills(t, film) != 15 {
		t.Errorf("task = %+v, its film = %d %s", task, status, header.Get("Content-Type"))
	}
	clip := m.fetch(m.submit("/mj/submit/action", fmt.Sprintf(`{"taskId":%q,"customId":%q}`, task.ID, customIDOf(task, t, "U1"))))
	if status, header, _ := h.call(t, "GET", strings.TrimPrefix(clip.VideoURL, h.base), ""); status != 200 || header.Get("Content-Type") != "video/mp4" {
		t.Errorf("one of its clips = %+v, %d %s", clip, status, header.Get("Content-Type"))
	}
}

// stills counts the pictures of an animated WebP, 0 for anything else.
func stills(t *testing.T, data []byte) (n int) {
	t.Helper()
	kind, chunks, err := riff.NewReader(bytes.NewReader(data))
	if err != nil || kind != (riff.FourCC{'W', 'E', 'B', 'P'}) {
		return 0
	}
	for {
		id, _, _, err := chunks.Next()
		if err != nil {
			return n
		}
		if id == (riff.FourCC{'A', 'N', 'M', 'F'}) {
			n++
		}
	}
}
