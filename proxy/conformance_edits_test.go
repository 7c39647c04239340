package proxy

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/web"
)

var editCases = []conformanceCase{
	{name: "§14/29 one image part reaches the upstream", run: func(t *testing.T, h *house) {
		h.send(t, edits, file("image", "a.png", "image/png", flat(t, red)), text("prompt", "add snow")).items(t)
		h.arrived(t, "edits", red)
	}},
	{name: "§14/30 three image[] parts reach the upstream in their order", run: func(t *testing.T, h *house) {
		h.send(t, edits, file("image[]", "a.png", "image/png", flat(t, red)), file("image[]", "b.png", "image/png", flat(t, green)),
			text("prompt", "together"), file("image[]", "c.png", "image/png", flat(t, blue))).items(t)
		h.arrived(t, "imagine", red, green, blue)
	}},
	{name: "§14/31 repeated image parts reach the upstream in their order", run: func(t *testing.T, h *house) {
		h.send(t, edits, file("image", "b.png", "image/png", flat(t, blue)), file("image", "a.png", "image/png", flat(t, red)), text("prompt", "together")).items(t)
		h.arrived(t, "imagine", blue, red)
	}},
	{name: "§14/32 seventeen pictures and none at all are 400s", run: func(t *testing.T, h *house) {
		parts := []formPart{text("prompt", "together")}
		for range 17 {
			parts = append(parts, file("image[]", "a.png", "image/png", flat(t, red)))
		}
		h.send(t, edits, parts...).refused(t, refusal{400, "image", "array_above_max_length"})
		h.send(t, edits, text("prompt", "nothing")).refused(t, refusal{400, "image", "missing_required_parameter"})
		h.ask(t, http.MethodPost, edits, `{"prompt":"nothing","images":[]}`).refused(t, refusal{400, "image", "missing_required_parameter"})
		h.costs(t, 0)
	}},
	{name: "§14/33 go-openai's form with its empty fields is taken", run: func(t *testing.T, h *house) {
		h.send(t, edits, file("image", "in.png", "application/octet-stream", flat(t, red)), text("prompt", "add snow"),
			text("n", "0"), text("size", ""), text("response_format", "")).items(t)
		h.costs(t, 1)
	}},
	{name: "§14/34 a part's type and file name are not believed", run: func(t *testing.T, h *house) {
		for i, name := range []string{"upload", ".", "anonymous_file", "blob", "a.txt"} {
			h.send(t, edits, file("image", name, "application/octet-stream", flat(t, red)), text("prompt", fmt.Sprint("snow ", i))).items(t)
		}
	}},
	{name: "§14/35 text in the place of a picture and half a picture are 400s", run: func(t *testing.T, h *house) {
		whole := flat(t, red)
		h.send(t, edits, file("image", "x.png", "image/png", []byte("this is no picture, whatever its name")), text("prompt", "x")).refused(t, refusal{400, "image", "unsupported_file_mimetype"})
		h.send(t, edits, file("image", "x.png", "image/png", whole[:len(whole)/2]), text("prompt", "x")).refused(t, refusal{400, "image", "invalid_image_file"})
		h.costs(t, 0)
	}},
	{name: "§14/36 the order of parts means nothing", run: func(t *testing.T, h *house) {
		picture := file("image", "a.png", "image/png", flat(t, red))
		h.send(t, edits, picture, text("prompt", "add snow"), text("model", "midjourney-v7")).items(t)
		h.send(t, edits, text("model", "midjourney-v7"), text("prompt", "add snow"), picture).items(t)
		paid := h.sim.Ledger()
		if len(paid) != 2 || paid[0].Prompt != paid[1].Prompt || paid[0].Kind != paid[1].Kind {
			t.Errorf("the upstream drew %+v, want the same twice", paid)
		}
	}},
	{name: "§14/37 chunked uploads are taken, and given up when they are too large", face: func(c *web.Config) { c.MaxBody = 1 << 20 }, run: chunkedCase},
	{name: "§14/38 a mask is scaled and read as what it means, or refused", sim: simulator.Config{Pixels: 128}, run: maskCase},
	{name: "§14/39 JSON edits take addresses, data URLs and files, one of them each", run: referencesCase},
	{name: "§14/40 addresses of private hosts are refused without a request", run: privateCase},
	{name: "§14/41 references in a form are pictures", run: func(t *testing.T, h *house) {
		id := h.addFile(t, flat(t, green))
		h.send(t, edits, text("images[][image_url]", inURL(flat(t, red))), text("images[][file_id]", id), text("prompt", "together")).items(t)
		h.arrived(t, "imagine", red, green)
	}},
	{name: "§14/42 stream=true in a form brings image_edit events", sim: simulator.Config{Pace: 2 * time.Second}, run: func(t *testing.T, h *house) {
		a := h.send(t, edits, file("image", "a.png", "image/png", flat(t, red)), text("prompt", "add snow"), text("stream", "true"), text("partial_images", "1"))
		all, _ := frames(t, bytes.NewReader(a.is(t, 200).body))
		if got := names(all); got != "image_edit.partial_image image_edit.completed" {
			t.Errorf("events %q", got)
		}
		a = h.send(t, edits, file("image", "a.png", "image/png", flat(t, red)), text("prompt", "add rain"), text("stream", "False"))
		a.items(t)
	}},
	{name: "§14/43 a variation takes a square picture, as many times as asked", run: func(t *testing.T, h *house) {
		a := h.send(t, variations, file("image", "a.png", "image/png", flat(t, red)), text("n", "2"), text("response_format", "b64_json"), text("size", "512x512"))
		distinct(t, a.items(t), 2)
		h.send(t, variations, text("n", "2")).refused(t, refusal{400, "image", "missing_required_parameter"})
	}},
}

