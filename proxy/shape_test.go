package proxy

import (
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

func TestTheShapeMayStandInOtherFields(t *testing.T) {
	for body, want := range map[string]string{
		`{"prompt":"a fox","aspect_ratio":"16:9"}`:                                       "16:9",
		`{"prompt":"a fox","aspect_ratio":"16x9"}`:                                       "16:9",
		`{"prompt":"a fox","aspectRatio":"9:16"}`:                                        "9:16",
		`{"prompt":"a fox","image_config":{"aspect_ratio":"3:2"}}`:                       "3:2",
		`{"prompt":"a fox","imageConfig":{"aspectRatio":"2:3"}}`:                         "2:3",
		`{"prompt":"a fox","width":1536,"height":1024}`:                                  "1536x1024",
		`{"prompt":"a fox","width":"768","height":"1024"}`:                               "768x1024",
		`{"prompt":"a fox","size":"auto","aspect_ratio":"16:9"}`:                         "16:9",
		`{"prompt":"a fox","size":"auto","width":1536,"height":1024}`:                    "1536x1024",
		`{"prompt":"a fox","size":"1024x1024","aspect_ratio":"16:9"}`:                    "16:9",
		`{"prompt":"a fox","size":"auto"}`:                                               "auto",
		`{"prompt":"a fox","size":"AUTO","aspect_ratio":"auto"}`:                         "auto",
		`{"prompt":"a fox","width":0,"height":0}`:                                        "",
		`{"prompt":"a fox","aspect_ratio":"","image_config":{"n":1}}`:                    "",
		`{"prompt":"a fox","aspect_ratio":"auto","image_config":{"aspect_ratio":"4:5"}}`: "4:5",
		`{"prompt":"a fox","aspect_ratio":"16/9"}`:                                       "16:9",
		`{"prompt":"a fox","aspect_ratio":1.78}`:                                         "16:9",
		`{"prompt":"a fox","aspect_ratio":"0.67"}`:                                       "2:3",
		`{"prompt":"a fox","aspect_ratio":"1.91:1"}`:                                     "191:100",
		`{"prompt":"a fox","aspect_ratio":"landscape"}`:                                  "3:2",
		`{"prompt":"a fox","aspect_ratio":"landscape_16_9"}`:                             "16:9",
		`{"prompt":"a fox","aspect_ratio":"ASPECT_9_16"}`:                                "9:16",
		`{"prompt":"a fox","image_size":"portrait_4_3"}`:                                 "3:4",
		`{"prompt":"a fox","image_size":"square_hd","aspect_ratio":"3:2"}`:               "3:2",
		`{"prompt":"a fox","image_size":{"width":1280,"height":"720"}}`:                  "1280x720",
		`{"prompt":"a fox","aspect":"3 : 2"}`:                                            "3:2",
		`{"prompt":"a fox","ar":"3:2","aspect_ratio":"match_input_image"}`:               "3:2",
		`{"prompt":"a fox","resolution":"1536x1024"}`:                                    "1536x1024",
		`{"prompt":"a fox","resolution":"2K","image_size":"1K"}`:                         "",
		`{"prompt":"a fox","resolution":"720p","size":"1536 x 1024"}`:                    "1536x1024",
		`{"prompt":"a fox","parameters":{"aspectRatio":"16:9","sampleCount":1}}`:         "16:9",
		`{"prompt":"a fox","generationConfig":{"imageConfig":{"aspectRatio":"16:9"}}}`:   "16:9",
		`{"prompt":"a fox","size":"1792x1024","aspect_ratio":"16:9"}`:                    "1792x1024",
		`{"prompt":"a fox","size":"1536x1024","width":1024,"height":1024}`:               "1536x1024",
		`{"prompt":"a fox","size":1.7777}`:                                               "16:9",
		`{"prompt":"a fox","size":0.5625}`:                                               "9:16",
		`{"prompt":"a fox","image_size":1.5}`:                                            "3:2",
		`{"prompt":"a fox","size":1024,"resolution":72}`:                                 "",
		`{"prompt":"a fox","aspect_ratio":"wide"}`:                                       "16:9",
	} {
		f := newFake()
		if w := send(newServer(t, f), "POST", "/v1/images/generations", body); w.Code != 200 || f.drawn[0].Size != want {
			t.Errorf("%s: %d, size %q, want %q", body, w.Code, f.drawn[0].Size, want)
		}
	}
}

// A shape that cannot be read, or that is two, would be paid for as another one.
func TestAShapeThatCannotBeReadIsRefused(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	bad := func(param string) refusal { return refusal{400, param, "invalid_value"} }
	cases := map[string]refusal{
		`"aspect_ratio":"broad"`:                                     bad("aspect_ratio"),
		`"aspect_ratio":"16:9:4"`:                                    bad("aspect_ratio"),
		`"aspect_ratio":[16,9]`:                                      bad("aspect_ratio"),
		`"aspectRatio":"0:9"`:                                        bad("aspectRatio"),
		`"ar":"100:1"`:                                               bad("ar"),
		`"image_size":"landscape_16"`:                                bad("image_size"),
		`"image_size":{"preset":"big"}`:                              bad("image_size"),
		`"image_config":{"aspect_ratio":"broad"}`:                    bad("image_config.aspect_ratio"),
		`"generationConfig":{"imageConfig":{"aspectRatio":"broad"}}`: bad("generationConfig.imageConfig.aspectRatio"),
		`"resolution":"1536x"`:                                       bad("resolution"),
		`"width":1536`:                                               {400, "height", "missing_required_parameter"},
		`"image_size":{"height":1536}`:                               {400, "image_size.width", "missing_required_parameter"},
		`"width":"broad","height":3`:                                 {400, "width", "invalid_type"},
		`"size":"1536x1024","aspect_ratio":"16:9"`:                   bad("aspect_ratio"),
		`"aspect_ratio":"3:2","width":1024,"height":1536`:            bad("width"),
	}
	for members, want := range cases {
		h.ask(t, "POST", generations, `{"prompt":"a fox",`+members+`}`).refused(t, want)
		h.ask(t, "POST", "/v1/chat/completions", `{"messages":[{"role":"user","content":"a fox"}],`+members+`}`).refused(t, want)
		h.ask(t, "POST", "/v1/responses", drawn(`"a fox"`, ","+members, "")).refused(t, want)
	}
	h.send(t, generations, text("prompt", "a fox"), text("aspect_ratio", "broad")).refused(t, bad("aspect_ratio"))
	h.send(t, edits, text("prompt", "a fox"), file("image", "a.png", "image/png", flat(t, red)), text("image_size", `{"width":1536}`)).refused(t, refusal{400, "image_size.height", "missing_required_parameter"})
	h.costs(t, 0)
	h.send(t, generations, text("prompt", "a fox"), text("image_config[aspect_ratio]", "3:2")).is(t, 200)
	if said := h.lastPrompt(t); !strings.Contains(said, "--ar 3:2") {
		t.Errorf("%q, want the shape of a form", said)
	}
}
