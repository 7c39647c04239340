package proxy

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/web"
)

// sentVideo is what the upstream was asked for a video.
type sentVideo struct {
	Prompt, Image, EndImage, Motion, VideoType string
	Loop                                       bool
	BatchSize                                  int
}

// What a video can be told reaches the upstream under its own names, in both encodings, and costs one clip unless more
// are asked for.
func TestAVideosFieldsReachTheUpstream(t *testing.T) {
	frame := stillOf(t, 96, 64)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(frame) }))
	defer site.Close()
	link, data := site.URL+"/frame.png", stillURL(t, 112, 64)
	js := func(body string) func(*house) (int, http.Header, []byte) {
		return func(h *house) (int, http.Header, []byte) { return h.call(t, "POST", "/v1/videos", body) }
	}
	for name, test := range map[string]struct {
		send  func(*house) (int, http.Header, []byte)
		want  sentVideo // Image and EndImage: how they begin
		clips int
	}{
		"nothing said, a linked frame": {
			js(`{"prompt":"it waves","input_reference":{"image_url":"` + link + `"}}`),
			sentVideo{Prompt: "it waves", Image: "data:image/png", Motion: "low", BatchSize: 1}, 1,
		},
		"everything in JSON": {
			js(`{"prompt":"it waves","input_reference":{"image_url":"` + data + `"},"motion":"high","loop":true,"video_type":"vid_1.1_i2v_720","end_image":"` + link + `","midjourney":{"batch_size":2}}`),
			sentVideo{Prompt: "it waves", Image: "data:image/png", EndImage: "data:image/png", Motion: "high", VideoType: "vid_1.1_i2v_720", Loop: true, BatchSize: 2}, 2,
		},
		"everything in a form": {
			func(h *house) (int, http.Header, []byte) {
				return h.form(t, "/v1/videos", filmPart{name: "prompt", text: "it waves"}, filmPart{name: "input_reference", file: frame},
					filmPart{name: "midjourney", text: `{"motion":"high","loop":true,"video_type":"vid_1.1_i2v_720","end_image":"` + data + `","batch_size":4}`})
			},
			sentVideo{Prompt: "it waves", Image: "data:image/png", EndImage: "data:image/png", Motion: "high", VideoType: "vid_1.1_i2v_720", Loop: true, BatchSize: 4}, 4,
		},
		"everything in the prompt": {
			js(`{"prompt":"it waves --motion high --loop --bs 2 --raw","input_reference":{"image_url":"` + data + `"},"model":"midjourney-v7-turbo"}`),
			sentVideo{Prompt: "it waves --raw", Image: "data:image/png", Motion: "high", Loop: true, BatchSize: 2}, 2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, simulator.Config{}, func(c *web.Config) { c.FetchAllow = []string{"127.0.0.1"} })
			status, _, body := test.send(h)
			v := h.finished(t, videoIn(t, status, body).ID)
			var got sentVideo
			for _, s := range h.sim.Requests().Submissions {
				if err := json.Unmarshal(s.Body, &got); err != nil {
					t.Fatal(err)
				}
			}
			if !strings.HasPrefix(got.Image, test.want.Image) || !strings.HasPrefix(got.EndImage, test.want.EndImage) || (got.EndImage == "") != (test.want.EndImage == "") {
				t.Errorf("frames = %.30q, %.30q, want %q, %q", got.Image, got.EndImage, test.want.Image, test.want.EndImage)
			}
			got.Image, got.EndImage = test.want.Image, test.want.EndImage
			if got != test.want {
				t.Errorf("the upstream was asked for %+v, want %+v", got, test.want)
			}
			if clips := h.sim.Ledger()[0].Clips; v.Status != "completed" || clips != test.clips || v.Clips != test.clips && test.clips > 1 {
				t.Errorf("%s with %d clips of %d that were paid, want %d", v.Status, v.Clips, clips, test.clips)
			}
		})
	}
}

