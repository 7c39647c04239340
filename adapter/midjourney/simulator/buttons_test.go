package simulator

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// verbs are the customIds of a task's buttons without what changes from job to job.
func verbs(task map[string]any) []string {
	var all []string
	list, _ := task["buttons"].([]any)
	for _, b := range list {
		id, ok := b.(map[string]any)["customId"].(string)
		if !ok {
			id = "link"
		}
		id = uuidPattern.ReplaceAllString(id, "*")
		id = strings.TrimPrefix(strings.TrimPrefix(id, "MJ::"), "JOB::")
		all = append(all, regexp.MustCompile(`(::\*|::SOLO)`).ReplaceAllString(id, ""))
	}
	return all
}

var grid = []string{
	"upsample::1", "upsample::2", "upsample::3", "upsample::4", "reroll::0",
	"variation::1", "variation::2", "variation::3", "variation::4",
}

// single is the row after U: the two upscales of a version, then the rest.
func single(family string, rest ...string) []string {
	all := []string{}
	switch family {
	case "":
	case "v5":
		all = append(all, "upsample_v5_2x::1", "upsample_v5_4x::1")
	default:
		all = append(all, "upsample_"+family+"_2x_subtle::1", "upsample_"+family+"_2x_creative::1")
	}
	all = append(all, "low_variation::1", "high_variation::1", "Inpaint::1")
	all = append(all, rest...)
	return append(all, "animate_high::1", "animate_low::1", "BOOKMARK", "link")
}

// TestButtonsByVersion: each version of the model has its own buttons below a single picture.
func TestButtonsByVersion(t *testing.T) {
	moves := []string{"Outpaint::50::1", "Outpaint::75::1", "CustomZoom", "pan_left::1", "pan_right::1", "pan_up::1", "pan_down::1"}
	withSquare := slices.Insert(slices.Clone(moves), 3, "Outpaint::100::1")
	for flags, want := range map[string][]string{
		"--v 4":            {"variation::1", "upsample_light::1", "upsample_beta::1", "BOOKMARK", "link"},
		"--v 5.2":          single("v5", moves...),
		"--niji 5":         single("v5", moves...),
		"--v 6":            single("v6", moves...),
		"--niji 6":         single("v6", moves...),
		"--v 6.1":          single("v6r1", moves...),
		"--v 7":            single("v7", moves...),
		"--niji 7":         single("v7", moves...),
		"--v 7 --ar 16:9":  single("v7", withSquare...),
		"--v 8.1":          single(""),
		"--v 8.2 --ar 3:2": single(""),
		"":                 single("v7", moves...),
	} {
		t.Run(flags, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				p := newScript(t, Config{Pixels: 64})
				task := p.finish(p.submit("/mj/submit/imagine", fmt.Sprintf(`{"prompt":"a cat %s"}`, flags)))
				if got := verbs(task); !slices.Equal(got, grid) {
					t.Errorf("grid's buttons = %q, want %q", got, grid)
				}
				if got := verbs(p.finish(p.press(task, "upsample::1"))); !slices.Equal(got, want) {
					t.Errorf("buttons after U = %q, want %q", got, want)
				}
			})
		})
	}
}

// TestButtonsByStage walks through every button that leads somewhere.
func TestButtonsByStage(t *testing.T) {
	enlarged := []string{
		"upsample_v7_2x_subtle::1", "upsample_v7_2x_creative::1", "low_variation::1", "high_variation::1",
		"Outpaint::50::1", "Outpaint::75::1", "CustomZoom", "animate_high::1", "animate_low::1", "BOOKMARK", "link",
	}
	video := []string{"video_virtual_upscale::1", "video_virtual_upscale::2", "video_virtual_upscale::3", "video_virtual_upscale::4", "reroll::0"}
	for part, want := range map[string][]string{
		"2x_subtle": enlarged, "2x_creative": enlarged, "low_variation": grid, "high_variation": grid,
		"Outpaint::50": grid, "Outpaint::75": grid, "pan_left": grid, "animate_high": video, "animate_low": video,
	} {
		t.Run(part, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				p := newScript(t, Config{Pixels: 64})
				_, up := p.presses(p.finish(p.submit("/mj/submit/imagine", `{"prompt":"a cat"}`)), "upsample::1")
				next := p.finish(p.press(up, part))
				if got := verbs(next); !slices.Equal(got, want) {
					t.Errorf("buttons after %s = %q, want %q", part, got, want)
				}
				if strings.Contains(fmt.Sprint(next["buttons"]), customID(t, up, "BOOKMARK")[len("MJ::BOOKMARK::"):]) {
					t.Error("the child's buttons carry the parent's uuid")
				}
			})
		})
	}
}

