package proxy

import (
	"bufio"
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// partialEvent is what is looked at of an event of a streamed picture.
type partialEvent struct {
	Type string
	B64  *string `json:"b64_json"`
}

// Someone who watches a stream with curl sees one and the same grid become sharper while the job runs, and then its
// four pictures, which are as sharp as it gets.
func TestCurlWatchesAPictureGetSharper(t *testing.T) {
	t.Parallel()
	h := newHouse(t, simulator.Config{Pace: 4 * time.Second, Pixels: 256})
	curl := exec.CommandContext(t.Context(), "curl", "-sSN", h.base+"/v1/images/generations", "-H", "Authorization: Bearer sk-alice",
		"-H", "Content-Type: application/json", "-d", `{"prompt":"a red fox","stream":true,"partial_images":3,"n":4}`)
	out, err := curl.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := curl.Start(); err != nil {
		t.Fatalf("curl is needed: %v", err)
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 16<<20)
	var partial []float64
	completed := 0
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var e partialEvent
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			t.Fatalf("an event %.80q: %v", data, err)
		}
		got := detail(t, base64Picture(t, e.B64, pngMagic))
		switch e.Type {
		case "image_generation.partial_image":
			if n := len(partial); n > 0 && got <= partial[n-1] {
				t.Errorf("partial picture %d has detail %.0f after %.0f, want it to grow", n, got, partial)
			}
			partial = append(partial, got)
			if status := h.onlyJob(t); len(partial) == 1 && status != "in_progress" {
				t.Errorf("the first partial picture came when the job was %s", status)
			}
		case "image_generation.completed":
			completed++
			if len(partial) > 0 && 2*got <= partial[0] { // it is half as wide as the grid
				t.Errorf("a picture has detail %.0f after a first partial grid of %.0f, want more than half", got, partial[0])
			}
		}
	}
	if err := curl.Wait(); err != nil || len(partial) < 2 || completed != 4 {
		t.Errorf("curl: %v, %d partial and %d whole pictures, want at least 2, and 4", err, len(partial), completed)
	}
}

// onlyJob is the status of the only job there is.
func (h *house) onlyJob(t *testing.T) string {
	t.Helper()
	_, _, body := h.call(t, http.MethodGet, "/v1/jobs", "")
	var list struct{ Data []struct{ Status string } }
	if err := json.Unmarshal(body, &list); err != nil || len(list.Data) != 1 {
		t.Fatalf("jobs = %s, want one", body)
	}
	return list.Data[0].Status
}

// detail is how much a picture's grey goes up and down on the way from one side to the other, on average: blurring
// lowers it, the number of pixels does not change it.
func detail(t *testing.T, data []byte) float64 {
	t.Helper()
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	b := img.Bounds()
	sum := 0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		before := grey(img, b.Min.X, y)
		for x := b.Min.X + 1; x < b.Max.X; x++ {
			now := grey(img, x, y)
			sum += max(now-before, before-now)
			before = now
		}
	}
	return float64(sum) / float64(b.Dy())
}

func grey(img image.Image, x, y int) int {
	return int(color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y)
}
