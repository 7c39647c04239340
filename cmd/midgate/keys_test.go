package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// hashed is a key's hash as the file of keys has it.
func hashed(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "sha256:" + hex.EncodeToString(sum[:])
}

func writeFile(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestKeysFile_CountsWithoutARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys.yaml")
	writeFile(t, file, "keys: [{name: carol, hash: '"+hashed("carols-key")+"'}]")
	u := startPair(t, []string{"--pace", "300ms"}, "MIDGATE_KEYS_FILE="+file)
	if a := ask(t, u.url+"/v1/models", "carols-key", ""); a.status != 200 {
		t.Fatalf("a key of the file is answered %d", a.status)
	}
	if a := ask(t, u.url+"/v1/models", "alices-key", ""); a.status != 200 {
		t.Fatalf("a key of the settings is answered %d beside a file", a.status)
	}
	drawing := make(chan answer, 1)
	go func() {
		a, _ := tryAsk(t, u.url+"/v1/images/generations", "carols-key", `{"prompt": "a red fox", "response_format": "url"}`)
		drawing <- a
	}()
	u.gate.until(u.gate.err, `"midgate serves"`)
	for len(requests(t, u.upstream).Submissions) == 0 {
	}
	writeFile(t, file, "keys: [{name: dave, hash: '"+hashed("daves-key")+"'}]")
	u.gate.until(u.gate.err, "the file of keys was read again") // it looks every few seconds by itself
	if a := ask(t, u.url+"/v1/models", "daves-key", ""); a.status != 200 {
		t.Errorf("a new key is answered %d", a.status)
	}
	if a := ask(t, u.url+"/v1/models", "carols-key", ""); a.status != 401 {
		t.Errorf("a key that was taken out is answered %d", a.status)
	}
	if a := <-drawing; a.status != 200 {
		t.Errorf("the request that was under way is answered %d: %s", a.status, a.body)
	}

	writeFile(t, file, "keys: [{name: erin, speed: warp, hash: nothing}]")
	if err := u.gate.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	u.gate.until(u.gate.err, "is no SHA-256 hash")
	u.gate.until(u.gate.err, "which is no speed")
	if a := ask(t, u.url+"/v1/models", "daves-key", ""); a.status != 200 {
		t.Errorf("after a file with mistakes the key from before is answered %d", a.status)
	}
	if a := ask(t, u.url+"/metrics", "", ""); !strings.Contains(string(a.body), "midgate_keys_reload_ok 0") {
		t.Error("metrics do not tell of the mistakes")
	}
}

func TestKey_PrintsAKeyThatItsLineKnows(t *testing.T) {
	out, errs, status := runHere(t, nil, "key", "alice")
	key, rest, _ := strings.Cut(out, "\n")
	if status != 0 || len(key) < 40 || !strings.Contains(rest, hashed(key)) || !strings.Contains(rest, `name: "alice"`) {
		t.Fatalf("midgate key = %d, %s%s", status, out, errs)
	}
	if other, _, _ := runHere(t, nil, "key", "alice"); strings.HasPrefix(other, key) {
		t.Error("two keys are the same")
	}
	for _, args := range [][]string{{"key"}, {"key", "a b"}, {"key", "alice", "more"}} {
		if _, errs, status := runHere(t, nil, args...); status == 0 || errs == "" {
			t.Errorf("midgate %v = %d, %q", args, status, errs)
		}
	}
	file := filepath.Join(t.TempDir(), "keys.yaml")
	_, line, _ := strings.Cut(rest, "below keys:\n\n")
	writeFile(t, file, "keys:\n"+line)
	out, errs, status = runHere(t, []string{"MIDGATE_UPSTREAM_URL=http://127.0.0.1:1", "MIDGATE_UPSTREAM_KEY=k", "MIDGATE_KEYS_FILE=" + file, "MIDGATE_DATA_DIR=" + t.TempDir()}, "check")
	if !strings.Contains(out, "settings: fine") {
		t.Errorf("the line is not understood (%d): %s%s", status, out, errs)
	}
}

// TestUsage_IsToldWhileNothingRuns, and while something does.
func TestUsage_IsToldWhileNothingRuns(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys.yaml")
	writeFile(t, file, `
prices: {default: {generation: {relax: 0.015, fast: 0.056, turbo: 0.168}, upscale: 0.01, describe: 0, shorten: 0.01, video: 0.8, swap: 0.01}}
keys:
  - {name: carol, hash: "`+hashed("carols-key")+`", budget: {day: {jobs: 1}, month: {usd: 30}}}`)
	u := startPair(t, []string{"--pace", "100ms"}, "MIDGATE_KEYS_FILE="+file)
	if a := ask(t, u.url+"/v1/images/generations", "carols-key", `{"prompt": "a red fox", "response_format": "url"}`); a.status != 200 || a.header.Get("Midgate-Budget-Warning") == "" {
		t.Fatalf("%d %s %v", a.status, a.body, a.header)
	}
	a := ask(t, u.url+"/v1/images/generations", "carols-key", `{"prompt": "a blue fox", "response_format": "url"}`)
	if a.status != 402 || !strings.Contains(string(a.body), "key carol has used 1 of 1 jobs today; a relax generation costs 1 job; resets 20") {
		t.Errorf("the second picture is answered %d %s", a.status, a.body)
	}
	if m := string(ask(t, u.url+"/metrics", "", "").body); !strings.Contains(m, `midgate_key_jobs_paid_total{key="carol",kind="generation",speed="relax"} 1`) ||
		!strings.Contains(m, `midgate_spend_usd_total{key="carol",kind="generation",speed="relax"} 0.015`) {
		t.Errorf("metrics do not tell what carol paid:\n%s", m)
	}
	says := func(when string, args ...string) {
		t.Helper()
		out, errs, status := runHere(t, u.environ, append([]string{"usage"}, args...)...)
		said := strings.Join(strings.Fields(out), " ")
		if status != 0 || !strings.Contains(said, "carol day 1 $0.015 - 1 jobs") || !strings.Contains(said, "carol month 1 $0.015 - $30.00") {
			t.Errorf("%s: midgate usage %v = %d\n%s%s", when, args, status, out, errs)
		}
	}
	says("while it runs")
	if status := u.gate.stop(); status != 0 {
		t.Fatalf("stop = %d", status)
	}
	says("while nothing runs", "carol")
	writeFile(t, file, "keys:\n  - {name: carol, hash: \""+hashed("carols-key")+"\"}")
	if out, errs, status := runHere(t, u.environ, "usage", "carol"); status != 0 || !strings.Contains(out, "carol") || strings.Contains(out, "$") {
		t.Errorf("usage without prices = %d %s%s", status, out, errs)
	}
	if _, errs, status := runHere(t, u.environ, "usage", "nobody"); status == 0 || !strings.Contains(errs, `"nobody" is no key; there are: alice, carol`) {
		t.Errorf("usage of nobody = %d %s", status, errs)
	}
}
