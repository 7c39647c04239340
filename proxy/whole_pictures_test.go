package proxy

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// An address under a name that speaks of a picture is one that would be left out, as a picture's data is.
func TestAPictureByAddressUnderAnUnreadNameIsRefused(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	const address = "https://upload.example.org/Example.jpg"
	for _, name := range []string{"init_image", "initImage", "initimage", "reference_image_url", "style_image", "photo", "ref", "face_image", "control", "img"} {
		h.ask(t, http.MethodPost, generations, `{"prompt":"a fox","`+name+`":"`+address+`"}`).refused(t, refusal{http.StatusBadRequest, name, "unknown_upload"})
		h.send(t, edits, text("prompt", "a hat"), file("image", "a.png", "image/png", flat(t, red)), text(name, address)).refused(t, refusal{http.StatusBadRequest, name, "unknown_upload"})
	}
	for param, member := range map[string]string{
		"controlnet": `"controlnet":{"type":"depth","url":"` + address + `"}`, "extra": `"extra":{"init_image":["` + address + `"]}`,
	} {
		h.ask(t, http.MethodPost, generations, `{"prompt":"a fox",`+member+`}`).refused(t, refusal{http.StatusBadRequest, param, "unknown_upload"})
	}
	for name, value := range map[string]string{"mask_url": address, "mask_image": inURL(flat(t, red)), "maskBase64": inURL(flat(t, red))} {
		a := h.ask(t, http.MethodPost, edits, `{"prompt":"a fox","image":"`+inURL(flat(t, red))+`","`+name+`":"`+value+`"}`)
		a.refused(t, refusal{http.StatusBadRequest, name, "unknown_upload"})
		a.says(t, "send it as 'mask'")
	}
	h.costs(t, 0)
	h.takes(t, `"callback_url":"https://a.example/x"`, `"webhook":"https://a.example/x"`, `"image_webhook_url":"https://a.example/x"`, `"user":"https://a.example/x"`,
		`"referer":"https://a.example/x"`, `"metadata":{"image":"https://a.example/x.png"}`, `"image_format":"png"`, `"webhook":{"image_url":"https://a.example/x"}`, `"init_image":""`)
}

// Pictures of a form that are numbered stand in that order, whichever came first, and each order is a request of its own.
func TestNumberedPicturesAreInTheirOrder(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	png := func(name string, c color.NRGBA) formPart { return file(name, "a.png", "image/png", flat(t, c)) }
	words := text("prompt", "put them into one scene")
	h.send(t, edits, words, png("image[1]", blue), png("image[0]", red)).is(t, http.StatusOK)
	h.arrived(t, "imagine", red, blue)
	h.send(t, edits, words, png("image[0]", blue), png("image[1]", red)).is(t, http.StatusOK)
	h.arrived(t, "imagine", blue, red)
	h.send(t, edits, words, png("image[]", green), png("image[]", red)).is(t, http.StatusOK)
	h.arrived(t, "imagine", green, red)
	h.costs(t, 3)
}

// An area that is drawn anew keeps its picture's shape, however another one is asked for; what clients send unasked and the
// picture's own shape are no other one.
func TestAnAreaKeepsItsPicturesShape(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	id := h.draw(t, `{"prompt":"a red fox","size":"1536x1024"}`)[0].ID
	press, mask := "/v1/images/"+id+"/actions", `"mask":"`+rightHalfErased(t, 96, 64)+`"`
	edit, act := `{"image":"`+id+`",`+mask+`,"prompt":"boats`, `{"action":"vary_region",`+mask+`,"prompt":"boats`
	for path, body := range map[string]string{edits: edit, press: act} {
		for more, param := range map[string]string{`","size":"1024x1536"}`: "size", `","aspect_ratio":"16:9"}`: "aspect_ratio", ` --ar 1:1"}`: "prompt"} {
			h.ask(t, http.MethodPost, path, body+more).refused(t, refusal{http.StatusBadRequest, param, "invalid_value"})
		}
		for _, more := range []string{`","size":"1536x1024"}`, `","size":"1024x1024"}`, `","size":"auto"}`, ` --ar 3:2"}`} {
			h.ask(t, http.MethodPost, path, body+more).is(t, http.StatusOK)
			if said := h.lastPrompt(t); strings.Contains(said, "1:1") {
				t.Errorf("Midjourney ran %q, want no shape that nobody meant", said)
			}
		}
	}
}

// Erased parts of a picture that was made here are meant; with further pictures they cannot be drawn anew. A stranger's
// picture may be transparent by itself.
func TestErasedPartsAreNotForgotten(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	id := h.drawnID(t, "a red fox")
	whole, err := png.Decode(bytes.NewReader(h.download(t, h.base+"/images/"+id+".png")))
	if err != nil {
		t.Fatal(err)
	}
	erase := func(from image.Image) []byte {
		holed := image.NewNRGBA(from.Bounds())
		draw.Draw(holed, holed.Rect, from, from.Bounds().Min, draw.Src)
		draw.Draw(holed, image.Rect(0, 0, holed.Rect.Dx()/4, holed.Rect.Dy()), image.Transparent, image.Point{}, draw.Src)
		var b bytes.Buffer
		if err := png.Encode(&b, holed); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	other := file("image[]", "b.png", "image/png", flat(t, red))
	fox := file("image[]", "a.png", "image/png", erase(whole))
	h.send(t, edits, text("prompt", "a hat"), fox, other).refused(t, refusal{http.StatusBadRequest, "image", "invalid_value"})
	h.send(t, edits, text("prompt", "a hat"), other, fox).refused(t, refusal{http.StatusBadRequest, "image", "invalid_value"})
	h.costs(t, 1)
	logo, err := png.Decode(bytes.NewReader(flat(t, red)))
	if err != nil {
		t.Fatal(err)
	}
	h.send(t, edits, text("prompt", "a hat"), file("image[]", "a.png", "image/png", erase(logo)), other).is(t, http.StatusOK)
	h.costs(t, 2)
	h.send(t, edits, text("prompt", "a hat"), fox).is(t, http.StatusOK)
	if got := h.charged(); !strings.HasSuffix(got, " inpaint") {
		t.Errorf("jobs = %q, want the erased part drawn anew", got)
	}
}

// The picture that is edited may be named in the words as well.
func TestAnEditsWordsMayNameItsPicture(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	id := h.drawnID(t, "a red fox")
	address := h.base + "/images/" + id + ".png"
	h.ask(t, http.MethodPost, edits, `{"image":"`+id+`","prompt":"zoom out 2x `+address+`"}`).is(t, http.StatusOK)
	h.ask(t, http.MethodPost, edits, `{"image":"`+address+`","prompt":"a hat on `+address+`"}`).is(t, http.StatusOK)
	if got := h.charged(); got != "imagine upscale zoom edits" {
		t.Errorf("jobs = %q, want the picture itself edited", got)
	}
}
