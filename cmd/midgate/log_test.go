package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

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
