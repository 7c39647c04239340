package proxy

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/web"
)

// lastPrompt is what Midjourney ran last.
func (h *house) lastPrompt(t *testing.T) string {
	t.Helper()
	paid := h.sim.Ledger()
	if len(paid) == 0 {
		t.Fatal("Midjourney ran nothing")
	}
	return paid[len(paid)-1].Prompt
}

func TestReferencesBecomeAddresses(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	status, _, body := h.call(t, "POST", "/v1/images/generations", `{"prompt":"a red fox","response_format":"url"}`)
	var drawn struct{ Data []struct{ ID, URL string } }
	if err := json.Unmarshal(body, &drawn); err != nil || status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	still := stillOf(t, 700, 400)
	_, _, body = h.form(t, "/v1/files", filmPart{name: "purpose", text: "vision"}, filmPart{name: "file", file: still})
	var file struct{ ID string }
	if err := json.Unmarshal(body, &file); err != nil {
		t.Fatal(err)
	}
	data := "data:image/png;base64," + base64.StdEncoding.EncodeToString(still)
	tests := map[string]struct{ member, flag string }{
		"a style from one of our pictures":  {`"style_reference":"` + drawn.Data[0].ID + `"`, "--sref http"},
		"a style from one of our addresses": {`"style_reference":["` + drawn.Data[0].URL + `"]`, "--sref http"},
		"a style from a data URL":           {`"style_reference":"` + data + `"`, "--sref http"},
		"a style from a file":               {`"style_reference":"` + file.ID + `"`, "--sref http"},
		"a style from elsewhere":            {`"style_reference":"https://example.com/a.png"`, "--sref https://example.com/a.png"},
		"a style's code":                    {`"style_reference":[1234567]`, "--sref 1234567"},
		"a person":                          {`"version":"6.1","character_reference":"` + drawn.Data[0].ID + `"`, "--cref http"},
		"anything":                          {`"version":"7","omni_reference":"` + data + `"`, "--oref http"},
		"an image prompt":                   {`"reference_images":["` + file.ID + `"]`, "http"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			status, _, body := h.call(t, "POST", "/v1/images/generations", `{"prompt":"`+name+`","response_format":"url","midjourney":{`+test.member+`}}`)
			if status != 200 {
				t.Fatalf("%d %s", status, body)
			}
			got := h.lastPrompt(t)
			if !strings.Contains(got, test.flag) || strings.Contains(got, "img_") || strings.Contains(got, h.base) {
				t.Errorf("Midjourney ran %q, want %q with an address that it can reach", got, test.flag)
			}
		})
	}
}

// A conversation's midjourney object means the same as a generation's, in both of its forms.
func TestReferencesOfConversations(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	data := "data:image/png;base64," + base64.StdEncoding.EncodeToString(stillOf(t, 96, 64))
	for path, body := range map[string]string{
		"/v1/chat/completions": `{"model":"midjourney","messages":[{"role":"user","content":"a red fox"}],"midjourney":{"style_reference":"` + data + `"}}`,
		"/v1/responses":        `{"input":"a red fox","midjourney":{"style_reference":"` + data + `"}}`,
	} {
		if status, _, answer := h.call(t, "POST", path, body); status != 200 {
			t.Errorf("%s = %d %.300s", path, status, answer)
			continue
		}
		if got := h.lastPrompt(t); !strings.Contains(got, "--sref http") {
			t.Errorf("%s: Midjourney ran %q, want a style from an address that it can reach", path, got)
		}
	}
}

// Where the upstream takes no uploads, midgate's own public address serves; where there is none, nothing is spent.
func TestReferencesWithoutUploads(t *testing.T) {
	data := "data:image/png;base64," + base64.StdEncoding.EncodeToString(stillOf(t, 96, 64))
	body := `{"prompt":"a fox","response_format":"url","midjourney":{"style_reference":"` + data + `"}}`
	f := newFake()
	if w := send(newServer(t, f), "POST", "/v1/images/generations", body); w.Code != 200 || f.drawn[0].Midjourney.StyleRef[0] != "https://mid.example/images/"+testImage+".png" {
		t.Errorf("%d %s, drawn %+v", w.Code, w.Body, f.drawn)
	}
	f = newFake()
	w := send(newServer(t, f, func(c *web.Config) { c.PublicURL = "" }), "POST", "http://localhost/v1/images/generations", body)
	if _, _, param, _ := problemOf(t, w); w.Code != 400 || param != "midjourney.style_reference" || len(f.drawn) != 0 {
		t.Errorf("%d %s, want a refusal", w.Code, w.Body)
	}
}
