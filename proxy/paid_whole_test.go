package proxy

import (
	"fmt"
	"net/http"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// What a press, a video or a picture cannot use is refused before anything is paid: it would be paid without it.
func TestNothingIsLeftOutOfWhatIsPaid(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	id := h.drawnID(t, "a red fox")
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
		{press, `{"action":"pan_left","negative_prompt":"people"}`, "midjourney.no"},
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
		{film, `{"prompt":"it runs","n":2}`, "n"},
		{draw, `{"prompt":"a fox","midjourney":{"batch_size":2}}`, "midjourney.batch_size"},
	} {
		t.Run(test.body[:min(len(test.body), 60)], func(t *testing.T) { h.ask(t, http.MethodPost, test.path, test.body).refused(t, bad(test.param)) })
	}
	h.costs(t, 1)

	status, _, body := h.call(t, http.MethodPost, film, `{"prompt":"a fox runs --no people","midjourney":{"stylize":50}}`) // of the picture that is drawn first
	video := h.finished(t, videoIn(t, status, body).ID)
	if video.Status != "completed" {
		t.Fatalf("a video of words: %+v", video)
	}
	paid := len(h.sim.Ledger())
	for path, test := range map[string]string{
		"/v1/videos/" + video.ID + "/remix": `{"prompt":"it jumps","seconds":"8"}`,
		"/v1/videos/extensions":             `{"prompt":"it jumps","seconds":"8","midjourney":{"tile":true},"video":{"id":"` + video.ID + `"}}`,
	} {
		if status, _, body := h.call(t, http.MethodPost, path, test); status != http.StatusBadRequest {
			t.Errorf("%s %s = %d %s, want it refused", path, test, status, body)
		}
	}
	h.costs(t, paid)
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