var (
	red   = color.NRGBA{200, 30, 30, 255}
	green = color.NRGBA{30, 200, 30, 255}
	blue  = color.NRGBA{30, 30, 200, 255}
)

// flat is a picture of one colour that nobody has seen.
func flat(t *testing.T, c color.NRGBA) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 96, 96))
	for i := range 96 * 96 {
		img.SetNRGBA(i%96, i/96, c)
	}
	return encoded(t, img)
}

func encoded(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func inURL(picture []byte) string {
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(picture)
}

// send posts a form.
func (h *house) send(t *testing.T, path string, parts ...formPart) answered {
	t.Helper()
	body, kind := writeForm(parts...)
	return h.ask(t, http.MethodPost, path, body, "Content-Type", kind)
}

// addFile uploads a file to /v1/files.
func (h *house) addFile(t *testing.T, picture []byte) string {
	t.Helper()
	a := h.send(t, "/v1/files", file("file", "in.png", "image/png", picture), text("purpose", "vision")).is(t, 200)
	return a.members(t)["id"].(string)
}

// arrived fails unless the last submission was of this route and brought pictures of these colours in this order.
func (h *house) arrived(t *testing.T, route string, colours ...color.NRGBA) {
	t.Helper()
	all := h.sim.Requests().Submissions
	last := all[len(all)-1]
	var body struct {
		Array []string `json:"base64Array"`
		One   string   `json:"image"`
		Other string   `json:"base64"`
	}
	if err := json.Unmarshal(last.Body, &body); err != nil || last.Route != route {
		t.Fatalf("the last submission is %s %.200s: %v, want %s", last.Route, last.Body, err, route)
	}
	if one := cmp.Or(body.One, body.Other); one != "" {
		body.Array = append(body.Array, one)
	}
	var got []color.NRGBA
	for _, text := range body.Array {
		_, b64, _ := strings.Cut(text, ",")
		data, err := base64.StdEncoding.DecodeString(b64)
		if err != nil {
			t.Fatal(err)
		}
		img, _, err := image.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, color.NRGBAModel.Convert(img.At(48, 48)).(color.NRGBA))
	}
	if fmt.Sprint(got) != fmt.Sprint(colours) {
		t.Errorf("the upstream got %v, want %v", got, colours)
	}
}

func chunkedCase(t *testing.T, h *house) {
	body, kind := writeForm(file("image", "a.png", "image/png", flat(t, red)), text("prompt", "add snow"))
	q := replay{path: edits, body: []byte(body), chunked: true, headers: []string{"Authorization", "Bearer sk-alice", "Content-Type", kind}}
	h.replay(t, q).items(t)
	h.costs(t, 1)
	TestHugeBodiesAreNotRead(t) // of which the sockets are watched
}

func maskCase(t *testing.T, h *house) {
	known := h.drawnID(t, "a fox")
	whole := func(c color.NRGBA, w, high int) *image.NRGBA {
		img := image.NewNRGBA(image.Rect(0, 0, w, high))
		for i := range w * high {
			img.SetNRGBA(i%w, i/w, c)
		}
		return img
	}
	halves := func(left, right color.NRGBA, w int) *image.NRGBA {
		img := whole(left, w, w)
		for i := range w * w {
			if i%w >= w/2 {
				img.SetNRGBA(i%w, i/w, right)
			}
		}
		return img
	}
	black, white, none := color.NRGBA{0, 0, 0, 255}, color.NRGBA{255, 255, 255, 255}, color.NRGBA{}
	edit := func(mask image.Image) answered {
		body := `{"prompt":"a hat","images":[{"file_id":"` + known + `"}],"response_format":"url","mask":{"image_url":"` + inURL(encoded(t, mask)) + `"}}`
		return h.ask(t, http.MethodPost, edits, body)
	}
	for name, mask := range map[string]image.Image{"of the picture's size": halves(black, none, 128), "of half its size": halves(black, none, 64),
		"of black and white, without alpha": halves(black, white, 128)} {
		t.Run(name, func(t *testing.T) {
			edit(mask).items(t)
			h.checkMask(t, 128)
		})
	}
	paid := len(h.sim.Ledger())
	for name, mask := range map[string]image.Image{"of another ratio": whole(none, 128, 120), "that is opaque and coloured": halves(red, blue, 128),
		"that is opaque all over": whole(black, 128, 128), "that is white all over": whole(white, 128, 128), "that is empty": whole(none, 128, 128)} {
		t.Run(name, func(t *testing.T) {
			edit(mask).refused(t, refusal{400, "mask", "invalid_image_file"})
		})
	}
	h.costs(t, paid)
}

