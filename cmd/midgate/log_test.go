package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"midgate/adapter/midjourney"
	"midgate/config"
)

func TestTimesInTheLogCanBeRead(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		var out bytes.Buffer
		newLog(&out, config.Config{LogFormat: format}).Info("stopping", "grace", 1500*time.Millisecond+time.Microsecond)
		if got := out.String(); !strings.Contains(got, "1.5s") {
			t.Errorf("the log in %s says %q, want 1.5s in it", format, got)
		}
	}
}

// TestUpstreamsAreShownByTheirHosts, and by nothing else that an address may hold.
func TestUpstreamsAreShownByTheirHosts(t *testing.T) {
	for address, want := range map[string]string{
		"https://relay.example":                                 "relay.example",
		"http://10.0.0.5:8080/":                                 "10.0.0.5:8080",
		"https://user:secret@relay.example/secret?secret#ecret": "relay.example",
	} {
		for name, want := range map[string]string{config.OnlyUpstream: want, "own": "own=" + want} {
			if got := shownUpstream(midjourney.UpstreamConfig{Name: name, URL: address}); got != want {
				t.Errorf("%s at %s is shown as %q, want %q", name, address, got, want)
			}
		}
	}
}
