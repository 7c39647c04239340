package buttons

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"midgate/adapter"
)

const job36 = "5f20922e-7c18-4762-bf03-8e428fee1860"

// TestButtonsAreNamedByTheirCustomID has every form of customId that buttons of
// grids, single pictures, enlargements, videos, describe and shorten have.
func TestButtonsAreNamedByTheirCustomID(t *testing.T) {
	for id, want := range map[string]string{
		"MJ::JOB::upsample::2::" + job36:                  "upscale 2",
		"mj::job::upsample::4::" + job36:                  "upscale 4",
		"MJ::JOB::video_virtual_upscale::3::" + job36:     "upscale 3",
		"MJ::JOB::variation::1::" + job36:                 "vary 1",
		"MJ::JOB::variation::1::" + job36 + "::SOLO":      "vary 1",
		"MJ::JOB::reroll::0::" + job36 + "::SOLO":         "reroll",
		"MJ::JOB::upsample_v5_2x::1::" + job36 + "::SOLO": "upscale_subtle",
		"MJ::JOB::upsample_v5_4x::1::" + job36 + "::SOLO": "upscale_creative",
		"MJ::JOB::upsample_v6_2x_subtle::1::" + job36:     "upscale_subtle",
		"MJ::JOB::upsample_v6r1_2x_subtle::1::" + job36:   "upscale_subtle",
		"MJ::JOB::upsample_v7_2x_creative::1::" + job36:   "upscale_creative",
		"MJ::JOB::low_variation::1::" + job36 + "::SOLO":  "vary_subtle",
		"MJ::JOB::high_variation::1::" + job36 + "::SOLO": "vary_strong",
		"MJ::Inpaint::1::" + job36 + "::SOLO":             "vary_region",
		"MJ::Outpaint::50::1::" + job36 + "::SOLO":        "zoom_out_2x",
		"MJ::Outpaint::75::1::" + job36 + "::SOLO":        "zoom_out_1_5x",
		"MJ::Outpaint::100::1::" + job36 + "::SOLO":       "make_square",
		"MJ::CustomZoom::" + job36:                        "zoom_custom",
		"MJ::CustomZoom::1::" + job36:                     "zoom_custom",
		"MJ::JOB::pan_left::1::" + job36 + "::SOLO":       "pan_left",
		"MJ::JOB::pan_right::1::" + job36 + "::SOLO":      "pan_right",
		"MJ::JOB::pan_up::1::" + job36 + "::SOLO":         "pan_up",
		"MJ::JOB::pan_down::1::" + job36 + "::SOLO":       "pan_down",
		"MJ::JOB::animate_high::1::" + job36 + "::SOLO":   "animate_high",
		"MJ::JOB::animate_low::1::" + job36 + "::SOLO":    "animate_low",
		"MJ::JOB::animate_high_extend::1::" + job36:       "",
		"MJ::Job::PicReader::1":                           "",
		"MJ::Picread::Retry":                              "",
		"MJ::CancelJob::ByJobid::" + job36:                "",
		"MJ::JOB::upsample_max::1::" + job36:              "",
		"MJ::JOB::upsample::9::" + job36:                  "",
		"prefix MJ::JOB::upsample::2::" + job36:           "",
	} {
		b := Decode(json.RawMessage(fmt.Sprintf(`[{"customId":%q,"label":"","emoji":"","style":2}]`, id)))
		if len(b) != 1 || name(b[0]) != want {
			t.Errorf("Decode(%s) = %v, want %q", id, b, want)
		}
	}
}

// name is a button's action with its index.
func name(b adapter.Button) string {
	if b.Index > 0 {
		return fmt.Sprintf("%s %d", b.Action, b.Index)
	}
	return b.Action
}

func TestButtonsOfStrangersAreNamedByLabelAndEmoji(t *testing.T) {
	for js, want := range map[string]string{
		`{"customId":"x","label":"U1"}`:                                                   "upscale 1",
		`{"customId":"x","label":"v4"}`:                                                   "vary 4",
		`{"customId":"x","label":"Upscale (2x)"}`:                                         "upscale_subtle",
		`{"customId":"x","label":"Upscale (4×)"}`:                                         "upscale_creative",
		`{"customId":"x","label":"Redo Upscale (Creative)"}`:                              "upscale_creative",
		`{"customId":"x","label":"🪄 Remix (Strong)"}`:                                     "vary_strong",
		`{"customId":"x","label":"Vary (Region)"}`:                                        "vary_region",
		`{"customId":"MJ::Outpaint::1::aa11::SOLO","label":"Zoom Out 1.5x"}`:              "zoom_out_1_5x",
		`{"customId":"MJ::Outpaint::1::aa11::SOLO","label":"Zoom Out 2x"}`:                "zoom_out_2x",
		`{"customId":"x","label":"Custom Zoom"}`:                                          "zoom_custom",
		`{"customId":"x","label":"Make Square","emoji":"↔️"}`:                             "make_square",
		`{"customId":"x","label":"Animate (Low motion)"}`:                                 "animate_low",
		`{"customId":"x","label":"","emoji":"🔄"}`:                                         "reroll",
		`{"customId":"x","emoji":"⬅️"}`:                                                   "pan_left",
		`{"customId":"x","emoji":"➡"}`:                                                    "pan_right",
		`{"customId":"x","label":"⬆️"}`:                                                   "pan_up",
		`{"customId":"x","label":"⬇"}`:                                                    "pan_down",
		`{"customId":"x","label":"🖌️"}`:                                                   "vary_region",
		`{"customId":"x","label":"❤️"}`:                                                   "",
		`{"customId":"x","label":"Extend (High motion)"}`:                                 "",
		`{"customId":"MJ::JOB::animate_low_extend::1::a","label":"Animate (Low motion)"}`: "",
	} {
		b := Decode(json.RawMessage("[" + js + "]"))
		if len(b) != 1 || name(b[0]) != want {
			t.Errorf("Decode(%s) = %v, want %q", js, b, want)
		}
	}
}

