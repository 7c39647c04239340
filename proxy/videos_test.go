package proxy

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	official "github.com/openai/openai-go/v3"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/videos"
)

// videoKeys are the members that OpenAI's Video always has.
var videoKeys = []string{"completed_at", "created_at", "error", "expires_at", "id", "model", "object", "progress", "prompt",
	"remixed_from_video_id", "seconds", "size", "status"}

// part is one part of a form: a text, or a file.
type filmPart struct {
	name, text string
	file       []byte
}

// form sends a multipart body.
func (h *house) form(t *testing.T, path string, parts ...filmPart) (int, http.Header, []byte) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		if p.file == nil {
			_ = w.WriteField(p.name, p.text) // into memory
			continue
		}
		f, err := w.CreateFormFile(p.name, "frame.png")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.Write(p.file)
	}
	_ = w.Close()
	return h.call(t, "POST", path, b.String(), "Content-Type", w.FormDataContentType())
}

// video reads a Video and checks that its members are there.
func videoIn(t *testing.T, status int, body []byte) videos.VideoJSON {
	t.Helper()
	var raw map[string]any
	var v videos.VideoJSON
	if err := json.Unmarshal(body, &raw); err != nil || json.Unmarshal(body, &v) != nil || status != 200 {
		t.Fatalf("%d %s: no video", status, body)
	}
	for _, k := range videoKeys {
		if _, ok := raw[k]; !ok {
			t.Errorf("%s is missing in %v", k, slices.Collect(maps.Keys(raw)))
		}
	}
	if !strings.HasPrefix(v.ID, "video_") || v.Object != "video" {
		t.Errorf("id %q, object %q", v.ID, v.Object)
	}
	return v
}

// finished polls a video to its end, as SDKs do.
func (h *house) finished(t *testing.T, id string) videos.VideoJSON {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		status, header, body := h.call(t, "GET", "/v1/videos/"+id, "")
		v := videoIn(t, status, body)
		after := header.Get("Openai-Poll-After-Ms")
		switch v.Status {
		case "queued", "in_progress":
			if _, err := strconv.Atoi(after); err != nil {
				t.Fatalf("openai-poll-after-ms = %q, want a whole number", after)
			}
		case "completed", "failed":
			if after != "" {
				t.Errorf("openai-poll-after-ms = %q after the end", after)
			}
			return v
		default:
			t.Fatalf("status = %q, which SDKs do not know", v.Status)
		}
		<-tick.C
	}
}

func TestVideosAreCreatedInEveryEncoding(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	frame := stillOf(t, 96, 64)
	status, _, body := h.form(t, "/v1/files", filmPart{name: "purpose", text: "vision"}, filmPart{name: "file", file: frame})
	var file struct{ ID string }
	if err := json.Unmarshal(body, &file); err != nil || status != 200 {
		t.Fatalf("file = %d %s", status, body)
	}
	url := "data:image/png;base64," + base64.StdEncoding.EncodeToString(frame)
	prompt := filmPart{name: "prompt", text: "it waves"}
	js := func(body string) func() (int, http.Header, []byte) {
		return func() (int, http.Header, []byte) { return h.call(t, "POST", "/v1/videos", body) }
	}
	multi := func(parts ...filmPart) func() (int, http.Header, []byte) {
		return func() (int, http.Header, []byte) { return h.form(t, "/v1/videos", parts...) }
	}
	tests := map[string]struct {
		send func() (int, http.Header, []byte)
		size string
	}{
		"a form without a file":       {multi(prompt, filmPart{name: "model", text: "sora-2"}, filmPart{name: "seconds", text: "4"}, filmPart{name: "size", text: "1280x720"}), "1280x720"},
		"a form with a file":          {multi(prompt, filmPart{name: "input_reference", file: frame}), "96x64"},
		"a form with an image_url":    {multi(prompt, filmPart{name: "input_reference[image_url]", text: url}), "96x64"},
		"a form with a file_id":       {multi(prompt, filmPart{name: "input_reference[file_id]", text: file.ID}), "96x64"},
		"JSON with only a prompt":     {js(`{"prompt":"a fox runs"}`), "1024x1024"},
		"JSON with seconds as number": {js(`{"prompt":"a fox runs far","seconds":8}`), "1024x1024"},
		"JSON with an image_url":      {js(`{"prompt":"it waves","input_reference":{"image_url":"` + url + `"}}`), "96x64"},
		"JSON with a file_id":         {js(`{"prompt":"it waves","input_reference":{"file_id":"` + file.ID + `"}}`), "96x64"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			status, _, body := test.send()
			v := videoIn(t, status, body)
			if v.Size != test.size || v.Error != nil || v.Parent != "" {
				t.Errorf("size = %q, error = %v, parent = %q, want %q and none", v.Size, v.Error, v.Parent, test.size)
			}
			if v = h.finished(t, v.ID); v.Status != "completed" || v.Progress != 100 || v.CompletedAt == nil {
				t.Errorf("video = %+v, want a completed one", v)
			}
		})
	}
}

