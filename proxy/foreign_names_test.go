package proxy

import (
	"encoding/base64"
	"strings"
	"testing"

	"midgate/adapter"
)

// What other image APIs call a picture's shape, its number and its settings is read by their names, too; what they mean by
// names of ours is no wish of this one.
func TestForeignNames_AreReadAsTheyAreMeant(t *testing.T) {
	core := newFake()
	s := newServer(t, core)
	for name, c := range map[string]struct {
		more string
		want func(adapter.Generation) bool
	}{
		"a number of pictures": {`"num_images":4`, func(g adapter.Generation) bool { return g.N == 4 }},
		"samples beside n":     {`"n":1,"samples":3`, func(g adapter.Generation) bool { return g.N == 3 }},
		"DashScope's parameters": {`"parameters":{"size":"1280*720","n":2,"negative_prompt":"people"}`, func(g adapter.Generation) bool {
			return g.N == 2 && g.Size == "1280x720" && g.Midjourney.No == "people"
		}},
		"Gemini's body":        {`"extra_body":{"google":{"image_config":{"aspect_ratio":"16:9"}}}`, func(g adapter.Generation) bool { return g.Size == "16:9" }},
		"camels":               {`"extraBody":{"stylize":500}`, func(g adapter.Generation) bool { return *g.Midjourney.Stylize == 500 }},
		"dimensions":           {`"dimensions":{"width":1024,"height":512}`, func(g adapter.Generation) bool { return g.Size == "1024x512" }},
		"an orientation":       {`"orientation":"landscape"`, func(g adapter.Generation) bool { return g.Size == "3:2" }},
		"fineness":             {`"size":"2K"`, func(g adapter.Generation) bool { return g.Size == "2k" || g.Size == "" || g.Size == "auto" }},
		"fineness and a shape": {`"size":"1K","aspect_ratio":"16:9"`, func(g adapter.Generation) bool { return g.Size == "16:9" }},
		"a side and a size":    {`"width":1024,"size":"1536x1024"`, func(g adapter.Generation) bool { return g.Size == "1536x1024" }},
		"a voice's speed":      {`"speed":"standard"`, func(g adapter.Generation) bool { return g.Midjourney.Speed == "" }},
		"ours":                 {`"speed":"fast","version":7`, func(g adapter.Generation) bool { return g.Midjourney.Speed == "fast" && g.Midjourney.Version == "7" }},
		"an API's version":     {`"version":"2024-10-21"`, func(g adapter.Generation) bool { return g.Midjourney.Version == "" }},
		"a list of one style":  {`"style":["raw"]`, func(g adapter.Generation) bool { return g.Midjourney.Raw }},
		"no seed":              {`"seed":"random"`, func(g adapter.Generation) bool { return g.Midjourney.Seed == nil }},
		"a parameter's seed":   {`"parameters":{"seed":7}`, func(g adapter.Generation) bool { return *g.Midjourney.Seed == 7 }},
		"any seed":             {`"seed":"-1"`, func(g adapter.Generation) bool { return g.Midjourney.Seed == nil }},
		"a seed of 0":          {`"seed":0`, func(g adapter.Generation) bool { return *g.Midjourney.Seed == 0 }},
		"a seed of 33 bits":    {`"seed":8589934599`, func(g adapter.Generation) bool { return *g.Midjourney.Seed == 7 }},
		"a seed of 64 bits":    {`"seed":"18446744073709551615"`, func(g adapter.Generation) bool { return *g.Midjourney.Seed == 1<<32-1 }},
		"a seed of a float":    {`"seed":7.0`, func(g adapter.Generation) bool { return *g.Midjourney.Seed == 7 }},
		"a face of a person":   {`"avatar":"data:image/png;base64,iVBORw0KGgo=","user":"u","callback_url":"https://x.example/a.png"`, func(adapter.Generation) bool { return true }},
	} {
		core.drawn = nil
		w := send(s, "POST", "/v1/images/generations", `{"prompt":"a fox",`+c.more+`}`)
		if w.Code != 200 || len(core.drawn) != 1 || !c.want(core.drawn[0]) {
			t.Errorf("%s: %d %.300s, drawn %+v", name, w.Code, w.Body, core.drawn)
		}
	}
	bare := base64.StdEncoding.EncodeToString(append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 9000)...))
	for name, c := range map[string]struct{ more, param string }{
		"bare data under another name": {`"init_images":["` + bare + `"]`, "init_images"},
		"an address of a photo":        {`"user_photo":"https://x.example/a"`, "user_photo"},
		"addresses":                    {`"urls":["https://x.example/a"]`, "urls"},
		"an address of a file":         {`"source":"https://x.example/a.webp?w=1"`, "source"},
		"two numbers":                  {`"n":2,"num_images":4`, "num_images"},
		"a size that is none":          {`"size":"banana"`, "size"},
	} {
		core.drawn = nil
		w := send(s, "POST", "/v1/images/generations", `{"prompt":"a fox",`+c.more+`}`)
		if w.Code != 400 || len(core.drawn) != 0 || !strings.Contains(w.Body.String(), `"param":"`+c.param) {
			t.Errorf("%s: %d %.300s, drawn %d", name, w.Code, w.Body, len(core.drawn))
		}
	}
}

// Of a setting that is twice in a form, one would be left out.
func TestForms_SettingsStandOnce(t *testing.T) {
	core := newFake()
	s := newServer(t, core)
	for _, name := range []string{"stylize", "aspect_ratio", "negativePrompt", "n"} {
		form, kind := writeForm(file("image", "a.png", "image/png", picture("a")), text("prompt", "hat"), text(name, "3:2"[:1]), text(name, "4"))
		if w := send(s, "POST", "/v1/images/edits", form, "Content-Type", kind); w.Code != 400 || !strings.Contains(w.Body.String(), `"param":"`+name+`"`) || len(core.edited) > 0 {
			t.Errorf("%s: %d %.300s", name, w.Code, w.Body)
		}
	}
}

// A response that may call no tool draws nothing, whether there is a tool or the model itself draws.
func TestResponses_NoCallsAreNoPicture(t *testing.T) {
	core := newFake()
	s := newServer(t, core)
	for _, body := range []string{`{"model":"midjourney","input":"a hare","max_tool_calls":0}`, `{"input":"a hare","max_tool_calls":0,"tools":[{"type":"image_generation"}]}`} {
		if w := send(s, "POST", "/v1/responses", body); w.Code != 200 || len(core.drawn) > 0 {
			t.Errorf("%s: %d %.300s, %d drawn", body, w.Code, w.Body, len(core.drawn))
		}
	}
}
