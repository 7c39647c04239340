package pictures

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
	"midgate/adapter/pictures/png"
)

// painter orders pictures and their relatives from a simulated upstream.
type painter struct {
	t      testing.TB
	client *http.Client
}

func newPainter(t testing.TB, pixels int) *painter {
	t.Helper()
	sim := simulator.New(simulator.Config{Pixels: pixels, Pace: time.Nanosecond})
	t.Cleanup(sim.Close)
	return &painter{t: t, client: &http.Client{Transport: sim.Transport()}}
}

// drawn is a finished task.
type drawn struct {
	ID       string `json:"id"`
	Status   string `json:"status"`
	ImageURL string `json:"imageUrl"`
	Buttons  []struct {
		CustomID string `json:"customId"`
		Label    string `json:"label"`
	} `json:"buttons"`
}

func (p *painter) imagine(prompt string) drawn {
	p.t.Helper()
	return p.order("imagine", map[string]any{"prompt": prompt})
}

// press presses the button whose label is this.
func (p *painter) press(d drawn, label string) drawn {
	p.t.Helper()
	for _, b := range d.Buttons {
		if b.Label == label {
			return p.order("action", map[string]any{"taskId": d.ID, "customId": b.CustomID})
		}
	}
	p.t.Fatalf("no button %q among %+v", label, d.Buttons)
	return drawn{}
}

func (p *painter) order(route string, body map[string]any) drawn {
	p.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		p.t.Fatal(err)
	}
	var sent struct {
		Code   int    `json:"code"`
		Result string `json:"result"`
	}
	p.ask(http.MethodPost, "/mj/submit/"+route, bytes.NewReader(b), &sent)
	if sent.Code != 1 {
		p.t.Fatalf("%s of %s: %+v", route, b, sent)
	}
	var d drawn
	for range 100_000 {
		if p.ask(http.MethodGet, "/mj/task/"+sent.Result+"/fetch", nil, &d); d.Status == "SUCCESS" {
			return d
		}
	}
	p.t.Fatalf("%s is %s", sent.Result, d.Status)
	return d
}

func (p *painter) ask(method, path string, body io.Reader, v any) {
	p.t.Helper()
	if err := json.Unmarshal(p.get(method, "http://upstream"+path, body), v); err != nil {
		p.t.Fatal(err)
	}
}

func (p *painter) get(method, url string, body io.Reader) []byte {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, url, body)
	if err != nil {
		p.t.Fatal(err)
	}
	res, err := p.client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		p.t.Fatalf("%s %s: %d, %v", method, url, res.StatusCode, err)
	}
	return b
}

func (p *painter) picture(d drawn) image.Image {
	p.t.Helper()
	return decodeBytes(p.t, p.get(http.MethodGet, d.ImageURL, nil))
}

// cutOut is a quarter of a grid.
func cutOut(grid image.Image, n int) image.Image {
	return crop(grid, png.Quarter(grid.Bounds().Dx(), grid.Bounds().Dy(), n))
}

var subjects = strings.Fields("fox lighthouse castle boat mountain forest city river portrait moon desert bridge garden train owl island cabin waterfall robot temple")

// prompt is different for every i.
func prompt(i int) string {
	colours := strings.Fields("red blue green golden violet grey night sunset winter misty")
	return fmt.Sprintf("a %s %s by the %s, %d", colours[i%len(colours)], subjects[i*7%len(subjects)], subjects[i/len(colours)%len(subjects)], i)
}