func TestBadVideosCostNothing(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	foreign := `"video_` + strings.Repeat("A", 26) + `"`
	picture := `"data:image/png;base64,` + base64.StdEncoding.EncodeToString(stillOf(t, 96, 64)) + `"`
	tests := map[string]struct {
		path, body string
		status     int
		param      string
	}{
		"no prompt":                  {"/v1/videos", `{}`, 400, "prompt"},
		"five seconds":               {"/v1/videos", `{"prompt":"x","seconds":"5"}`, 400, "seconds"},
		"both kinds of reference":    {"/v1/videos", `{"prompt":"x","input_reference":{"image_url":"a","file_id":"b"}}`, 400, "input_reference"},
		"an unknown file":            {"/v1/videos", `{"prompt":"x","input_reference":{"file_id":"file-nobody"}}`, 404, "input_reference.file_id"},
		"three clips":                {"/v1/videos", `{"prompt":"x","midjourney":{"batch_size":3}}`, 400, "midjourney.batch_size"},
		"three clips in the prompt":  {"/v1/videos", `{"prompt":"x --bs 3"}`, 400, "prompt"},
		"an unknown motion":          {"/v1/videos", `{"prompt":"x","midjourney":{"motion":"wild"}}`, 400, "motion"},
		"references of a video":      {"/v1/videos", `{"prompt":"x","midjourney":{"reference_images":[` + picture + `]}}`, 400, "midjourney.reference_images"},
		"an extension with an end":   {"/v1/videos/extensions", `{"prompt":"x","end_image":` + picture + `,"video":{"id":` + foreign + `}}`, 400, "end_image"},
		"an extension that loops":    {"/v1/videos/extensions", `{"prompt":"x --loop","video":{"id":` + foreign + `}}`, 400, "loop"},
		"an extension in four":       {"/v1/videos/extensions", `{"prompt":"x --bs 4","video":{"id":` + foreign + `}}`, 400, "midjourney.batch_size"},
		"an extension of a picture":  {"/v1/videos/extensions", `{"prompt":"x","input_reference":{"image_url":` + picture + `},"video":{"id":` + foreign + `}}`, 400, "input_reference"},
		"an extension of nothing":    {"/v1/videos/extensions", `{"prompt":"x"}`, 400, "video"},
		"an extension of a stranger": {"/v1/videos/extensions", `{"prompt":"x","video":{"id":` + foreign + `}}`, 404, "video_id"},
		"an edit":                    {"/v1/videos/edits", `{}`, 400, ""},
		"a character":                {"/v1/videos/characters", `{}`, 400, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			status, _, body := h.call(t, "POST", test.path, test.body)
			var e errorBody
			if err := json.Unmarshal(body, &e); err != nil || status != test.status {
				t.Fatalf("%d %s, want %d", status, body, test.status)
			}
			if got := e.Error.Param; test.param != "" && (got == nil || *got != test.param) {
				t.Errorf("param = %v in %s, want %q", got, body, test.param)
			}
		})
	}
	if jobs := h.sim.Ledger(); len(jobs) != 0 {
		t.Errorf("jobs = %v, want none", jobs)
	}
}

