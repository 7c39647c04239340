package proxy

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// fourOf draws four pictures and fails the test unless they come within a while, from one paid job, can be read, and can be
// varied afterwards.
func (h *house) fourOf(t *testing.T, within time.Duration) {
	t.Helper()
	start := time.Now()
	items := h.draw(t, `{"prompt":"a red fox","n":4,"response_format":"url"}`)
	if took := time.Since(start); took > within {
		t.Errorf("the answer took %v, want at most %v", took, within)
	}
	if len(items) != 4 {
		t.Fatalf("%d pictures, want 4", len(items))
	}
	h.costs(t, 1)
	seen := map[string]bool{}
	for _, i := range items {
		seen[string(h.download(t, *i.URL))] = true
	}
	if len(seen) != 4 {
		t.Errorf("%d different pictures, want 4", len(seen))
	}
	h.ask(t, http.MethodPost, "/v1/images/"+items[2].ID+"/actions", `{"action":"vary","response_format":"url"}`).is(t, 200)
	h.costs(t, 2)
	h.paidAsCharged(t)
}

// TestUpstream_FourPicturesNeedNoGrid: whatever is said of the grid, and however the four are told.
func TestUpstream_FourPicturesNeedNoGrid(t *testing.T) {
	joined := func(by string) func(map[string]any) {
		return func(task map[string]any) { task["imageUrls"] = strings.Join(addressesOf(task), by) }
	}
	for name, tell := range map[string]func(map[string]any){
		"an empty grid":          func(task map[string]any) { task["imageUrl"] = "" },
		"no grid":                func(task map[string]any) { delete(task, "imageUrl") },
		"a null grid":            func(task map[string]any) { task["imageUrl"] = nil },
		"a grid that is gone":    func(task map[string]any) { task["imageUrl"] = "http://upstream.test/cdn/gone/grid.png" },
		"a grid on another host": func(task map[string]any) { task["imageUrl"] = "http://127.0.0.9:1/grid.png" },
		"a list in a text":       func(task map[string]any) { task["imageUrls"] = inJSON(addressesOf(task)) },
		"with commas":            joined(","),
		"with lines and no grid": func(task map[string]any) { joined("\n")(task); task["imageUrl"] = nil },
		"all where the grid is":  func(task map[string]any) { task["imageUrl"], task["imageUrls"] = task["imageUrls"], nil },
		"in the place of the one": func(task map[string]any) {
			task["imageUrl"] = strings.Join(addressesOf(task), ", ")
			delete(task, "imageUrls")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouseRetold(t, simulator.Config{Dialect: simulator.TrueAI, Partner: true}, func(task map[string]any) {
				if len(addressesOf(task)) == 4 {
					tell(task)
				}
			})
			h.fourOf(t, 4*time.Second)
		})
	}
}

// TestUpstream_FewerPicturesThanAGrid are handed out, and what is missing is told.
func TestUpstream_FewerPicturesThanAGrid(t *testing.T) {
	for there, lacking := range map[int]string{1: "3;", 2: "2;", 3: "1;"} {
		t.Run(lacking, func(t *testing.T) {
			t.Parallel()
			h := newHouseRetold(t, simulator.Config{Dialect: simulator.TrueAI, Partner: true}, func(task map[string]any) {
				if all, ok := task["imageUrls"].([]any); ok && len(all) == 4 {
					task["imageUrls"], task["imageUrl"] = all[:there], nil
				}
			})
			a := h.ask(t, http.MethodPost, generations, `{"prompt":"a red fox","n":4,"response_format":"url"}`)
			items := a.items(t)
			if len(items) != there || !strings.HasPrefix(a.header.Get("Midgate-Missing"), lacking) {
				t.Errorf("%d pictures and Midgate-Missing %q, want %d and %q", len(items), a.header.Get("Midgate-Missing"), there, lacking)
			}
			h.download(t, *items[there-1].URL)
			h.costs(t, 1)
			h.paidAsCharged(t)
		})
	}
}

