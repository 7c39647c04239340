package deploy

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"midgate/config"
)

// The repository's root, seen from here.
const top = "../../.."

// read reads a file of the repository.
func read(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(top, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// parsed reads a YAML file of the repository.
func parsed[T any](t *testing.T, name string) (v T) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(read(t, name)), &v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

// only returns what a pattern's group matches in the only place where it matches.
func only(t *testing.T, text, pattern string) string {
	t.Helper()
	found := regexp.MustCompile(`(?m)`+pattern).FindAllStringSubmatch(text, -1)
	if len(found) != 1 {
		t.Fatalf("%s matches %d times, want once", pattern, len(found))
	}
	return found[0][1]
}

// installers are all files that tell an installed midgate something.
func installers(t *testing.T) []string {
	t.Helper()
	files := []string{"compose.yaml", "Dockerfile", ".goreleaser.yaml"}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasSuffix(path, ".go") {
			files = append(files, "cmd/midgate/deploy/"+filepath.ToSlash(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestEveryVariableIsASetting: a misspelt one keeps midgate from starting, on somebody else's machine.
func TestEveryVariableIsASetting(t *testing.T) {
	known := []string{"MIDGATE_CONFIG"}
	for _, s := range config.Settings {
		known = append(known, s.Name)
		if s.Secret {
			known = append(known, s.Name+"_FILE")
		}
	}
	named := regexp.MustCompile(`\bMIDGATE_[A-Z_]*[A-Z]`)
	seen := map[string]bool{}
	for _, file := range installers(t) {
		for _, name := range named.FindAllString(read(t, file), -1) {
			seen[name] = true
			if !slices.Contains(known, name) && name != "MIDGATE_PORT" { // what Kubernetes would set, which the chart speaks of
				t.Errorf("%s names %s, which is no setting", file, name)
			}
		}
	}
	if len(seen) < 10 {
		t.Errorf("only %d variables are named anywhere: %v", len(seen), seen)
	}
}

// TestToolsHaveOneVersion: the release, the workflow and the Makefile name the same.
func TestToolsHaveOneVersion(t *testing.T) {
	makefile := read(t, "Makefile")
	named := regexp.MustCompile(`\b(crane|helm|cyclonedx-gomod|nfpm|kubeconform)@(v[0-9.]+[0-9])`)
	for _, file := range []string{".goreleaser.yaml", ".github/workflows/release.yml"} {
		tools := named.FindAllString(read(t, file), -1)
		if len(tools) == 0 {
			t.Errorf("%s names no tool", file)
		}
		for _, tool := range tools {
			if !strings.Contains(makefile, tool+"\n") {
				t.Errorf("%s has %s, the Makefile another", file, tool)
			}
		}
	}
	if a, b := only(t, read(t, ".github/workflows/release.yml"), `version: (v[0-9.]+)`), only(t, read(t, ".goreleaser.yaml"), `by goreleaser (v[0-9.]+) `); a != b {
		t.Errorf("goreleaser is %s in the workflow, %s in its own file", a, b)
	}
}