func TestVideoContentAndList(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	var ids []string
	for i := range 3 {
		status, _, body := h.call(t, "POST", "/v1/videos", `{"prompt":"fox `+strconv.Itoa(i)+`"}`)
		ids = append(ids, h.finished(t, videoIn(t, status, body).ID).ID)
	}
	id := ids[0]
	status, header, whole := h.call(t, "GET", "/v1/videos/"+id+"/content", "", "Accept", "application/binary")
	if status != 200 || header.Get("Content-Type") != "video/mp4" || len(whole) < 1000 || string(whole[4:8]) != "ftyp" {
		t.Errorf("content = %d %s, %d bytes", status, header.Get("Content-Type"), len(whole))
	}
	status, header, piece := h.call(t, "GET", "/v1/videos/"+id+"/content", "", "Range", "bytes=4-7")
	if status != 206 || string(piece) != "ftyp" {
		t.Errorf("range = %d %q %v", status, piece, header)
	}
	status, header, thumb := h.call(t, "GET", "/v1/videos/"+id+"/content?variant=thumbnail", "")
	if status != 200 || header.Get("Content-Type") != "image/webp" || !bytes.HasPrefix(thumb, []byte("RIFF")) {
		t.Errorf("thumbnail = %d %s", status, header.Get("Content-Type"))
	}
	for _, path := range []string{"/content?variant=spritesheet", "/content?index=2"} {
		if status, _, body := h.call(t, "GET", "/v1/videos/"+id+path, ""); status != 400 {
			t.Errorf("%s = %d %s, want 400", path, status, body)
		}
	}
	if status, _, body := h.call(t, "GET", "/videos/"+id+".mp4", "", "Authorization", ""); status != 200 || !bytes.Equal(body, whole) {
		t.Errorf("public bytes = %d, %d bytes", status, len(body))
	}
	if status, header, _ := h.call(t, "HEAD", "/videos/"+id+".mp4", ""); status != 200 || header.Get("Content-Length") != strconv.Itoa(len(whole)) {
		t.Errorf("HEAD = %d %v", status, header)
	}
	if status, _, _ := h.call(t, "GET", "/v1/videos/"+id, "", "Authorization", "Bearer sk-bob"); status != 404 {
		t.Errorf("another owner's look = %d, want 404", status)
	}
	list := func(query string) (shown []string, more bool) {
		var l struct {
			Data    []videos.VideoJSON
			HasMore bool   `json:"has_more"`
			LastID  string `json:"last_id"`
		}
		status, _, body := h.call(t, "GET", "/videos"+query, "")
		if err := json.Unmarshal(body, &l); err != nil || status != 200 {
			t.Fatalf("list%s = %d %s", query, status, body)
		}
		for _, v := range l.Data {
			shown = append(shown, v.ID)
		}
		return shown, l.HasMore
	}
	newest := []string{ids[2], ids[1], ids[0]}
	for query, want := range map[string][]string{
		"": newest, "?order=asc": ids, "?limit=2": newest[:2], "?limit=2&after=" + ids[1]: newest[2:],
		"?order=asc&limit=1&after=" + ids[0]: ids[1:2], "?limit=0": nil,
	} {
		if got, _ := list(query); !slices.Equal(got, want) {
			t.Errorf("list%s = %q, want %q", query, got, want)
		}
	}
	if _, more := list("?limit=2"); !more {
		t.Error("has_more = false with a third video")
	}
	if status, _, body := h.call(t, "DELETE", "/v1/videos/"+id, ""); status != 200 || string(body) != `{"id":"`+id+`","object":"video.deleted","deleted":true}` {
		t.Errorf("delete = %d %s", status, body)
	}
	for _, path := range []string{"/v1/videos/" + id, "/v1/videos/" + id + "/content", "/videos/" + id + ".mp4"} {
		if status, _, _ := h.call(t, "GET", path, ""); status != 404 {
			t.Errorf("%s after delete = %d, want 404", path, status)
		}
	}
}