// TestUpstream_ADeadLinkIsReplacedByTheTasksNewOne within five seconds, for a grid, one of four pictures and a clip.
func TestUpstream_ADeadLinkIsReplacedByTheTasksNewOne(t *testing.T) {
	dead := map[string]simulator.Fault{
		"404": {Kind: "404"}, "403": {Kind: "403"}, "410": {Kind: "answer", Status: 410, Body: "gone"}, "451": {Kind: "answer", Status: 451, Body: "This content is no longer available."},
		"an expired signature": {Kind: "answer", Status: 400, Body: "<Error><Code>ExpiredToken</Code></Error>"}, "a page": {Kind: "html-200"},
		"words": {Kind: "answer", Status: 200, Header: map[string]string{"Content-Type": "text/plain"}, Body: "This content is no longer available."},
	}
	for name, fault := range dead {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expired := func(address any) string {
				u, _ := address.(string)
				return strings.Replace(u, "/cdn/", "/cdn/dead/", 1)
			}
			for kind, sim := range map[string]simulator.Config{"a grid": {Dialect: simulator.TrueAI}, "four": {Dialect: simulator.TrueAI, Partner: true}} {
				t.Run(kind, func(t *testing.T) {
					told := map[any]int{}
					h := newHouseRetold(t, sim, func(task map[string]any) {
						if told[task["id"]]++; told[task["id"]] > 1 {
							return
						}
						task["imageUrl"] = expired(task["imageUrl"])
						for _, e := range task["imageUrls"].([]any) {
							e.(map[string]any)["url"] = expired(e.(map[string]any)["url"])
						}
					})
					fault.Route, fault.Match, fault.Times = "cdn", "/dead/", -1
					h.sim.Fail(fault)
					h.fourOf(t, 5*time.Second)
				})
			}
		})
	}
}

// TestUpstream_ADeadLinkOfAClip is replaced, too.
func TestUpstream_ADeadLinkOfAClip(t *testing.T) {
	for name, kind := range map[string]string{"404": "404", "403": "403", "a page": "html-200"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			told := map[any]int{}
			h := newHouseRetold(t, simulator.Config{Dialect: simulator.TrueAI, Partner: true}, func(task map[string]any) {
				if told[task["id"]]++; task["videoUrl"] == nil || told[task["id"]] > 1 {
					return
				}
				for _, e := range task["videoUrls"].([]any) {
					e.(map[string]any)["url"] = "http://upstream.test/cdn/dead/clip.mp4"
				}
				task["videoUrl"], task["imageUrls"], task["imageUrl"] = "http://upstream.test/cdn/dead/clip.mp4", nil, nil
			})
			h.sim.Fail(simulator.Fault{Route: "cdn", Match: "/dead/", Kind: kind, Times: -1})
			h.clip(t, 6*time.Second)
		})
	}
}

// clip makes a video and fails the test unless it is one within a while, from one paid job.
func (h *house) clip(t *testing.T, within time.Duration) {
	t.Helper()
	start := time.Now()
	status, _, body := h.call(t, "POST", "/v1/videos", `{"prompt":"it waves","input_reference":{"image_url":"`+stillURL(t, 96, 64)+`"}}`)
	v := h.finished(t, videoIn(t, status, body).ID)
	if took := time.Since(start); v.Status != "completed" || took > within {
		t.Errorf("the video is %s after %v, want it completed within %v", v.Status, took, within)
	}
	status, header, clip := h.call(t, "GET", "/v1/videos/"+v.ID+"/content", "")
	if status != 200 || header.Get("Content-Type") != "video/mp4" || len(clip) < 12 || string(clip[4:8]) != "ftyp" {
		t.Errorf("its content is %d %s of %d bytes, want a clip", status, header.Get("Content-Type"), len(clip))
	}
	h.costs(t, 1)
	h.paidAsCharged(t)
}

// TestUpstream_AStillIsNoClip: some upstreams show a video's first frame in its place for a while.
func TestUpstream_AStillIsNoClip(t *testing.T) {
	const still = "http://upstream.test/cdn/still/cover.jpeg"
	for name, tell := range map[string]func(map[string]any){
		"no clips yet":  func(task map[string]any) { task["videoUrls"], task["videoUrl"], task["imageUrl"] = nil, nil, still },
		"an empty list": func(task map[string]any) { task["videoUrls"], task["videoUrl"], task["imageUrl"] = []any{}, "", still },
		"a still for a clip": func(task map[string]any) {
			task["videoUrls"], task["videoUrl"], task["imageUrl"] = []any{still}, "", still
		},
		"a still in a text": func(task map[string]any) { task["videoUrls"], task["videoUrl"], task["imageUrl"] = still, still, nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouseRetold(t, simulator.Config{}, late(time.Second, "imageUrls", tell))
			h.sim.Fail(simulator.Fault{Route: "cdn", Match: "/still/", Kind: "answer", Status: 200, Header: map[string]string{"Content-Type": "image/png"}, Body: string(stillOf(t, 64, 64)), Times: -1})
			h.clip(t, 15*time.Second)
		})
	}
}