func TestSharedEmojiAreResolvedByOrder(t *testing.T) {
	raw := `[{"customId":"a","emoji":"🪄"},{"customId":"b","emoji":"🪄"},{"customId":"c","label":"🔍"},{"customId":"d","label":"🔍"},{"customId":"e","emoji":"🔍"},{"customId":"f","emoji":"🔍"}]`
	var got []string
	for _, b := range Decode(json.RawMessage(raw)) {
		got = append(got, b.Action)
	}
	want := []string{"vary_subtle", "vary_strong", "zoom_out_2x", "zoom_out_1_5x", "zoom_custom", ""}
	if !slices.Equal(got, want) {
		t.Errorf("Decode(shared emoji) = %q, want %q", got, want)
	}
	raw = `[{"customId":"a","emoji":"🔍"},{"customId":"MJ::Outpaint::50::1::a","emoji":"🔍"}]`
	if b := Decode(json.RawMessage(raw)); b[0].Action != adapter.ActZoomOut15x {
		t.Errorf("a magnifier beside Zoom Out 2x = %q, want %q", b[0].Action, adapter.ActZoomOut15x)
	}
}

func TestLinksAndButtonsWithoutIDAreLeftOut(t *testing.T) {
	for _, raw := range []string{
		`null`, ``, `{}`, `"x"`, `[null, 7, "x", []]`, `[{"label":"Web","style":5}]`, `[{"customId":null,"label":"U1"}]`,
		`[{"customId":"MJ::JOB::reroll::0::a","style":5}]`, `[{"customId":"MJ::JOB::reroll::0::a","style":"5"}]`,
	} {
		if b := Decode(json.RawMessage(raw)); len(b) != 0 {
			t.Errorf("Decode(%s) = %v, want none", raw, b)
		}
	}
}

// FuzzButtons: no button that cannot be pressed, no action that users cannot name.
func FuzzButtons(f *testing.F) {
	f.Add(`[{"customId":"MJ::JOB::upsample::1::` + job36 + `","label":"U1","emoji":null,"style":2}]`)
	f.Add(`[{"customId":5,"label":{},"emoji":[],"style":"x"},{"customId":"a","emoji":"🪄"}]`)
	f.Add(`[{"customId":"MJ::Outpaint::75::1::a::SOLO"},{"customId":"MJ::CustomZoom::"}]`)
	f.Fuzz(func(t *testing.T, raw string) {
		for _, b := range Decode(json.RawMessage(raw)) {
			if b.CustomID == "" || b.Action != "" && !slices.Contains(adapter.Actions, b.Action) {
				t.Errorf("Decode(%q) has %+v, want a customId and a known action", raw, b)
			}
			if numbered := b.Action == adapter.ActUpscale || b.Action == adapter.ActVary; numbered != (b.Index > 0) {
				t.Errorf("Decode(%q) has index %d for %q", raw, b.Index, b.Action)
			}
		}
	})
}

// TestButtonsComeInManyForms: as a text, in rows, with Discord's names.
func TestButtonsComeInManyForms(t *testing.T) {
	const one = `{"customId":"MJ::JOB::upsample::1::a","label":"U1"}`
	for form, want := range map[string]int{
		`[` + one + `]`: 1,
		`[[` + one + `,` + one + `],[` + one + `]]`:                                     3,
		`[{"type":1,"components":[` + one + `]},{"type":1,"components":[` + one + `]}]`: 2,
		`"[` + strings.ReplaceAll(one, `"`, `\"`) + `]"`:                                1,
		`[{"custom_id":"MJ::JOB::upsample::1::a","emoji":{"name":"x"}}]`:                1,
		`{"type":1,"components":[` + one + `,` + one + `]}`:                             2,
		`null`: 0, `[]`: 0, `""`: 0, `{}`: 0, `"none"`: 0, `[null]`: 0, `7`: 0,
		`[{"customId":"MJ::BOOKMARK::a","emoji":"❤️"}]`: 0,
		`[{"customId":null,"label":"Web","style":5}]`:   0,
	} {
		got := Decode(json.RawMessage(form))
		if len(got) != want || want > 0 && name(got[0]) != "upscale 1" {
			t.Errorf("Decode(%s) = %+v, want %d", form, got, want)
		}
	}
}
