package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// metricsAddress is where a serve shows its metrics that was told a port of their own.
func (p *process) metricsAddress() string {
	p.t.Helper()
	return regexp.MustCompile(`"metrics":"([^"]+)"`).FindStringSubmatch(p.until(p.err, `"midgate serves"`))[1]
}

// TestMetrics_AreThereBeforeAnythingHappens: each family that the dashboard and the alerts name is in the first scrape of a
// midgate, or once one of its upstreams was asked.
func TestMetrics_AreThereBeforeAnythingHappens(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys.yaml")
	writeFile(t, file, "keys: [{name: carol, hash: '"+hashed("carols-key")+"', budget: {day: {jobs: 4}}}]")
	u := startPair(t, []string{"--pace", "50ms"}, "MIDGATE_KEYS_FILE="+file)
	first := string(ask(t, u.url+"/metrics", "", "").body)
	for _, line := range []string{
		`midgate_budget_remaining_ratio{key="carol",window="day"} 1`,
		`midgate_spend_usd_total{key="alice",kind="generation",speed="relax"} 0`,
		`midgate_jobs_total{kind="generation",outcome="failed",speed="turbo",upstream="default"} 0`,
		`midgate_build_info{commit="unknown",goversion="`,
	} {
		if !strings.Contains(first, line) {
			t.Errorf("the first scrape lacks %s", line)
		}
	}
	ask(t, u.url+"/readyz?ask=upstream", "", "")
	var latest string
	for !strings.Contains(latest, "midgate_upstream_up") { // asked for again after some seconds
		latest = string(ask(t, u.url+"/metrics", "", "").body)
	}
	for _, file := range []string{"deploy/grafana.json", "deploy/alerts.yaml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile(`midgate_[a-z_]+`).FindAllString(string(text), -1) {
			family := regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, "")
			if !strings.Contains(latest, "# TYPE "+family+" ") && family != "midgate_job_duration_seconds" && family != "midgate_http_requests_total" {
				t.Errorf("%s names %s, which a running midgate does not show", file, name)
			}
		}
	}
	if a := ask(t, u.url+"/v1/images/generations", "carols-key", `{"prompt": "a red fox", "response_format": "url"}`); a.status != 200 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	for !strings.Contains(latest, `midgate_budget_remaining_ratio{key="carol",window="day"} 0.75`) {
		latest = string(ask(t, u.url+"/metrics", "", "").body)
	}
	if !strings.Contains(latest, `midgate_queue_wait_seconds_count{upstream="default"} 1`) || !strings.Contains(latest, `midgate_upstream_up{upstream="default"} 1`) {
		t.Errorf("metrics do not tell of the wait and of the upstream:\n%s", latest)
	}
}

// TestMetrics_HaveAnAddressOfTheirOwn: then they are nowhere else, and nothing else is there.
func TestMetrics_HaveAnAddressOfTheirOwn(t *testing.T) {
	u := startPair(t, nil, "MIDGATE_METRICS_LISTEN=127.0.0.1:0")
	if a := ask(t, u.url+"/metrics", "", ""); a.status != 404 || strings.Contains(string(a.body), "midgate_build_info") {
		t.Errorf("the API's port answers /metrics with %d", a.status)
	}
	own := "http://" + u.gate.metricsAddress()
	if a := ask(t, own+"/metrics", "", ""); a.status != 200 || !strings.Contains(string(a.body), "midgate_build_info") {
		t.Errorf("%s/metrics = %d", own, a.status)
	}
	for _, path := range []string{"/", "/v1/models", "/healthz"} {
		if a := ask(t, own+path, "alices-key", ""); a.status != 404 {
			t.Errorf("%s%s = %d", own, path, a.status)
		}
	}
	if status := u.gate.stop(); status != 0 {
		t.Errorf("it stops with %d", status)
	}
}
