package proxy

import (
	"bytes"
	"encoding/base64"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// A picture that is sent with a generation is drawn from, under each name that clients have for it; with a mask it is an
// edit. What is no picture of anybody's costs nothing.
func TestGenerations_UseThePicturesThatCome(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	data := "data:image/png;base64," + base64.StdEncoding.EncodeToString(drawnPNG(t))
	mask := "data:image/png;base64," + base64.StdEncoding.EncodeToString(maskPNG(t, 96, 64))
	type sent struct {
		body  string
		kinds string // what is paid
		links int    // pictures in the prompt
	}
	for name, s := range map[string]sent{
		"image":             {`"image":"` + data + `"`, "imagine", 1},
		"images":            {`"images":["` + data + `","` + data + `"]`, "imagine", 2},
		"image_url":         {`"image_url":"` + data + `"`, "imagine", 1},
		"image_urls":        {`"image_urls":["` + data + `"]`, "imagine", 1},
		"input_image":       {`"input_image":"` + data + `"`, "imagine", 1},
		"input_images":      {`"input_images":[{"image_url":"` + data + `"}]`, "imagine", 1},
		"input_references":  {`"input_references":[{"image_url":{"url":"` + data + `"}}]`, "imagine", 1},
		"with a mask":       {`"image":"` + data + `","mask":"` + mask + `"`, "edits", 0},
		"nothing in it":     {`"image":"","images":[],"image_url":null`, "imagine", 0},
		"beside references": {`"image":"` + data + `","midjourney":{"reference_images":["` + data + `"]}`, "imagine", 2},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(h.sim.Ledger())
			status, _, body := h.call(t, http.MethodPost, "/v1/images/generations", `{"prompt":"a red fox, `+name+`",`+s.body+`}`)
			paid := h.sim.Ledger()[before:]
			if status != http.StatusOK || len(paid) != 1 || paid[0].Kind != s.kinds || len(pictureLinks.FindAllString(paid[0].Prompt, -1)) != s.links {
				t.Errorf("%d %.200s paid %+v, want %s with %d pictures", status, body, paid, s.kinds, s.links)
			}
		})
	}
	before := len(h.sim.Ledger())
	for body, param := range map[string]string{`"image":"img_ABCDEFGHIJKLMNOPQRSTUVWXYZ"`: "image", `"image":42`: "image", `"images":[{}]`: "images[0]", `"mask":"` + data + `"`: "mask"} {
		if status, _, got := h.call(t, http.MethodPost, "/v1/images/generations", `{"prompt":"a fox",`+body+`}`); status < 400 || status >= 500 || !strings.Contains(string(got), `"param":"`+param) {
			t.Errorf("%.60s = %d %.300s, want a refusal that names %s", body, status, got, param)
		}
	}
	if paid := len(h.sim.Ledger()) - before; paid != 0 {
		t.Errorf("refusals cost %d jobs", paid)
	}
}

func TestGenerations_UseThePicturesOfAForm(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for names, kind := range map[string]string{"image": "imagine", "input_image": "imagine", "image mask": "edits"} {
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		for name := range strings.FieldsSeq(names) {
			part, err := w.CreateFormFile(name, name+".png")
			if err != nil {
				t.Fatal(err)
			}
			picture := drawnPNG(t)
			if name == "mask" {
				picture = maskPNG(t, 96, 64)
			}
			if _, err := part.Write(picture); err != nil {
				t.Fatal(err)
			}
		}
		_ = w.WriteField("prompt", "a fox from "+names)
		_ = w.Close()
		before := len(h.sim.Ledger())
		status, _, body := h.call(t, http.MethodPost, "/v1/images/generations", form.String(), "Content-Type", w.FormDataContentType())
		if paid := h.sim.Ledger()[before:]; status != http.StatusOK || len(paid) != 1 || paid[0].Kind != kind {
			t.Errorf("%s: %d %.200s paid %+v, want %s", names, status, body, paid, kind)
		}
	}
}
