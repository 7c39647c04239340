package prompt

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"midgate/adapter"
)

func TestPlainAction(t *testing.T) {
	for text, want := range map[string]struct {
		action string
		index  int
		zoom   float64
	}{
		"zoom out 2x":                    {adapter.ActZoomOut2x, 0, 0},
		"Zoom out.":                      {adapter.ActZoomOut2x, 0, 0},
		"please zoom out by 2":           {adapter.ActZoomOut2x, 0, 0},
		"zoom out 1.5x":                  {adapter.ActZoomOut15x, 0, 0},
		"Zoom Out 1,5 ×":                 {adapter.ActZoomOut15x, 0, 0},
		"zoom out 1.8x":                  {adapter.ActZoomCustom, 0, 1.8},
		"custom zoom 1.25":               {adapter.ActZoomCustom, 0, 1.25},
		"custom zoom 2":                  {adapter.ActZoomCustom, 0, 2},
		"pan left":                       {adapter.ActPanLeft, 0, 0},
		"Pan to the right!":              {adapter.ActPanRight, 0, 0},
		"pan the picture up":             {adapter.ActPanUp, 0, 0},
		"⬇️":                             {adapter.ActPanDown, 0, 0},
		"upscale 3":                      {adapter.ActUpscale, 3, 0},
		"Upscale #3":                     {adapter.ActUpscale, 3, 0},
		"upscale image 4":                {adapter.ActUpscale, 4, 0},
		"upscale the third one":          {adapter.ActUpscale, 3, 0},
		"upscale number 2, please":       {adapter.ActUpscale, 2, 0},
		"upscale":                        {adapter.ActUpscale, 0, 0},
		"U2":                             {adapter.ActUpscale, 2, 0},
		"u 1":                            {adapter.ActUpscale, 1, 0},
		"V3":                             {adapter.ActVary, 3, 0},
		"vary the second image":          {adapter.ActVary, 2, 0},
		"make variations of the 4th one": {adapter.ActVary, 4, 0},
		"vary strong":                    {adapter.ActVaryStrong, 0, 0},
		"Vary (Strong)":                  {adapter.ActVaryStrong, 0, 0},
		"vary (subtle)":                  {adapter.ActVarySubtle, 0, 0},
		"subtle variations":              {adapter.ActVarySubtle, 0, 0},
		"Upscale (Subtle)":               {adapter.ActUpscaleSubtle, 0, 0},
		"upscale_creative":               {adapter.ActUpscaleCreative, 0, 0},
		"upscale 2x":                     {adapter.ActUpscaleSubtle, 0, 0},
		"upscale 4 x":                    {adapter.ActUpscaleCreative, 0, 0},
		"make it square":                 {adapter.ActMakeSquare, 0, 0},
		"Make the image square":          {adapter.ActMakeSquare, 0, 0},
		"animate":                        {adapter.ActAnimateLow, 0, 0},
		"animate it, high motion":        {adapter.ActAnimateHigh, 0, 0},
		"Animate (Low motion)":           {adapter.ActAnimateLow, 0, 0},
		"re-roll":                        {adapter.ActReroll, 0, 0},
		"🔄":                              {adapter.ActReroll, 0, 0},
		"ｚｏｏｍ\u200b out\n2x":             {adapter.ActZoomOut2x, 0, 0},
	} {
		b, ok := ReadButton(text)
		if !ok || b.Action != want.action || b.Index != want.index || b.Zoom != want.zoom || b.Off != "" {
			t.Errorf("ReadButton(%q) = %+v, %v, want %q, %d, %v", text, b, ok, want.action, want.index, want.zoom)
		}
	}
}

func TestPlainActionLeavesPromptsAlone(t *testing.T) {
	for name, text := range map[string]string{
		"an empty prompt":              "",
		"only fillers":                 "the picture, please",
		"a prompt that begins so":      "zoom out 2x to show the whole street",
		"a prompt that ends so":        "a cat, zoom out",
		"a prompt with a direction":    "pan left across the valley",
		"another zoom":                 "zoom in 2x",
		"a custom zoom without factor": "custom zoom",
		"two pictures":                 "upscale 1 and 2",
		"two numbers":                  "upscale 1 2",
		"a number that is none":        "zoom out nan",
		"a square to be drawn":         "make a square",
		"a square alone":               "square",
		"a version":                    "v 7",
		"a number alone":               "2",
		"a region without a mask":      "vary region",
		"a very long text":             "zoom out" + strings.Repeat(" ", 100000) + "2x",
	} {
		t.Run(name, func(t *testing.T) {
			if b, ok := ReadButton(text); ok {
				t.Errorf("ReadButton(%.40q) = %+v, want no button", text, b)
			}
		})
	}
}

// A button is one with parameters behind it, and with a number that it does not have: it is no scene to be drawn.
func TestAButtonIsReadWithWhatStandsBesideIt(t *testing.T) {
	for text, want := range map[string]Button{
		"zoom out 2x --ar 16:9 --fast":     {Action: adapter.ActZoomOut2x, Flags: []Flag{{"ar", "16:9"}}, Speed: adapter.Fast},
		"upscale 3 —relax":                 {Action: adapter.ActUpscale, Index: 3, Speed: adapter.Relax},
		"https://a.example/1.png reroll":   {Action: adapter.ActReroll, Links: true},
		"zoom out two times":               {Action: adapter.ActZoomOut2x},
		"zoom out twice":                   {Action: adapter.ActZoomOut2x},
		"zoom out 3x":                      {Action: adapter.ActZoomOut2x, Off: "3x"},
		"zoom out 1x --v 7":                {Action: adapter.ActZoomOut2x, Off: "1x", Flags: []Flag{{"v", "7"}}},
		"upscale 5":                        {Action: adapter.ActUpscale, Off: "5"},
		"U0":                               {Action: adapter.ActUpscale, Off: "0"},
		"make variations of the fifth one": {Action: adapter.ActVary, Off: "5"},
	} {
		if b, ok := ReadButton(text); !ok || !reflect.DeepEqual(b, want) {
			t.Errorf("ReadButton(%q) = %+v, %v, want %+v", text, b, ok, want)
		}
	}
}

func TestPlainPhrasesAreFoundAndMeanOneThing(t *testing.T) {
	seen := map[string]string{}
	for action, phrases := range plainActions {
		if !slices.Contains(adapter.Actions, action) {
			t.Errorf("plainActions has %q, which is no action", action)
		}
		for _, phrase := range phrases {
			if other, twice := seen[phrase]; twice {
				t.Errorf("%q means %q and %q, want one of them", phrase, action, other)
			}
			seen[phrase] = action
			text := strings.NewReplacer("#", "3", "%", "1.7x").Replace(phrase)
			if strings.Contains(phrase, "%") {
				action = adapter.ActZoomCustom
			}
			if b, ok := ReadButton(text); !ok || b.Action != action {
				t.Errorf("ReadButton(%q) = %q, %v, want %q", text, b.Action, ok, action)
			}
		}
	}
}
