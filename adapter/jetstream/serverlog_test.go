package jetstream

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

func TestOnlyWhatSomebodyShouldDoSomethingAboutIsAWarning(t *testing.T) {
	for name, tt := range map[string]struct {
		say  func(serverLog)
		want string
	}{
		"an index that is made anew": {func(l serverLog) { l.Warnf("TTL state is outdated; attempting to recover (seq %d)", 1) }, ""},
		"a full disk":                {func(l serverLog) { l.Warnf("resource limits exceeded") }, "level=WARN"},
		"an error":                   {func(l serverLog) { l.Errorf("no space left") }, "level=ERROR"},
		"chatter":                    {func(l serverLog) { l.Noticef("ready") }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			tt.say(serverLog{log: slog.New(slog.NewTextHandler(&out, nil))})
			if got := out.String(); tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("the log says %q, want %q in it", got, tt.want)
			}
		})
	}
}
