package main

import (
	"testing"
	"time"

	"midgate/adapter/midjourney"
)

func TestReadinessTellsOfTheUpstream(t *testing.T) {
	now := time.Now()
	for name, tt := range map[string]struct {
		reach midjourney.Reach
		want  string
	}{
		"never asked": {midjourney.Reach{}, "was not asked yet"},
		"answered":    {midjourney.Reach{Answered: true, At: now.Add(-3 * time.Second)}, "answered 3s ago"},
		"silent":      {midjourney.Reach{At: now.Add(-time.Minute)}, "did not answer 1m0s ago"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := wording(tt.reach, now); got != tt.want {
				t.Errorf("wording(%+v) = %q, want %q", tt.reach, got, tt.want)
			}
		})
	}
	url := here(t, nil)
	var said struct{ Status, Upstream string }
	ask(t, url+"/readyz", "", "").into(t, &said)
	if said.Upstream != "was not asked yet" {
		t.Errorf("/readyz says %q of the upstream, want that it was not asked", said.Upstream)
	}
	ask(t, url+"/readyz?ask=upstream", "", "").into(t, &said)
	if said.Upstream != "answered 0s ago" {
		t.Errorf("/readyz?ask=upstream says %q of the upstream, want that it answered", said.Upstream)
	}
}
