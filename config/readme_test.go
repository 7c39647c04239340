package config

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the settings into README.md and the help's topic")

const (
	readme = "../README.md"
	topic  = "../cmd/midgate/help/settings.md" // midgate help settings
	money  = "../cmd/midgate/help/money.md"
)

// page reads a page of the documentation.
func page(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// otherwise is what applies where a setting is not given, as the pages say it.
func otherwise(s Setting) string {
	switch {
	case s.Depends != "":
		return s.Depends
	case s.Default != "":
		return "`" + s.Default + "`"
	}
	return "–"
}

// everySetting is the topic's list of all settings. Each has a heading, so that a link can lead to it.
func everySetting() string {
	var b strings.Builder
	for _, s := range Settings {
		b.WriteString("\n### " + s.Name + "\n\n" + strings.ToUpper(s.Meaning[:1]) + s.Meaning[1:] + ".\nDefault: " + otherwise(s) + "\n")
	}
	return b.String()
}

// compare fails the test, or writes the page, where the page is not as it should be.
func compare(t *testing.T, name, got, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != want {
		t.Errorf("%s differs from the settings in the code; go test ./config -run README -update writes it", name)
	}
}

func TestREADMEsHelpListsEverySetting(t *testing.T) {
	const title = "## Every setting\n"
	got := page(t, topic)
	before, _, found := strings.Cut(got, title)
	if !found {
		t.Fatalf("%s has no line %q", topic, title)
	}
	compare(t, topic, got, before+title+everySetting())
}

// The README has the settings that matter most, each as the code has it.
func TestREADMEListsTheSettingsThatMatter(t *testing.T) {
	got := page(t, readme)
	before, rest, found := strings.Cut(got, "| variable | default | meaning |\n|---|---|---|\n")
	rows, after, ends := strings.Cut(rest, "\n\n")
	if !found || !ends {
		t.Fatal("README.md has no table that begins with | variable | default | meaning |")
	}
	named := map[string]bool{}
	for row := range strings.SplitSeq(rows, "\n") {
		name, _, _ := strings.Cut(strings.TrimPrefix(row, "| `"), "`")
		named[name] = true
	}
	var table strings.Builder
	for _, s := range Settings {
		if named[s.Name] {
			table.WriteString("| `" + s.Name + "` | " + otherwise(s) + " | " + s.Meaning + " |\n")
			delete(named, s.Name)
		}
	}
	for name := range named {
		t.Errorf("README.md lists %q, which is no setting", name)
	}
	if n := strings.Count(table.String(), "\n"); n < 10 {
		t.Errorf("README.md lists %d settings, want the ten that matter", n)
	}
	compare(t, readme, got, before+"| variable | default | meaning |\n|---|---|---|\n"+table.String()+"\n"+after)
}

func TestREADMEsListOfUpstreamsIsUnderstood(t *testing.T) {
	_, example, _ := strings.Cut(page(t, topic), "```yaml\nupstreams:")
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

func TestREADMEsKeysFilesAreUnderstood(t *testing.T) {
	for name, admin := range map[string]bool{readme: false, money: true} {
		_, example, _ := strings.Cut(page(t, name), "```yaml\nprices:")
		example, _, _ = strings.Cut(example, "```")
		k, err := parseKeys([]byte("prices:"+example), "keys.yaml", Config{}, nil)
		if err != nil {
			t.Fatal(name, err)
		}
		if len(k.Keys) != 1 || k.Keys[0].Policy.Budget.None() || k.Keys[0].Policy.Admin != admin || len(k.Keys[0].Hashes) != 1 {
			t.Errorf("the example of %s is read as %+v", name, k)
		}
	}
}
