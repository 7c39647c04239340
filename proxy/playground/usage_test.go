package playground

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestUsageIsShown takes a browser to a midgate with prices and budgets, as web/test/usage.mjs says.
func TestUsageIsShown(t *testing.T) {
	needPackages(t)
	binary, dir := build(t), t.TempDir()
	sim := begin(t, binary, regexp.MustCompile(`(http://[0-9.]+:[0-9]+)`), nil, "simulate", "--listen", "127.0.0.1:0", "--pace", "2s", "--pixels", "64")

	keys := filepath.Join(dir, "keys.yaml")
	terms := `
prices: {default: {generation: {relax: 0.015, fast: 0.056, turbo: 0.168}, upscale: 0.01, describe: 0, shorten: 0.01, video: 0.8, swap: 0.01}}
budget_timezone: UTC
keys:
  - {name: alice, hash: "sha256:%x", budget: {day: {jobs: 3}, month: {usd: 30}}}
  - {name: root, hash: "sha256:%x", admin: true}
`
	terms = fmt.Sprintf(terms, sha256.Sum256([]byte("alices-key")), sha256.Sum256([]byte("roots-key")))
	if err := os.WriteFile(keys, []byte(terms), 0o600); err != nil {
		t.Fatal(err)
	}
	gate := begin(t, binary, regexp.MustCompile(`midgate serves.*?"address":"([0-9.:]+)"`), []string{
		"MIDGATE_LISTEN=127.0.0.1:0", "MIDGATE_UPSTREAM_URL=" + sim, "MIDGATE_UPSTREAM_KEY=k",
		"MIDGATE_KEYS_FILE=" + keys, "MIDGATE_DATA_DIR=" + filepath.Join(dir, "data"),
	}, "serve")

	args := []string{"test/usage.mjs", "http://" + gate + "/", "alices-key", "roots-key"}
	if *screenshots != "" {
		shots, err := filepath.Abs(*screenshots)
		if err != nil {
			t.Fatal(err)
		}
		args = append(args, shots)
	}
	run(t, "node", args...)
}
