package proxy

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/chat"
)

// What a press, a video or a picture cannot use is refused before anything is paid: it would be paid without it.
func TestNothingIsLeftOutOfWhatIsPaid(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	id, other := h.drawnID(t, "a red fox"), "img_"+strings.Repeat("A", 26)
	press, film, draw := "/v1/images/"+id+"/actions", "/v1/videos", "/v1/images/generations"
	frame := `"input_reference":{"file_id":"` + id + `"}`
	mask := `"mask":"` + stillURL(t, 256, 256) + `"`
	bad := func(param string) refusal { return refusal{http.StatusBadRequest, param, "invalid_value"} }
	for _, test := range []struct {
		path, body, param string
	}{
		{press, `{"action":"vary_strong","midjourney":{"stylize":750}}`, "midjourney.stylize"},
		{press, `{"action":"reroll","midjourney":{"no":"people","speed":"fast"}}`, "midjourney.no"},
		{press, `{"action":"zoom_custom","zoom":1.5,"midjourney":{"seed":0}}`, "midjourney.seed"},
		{press, `{"action":"zoom_out_2x","prompt":"a castle all around","zoom":1.5}`, "zoom"},
		{press, `{"action":"animate_low","seconds":"8"}`, "seconds"},
		{press, `{"action":"animate_low","end_image":"` + id + `"}`, "end_image"},
		{press, `{"action":"animate_low","index":3}`, "index"},
		{press, `{"action":"animate_low","zoom":1.5}`, "zoom"},
		{press, `{"action":"vary_subtle","size":"1536x1024"}`, "size"},
		{press, `{"action":"vary_subtle","prompt":"a hare","midjourney":{"reference_images":["` + id + `"]}}`, "midjourney.reference_images"},
		{press, `{"action":"vary_subtle","midjourney":{"batch_size":4}}`, "midjourney.batch_size"},
		{press, `{"action":"vary_strong",` + mask + `}`, "mask"},
		{press, `{"action":"pan_up","zoom":1.5}`, "zoom"},
		{press, `{"action":"vary_subtle","index":3}`, "index"},
		{press, `{"action":"upscale_subtle","prompt":"make it blue"}`, "prompt"},
		{press, `{"action":"animate_low","midjourney":{"stylize":750}}`, "midjourney.stylize"},
		{press, `{"action":"animate_high","prompt":"it runs","midjourney":{"weird":5}}`, "midjourney.weird"},
		{press, `{"action":"animate_high","n":2}`, "n"},
		{film, `{"prompt":"it runs","midjourney":{"chaos":5},` + frame + `}`, "midjourney.chaos"},
		{film, `{"prompt":"it runs","midjourney":{"style_reference":"123"},` + frame + `}`, "midjourney.style_reference"},
		{film, `{"prompt":"it runs --no people",` + frame + `}`, "prompt"},
		{film, `{"prompt":"it runs --ar 16:9",` + frame + `}`, "prompt"},
		{film, `{"prompt":"it runs --fast --style expressive --raw",` + frame + `}`, "prompt"},
		{press, `{"action":"animate_low","prompt":"it runs --stylize 300"}`, "prompt"},
		{film, `{"prompt":"https://pictures.example/a.png it runs",` + frame + `}`, "prompt"},
		{film, `{"prompt":"it runs","n":2}`, "n"},
		{film, `{"prompt":"it runs","video":{"id":"video_ABCDEFGHIJKLMNOPQRSTUVWX23"}}`, "video"},
		{film, `{"prompt":"it runs","duration":10}`, "duration"},
		{draw, `{"prompt":"a fox","midjourney":{"batch_size":2}}`, "midjourney.batch_size"},
		{"/v1/images/blends", `{"images":["` + id + `","` + id + `"],"prompt":"as an oil painting"}`, "prompt"},
		{"/v1/images/blends", `{"images":["` + id + `","` + id + `"],"midjourney":{"stylize":900}}`, "midjourney.stylize"},
		{"/v1/images/variations", `{"image":"` + id + `","midjourney":{"reference_images":["` + id + `"]}}`, "midjourney.reference_images"},
		{"/v1/images/variations", `{"image":"` + id + `","midjourney":{"stylize":900}}`, "midjourney.stylize"},
		{"/v1/images/edits", `{"images":["` + id + `","` + stillURL(t, 96, 64) + `"],"prompt":"a hat",` + mask + `}`, "image"},
		{"/v1/images/edits", `{"image":"` + id + `","prompt":"vary strong","midjourney":{"weird":750}}`, "midjourney.weird"},
		{"/v1/images/edits", `{"image":"` + id + `","prompt":"Vary the third one"}`, "prompt"},
		{"/v1/images/edits", `{"image":"` + id + `","prompt":"vary strong","midjourney":{"no":"people"}}`, "midjourney.no"},
		{press, `{"action":"upscale_subtle","prompt":"a red fox","midjourney":{"stylize":900}}`, "midjourney.stylize"},
		{press, `{"action":"animate_high","duration":10}`, "duration"},
		{press, `{"action":"vary_strong","negative_prompt":"people"}`, "negative_prompt"},
		{press, `{"action":"vary_subtle","seed":42}`, "seed"},
		{press, `{"action":"vary_subtle","stylize":500}`, "stylize"},
		{press, `{"action":"vary_subtle","style":"raw"}`, "style"},
		{press, `{"action":"zoom_out_2x","aspect_ratio":"16:9"}`, "aspect_ratio"},
		{press, `{"action":"animate_low","negative_prompt":"people"}`, "negative_prompt"},
		{"/v1/images/variations", `{"image":"` + id + `","size":"1792x1024"}`, "size"},
		{"/v1/images/variations", `{"image":"` + id + `","aspect_ratio":"16:9"}`, "aspect_ratio"},
		{"/v1/images/edits", `{"image":"` + id + `","prompt":"vary strong","size":"1536x1024"}`, "size"},
		{"/v1/images/blends", `{"images":["` + id + `","` + id + `"],"negative_prompt":"people"}`, "negative_prompt"},
		{"/v1/images/descriptions", `{"image":"` + id + `","prompt":"the fox alone"}`, "prompt"},
		{film, `{"prompt":"it runs","negative_prompt":"people",` + frame + `}`, "negative_prompt"},
		{film, `{"prompt":"it runs","resolution":"1080p"}`, "resolution"},
		{film, `{"prompt":"it runs","fps":60}`, "fps"},
		{film, `{"prompt":"it runs","resolution":"720p"}`, "resolution"},
		{film, `{"prompt":"it runs","audio":"https://a.example/a.mp3"}`, "audio"},
		{film, `{"prompt":"it runs","seed":5,` + frame + `}`, "seed"},
		{film, `{"prompt":"it runs","aspect_ratio":"16:9",` + frame + `}`, "aspect_ratio"},
		{film, `{"prompt":"it runs","size":"1280x720","width":1280,"height":720,` + frame + `}`, "width"},
		{"/v1/images/descriptions", `{"image":"` + id + `","midjourney":{"stylize":900}}`, "midjourney.stylize"},
		{"/v1/prompts/shorten", `{"prompt":"a fox","midjourney":{"reference_images":["` + id + `"]}}`, "midjourney.reference_images"},
	} {
		t.Run(test.body[:min(len(test.body), 60)], func(t *testing.T) { h.ask(t, http.MethodPost, test.path, test.body).refused(t, bad(test.param)) })
	}
	for _, test := range []struct{ path, body, param string }{ // pictures under names that nobody reads there
		{press, `{"action":"vary_subtle","init_image":"` + other + `"}`, "init_image"},
		{"/v1/prompts/shorten", `{"prompt":"a fox","picture":"` + stillURL(t, 96, 64) + `"}`, "picture"},
		{draw, `{"prompt":"a fox","end_image":"` + id + `"}`, "end_image"},
		{draw, `{"prompt":"a fox","init_image":"https://elsewhere.example/images/` + other + `.png"}`, "init_image"},
	} {
		h.ask(t, http.MethodPost, test.path, test.body).refused(t, refusal{http.StatusBadRequest, test.param, "unknown_upload"})
	}
	h.costs(t, 1)

	status, _, body := h.call(t, http.MethodPost, film, `{"prompt":"a fox runs --no people","midjourney":{"stylize":50}}`) // of the picture that is drawn first
	video := h.finished(t, videoIn(t, status, body).ID)
	if video.Status != "completed" {
		t.Fatalf("a video of words: %+v", video)
	}
	paid := len(h.sim.Ledger())
	for param, body := range map[string]string{
		"seconds": `{"prompt":"it jumps","seconds":"8"}`, "n": `{"prompt":"it jumps","n":2}`, "image": `{"prompt":"it jumps","first_frame":"` + id + `"}`,
		"end_image": `{"prompt":"it jumps","last_frame":"` + id + `"}`, "seed": `{"prompt":"it jumps","seed":7}`, "aspect_ratio": `{"prompt":"it jumps","aspect_ratio":"9:16"}`, "prompt": `{"prompt":"it jumps --chaos 5"}`,
	} {
		status, _, answer := h.call(t, http.MethodPost, "/v1/videos/"+video.ID+"/remix", body)
		if !strings.Contains(string(answer), `"param":"`+param+`"`) || status != http.StatusBadRequest {
			t.Errorf("a remix of %s = %d %s, want %s refused", body, status, answer, param)
		}
	}
	h.ask(t, http.MethodPost, "/v1/videos/extensions", `{"prompt":"it jumps","seconds":"8","midjourney":{"tile":true},"video":{"id":"`+video.ID+`"}}`).refused(t, bad("midjourney.tile"))
	h.costs(t, paid)
	status, _, body = h.call(t, http.MethodPost, "/v1/videos/extensions", `{"prompt":"a fox runs --no people","video":{"id":"`+video.ID+`"}}`) // its own words
	if v := h.finished(t, videoIn(t, status, body).ID); v.Status != "completed" {
		t.Errorf("a video that goes on with its own words: %+v", v)
	}
}

