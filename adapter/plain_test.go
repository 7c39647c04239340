package adapter

import (
	"slices"
	"strings"
	"testing"
)

func TestPlainAction(t *testing.T) {
	for text, want := range map[string]struct {
		action string
		index  int
		zoom   float64
	}{
		"zoom out 2x":                    {ActZoomOut2x, 0, 0},
		"Zoom out.":                      {ActZoomOut2x, 0, 0},
		"please zoom out by 2":           {ActZoomOut2x, 0, 0},
		"zoom out 1.5x":                  {ActZoomOut15x, 0, 0},
		"Zoom Out 1,5 ×":                 {ActZoomOut15x, 0, 0},
		"zoom out 1.8x":                  {ActZoomCustom, 0, 1.8},
		"custom zoom 1.25":               {ActZoomCustom, 0, 1.25},
		"custom zoom 2":                  {ActZoomCustom, 0, 2},
		"pan left":                       {ActPanLeft, 0, 0},
		"Pan to the right!":              {ActPanRight, 0, 0},
		"pan the picture up":             {ActPanUp, 0, 0},
		"⬇️":                             {ActPanDown, 0, 0},
		"upscale 3":                      {ActUpscale, 3, 0},
		"Upscale #3":                     {ActUpscale, 3, 0},
		"upscale image 4":                {ActUpscale, 4, 0},
		"upscale the third one":          {ActUpscale, 3, 0},
		"upscale number 2, please":       {ActUpscale, 2, 0},
		"upscale":                        {ActUpscale, 0, 0},
		"U2":                             {ActUpscale, 2, 0},
		"u 1":                            {ActUpscale, 1, 0},
		"V3":                             {ActVary, 3, 0},
		"vary the second image":          {ActVary, 2, 0},
		"make variations of the 4th one": {ActVary, 4, 0},
		"vary strong":                    {ActVaryStrong, 0, 0},
		"Vary (Strong)":                  {ActVaryStrong, 0, 0},
		"vary (subtle)":                  {ActVarySubtle, 0, 0},
		"subtle variations":              {ActVarySubtle, 0, 0},
		"Upscale (Subtle)":               {ActUpscaleSubtle, 0, 0},
		"upscale_creative":               {ActUpscaleCreative, 0, 0},
		"upscale 2x":                     {ActUpscaleSubtle, 0, 0},
		"upscale 4 x":                    {ActUpscaleCreative, 0, 0},
		"make it square":                 {ActMakeSquare, 0, 0},
		"Make the image square":          {ActMakeSquare, 0, 0},
		"animate":                        {ActAnimateLow, 0, 0},
		"animate it, high motion":        {ActAnimateHigh, 0, 0},
		"Animate (Low motion)":           {ActAnimateLow, 0, 0},
		"re-roll":                        {ActReroll, 0, 0},
		"🔄":                              {ActReroll, 0, 0},
		"ｚｏｏｍ\u200b out\n2x":             {ActZoomOut2x, 0, 0},
	} {
		action, index, zoom, ok := PlainAction(text)
		if !ok || action != want.action || index != want.index || zoom != want.zoom {
			t.Errorf("PlainAction(%q) = %q, %d, %v, %v, want %q, %d, %v", text, action, index, zoom, ok, want.action, want.index, want.zoom)
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
		"a zoom that does not exist":   "zoom out 3x",
		"a zoom of one":                "zoom out 1x",
		"a custom zoom without factor": "custom zoom",
		"a picture that is not there":  "upscale 5",
		"no picture at all":            "upscale 0",
		"two pictures":                 "upscale 1 and 2",
		"two numbers":                  "upscale 1 2",
		"a number that is none":        "zoom out nan",
		"a square to be drawn":         "make a square",
		"a square alone":               "square",
		"a version":                    "v 7",
		"a number alone":               "2",
		"an action with a parameter":   "zoom out 2x --ar 3:2",
		"a region without a mask":      "vary region",
		"a very long text":             "zoom out" + strings.Repeat(" ", 100000) + "2x",
	} {
		t.Run(name, func(t *testing.T) {
			if action, index, zoom, ok := PlainAction(text); ok || action != "" || index != 0 || zoom != 0 {
				t.Errorf("PlainAction(%.40q) = %q, %d, %v, %v, want no action", text, action, index, zoom, ok)
			}
		})
	}
}

func TestPlainPhrasesAreFoundAndMeanOneThing(t *testing.T) {
	seen := map[string]string{}
	for action, phrases := range plainActions {
		if !slices.Contains(Actions, action) {
			t.Errorf("plainActions has %q, which is no action", action)
		}
		for _, phrase := range phrases {
			if other, twice := seen[phrase]; twice {
				t.Errorf("%q means %q and %q, want one of them", phrase, action, other)
			}
			seen[phrase] = action
			text := strings.NewReplacer("#", "3", "%", "1.7x").Replace(phrase)
			if strings.Contains(phrase, "%") {
				action = ActZoomCustom
			}
			if got, _, _, ok := PlainAction(text); !ok || got != action {
				t.Errorf("PlainAction(%q) = %q, %v, want %q", text, got, ok, action)
			}
		}
	}
}
