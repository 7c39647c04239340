package proxy

import "testing"

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
		`{"prompt":"a fox","size":"1024x1024","aspect_ratio":"16:9"}`:                    "1024x1024",
		`{"prompt":"a fox","size":"auto"}`:                                               "auto",
		`{"prompt":"a fox","size":"AUTO","aspect_ratio":"auto"}`:                         "auto",
		`{"prompt":"a fox","width":1536}`:                                                "",
		`{"prompt":"a fox","width":0,"height":0}`:                                        "",
		`{"prompt":"a fox","aspect_ratio":"wide","image_config":{"n":1}}`:                "",
		`{"prompt":"a fox","aspect_ratio":"auto","image_config":{"aspect_ratio":"4:5"}}`: "4:5",
	} {
		f := newFake()
		if w := send(newServer(t, f), "POST", "/v1/images/generations", body); w.Code != 200 || f.drawn[0].Size != want {
			t.Errorf("%s: %d, size %q, want %q", body, w.Code, f.drawn[0].Size, want)
		}
	}
}
