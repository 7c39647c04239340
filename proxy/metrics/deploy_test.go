package metrics

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// TestDashboardAndAlertsNameWhatThereIs: a panel over a metric that nobody writes stays empty, and its alert silent.
func TestDashboardAndAlertsNameWhatThereIs(t *testing.T) {
	described := make(chan *prometheus.Desc, 1000)
	New().registry.Describe(described)
	close(described)
	known := map[string]bool{}
	for d := range described {
		_, name, _ := strings.Cut(d.String(), `fqName: "`)
		name, _, _ = strings.Cut(name, `"`)
		known[name] = true
	}
	names, parts := regexp.MustCompile(`midgate_[a-z_]+`), regexp.MustCompile(`_(bucket|sum|count)$`)
	for _, file := range []string{"grafana.json", "alerts.yaml"} {
		text, err := os.ReadFile("../../cmd/midgate/deploy/" + file)
		if err != nil {
			t.Fatal(err)
		}
		used := names.FindAllString(string(text), -1)
		if len(used) < 4 {
			t.Errorf("%s names %d metrics", file, len(used))
		}
		for _, name := range used {
			if !known[parts.ReplaceAllString(name, "")] {
				t.Errorf("%s names %s, which nobody writes", file, name)
			}
		}
	}
}
