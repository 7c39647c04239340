package config

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the table of settings into README.md")

const readme = "../README.md"

// table is the README's table of settings.
func table() string {
	var b strings.Builder
	b.WriteString("| variable | default | meaning |\n|---|---|---|\n")
	for _, s := range Settings {
		otherwise := "–"
		switch {
		case s.Depends != "":
			otherwise = s.Depends
		case s.Default != "":
			otherwise = "`" + s.Default + "`"
		}
		b.WriteString("| `" + s.Name + "` | " + otherwise + " | " + s.Meaning + " |\n")
	}
	return b.String()
}

func TestREADMEListsEverySetting(t *testing.T) {
	raw, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(raw), "| variable |")
	_, after, ends := strings.Cut(rest, "\n\n")
	if !found || !ends {
		t.Fatal("README.md has no table that begins with | variable |")
	}
	want := before + table() + "\n" + after
	if *update {
		if err := os.WriteFile(readme, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(raw) == want {
		return
	}
	for line := range strings.SplitSeq(table(), "\n") {
		if !strings.Contains(string(raw), line) {
			t.Errorf("README.md lacks the line\n%s", line)
		}
	}
	t.Error("the table of settings in README.md differs from the code; go test ./config -run README -update writes it")
}

func TestREADMEsListOfUpstreamsIsUnderstood(t *testing.T) {
	raw, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(raw), "```yaml\nupstreams:")
	example, _, _ = strings.Cut(example, "```")
	key := filepath.Join(t.TempDir(), "key")
	write(t, key, "k")
	file := filepath.Join(t.TempDir(), "midgate.yaml")
	write(t, file, "upstreams:"+strings.ReplaceAll(example, "/run/secrets/own", key))
	cfg, err := Load(Source{Environ: []string{"MIDGATE_API_KEYS=a:b"}, File: file})
	if err != nil {
		t.Fatal(err)
	}
	if got := len(cfg.Midjourney.Upstreams); got != 2 {
		t.Errorf("%d upstreams, want 2", got)
	}
}

func TestREADMEsKeysFileIsUnderstood(t *testing.T) {
	raw, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(raw), "```yaml\nprices:")
	example, _, _ = strings.Cut(example, "```")
	k, err := parseKeys([]byte("prices:"+example), "keys.yaml", Config{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(k.Keys) != 1 || k.Keys[0].Policy.Budget.None() || !k.Keys[0].Policy.Admin || len(k.Keys[0].Hashes) != 1 {
		t.Errorf("the example is read as %+v", k)
	}
}