// A picture is never left out of a video that is paid for, whatever its client calls it.
func TestAVideosPicturesHaveManyNames(t *testing.T) {
	first, last := `"`+stillURL(t, 96, 64)+`"`, `"`+stillURL(t, 112, 64)+`"`
	for name, test := range map[string]struct {
		body        string
		first, last bool
		param       string // of a refusal
	}{
		"a list for one":             {`"input_reference":[` + first + `]`, true, false, ""},
		"images":                     {`"images":[{"image_url":` + first + `}]`, true, false, ""},
		"image_urls":                 {`"image_urls":[` + first + `]`, true, false, ""},
		"input_references":           {`"input_references":[{"type":"image_url","image_url":{"url":` + first + `}}]`, true, false, ""},
		"OpenRouter's first frame":   {`"frame_images":[{"type":"image_url","image_url":{"url":` + first + `},"frame_type":"first_frame"}]`, true, false, ""},
		"OpenRouter's frames":        {`"frame_images":[{"image_url":{"url":` + first + `},"frame_type":"first_frame"},{"image_url":{"url":` + last + `},"frame_type":"last_frame"}]`, true, true, ""},
		"first_frame_image":          {`"first_frame_image":` + first + `,"last_frame_image":` + last, true, true, ""},
		"start_image, end_image":     {`"start_image":` + first + `,"end_image":` + last, true, true, ""},
		"two beginnings":             {`"start_image":` + first + `,"image":` + last, false, false, "input_reference"},
		"two ends":                   {`"image":` + first + `,"end_image":` + last + `,"last_frame":` + last, false, false, "last_frame"},
		"a mask":                     {`"image":` + first + `,"mask":` + last, false, false, "mask"},
		"a frame that is no picture": {`"frame_images":[{"frame_type":"first_frame"}]`, false, false, "frame_images"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, simulator.Config{})
			status, _, body := h.call(t, "POST", "/v1/videos", `{"prompt":"it waves",`+test.body+`}`)
			if test.param != "" {
				if status != 400 || !strings.Contains(string(body), `"param":"`+test.param+`"`) || len(h.sim.Ledger()) != 0 {
					t.Errorf("%d %s, %d jobs, want a refusal of %s that costs nothing", status, body, len(h.sim.Ledger()), test.param)
				}
				return
			}
			h.finished(t, videoIn(t, status, body).ID)
			var got sentVideo
			for _, s := range h.sim.Requests().Submissions {
				if err := json.Unmarshal(s.Body, &got); err != nil {
					t.Fatal(err)
				}
			}
			if (got.Image != "") != test.first || (got.EndImage != "") != test.last || h.charged() != "video" {
				t.Errorf("frames %.20q and %.20q for %q, want first %v, last %v for one video", got.Image, got.EndImage, h.charged(), test.first, test.last)
			}
		})
	}
}

// A form may say by which picture a video begins in as many ways as a JSON body.
func TestTheFramesOfAFormAreUsed(t *testing.T) {
	first := "data:image/png;base64," + base64.StdEncoding.EncodeToString(stillOf(t, 96, 64))
	for name, part := range map[string]filmPart{
		"first_frame": {name: "first_frame", text: first}, "start_image": {name: "start_image", text: first},
		"frame_images": {name: "frame_images", text: `[{"image_url":{"url":"` + first + `"},"frame_type":"first_frame"}]`},
	} {
		h := newHouse(t, simulator.Config{})
		status, _, body := h.form(t, "/v1/videos", filmPart{name: "prompt", text: "it waves"}, part)
		h.finished(t, videoIn(t, status, body).ID)
		if got := h.charged(); got != "video" {
			t.Errorf("%s: jobs %q, want one video of that picture", name, got)
		}
	}
}

// An object that is sent whole and by its members is sent twice.
func TestAnObjectIsSentOnce(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for _, name := range []string{"midjourney[stylize]", "midjourney[no]"} {
		status, _, body := h.form(t, "/v1/videos", filmPart{name: "prompt", text: "it waves"}, filmPart{name: "midjourney", text: `{"version":"6.1"}`}, filmPart{name: name, text: "250"})
		if status != 400 || !strings.Contains(string(body), `"param":"midjourney"`) {
			t.Errorf("%d %s, want a refusal of midjourney", status, body)
		}
	}
	if jobs := h.sim.Ledger(); len(jobs) != 0 {
		t.Errorf("jobs = %v, want none", jobs)
	}
}

// Pictures in a JSON body where a route uses none are refused before anything is paid.
func TestPicturesWhereNoneIsUsed(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	id := h.drawnID(t, "a red fox")
	before := len(h.sim.Ledger())
	for path, body := range map[string]string{
		"/v1/prompts/shorten": `{"prompt":"a very red fox","image":"https://example.com/a.png"}`, "/v1/images/" + id + "/actions": `{"action":"vary","images":["https://example.com/a.png"]}`,
		"/v1/chat/completions": `{"messages":[{"role":"user","content":"a fox like this"}],"image_url":"https://example.com/a.png"}`,
	} {
		if status, _, answer := h.call(t, "POST", path, body); status != 400 || !strings.Contains(string(answer), `"param":"image"`) {
			t.Errorf("%s = %d %s, want a refusal of image", path, status, answer)
		}
	}
	if n := len(h.sim.Ledger()) - before; n != 0 {
		t.Errorf("%d jobs were paid", n)
	}
}