func referencesCase(t *testing.T, h *house) {
	var fetched atomic.Int32
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fetched.Add(1)
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(flat(t, blue))
	}))
	t.Cleanup(host.Close)
	h.face.FetchAllow = []string{"127.0.0.1"}
	h.reopen(t)
	id := h.addFile(t, flat(t, green))
	edit := func(refs string) answered {
		return h.ask(t, http.MethodPost, edits, `{"prompt":"together","images":[`+refs+`]}`)
	}
	edit(`{"image_url":"` + host.URL + `/a.png"},{"image_url":"` + inURL(flat(t, red)) + `"},{"file_id":"` + id + `"}`).items(t)
	h.arrived(t, "imagine", blue, red, green)
	if fetched.Load() != 1 {
		t.Errorf("the address was asked %d times, want once", fetched.Load())
	}
	paid := len(h.sim.Ledger())
	edit(`{"image_url":"`+host.URL+`/a.png","file_id":"`+id+`"}`).refused(t, refusal{400, "images[0]", "invalid_value"})
	edit(`{}`).refused(t, refusal{400, "images[0]", "missing_required_parameter"})
	h.costs(t, paid)
}

func privateCase(t *testing.T, h *house) {
	var asked atomic.Int32
	host := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(host.Close)
	for _, address := range []string{host.URL + "/a.png", strings.Replace(host.URL, "127.0.0.1", "localhost", 1) + "/a.png", "http://10.0.0.1/a.png", "http://[::1]/a.png",
		"http://169.254.169.254/latest/meta-data", "http://0x7f000001/a.png"} {
		a := h.ask(t, http.MethodPost, edits, `{"prompt":"x","images":[{"image_url":"`+address+`"}]}`)
		if p := a.is(t, 400).problem(t); orNone(p.Param) != "images[0].image_url" {
			t.Errorf("%s: %+v, want the parameter's name", address, p)
		}
	}
	if asked.Load() != 0 {
		t.Errorf("%d requests reached a private host, want none", asked.Load())
	}
	redirectCase(t, h)
	h.costs(t, 0)
}

// redirectCase lets one host be reached, which sends on to one that may not be.
func redirectCase(t *testing.T, h *house) {
	var asked atomic.Int32
	inner := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(inner.Close)
	outer := httptest.NewServer(http.RedirectHandler(strings.Replace(inner.URL, "127.0.0.1", "[::ffff:127.0.0.2]", 1), http.StatusFound))
	t.Cleanup(outer.Close)
	h.face.FetchAllow = []string{"127.0.0.1"}
	h.reopen(t)
	h.ask(t, http.MethodPost, edits, `{"prompt":"x","images":[{"image_url":"`+outer.URL+`"}]}`).is(t, 400).problem(t)
	if asked.Load() != 0 {
		t.Error("a redirect led to a private host")
	}
}

// An edit of a grid's quarter presses U first, whose previews are of the picture as it was: none of them is sent.
func TestPreviewsOfAnEditAreOfTheEdit(t *testing.T) {
	h := newHouse(t, simulator.Config{Pace: 1500 * time.Millisecond, Pixels: 128})
	known := h.drawnID(t, "a fox")
	body := `{"prompt":"a hat","image":"` + known + `","mask":"` + inURL(maskPNG(t, 128, 128)) + `","stream":true,"partial_images":3,"response_format":"b64_json"}`
	all := h.streamed(t, edits, body)
	if got := h.charged(); got != "imagine upscale inpaint" || len(all) < 2 {
		t.Fatalf("paid for %q, events %s", got, names(all))
	}
	for _, f := range all[:len(all)-1] { // a quarter of the grid's preview, or of the grid when it was done meanwhile
		if got := size(t, f); got != "32x32" && got != size(t, all[len(all)-1]) {
			t.Errorf("%s is of %s, want 32x32 or that of %s: it is another step's", f.name, got, all[len(all)-1].name)
		}
	}
}
