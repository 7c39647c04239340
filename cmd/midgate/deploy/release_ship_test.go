//go:build ship

package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// reader loads a file as goreleaser does, which refuses every word that it does not know.
const reader = `package main

import (
	"fmt"
	"os"

	"github.com/goreleaser/goreleaser/v2/pkg/config"
)

func main() {
	if _, err := config.Load(os.Args[1]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
`

// TestShipGoreleaserReadsItsFile: with its own reader, in the version that the file names. The whole program takes many
// minutes to build; what it would say beyond that is of defaults.
func TestShipGoreleaserReadsItsFile(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module reader\n", "main.go": reader} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ours := read(t, ".goreleaser.yaml")
	run := func(args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOFLAGS=-mod=mod")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	for _, args := range [][]string{
		{"go", "get", "github.com/goreleaser/goreleaser/v2/pkg/config@" + only(t, ours, `by goreleaser (v[0-9.]+) `)},
		{"go", "build", "-o", "reader", "."},
	} {
		if out, err := run(args...); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	for name, c := range map[string]struct{ text, says string }{
		"as it is":         {ours, ""},
		"a misspelt word":  {strings.Replace(ours, "mod_timestamp", "mod_timstamp", 1), "mod_timstamp"},
		"a word elsewhere": {strings.Replace(ours, "draft: true", "goos: [linux]", 1), "goos"},
	} {
		if err := os.WriteFile(filepath.Join(dir, "file.yaml"), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := run("./reader", "file.yaml"); (err != nil) != (c.says != "") || !strings.Contains(out, c.says) {
			t.Errorf("%s: goreleaser says %q, %v", name, out, err)
		}
	}
}

// TestShipReleaseHasTheImageAndTheChart: where a release looks for them there is what was built.
func TestShipReleaseHasTheImageAndTheChart(t *testing.T) {
	n := 0
	for _, extra := range released(t).Release.Extra {
		files, err := filepath.Glob(filepath.Join(filepath.Dir(*bin), extra.Glob))
		if err != nil || len(files) == 0 {
			t.Errorf("there is no %s (%v)", extra.Glob, err)
		}
		n += len(files)
	}
	if n != 3 {
		t.Errorf("%d files would be released, want two tars and a chart", n)
	}
}
