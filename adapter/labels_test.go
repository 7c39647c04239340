package adapter_test

import (
	"testing"

	"midgate/adapter"
)

// Buttons are called by their names, or by what Midjourney writes on them.
func TestActionNamed(t *testing.T) {
	for text, want := range map[string]string{
		"vary_strong": adapter.ActVaryStrong, "Vary (Strong)": adapter.ActVaryStrong, "Vary Strong": adapter.ActVaryStrong, "upscale subtle": adapter.ActUpscaleSubtle,
		"Upscale (2x)": adapter.ActUpscaleSubtle, "Zoom Out 1.5x": adapter.ActZoomOut15x, "🔍 Custom Zoom": adapter.ActZoomCustom, "Make Square": adapter.ActMakeSquare,
		"PAN-LEFT": adapter.ActPanLeft, "Animate (High motion)": adapter.ActAnimateHigh, "explode": "", "": "", "🔄": "",
	} {
		if got := adapter.ActionNamed(text); got != want {
			t.Errorf("ActionNamed(%q) = %q, want %q", text, got, want)
		}
	}
}
