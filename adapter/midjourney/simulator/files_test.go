package simulator

import (
	"encoding/binary"
	"testing"
)

func TestVideoFiles(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newScript(t, Config{Pixels: 64})
		_, grid := p.imagines("a boat on a lake")
		_, up := p.presses(grid, "upsample::1")
		video := p.finish(p.press(up, "animate_low"))
		seen := map[string]bool{}
		for _, one := range video["videoUrls"].([]any) {
			got := p.send("GET", one.(map[string]any)["url"].(string), "")
			if got.status != 200 || got.header.Get("Content-Type") != "video/mp4" || binary.BigEndian.Uint32(got.body[4:]) != 0x66747970 {
				t.Errorf("clip = %d %s %q…, want an MP4", got.status, got.header.Get("Content-Type"), got.body[:min(12, len(got.body))])
			}
			seen[string(got.body)] = true
		}
		if len(seen) != 4 {
			t.Errorf("%d different clips, want 4", len(seen))
		}
	})
}