// A picture's own Animate button makes one clip, as it likes: whoever asks an upstream that has nothing else for more is
// told so, before the first frame is drawn too.
func TestAnAnimateButtonKnowsNoSettings(t *testing.T) {
	h := newHouse(t, simulator.Config{NoVideo: true})
	id := h.drawnID(t, "a red fox")
	frame := `,"input_reference":{"file_id":"` + id + `"}`
	for _, more := range []string{`,"loop":true`, ""} { // the first one shows that there is nothing else
		status, _, body := h.call(t, http.MethodPost, "/v1/videos", `{"prompt":"it waves"`+frame+more+`}`)
		if v := h.finished(t, videoIn(t, status, body).ID); (v.Status == "completed") != (more == "") {
			t.Errorf("%q: %+v", more, v)
		}
	}
	paid := len(h.sim.Ledger())
	for _, frame := range []string{"", frame} {
		for param, more := range map[string]string{
			"loop": `"loop":true`, "video_type": `"video_type":"vid_1.1_i2v_720"`, "end_image": `"end_image":"` + stillURL(t, 96, 64) + `"`, "midjourney.batch_size": `"midjourney":{"batch_size":2}`,
		} {
			body := fmt.Sprintf(`{"prompt":"it runs",%s%s}`, more, frame)
			h.ask(t, http.MethodPost, "/v1/videos", body).refused(t, refusal{http.StatusBadRequest, param, "unsupported"})
		}
	}
	h.costs(t, paid)
}