func TestVideosAreRemixedAndExtended(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	status, _, body := h.call(t, "POST", "/v1/videos", `{"prompt":"a fox walks","size":"1280x720"}`)
	base := h.finished(t, videoIn(t, status, body).ID)
	status, _, body = h.call(t, "POST", "/v1/videos/"+base.ID+"/remix", `{"prompt":"the fox jumps"}`)
	remix := h.finished(t, videoIn(t, status, body).ID)
	if remix.RemixedFrom == nil || *remix.RemixedFrom != base.ID || *remix.Prompt != "the fox jumps" || remix.Seconds != "4" {
		t.Errorf("remix = %+v", remix)
	}
	if status, _, body := h.call(t, "GET", "/v1/images/"+base.Parent, ""); status != 200 {
		t.Errorf("the picture that was drawn to be animated, %q = %d %s", base.Parent, status, body)
	}
	if remix.Parent != base.Parent {
		t.Errorf("parent of the remix = %q, want the same first frame, %q", remix.Parent, base.Parent)
	}
	status, _, body = h.form(t, "/v1/videos/extensions", filmPart{name: "video[id]", text: base.ID}, filmPart{name: "prompt", text: "and on"}, filmPart{name: "seconds", text: "8"})
	longer := h.finished(t, videoIn(t, status, body).ID)
	if longer.Seconds != "12" || longer.Status != "completed" || longer.Parent != base.ID {
		t.Errorf("extension = %+v, want 12 seconds in all, and %s as its parent", longer, base.ID)
	}
	var list struct{ Data []videos.VideoJSON }
	status, _, body = h.call(t, "GET", "/v1/videos", "")
	if err := json.Unmarshal(body, &list); err != nil || status != 200 || len(list.Data) != 3 || list.Data[0].Parent != base.ID {
		t.Errorf("list = %d %s, want the extension first, with its parent", status, body)
	}
	var kinds []string
	for _, c := range h.sim.Ledger() {
		kinds = append(kinds, c.Kind)
	}
	if got := strings.Join(kinds, " "); got != "imagine video video extend extend" {
		t.Errorf("jobs = %q", got)
	}
	status, _, body = h.call(t, "POST", "/v1/videos/extensions", `{"video":{"id":"`+longer.ID+`"},"prompt":"further","seconds":"12"}`)
	if status != 400 || !bytes.Contains(body, []byte("20 seconds")) {
		t.Errorf("an extension beyond what Midjourney makes = %d %s", status, body)
	}
}

func TestAnActionAnimatesAPicture(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	status, _, body := h.call(t, "POST", "/v1/images/generations", `{"prompt":"a red fox","response_format":"url"}`)
	var drawn struct{ Data []struct{ ID string } }
	if err := json.Unmarshal(body, &drawn); err != nil || status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	status, header, body := h.call(t, "POST", "/v1/images/"+drawn.Data[0].ID+"/actions", `{"action":"animate_high"}`)
	v := h.finished(t, videoIn(t, status, body).ID)
	if v.Status != "completed" || v.Size != "64x64" || v.Parent != drawn.Data[0].ID {
		t.Errorf("video = %+v, want one whose parent is %s", v, drawn.Data[0].ID)
	}
	if status, _, body := h.call(t, "GET", "/v1/jobs/"+header.Get("Midgate-Job"), ""); status != 200 || !bytes.Contains(body, []byte(`"object":"video"`)) {
		t.Errorf("its job = %d %s, want the video as its result", status, body)
	}
}

// A job that fails is no HTTP error, and its content is refused with a status that no SDK repeats by itself.
func TestAFailedVideoIsAVideo(t *testing.T) {
	h := newHouse(t, simulator.Config{Pace: 200 * time.Millisecond})
	status, _, body := h.call(t, "POST", "/v1/videos", `{"prompt":"a fox walks"}`)
	v := videoIn(t, status, body)
	status, _, body = h.call(t, "GET", "/v1/videos/"+v.ID+"/content", "")
	if status != 400 || !bytes.Contains(body, []byte("video_not_ready")) {
		t.Errorf("content of an unfinished video = %d %s", status, body)
	}
	h.finished(t, v.ID)
	status, _, body = h.call(t, "POST", "/v1/videos", `{"prompt":"a fox sim-fail"}`)
	v = h.finished(t, videoIn(t, status, body).ID)
	if v.Status != "failed" || v.Error == nil || v.Error.Code == "" || v.Error.Message == "" {
		t.Errorf("video = %+v, want a failed one with its error", v)
	}
	if status, _, body := h.call(t, "GET", "/v1/videos/"+v.ID+"/content", ""); status != 400 {
		t.Errorf("content of a failed video = %d %s", status, body)
	}
}

func TestOfficialSDKMakesAVideo(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	v, err := h.official().Videos.NewAndPoll(t.Context(), official.VideoNewParams{Prompt: "a fox walks", Model: "midjourney", Seconds: "4"}, 5)
	if err != nil || v.Status != official.VideoStatusCompleted {
		t.Fatalf("NewAndPoll = %+v, %v", v, err)
	}
	resp, err := h.official().Videos.DownloadContent(t.Context(), v.ID, official.VideoDownloadContentParams{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.Header.Get("Content-Type") != "video/mp4" || len(data) < 1000 {
		t.Errorf("content = %q, %d bytes, %v", resp.Header.Get("Content-Type"), len(data), err)
	}
}

// stillOf is a picture that nobody has seen.
func stillOf(t *testing.T, w, h int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = byte(i*7) | 3
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
