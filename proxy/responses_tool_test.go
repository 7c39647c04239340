package proxy

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// rightHalfErased is a mask of w×h pixels whose right half is erased.
func rightHalfErased(t *testing.T, w, h int) string {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for x := range w / 2 {
		for y := range h {
			img.Set(x, y, color.NRGBA{255, 255, 255, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())
}

func TestTheToolsSettingsCount(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	_, a, raw := h.respond(t, drawn(`"a red fox"`, `,"n":3,"model":"midjourney-v7","size":"1536x1024","quality":"low","output_format":"jpeg"`, `,"midjourney":{"chaos":7}`))
	if len(a.Output) != 3 || a.Output[1].ID != a.Output[0].ID+"_2" || !strings.HasPrefix(a.Output[0].Result, "/9j/") {
		t.Fatalf("%.400s, want three JPEGs", raw)
	}
	prompt := h.sim.Ledger()[0].Prompt
	for _, want := range []string{"--v 7", "--ar 3:2", "--draft", "--c 7"} {
		if !strings.Contains(prompt, want) {
			t.Errorf("the prompt is %q, want %s in it", prompt, want)
		}
	}
	_, b, raw := h.respond(t, drawn(`[{"role":"user","content":"add snow"},{"type":"image_generation_call","id":"`+a.Output[2].ID+`"}]`, ``, ``))
	if r := h.image(t, b.Output[0].ImageID); r.Parent == nil || *r.Parent != a.Output[2].ImageID {
		t.Errorf("the third picture's ID leads to %v: %.200s", r.Parent, raw)
	}
}

func TestTheToolsMaskIsUsed(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	_, a, _ := h.respond(t, drawn(`"a red fox"`, ``, ``))
	before := len(h.sim.Ledger())
	status, b, raw := h.respond(t, drawn(`"a tall tree"`, `,"input_image_mask":{"image_url":"`+rightHalfErased(t, 64, 64)+`"}`, `,"previous_response_id":"`+a.ID+`"`))
	if status != http.StatusOK || len(b.Output) != 1 {
		t.Fatalf("%d %.300s", status, raw)
	}
	var kinds []string
	for _, e := range h.sim.Ledger()[before:] {
		kinds = append(kinds, e.Kind)
	}
	if got := strings.Join(kinds, " "); !strings.Contains(got, "inpaint") {
		t.Errorf("jobs = %q, want the area repainted", got)
	}
}

// The mask belongs to the picture that the words number.
func TestTheToolsMaskIsOfTheChosenPicture(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	_, a, _ := h.respond(t, drawn(`"a red fox"`, `,"n":4`, ``))
	mask := `,"input_image_mask":{"image_url":"` + rightHalfErased(t, 64, 64) + `"}`
	status, b, raw := h.respond(t, drawn(`"make the hat on the second one red"`, mask, `,"previous_response_id":"`+a.ID+`"`))
	if status != http.StatusOK || len(b.Output) != 1 {
		t.Fatalf("%d %.300s", status, raw)
	}
	if r := h.image(t, b.Output[0].ImageID); r.Parent == nil || *r.Parent != a.Output[1].ImageID {
		t.Errorf("made of %v, want of the second picture, %s", r.Parent, a.Output[1].ImageID)
	}
}

func TestAPictureIsDescribedInAResponse(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	_, a, _ := h.respond(t, drawn(`"a red fox"`, ``, ``))
	body := drawn(`"describe it"`, ``, `,"previous_response_id":"`+a.ID+`"`)
	_, b, raw := h.respond(t, body)
	if len(b.Output) != 1 || b.Output[0].Type != "message" || !strings.HasPrefix(b.Output[0].Content[0].Text, "1. ") {
		t.Errorf("%.400s, want the prompts", raw)
	}
	_, all := h.stream(t, "/v1/responses", strings.TrimSuffix(body, "}")+`,"stream":true}`)
	if len(all) != 9 || all[2].name != "response.output_item.added" || all[8].name != "response.completed" {
		t.Errorf("streamed: %d events", len(all))
	}
}

func TestAResponsesJobHasTheResponse(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	_, header, _ := h.call(t, http.MethodPost, "/v1/responses", drawn(`"a red fox"`, ``, ``))
	_, _, job := h.call(t, http.MethodGet, "/v1/jobs/"+header.Get("Midgate-Job"), "")
	var j struct{ Result answerJSON }
	if err := json.Unmarshal(job, &j); err != nil || j.Result.Status != "completed" || len(j.Result.Output) != 1 || j.Result.Output[0].Result == "" {
		t.Errorf("job = %.300s, %v", job, err)
	}
	_, _, list := h.call(t, http.MethodGet, "/v1/jobs", "")
	if strings.Contains(string(list), `"result":"`) || !strings.Contains(string(list), `"url":"http`) {
		t.Errorf("a list has pictures in it, or no addresses: %.300s", list)
	}
}

// Azure's clients name the tool's model in a header. One that nobody knows draws nothing, rather than with another model.
func TestTheDeploymentOfAzuresHeader(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for name, c := range map[string]struct {
		header, model, tool string
		drawn               string // in the prompt that is submitted; empty: refused
	}{
		"a model":                            {"midjourney-v7", "gpt-5", ``, "--v 7"},
		"nobody's":                           {"my-img", "gpt-5", ``, ""},
		"nobody's, without another":          {"my-img", "", ``, ""},
		"nobody's beside a model of ours":    {"my-img", "midjourney-v7", ``, "--v 7"},
		"nobody's beside the tool's":         {"my-img", "gpt-5", `,"model":"midjourney-v7"`, "--v 7"},
		"another than the tool's":            {"niji-6", "gpt-5", `,"model":"midjourney-v7"`, "--v 7"},
		"blank, and nothing else is a model": {" ", "gpt-5", ``, "fox"},
	} {
		before := len(h.sim.Ledger())
		a := h.ask(t, http.MethodPost, "/v1/responses", `{"model":"`+c.model+`","input":"a red fox","tools":[{"type":"image_generation"`+c.tool+`}]}`,
			"X-Ms-Oai-Image-Generation-Deployment", c.header)
		paid := h.sim.Ledger()[before:]
		if c.drawn == "" {
			p := a.is(t, http.StatusNotFound).problem(t)
			if len(paid) != 0 || orNone(p.Code) != "model_not_found" || orNone(p.Param) != "x-ms-oai-image-generation-deployment" || !strings.Contains(p.Message, "MIDGATE_MODEL_ALIASES") || !strings.Contains(p.Message, "'my-img'") {
				t.Errorf("%s: %+v, paid %v, want a refusal that names the deployment and the setting", name, p, paid)
			}
			continue
		}
		a.is(t, http.StatusOK)
		if len(paid) == 0 || !strings.Contains(paid[0].Prompt, c.drawn) {
			t.Errorf("%s: paid %v, want a drawing with %s", name, paid, c.drawn)
		}
	}
}