// What clients send unasked, and what agrees with what happens anyway, is no reason to refuse.
func TestWhatSaysNothingIsNotRefused(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	id := h.drawnID(t, "a red fox")
	press := "/v1/images/" + id + "/actions"
	frame := `"input_reference":{"file_id":"` + id + `"}`
	for _, test := range []struct{ path, body string }{
		{press, `{"action":"vary_subtle","seed":-1,"negative_prompt":"","n":1,"zoom":1,"index":1,"midjourney":{"speed":"fast"}}`},
		{press, `{"action":"zoom_out_2x","zoom":2,"size":"auto","midjourney":{"niji":"false","personalize":"false"}}`},
		{press, `{"action":"upscale_subtle","prompt":"a red fox","image_id":"` + id + `"}`},
		{"/v1/images/edits", `{"image":"` + id + `","prompt":"vary subtle","size":"1024x1024","seed":42,"negative_prompt":"people"}`},
		{"/v1/images/variations", `{"image":"` + id + `","size":"1024x1024","seed":42}`},
		{"/v1/images/variations", `{"image":"` + id + `","size":"256x256"}`},
		{"/v1/images/variations", `{"image":"` + id + `","prompt":"in winter","midjourney":{"stylize":900}}`},
		{"/v1/videos", `{"prompt":"it runs","fps":24,"resolution":"480p","generate_audio":true,"size":"1280x720","negative_prompt":"",` + frame + `}`},
		{"/v1/videos", `{"prompt":"it runs","seed":-1,"duration":5,"aspect_ratio":"1:1","loop":false,"video":null,` + frame + `}`},
		{"/v1/videos", `{"prompt":"it runs","resolution":"720p","video_type":"vid_1.1_i2v_720",` + frame + `}`},
		{"/v1/videos", `{"prompt":"it runs","size":"720x1280","audio":true,` + frame + `}`},
		{"/v1/videos", `{"prompt":"it runs --raw --fast --motion high",` + frame + `}`},
	} {
		if status, _, body := h.call(t, http.MethodPost, test.path, test.body); status != http.StatusOK {
			t.Errorf("%s = %d %s", test.body, status, body)
		}
	}
	status, _, body := h.call(t, http.MethodPost, "/v1/videos", `{"prompt":"a fox runs","midjourney":{"batch_size":1}}`)
	video := h.finished(t, videoIn(t, status, body).ID)
	status, _, body = h.call(t, http.MethodPost, "/v1/videos/"+video.ID+"/remix", `{"prompt":"it jumps","seconds":"","loop":false,"midjourney":{}}`)
	if v := h.finished(t, videoIn(t, status, body).ID); v.Status != "completed" {
		t.Errorf("%+v", v)
	}
}