func TestVideoStages(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newScript(t, Config{Pixels: 64})
		video := p.finish(p.submit("/mj/submit/video", fmt.Sprintf(`{"prompt":"waves","image":%q,"batchSize":1}`, tinyPNG)))
		clip := p.finish(p.press(video, "video_virtual_upscale::1"))
		if got, want := verbs(clip), []string{"animate_high_extend::1", "animate_low_extend::1"}; !slices.Equal(got, want) {
			t.Errorf("buttons of a clip = %q, want %q", got, want)
		}
		longer := p.finish(p.press(clip, "animate_high_extend"))
		if got := len(longer["videoUrls"].([]any)); got != 4 {
			t.Errorf("an extension by button has %d clips, want 4", got)
		}
		again := p.finish(p.submit("/mj/submit/video", fmt.Sprintf(`{"action":"extend","taskId":%q,"index":0,"prompt":"on","batchSize":2}`, video["id"])))
		if got := len(again["videoUrls"].([]any)); got != 2 {
			t.Errorf("an extension by route has %d clips, want 2", got)
		}
		kinds := ""
		for _, c := range p.sim.Ledger() {
			kinds += fmt.Sprintf("%s:%d ", c.Kind, c.Clips)
		}
		if want := "video:1 clip:0 extend:4 extend:2 "; kinds != want {
			t.Errorf("charges = %q, want %q", kinds, want)
		}
	})
}

// TestDialogs: Vary (Region), Custom Zoom and a describe's prompts always open a dialog, most others only with remix on.
func TestDialogs(t *testing.T) {
	for name, test := range map[string]struct {
		cfg    Config
		prompt string
		path   string // a U first, then this button; or a grid's button
		code   float64
	}{
		"region always":              {Config{}, "a cat", "upsample::1 Inpaint", 21},
		"custom zoom always":         {Config{}, "a cat", "upsample::1 CustomZoom", 21},
		"variation without remix":    {Config{}, "a cat", "variation::1", 1},
		"variation with remix":       {Config{Remix: true}, "a cat", "variation::1", 21},
		"variation when words want":  {Config{}, "a cat sim-modal", "variation::1", 21},
		"upscale never":              {Config{Remix: true}, "a cat", "upsample::1", 1},
		"zoom never":                 {Config{Remix: true}, "a cat", "upsample::1 Outpaint::50", 1},
		"pan with remix":             {Config{Remix: true}, "a cat", "upsample::1 pan_left", 21},
		"a relay hides most of them": {Config{Dialect: NewAPI, Remix: true}, "a cat", "variation::1", 1},
		"a relay shows the zoom":     {Config{Dialect: NewAPI}, "a cat", "upsample::1 CustomZoom", 21},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				test.cfg.Pixels = 64
				p := newScript(t, test.cfg)
				task := p.finish(p.submit("/mj/submit/imagine", fmt.Sprintf(`{"prompt":%q}`, test.prompt)))
				path := strings.Fields(test.path)
				if len(path) == 2 {
					task = p.finish(p.press(task, path[0]))
				}
				body := fmt.Sprintf(`{"taskId":%q,"customId":%q}`, task["id"], customID(t, task, path[len(path)-1]))
				got := p.send("POST", "/mj/submit/action", body).object(t)
				if got["code"] != test.code {
					t.Errorf("code = %v, want %v", got["code"], test.code)
				}
				if waits := strings.Contains(fmt.Sprint(got["description"]), "confirm"); waits != (test.code == 21 || test.cfg.Remix && test.cfg.Dialect == NewAPI) {
					t.Errorf("description = %v with code %v", got["description"], got["code"])
				}
			})
		})
	}
}

func TestDescribeButtons(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newScript(t, Config{Pixels: 64})
		task := p.finish(p.submit("/mj/submit/describe", fmt.Sprintf(`{"base64":%q}`, tinyPNG)))
		dialog := p.press(task, "PicReader::2")
		drawn := p.finish(p.submit("/mj/submit/modal", fmt.Sprintf(`{"taskId":%q,"prompt":"a red tower --ar 2:3"}`, dialog)))
		if got := drawn["properties"].(map[string]any)["finalPrompt"]; got != "a red tower --ar 2:3 --v 7.0" {
			t.Errorf("finalPrompt = %v, want the modal's text", got)
		}
		all := strings.Split(p.press(task, "PicReader::all"), ",")
		if len(all) != 4 || len(p.sim.Ledger()) != 6 {
			t.Errorf("Imagine all made %d tasks and %d charges, want 4 and 6 with the describe and the modal", len(all), len(p.sim.Ledger()))
		}
		body := fmt.Sprintf(`{"taskId":%q,"customId":%q}`, all[0], customID(t, p.finish(all[0]), "upsample::1"))
		if got := p.send("POST", "/mj/submit/action", body).object(t)["code"]; got != 1. {
			t.Errorf("U on one of them: code = %v, want 1", got)
		}
	})
}

// TestButtonsAreVerbatim refuses ids that were built or mended.
func TestButtonsAreVerbatim(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newScript(t, Config{Pixels: 64})
		task := p.finish(p.submit("/mj/submit/imagine", `{"prompt":"a cat"}`))
		other := p.finish(p.submit("/mj/submit/imagine", `{"prompt":"a dog"}`))
		for name, id := range map[string]string{
			"SOLO added":          customID(t, task, "upsample::1") + "::SOLO",
			"another task's":      customID(t, other, "upsample::1"),
			"lower case":          strings.ToLower(customID(t, task, "upsample::1")),
			"a button of a later": strings.Replace(customID(t, task, "upsample::1"), "upsample::1", "low_variation::1", 1),
		} {
			got := p.send("POST", "/mj/submit/action", fmt.Sprintf(`{"taskId":%q,"customId":%q}`, task["id"], id)).object(t)
			if got["code"] != 4. {
				t.Errorf("%s: code = %v, want 4", name, got["code"])
			}
		}
	})
}