// TestUpstream_FilesAreWhatTheirBytesSay, whatever they are called.
func TestUpstream_FilesAreWhatTheirBytesSay(t *testing.T) {
	avif, err := os.ReadFile("../adapter/pictures/avif/testdata/grid.avif")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ contentType, file string }{
		"AVIF": {"image/avif", string(avif)}, "AVIF as a text": {"text/plain", string(avif)}, "AVIF without a type": {"", string(avif)},
		"AVIF as a stream of bytes": {"application/octet-stream", string(avif)}, "PNG as a text": {"text/plain; charset=utf-8", string(stillOf(t, 64, 48))},
		"PNG as JSON": {"application/json", string(stillOf(t, 64, 48))}, "PNG as a video": {"video/mp4", string(stillOf(t, 64, 48))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, simulator.Config{Dialect: simulator.TrueAI})
			h.sim.Fail(simulator.Fault{Route: "cdn", Kind: "answer", Status: 200, Header: map[string]string{"Content-Type": test.contentType}, Body: test.file, Times: -1})
			items := h.draw(t, `{"prompt":"a red fox","n":4,"response_format":"url"}`)
			for _, i := range items {
				if r := h.image(t, i.ID); r.Width != 32 || r.Height != 24 || !strings.HasPrefix(string(h.download(t, *i.URL)), pngMagic) {
					t.Errorf("a quarter has %d×%d pixels, want a PNG of 32×24", r.Width, r.Height)
				}
			}
			if len(items) != 4 {
				t.Errorf("%d pictures, want 4", len(items))
			}
			h.costs(t, 1)
		})
	}
}

// TestUpstream_DescriptionsArePrompts: four of them, however they are written.
func TestUpstream_DescriptionsArePrompts(t *testing.T) {
	want := []string{"a lighthouse --ar 3:2", "a tower in a storm", "a storm", "the sea"}
	for name, answer := range map[string]any{
		"blocks of two lines": "1️⃣ a lighthouse\n--ar 3:2\n\n2️⃣ a tower\nin a storm\n\n3️⃣ a storm\n\n4️⃣ the sea",
		"one line":            "1️⃣ a lighthouse --ar 3:2 2️⃣ a tower in a storm 3️⃣ a storm 4️⃣ the sea",
		"wide points":         "1．a lighthouse --ar 3:2\n2．a tower\nin a storm\n3．a storm\n4．the sea",
		"bold numbers":        "**1.** a lighthouse --ar 3:2\n**2.** a tower in a storm\n**3.** a storm\n**4.** the sea",
		"blank lines":         "a lighthouse\n--ar 3:2\n\na tower\nin a storm\n\na storm\n\nthe sea",
		"a JSON text":         `["a lighthouse --ar 3:2","a tower in a storm","a storm","the sea"]`,
		"a list":              want,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouseRetold(t, simulator.Config{}, func(task map[string]any) {
				task["prompt"], task["promptEn"], task["description"] = answer, answer, "ok"
				task["properties"] = map[string]any{"finalPrompt": answer}
			})
			a := h.ask(t, http.MethodPost, "/v1/images/descriptions", `{"image":{"image_url":"`+stillURL(t, 96, 64)+`"}}`).is(t, 200)
			if got := textsIn(t, a.body); !slices.Equal(got, want) {
				t.Errorf("descriptions = %q, want %q", got, want)
			}
			h.costs(t, 1)
		})
	}
}

// textsIn are the texts of an answer with descriptions.
func textsIn(t *testing.T, body []byte) (texts []string) {
	t.Helper()
	var answer struct {
		Data []struct {
			Prompt string `json:"prompt"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	for _, d := range answer.Data {
		texts = append(texts, d.Prompt)
	}
	return texts
}