// Words that come with a zoom reach Midjourney by the button that has a dialog, and further pictures come along with an edit.
func TestWordsAndPicturesThatComeAlongAreUsed(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	id := h.drawnID(t, "a red fox")
	h.ask(t, http.MethodPost, "/v1/images/"+id+"/actions", `{"action":"zoom_out_1_5x","prompt":"a castle all around"}`).is(t, http.StatusOK)
	sent := h.sim.Requests().Submissions
	if last := string(sent[len(sent)-1].Body); !strings.Contains(last, "a castle all around") || !strings.Contains(last, "--zoom 1.5") {
		t.Errorf("the dialog of a zoom with words was answered with %s", last)
	}
	h.ask(t, http.MethodPost, "/v1/images/edits", `{"image":"`+id+`","prompt":"put this hat on","midjourney":{"reference_images":["`+stillURL(t, 96, 64)+`"]}}`).is(t, http.StatusOK)
	sent = h.sim.Requests().Submissions
	var imagine struct{ Base64Array []string }
	if err := json.Unmarshal(sent[len(sent)-1].Body, &imagine); err != nil || len(imagine.Base64Array) != 2 {
		t.Errorf("an edit with a picture beside its own was sent with %d pictures: %.300s", len(imagine.Base64Array), sent[len(sent)-1].Body)
	}
}

// A grid that comes back as bytes is known again, and a number chooses from it.
func TestChat_ANumberChoosesFromAGridThatCameBack(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	grid := h.draw(t, `{"prompt":"a red fox","midjourney":{"grid":"whole"}}`)[0]
	pic := `{"type":"image_url","image_url":{"url":"data:image/png;base64,` + *grid.B64 + `"}}`
	h.charges(t, chat.Route, map[string]asking{
		"a variation": {inTurn(userText("a red fox"), `{"role":"assistant","content":"![](`+h.base+`/images/`+grid.ID+`.png)"}`, userParts(saidText("V3"), pic)), 200, "/images/img_", "variation"},
	})
	sent := h.sim.Requests().Submissions
	if last := string(sent[len(sent)-1].Body); !strings.Contains(last, "variation::3") {
		t.Errorf("V3 of a grid pressed %s", last)
	}
}

// A foreign picture is varied by its description, in the client's words and with the client's parameters.
func TestAVariationKeepsItsWords(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for words, want := range map[string]string{"in winter --ar 16:9": "in winter --ar 16:9", "--ar 16:9": "--ar 16:9", "in winter --fast": "in winter"} {
		before := len(h.sim.Ledger())
		h.ask(t, http.MethodPost, "/v1/images/variations", `{"image":"`+stillURL(t, 96, 64)+`","prompt":"`+words+`"}`).is(t, http.StatusOK)
		if got := h.lastPrompt(t); !strings.Contains(got, want) || strings.Count(got, "--ar") > 1 || len(h.sim.Ledger()) != before+2 {
			t.Errorf("%q was drawn as %q", words, got)
		}
	}
}
